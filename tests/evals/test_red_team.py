"""Every attack fails on the application as it is, and is noticed where a protection is taken away."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from evals.besieged import Besieged, Outcome, besieged
from evals.red_team import ATTACKS, AttackFails, carry_out

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at() -> AsyncIterator[Besieged]:
    async with besieged() as at:
        yield at


@pytest.mark.parametrize("name", ATTACKS)
async def test_the_attack_fails(at: Besieged, name: str) -> None:
    outcome = await carry_out(name, at)
    assert outcome.tries > 0
    assert outcome.leaks == []


def _numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.disclosure.band_of", lambda count, minimum=None: str(count))


def _no_overlap_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.publishing._check_apart", lambda period, others: None)


def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.publishing._check_over", lambda period, at: None)


def _no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.disclosure.THEME_PAIRS", 1)


def _no_sides_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.disclosure._Counted.reaches", lambda self, theme, people: True)


def _withdrawable(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr("api.routes.feedback.in_published_report", never)


def _quoting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.feedback.quotes.runs", lambda text: iter(()))


def _never_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(*_: object) -> None:
        return None

    monkeypatch.setattr("coach.feedback.publishing.report_of", none)


@pytest.mark.parametrize(
    ("name", "taken_away"),
    [
        ("two programs one person apart", _numbers),
        ("periods one person apart", _no_overlap_check),
        ("roles one person apart", _no_sides_check),
        ("withdrawal, erasure or move of one person", _withdrawable),
        ("asking again and again", _never_kept),
        ("publishing early", _no_window),
        ("many people in one pair", _no_pairs),
        ("five words in a row", _quoting),
    ],
)
async def test_the_attack_succeeds_without_what_protects(
    at: Besieged, name: str, taken_away: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_away(monkeypatch)
    outcome = await carry_out(name, at)
    assert AttackFails().faults(name, outcome)


async def test_an_attack_that_was_not_tried_has_not_failed() -> None:
    assert AttackFails().faults("x", Outcome()) == ["it was not tried"]
    assert AttackFails().faults("x", Outcome(1)) == []
    assert AttackFails().faults("x", Outcome(1, ["a name"])) == ["a name"]
