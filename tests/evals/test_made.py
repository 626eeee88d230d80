"""What several parts look at is made once, and anew where something was broken meanwhile."""

from evals.__main__ import main
from evals.library_index import forget_answers, made_once, shared_index
from evals.parts import ALIASES, registered
from evals.worst import situations


def test_what_is_made_under_one_name_is_made_once_within_a_shared_index() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    with shared_index():
        assert [made_once("a", make), made_once("a", make)] == [1, 1]
        forget_answers()
        assert made_once("a", make) == 2
    assert made_once("a", make) == 3


def test_every_other_name_of_a_part_is_one() -> None:
    assert set(ALIASES.values()) <= set(registered())
    assert not set(ALIASES) & set(registered())


def test_every_situation_with_a_bad_model_belongs_to_one_part() -> None:
    attacked = [one.attack is not None for one in situations().values()]
    assert any(attacked)
    assert not all(attacked)


def test_the_parts_that_people_ask_for_by_name_are_there() -> None:
    known = {*registered(), *ALIASES}
    assert {
        "retrieval", "agendas", "starters", "summaries", "themes", "guards", "injection", "disclosure",
    } <= known  # fmt: skip
    assert main(["nobody"]) == 2
