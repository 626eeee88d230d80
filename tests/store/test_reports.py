"""Reports, and what they count, on both databases."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import SQLModel, select

from coach.errors import InvalidInput, NotFound
from coach.feedback.disclosure import Minimums
from coach.feedback.periods import parse_period
from coach.feedback.publishing import publish
from coach.feedback.report_words import report_words
from coach.models import Comment, Feedback, Pair, Participant, Program, ThemeReport
from coach.retrieval.library import Library
from coach.store import Store
from coach.store.feedback import in_published_report, withdraw
from coach.store.reports import (
    counted,
    counted_state,
    cursor_of,
    list_reports,
    lock_program,
    minimums_for,
    newest_minimums,
    overlapping,
    published_before,
    raise_minimums,
    report_of,
)
from tests.feedback.giving import HELD, LONG_AFTER, gave, gave_all, stored_program
from tests.feedback.programs import program
from tests.store.test_agendas import statements_of

AUGUST = parse_period("2026-08")
TIME = "time-and-scheduling"


async def kept(store: Store, program_id: str, *labels: str, status: str = "published") -> None:
    async with store.write() as db:
        for label in labels:
            period = parse_period(label)
            db.add(
                ThemeReport(
                    program_id=program_id, period=label, begins_at=period.begin, ends_at=period.end, status=status,
                    content={"period": label},
                )
            )  # fmt: skip


async def test_only_what_was_shared_in_the_period_of_the_program_is_counted(store: Store) -> None:
    program_id, pairs = await stored_program(store, 2)
    _, others = await stored_program(store, 1)
    counted_one = await gave(store, pairs[0], "mentor", "No time", [TIME])
    silent = await gave(store, pairs[0], "mentee")
    await gave(store, pairs[1], "mentor", "Mine", share=False)
    await gave(store, pairs[1], "mentee", "Later", held_at=AUGUST.end)
    await gave(store, others[0], "mentor", "Elsewhere")
    async with store.read() as db:
        rows = {row.feedback_id: row for row in await counted(db, program_id, AUGUST)}
        state = await counted_state(db, program_id, AUGUST)
    assert rows.keys() == {counted_one.id, silent.id}
    one = rows[counted_one.id]
    assert (one.person, one.pair, one.role, one.text) == (pairs[0].mentor_id, pairs[0].id, "mentor", "No time")
    assert [found["theme"] for found in one.themes or ()] == [TIME]
    assert (rows[silent.id].text, rows[silent.id].themes) == (None, None)
    assert state == {(row.feedback_id, row.updated_at) for row in rows.values()}


async def test_reports_are_listed_by_period_behind_a_cursor(store: Store) -> None:
    program_id, _ = await stored_program(store, 1)
    other_id, _ = await stored_program(store, 1)
    await kept(store, program_id, "2026-Q3", "2025-12", "2026-01", "2026-Q2")
    await kept(store, other_id, "2026-Q1")
    async with store.read() as db:
        rows = await list_reports(db, program_id, 10, None)
        labels = [row.period for row in rows]
        assert labels == ["2025-12", "2026-01", "2026-Q2", "2026-Q3"]
        for place, row in enumerate(rows):
            behind = await list_reports(db, program_id, 10, cursor_of(row))
            assert [each.period for each in behind] == labels[place + 1 :]
        for bad in ("", "x", "20260101", "99999999" * 2):
            with pytest.raises(InvalidInput):
                await list_reports(db, program_id, 10, bad)


async def test_reports_that_share_days_and_the_last_one_before_are_found(store: Store) -> None:
    program_id, _ = await stored_program(store, 1)
    await kept(store, program_id, "2026-Q1", "2026-05", "2026-Q3")
    await kept(store, program_id, "2026-06", status="withheld")

    async def sharing(label: str) -> list[str]:
        async with store.read() as db:
            return [report.period for report in await overlapping(db, program_id, parse_period(label))]

    async def last(label: str) -> str | None:
        async with store.read() as db:
            found = await published_before(db, program_id, parse_period(label).begin)
        return found.period if found else None

    assert await sharing("2026-08") == ["2026-Q3"]
    assert await sharing("2026-Q2") == ["2026-05", "2026-06"]
    assert await sharing("2026-Q3") == await sharing("2026-Q4") == []
    assert [await last(label) for label in ("2026-Q4", "2026-Q3", "2026-05", "2026-Q1")] == [
        "2026-Q3", "2026-05", "2026-Q1", None,
    ]  # fmt: skip
    async with store.read() as db:
        assert await report_of(db, program_id, "2026-Q2") is None


async def test_raised_minimums_hold_from_the_next_period_on(store: Store) -> None:
    program_id, _ = await stored_program(store, 1)
    for at, minimums in ((datetime(2026, 5, 2, tzinfo=UTC), Minimums(12, 3)), (HELD, Minimums(12, 5))):
        async with store.write() as db:
            raise_minimums(await lock_program(db, program_id), minimums, at)

    async with store.read() as db:
        row = await db.get(Program, program_id)
    assert row is not None
    labels = ("2026-05", "2026-06", "2026-08", "2026-Q3", "2026-09")
    found = [minimums_for(row, parse_period(label)) for label in labels]
    assert found == [Minimums(), *[Minimums(12, 3)] * 3, Minimums(12, 5)]
    assert newest_minimums(row) == Minimums(12, 5)


async def test_a_program_that_is_not_there_cannot_be_locked(store: Store) -> None:
    async with store.write() as db:
        with pytest.raises(NotFound):
            await lock_program(db, "nothing")


async def test_whoever_withdraws_while_a_report_is_published_is_counted_or_gone_never_both(
    store: Store, library: Library
) -> None:
    words = report_words(library)
    for delay in (0.0, 0.005, 0.02):
        program_id, pairs = await stored_program(store, 6)
        await gave_all(store, pairs, program(10, {TIME: range(8)}))

        async def leave(program_id: str = program_id, delay: float = delay) -> bool:
            await asyncio.sleep(delay)
            async with store.write() as db:
                row = (
                    await db.execute(select(Feedback).where(Feedback.program_id == program_id).limit(1))
                ).scalar_one()
                if await in_published_report(db, row):
                    return False
                await withdraw(db, row)
                return True

        (report, _), left = await asyncio.gather(publish(store, None, words, program_id, AUGUST, LONG_AFTER), leave())
        assert report.status == ("withheld" if left else "published")


async def test_ten_thousand_comments_are_published_in_a_few_statements_and_seconds(
    sqlite_store: Store, library: Library
) -> None:
    store, words = sqlite_store, report_words(library)
    people = [Participant(program_id="p", name="Somebody") for _ in range(2_000)]
    pairs = [
        Pair(program_id="p", mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6)
        for mentor, mentee in zip(people[::2], people[1::2], strict=True)
    ]
    given = [
        Feedback(
            pair_id=pairs[number % 1_000].id, program_id="p", author_id=pairs[number % 1_000].mentor_id, role="mentor",
            held_at=HELD, share_with_coordinators=True, imported=True,
        )
        for number in range(5_000)
    ]  # fmt: skip
    found = [{"theme": TIME, "polarity": "concern", "confidence": 0.9}]
    comments = [
        Comment(feedback_id=each.id, question=question, text="We began late and had to stop before the end. " * 3,
                themes=found, vector=b"0" * 768, reader="r")
        for each in given for question in ("went_well", "to_change")
    ]  # fmt: skip
    groups: list[list[Any]] = [[Program(id="p", name="Large")], people, pairs, given, comments]
    async with store.write() as db:
        for group in groups:
            await db.execute(
                insert(SQLModel.metadata.tables[type(group[0]).__tablename__]), [_row(one) for one in group]
            )
    began = time.monotonic()
    with statements_of(store) as seen:
        report, _ = await publish(store, None, words, "p", AUGUST, LONG_AFTER)
    assert [theme["people"] for theme in report.content["themes"]] == ["51+"]
    assert len(seen) < 20
    assert not any("vector" in statement for statement in seen)
    assert time.monotonic() - began < 10


def _row(one: SQLModel) -> dict[str, Any]:
    return {column.key: getattr(one, column.key) for column in SQLModel.metadata.tables[str(one.__tablename__)].columns}
