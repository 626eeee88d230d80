import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from coach.settings import Settings
from coach.store import Store
from coach.store.sqlite import OneTripConnection, OneTripCursor, connect
from tests.store.programs import add_program, program_names

Open = Callable[[], Awaitable[OneTripConnection]]
Trips = list[OneTripConnection]


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> Trips:
    """Every trip to a connection's thread."""
    made: Trips = []
    real = OneTripConnection._execute

    async def counted(self: OneTripConnection, *args: Any, **kwargs: Any) -> Any:
        made.append(self)
        return await real(self, *args, **kwargs)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(OneTripConnection, "_execute", counted)
    return made


@pytest_asyncio.fixture
async def opening(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens connections to one file, whose table `word` is empty."""
    opened: list[OneTripConnection] = []

    async def open_one() -> OneTripConnection:
        connection = connect(str(tmp_path / "words.sqlite3"), isolation_level=None, timeout=0.2)
        await connection
        opened.append(connection)
        return connection

    first = await open_one()
    await run(first, "PRAGMA journal_mode=WAL")
    await run(first, "CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
    yield open_one
    for connection in opened:
        await connection.close()


@pytest_asyncio.fixture
async def connection(opening: Open) -> OneTripConnection:
    return await opening()


async def run(connection: OneTripConnection, sql: str, parameters: Any = ()) -> OneTripCursor:
    return await connection.cursor().execute(sql, parameters)


async def add(connection: OneTripConnection, word: str) -> OneTripCursor:
    return await run(connection, "INSERT INTO word (text) VALUES (?)", (word,))


async def words(connection: OneTripConnection) -> list[str]:
    return [row[0] for row in await (await run(connection, "SELECT text FROM word ORDER BY id")).fetchall()]


# Trips


async def test_a_statement_with_its_rows_is_one_trip(connection: OneTripConnection, trips: Trips) -> None:
    cursor = await run(connection, "SELECT 1 UNION ALL SELECT 2")
    assert await cursor.fetchall() == [(1,), (2,)]
    await cursor.close()
    assert len(trips) == 1


@pytest.mark.parametrize("how", ["BEGIN", "BEGIN IMMEDIATE"])
async def test_a_transaction_begins_in_the_trip_of_its_first_statement(
    connection: OneTripConnection, trips: Trips, how: str
) -> None:
    await connection.set_trace_callback((ran := list[str]()).append)
    trips.clear()
    connection.begin(how)
    assert (ran, trips, connection.in_transaction) == ([], [], False)
    await run(connection, "SELECT 1")
    assert (ran, len(trips), connection.in_transaction) == ([how, "SELECT 1"], 1, True)
    await run(connection, "SELECT 2")
    assert (ran[2:], len(trips)) == (["SELECT 2"], 2)


async def test_a_rollback_outside_of_a_transaction_asks_nothing(connection: OneTripConnection, trips: Trips) -> None:
    await connection.rollback()
    connection.begin("BEGIN IMMEDIATE")
    await connection.rollback()
    assert trips == []


@pytest.mark.parametrize("end", [OneTripConnection.commit, OneTripConnection.rollback])
async def test_a_transaction_that_ended_before_its_first_statement_does_not_begin_later(
    connection: OneTripConnection, end: Callable[[OneTripConnection], Awaitable[None]]
) -> None:
    connection.begin("BEGIN IMMEDIATE")
    await end(connection)
    await add(connection, "kept")
    assert not connection.in_transaction


async def test_what_the_store_asks_takes_as_few_trips(sqlite_store: Store, trips: Trips) -> None:
    await add_program(sqlite_store, "one")
    trips.clear()
    async with sqlite_store.read(single=True) as db:
        await db.execute(text("SELECT name FROM program"))
    assert len(trips) == 1
    trips.clear()
    await add_program(sqlite_store, "two")
    assert len(trips) == 2, "the statement and its commit"
    trips.clear()
    assert await program_names(sqlite_store) == ["one", "two"]
    assert len(trips) == 2, "the statement and the end of its transaction"


# Transactions


@pytest.mark.parametrize("sql", ["SELECT nothing", "INSERT INTO word (text) VALUES ('taken')", "no SQL"])
@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
async def test_a_failed_statement_leaves_no_transaction_behind_its_rollback(
    connection: OneTripConnection, opening: Open, sql: str, first: bool
) -> None:
    await add(connection, "taken")
    connection.begin("BEGIN IMMEDIATE")
    if not first:
        await add(connection, "lost")
    with pytest.raises((sqlite3.OperationalError, sqlite3.IntegrityError)):
        await run(connection, sql)
    await connection.rollback()
    assert not connection.in_transaction
    await add(await opening(), "after")
    assert await words(connection) == ["taken", "after"]


async def test_a_writer_that_waits_in_vain_can_try_again(connection: OneTripConnection, opening: Open) -> None:
    other = await opening()
    connection.begin("BEGIN IMMEDIATE")
    await add(connection, "one")
    other.begin("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await add(other, "two")
    assert not other.in_transaction
    await connection.commit()
    await add(other, "two")
    assert await words(connection) == ["one", "two"]


async def test_two_connections_see_what_is_committed_alone(connection: OneTripConnection, opening: Open) -> None:
    other = await opening()
    for word, end in (("lost", connection.rollback), ("kept", connection.commit)):
        connection.begin("BEGIN IMMEDIATE")
        await add(connection, word)
        assert (await words(connection), await words(other)) == ([word], [])
        await end()
    assert await words(other) == ["kept"]


async def test_a_reader_sees_one_state_until_its_transaction_ends(connection: OneTripConnection, opening: Open) -> None:
    reader = await opening()
    reader.begin("BEGIN")
    assert await words(reader) == []
    await add(connection, "new")
    assert await words(reader) == []
    await reader.rollback()
    assert await words(reader) == ["new"]


# Cursors


async def test_many_rows_are_written_in_one_trip_and_counted(connection: OneTripConnection, trips: Trips) -> None:
    connection.begin("BEGIN")
    cursor = await connection.cursor().executemany("INSERT INTO word (text) VALUES (?)", [("a",), ("b",), ("c",)])
    assert (cursor.rowcount, await cursor.fetchall(), len(trips)) == (3, [], 1)
    await connection.commit()
    assert await words(connection) == ["a", "b", "c"]


async def test_a_cursor_tells_columns_count_and_last_id(connection: OneTripConnection) -> None:
    added = [await add(connection, word) for word in "abc"]
    assert [(cursor.lastrowid, cursor.rowcount, cursor.description) for cursor in added] == [
        (number, 1, None) for number in (1, 2, 3)
    ]
    assert (await run(connection, "UPDATE word SET text = text || '!' WHERE id > 1")).rowcount == 2
    found = await run(connection, "SELECT id, text AS word FROM word WHERE id > 9")
    assert [column[0] for column in found.description] == ["id", "word"]
    assert await found.fetchall() == []
    returned = await run(connection, "INSERT INTO word (text) VALUES ('d') RETURNING id, text")
    assert await returned.fetchall() == [(4, "d")]


async def test_a_closed_connection_refuses_instead_of_waiting(connection: OneTripConnection) -> None:
    await connection.close()
    with pytest.raises(ValueError, match="closed"):
        await run(connection, "SELECT 1")


# Under SQLAlchemy


async def test_rows_outlive_the_connection_that_brought_them(sqlite_store: Store) -> None:
    for name in ("one", "two"):
        await add_program(sqlite_store, name)
    async with sqlite_store.read() as db:
        found = await db.execute(text("SELECT name FROM program ORDER BY name"))
    await sqlite_store.close()
    assert found.scalars().all() == ["one", "two"]


@pytest.mark.usefixtures("short_timeout")
async def test_reader_and_writer_of_two_processes_do_not_block_each_other(sqlite_settings: Settings) -> None:
    writer, reader = Store(sqlite_settings), Store(sqlite_settings)
    await add_program(writer, "before")
    async with reader.read() as db:
        for _ in range(2):
            assert (await db.execute(text("SELECT name FROM program"))).scalars().all() == ["before"]
            await add_program(writer, "new")
    assert await program_names(reader) == ["before", "new", "new"]
    for store in (writer, reader):
        await store.close()


async def test_a_statement_cancelled_midway_leaves_no_transaction_in_the_pool(sqlite_store: Store) -> None:
    await add_program(sqlite_store, "before")
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n"

    async def write() -> None:
        async with sqlite_store.write() as db:
            await db.execute(text(f"UPDATE program SET name = ({count})"))

    task = asyncio.create_task(write())
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        await add_program(sqlite_store, "after")
    assert await program_names(sqlite_store) == ["after", "before"]


async def test_only_its_owner_may_read_a_database_that_is_made(tmp_path: Path) -> None:
    store = Store(Settings(data_dir=tmp_path / "new", database_url=None))
    before = os.umask(0o000)
    try:
        await store.migrate()
        await add_program(store, "One")
        files = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").glob("coach.sqlite3*")}
    finally:
        os.umask(before)
        await store.close()
    assert files == dict.fromkeys(("coach.sqlite3", "coach.sqlite3-shm", "coach.sqlite3-wal"), 0o600)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
