import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from coach.errors import StoreError
from coach.models import MentoringSession, Pair, Participant, Program
from coach.settings import Settings
from coach.store import Store
from tests.store.programs import add_program, program_names


async def test_what_was_written_is_stored_when_the_block_ends_and_not_before(store: Store) -> None:
    async with store.write() as db:
        db.add(Program(name="new"))
        await db.flush()
        assert await program_names(store) == []
    assert await program_names(store) == ["new"]


async def test_an_exception_in_the_block_undoes_all_of_it(store: Store) -> None:
    await add_program(store, "before")

    async def fail() -> None:
        async with store.write() as db:
            db.add(Program(name="lost"))
            await db.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await add_program(store, "after")
    assert await program_names(store) == ["after", "before"]


async def test_a_cancelled_writer_stores_nothing_and_frees_its_place(store: Store) -> None:
    flushed = asyncio.Event()

    async def write() -> None:
        async with store.write() as db:
            db.add(Program(name="lost"))
            await db.flush()
            flushed.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(write())
    await flushed.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        await add_program(store, "after")
    assert await program_names(store) == ["after"]


async def test_a_reader_stores_nothing(store: Store) -> None:
    async with store.read() as db:
        db.add(Program(name="lost"))
        await db.flush()
    assert await program_names(store) == []


async def test_rows_can_be_used_after_their_block(store: Store, pair: Pair) -> None:
    async with store.read() as db:
        found = await db.get(Pair, pair.id)
    assert found is not None
    assert found.goals == pair.goals == ["Use a whiteboard app"]


async def test_many_writers_at_once_all_get_their_turn(store: Store) -> None:
    await asyncio.gather(*(add_program(store, str(number)) for number in range(40)))
    assert len(await program_names(store)) == 40


async def test_what_two_processes_read_and_then_write_is_not_lost(sqlite_settings: Settings) -> None:
    # A transaction that only turns writer after it has read would fail at once, whatever the timeout.
    stores = [Store(sqlite_settings), Store(sqlite_settings)]
    await add_program(stores[0], "counted")

    async def count(store: Store) -> None:
        for _ in range(10):
            async with store.write() as db:
                program = (await db.execute(select(Program))).scalar_one()
                program.planned_sessions += 1
                db.add(program)

    await asyncio.gather(*map(count, stores))
    async with stores[0].read() as db:
        assert (await db.execute(select(Program.planned_sessions))).scalar_one() == 6 + 20
    for store in stores:
        await store.close()


async def test_a_foreign_key_that_leads_nowhere_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError):
        async with store.write() as db:
            db.add(Participant(program_id="nowhere", name="Nobody"))
    async with store.read() as db:
        assert (await db.execute(select(Participant))).all() == []


async def test_the_pragmas_are_on_in_every_connection(sqlite_store: Store) -> None:
    async def pragmas() -> list[object]:
        async with sqlite_store.read() as db:
            found = [
                (await db.execute(text(f"PRAGMA {name}"))).scalar_one()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            ]
            await asyncio.sleep(0.05)  # holds the connection, so that the others need one of their own
            return found

    for _ in range(2):
        assert await asyncio.gather(*(pragmas() for _ in range(4))) == [["wal", 1, 5000, 2]] * 4
        await sqlite_store.close()


# Times


async def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: Store, pair: Pair) -> None:
    at = datetime(2026, 12, 31, 23, 30, 15, 123456, timezone(timedelta(hours=-5)))
    async with store.write() as db:
        db.add(MentoringSession(pair_id=pair.id, number=1, scheduled_at=at, minutes=30))
    async with store.read() as db:
        found = (await db.execute(select(MentoringSession))).scalar_one()
    assert found.scheduled_at.isoformat() == "2027-01-01T04:30:15.123456+00:00"
    assert found.created_at.tzinfo is UTC
    assert found.held_at is None


async def test_times_are_compared_as_instants(store: Store, pair: Pair) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)
    async with store.write() as db:
        db.add(MentoringSession(pair_id=pair.id, number=1, scheduled_at=at, minutes=30))
    elsewhere = at.astimezone(timezone(timedelta(hours=9)))
    async with store.read() as db:
        query = select(MentoringSession.number).where(MentoringSession.scheduled_at == elsewhere)
        assert (await db.execute(query)).scalars().all() == [1]


async def test_a_time_without_a_zone_is_refused(store: Store, pair: Pair) -> None:
    naive = MentoringSession(pair_id=pair.id, number=1, scheduled_at=datetime(2026, 6, 1, 12), minutes=30)
    with pytest.raises(StoreError) as refused:
        async with store.write() as db:
            db.add(naive)
    assert "times must have a zone" in str(refused.value.__cause__)
    async with store.read() as db:
        assert (await db.execute(select(MentoringSession))).all() == []
