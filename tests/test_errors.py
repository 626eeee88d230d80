import itertools
import re
from collections.abc import Iterator

import pytest

from api.problems import STATUS
from coach import errors
from coach.errors import CoachError, InvalidInput, LibraryError, ModelError


def every_error() -> Iterator[type[CoachError]]:
    waiting = [CoachError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__ == errors.__name__:
            yield error


def drawn() -> dict[str, str | None]:
    """Each class of the drawn tree, and the class that it hangs from."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^    ([│├└─ ]*)([A-Z]\w+)(?:\s|$)", line)
        if found and (found.group(1) or not parents):
            depth = len(found.group(1)) // 4
            above[depth:] = [found.group(2)]
            parents[found.group(2)] = above[depth - 1] if depth else None
    return parents


ALL = sorted(every_error(), key=lambda error: error.__name__)


def test_the_drawn_tree_is_the_tree() -> None:
    classes = {error.__name__: error.__base__.__name__ if error.__base__ else None for error in ALL}

    assert drawn() == classes | {"CoachError": None}


@pytest.mark.parametrize("error", ALL)
def test_every_error_says_what_it_means(error: type[CoachError]) -> None:
    assert error.__doc__
    assert error.__doc__ != CoachError.__doc__ or error is CoachError


@pytest.mark.parametrize("error", ALL)
def test_every_error_has_a_status_of_its_own_or_its_parents(error: type[CoachError]) -> None:
    matching = [entry for entry in STATUS if issubclass(error, entry[0])]

    assert matching
    _, status, kind = matching[0]
    assert 400 <= status <= 599
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind)


def test_no_status_is_hidden_behind_an_earlier_one() -> None:
    for (earlier, *_), (later, *_) in itertools.combinations(STATUS, 2):
        assert not issubclass(later, earlier), f"{later.__name__} is never reached after {earlier.__name__}"


def test_only_what_nobody_foresaw_is_unexpected() -> None:
    found = {error: next(kind for parent, _, kind in STATUS if issubclass(error, parent)) for error in ALL}

    assert {error for error, kind in found.items() if kind == "unexpected"} == {CoachError, errors.PromptError}


def test_every_model_error_has_a_reason_of_its_own() -> None:
    reasons = [error.reason for error in ALL if issubclass(error, ModelError)]

    assert len(reasons) == len(set(reasons)) == 7


def test_a_library_error_names_every_problem() -> None:
    assert str(LibraryError(["a.md:1: one"])).startswith("1 problem in")
    assert str(LibraryError(["a.md:1: one", "b.md:2: two"])).splitlines() == [
        "2 problems in the knowledge library; nothing was indexed.",
        "a.md:1: one",
        "b.md:2: two",
    ]


def test_invalid_input_names_its_field() -> None:
    error = InvalidInput("minutes", "Choose 15 to 180 minutes.")

    assert (error.field, str(error)) == ("minutes", "Choose 15 to 180 minutes.")
