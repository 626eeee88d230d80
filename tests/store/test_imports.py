"""An import beside an erasure, on both databases: of who was erased nothing comes back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import col, select

from coach.errors import Conflict
from coach.feedback.imported import ImportedRow
from coach.models import Comment, Feedback, MentoringSession, Pair, now
from coach.store import Store
from coach.store.erasure import erase
from coach.store.feedback import Given, lock_session, put_feedback
from coach.store.imports import add_imported
from coach.store.pairs import hold_open
from tests.feedback.giving import HELD, stored_program


def rows_of(pairs: Sequence[Pair]) -> list[ImportedRow]:
    return [
        ImportedRow(f"row-{number}", pair.id, pair.mentor_id, "mentor", HELD, 4, 4, 4, "The bandicoot chart", None)
        for number, pair in enumerate(pairs)
    ]


async def bring_in(store: Store, program_id: str, rows: Sequence[ImportedRow], pause: float = 0) -> None:
    async with store.write() as db:
        await add_imported(db, program_id, rows, lambda done: None)
        await asyncio.sleep(pause)


async def erase_now(store: Store, person: str, after: float = 0) -> None:
    await asyncio.sleep(after)
    async with store.write() as db:
        await erase(db, person, now())


async def of(store: Store, person: str) -> int:
    async with store.read() as db:
        return len((await db.execute(select(Feedback).where(col(Feedback.author_id) == person))).all())


async def test_rows_that_were_checked_before_a_person_was_erased_are_refused_whole(store: Store) -> None:
    program_id, pairs = await stored_program(store, 3)
    rows = rows_of(pairs)
    await erase_now(store, pairs[1].mentee_id)
    with pytest.raises(Conflict, match="Send the rows again"):
        await bring_in(store, program_id, rows)
    async with store.read() as db:
        assert (await db.execute(select(Feedback))).all() == []
        assert (await db.execute(select(Comment))).all() == []
    await bring_in(store, program_id, [rows[0], rows[2]])
    assert await of(store, pairs[0].mentor_id) == 1


async def test_who_is_erased_while_rows_come_in_is_in_none_of_them(store: Store) -> None:
    program_id, pairs = await stored_program(store, 3)
    await asyncio.gather(
        bring_in(store, program_id, rows_of(pairs), pause=0.05), erase_now(store, pairs[0].mentor_id, after=0.02)
    )
    assert await of(store, pairs[0].mentor_id) == 0
    assert await of(store, pairs[1].mentor_id) == 1


async def test_who_is_erased_while_they_send_feedback_waits_for_nobody_who_waits_for_them(store: Store) -> None:
    """The pair is held before the row that refers to the person is written; an erasure takes them in that order."""
    _, (pair,) = await stored_program(store, 1)
    async with store.write() as db:
        session = MentoringSession(
            pair_id=pair.id, number=1, scheduled_at=HELD, minutes=60, status="held", held_at=now() - timedelta(days=1)
        )
        db.add(session)

    async def send() -> None:
        async with store.write() as db:
            row = await lock_session(db, session.id)
            await hold_open(db, pair.id)
            await asyncio.sleep(0.1)
            await put_feedback(db, row, pair, pair.mentor_id, Given(4, 4, 4, "bandicoot", None, True, True), now())

    await asyncio.gather(send(), erase_now(store, pair.mentor_id, after=0.03))
    assert await of(store, pair.mentor_id) == 0
