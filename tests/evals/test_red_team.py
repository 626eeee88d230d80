"""Every attack fails on the application as it is, and is noticed where a protection is taken away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, delete, select

from coach import tracing
from coach.erasure import erase_person
from coach.feedback.disclosure import Voice
from coach.feedback.publishing import voices
from coach.feedback.reports import Content, make_report
from coach.models import Comment, Feedback, ThemeReport
from coach.store import Store
from coach.store.erasure import Erased
from coach.store.export import Held, held_on
from coach.store.reports import CountedComment, list_reports, report_of
from evals.attacks import ATTACKS
from evals.besieged import Besieged, Outcome, besieged
from evals.red_team import AttackFails, carry_out
from evals.red_team_signals import chance_of

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


def _feedback_counted_and_not_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def each(rows: Iterable[CountedComment]) -> Iterator[Voice]:
        for row, voice in zip(rows, voices(rows), strict=True):
            yield replace(voice, person=row.feedback_id)

    monkeypatch.setattr("coach.feedback.publishing.voices", each)


def _reports_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def erased(store: Store, participant_id: str, who: str) -> Erased:
        done = await erase_person(store, participant_id, who)
        async with store.write() as db:
            await db.execute(delete(ThemeReport))
        return done

    monkeypatch.setattr("api.routes.rights.erase_person", erased)


def _comments_in_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(period: Any, said: Any, comments: Iterable[str], *given: Any, **named: Any) -> Content:
        texts = list(comments)
        report = make_report(period, said, texts, *given, **named)
        return {**report, "notice": " ".join([report["notice"], *texts])}

    monkeypatch.setattr("coach.feedback.publishing.make_report", told)


def _slow_where_something_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a report waits 5 ms longer where people raised more than it tells."""

    async def linger(db: AsyncSession, program_id: str, reports: Iterable[ThemeReport]) -> None:
        query = select(Comment.themes).join(Feedback, col(Feedback.id) == col(Comment.feedback_id))
        found = (await db.execute(query.where(col(Feedback.program_id) == program_id))).scalars()
        raised = {theme["theme"] for themes in found for theme in themes or ()}
        if raised - {theme["id"] for report in reports for theme in report.content["themes"]}:
            await asyncio.sleep(0.005)

    def slowed(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def one(db: AsyncSession, program_id: str, *given: Any) -> Any:
            told = await read(db, program_id, *given)
            await linger(db, program_id, told if isinstance(told, list) else [told] if told else [])
            return told

        return one

    monkeypatch.setattr("api.routes.reports.report_of", slowed(report_of))
    monkeypatch.setattr("api.routes.reports.list_reports", slowed(list_reports))


def _comments_told_in_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    def traced(period: Any, said: Any, comments: Iterable[str], *given: Any, **named: Any) -> Content:
        texts = list(comments)
        with tracing.span("report", comments=" ".join(texts)):
            return make_report(period, said, texts, *given, **named)

    monkeypatch.setattr("coach.feedback.publishing.make_report", traced)


def _everybody_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def all_of_the_program(db: AsyncSession, participant_id: str) -> Held:
        held = await held_on(db, participant_id)
        query = select(Feedback).where(col(Feedback.program_id) == held.program.id)
        held.feedback = list((await db.execute(query)).scalars())
        return held

    monkeypatch.setattr("api.routes.rights.held_on", all_of_the_program)


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
        ("five words in a row, in every form", _quoting),
        ("erasure of one person, before and after a report", _reports_made_anew),
        ("move of one person to another pair or program", _feedback_counted_and_not_people),
        ("copies of the index and of the tables of reports", _comments_in_the_notice),
        ("distinctive spelling", _comments_in_the_notice),
        ("length and headers that tell of a withheld theme", _no_sides_check),
        ("time that tells of a withheld theme", _slow_where_something_is_withheld),
        ("traces", _comments_told_in_traces),
        ("exports", _everybody_exported),
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


async def test_the_chance_of_a_difference_is_counted_over_all_ways_to_deal() -> None:
    # Of the twenty ways to deal six into two halves, this one and its mirror differ as much.
    assert chance_of([1, 2, 3], [11, 12, 13]) == pytest.approx(2 / 20)
    assert chance_of([1, 2, 3], [1, 2, 3]) == 1.0
    assert chance_of([5.0, 1.0], [1.0, 5.0]) == 1.0
