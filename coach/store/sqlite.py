"""SQLite behind the event loop: aiosqlite's connection, asked once for each statement.

SQLAlchemy goes to the thread of an aiosqlite connection four times for a statement: to make a cursor, to execute, to
fetch and to close. Each trip wakes two threads that share one interpreter, which costs more than the statement does.
"""

import os
import sqlite3
from contextlib import suppress
from functools import partial
from typing import Any, Self

import aiosqlite

_CHUNK = 64


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors bring their rows along, and whose transactions begin with their first
    statement.
    """

    _beginning: str | None = None
    _asked = 0

    def begin(self, how: str) -> None:
        """Begin a transaction in the same trip as the next statement, by `BEGIN` or `BEGIN IMMEDIATE`."""
        self._beginning = how

    def cursor(self) -> "OneTripCursor":  # type: ignore[override]
        """A cursor. Nothing is asked of the connection's thread yet."""
        return OneTripCursor(self)

    async def commit(self) -> None:
        """Keep what the open transaction did."""
        self._beginning = None
        await super().commit()

    async def rollback(self) -> None:
        """Undo the open transaction, if there is one."""
        self._beginning = None
        if self._asked or self.in_transaction:
            # A statement whose caller gave up may still be on its way: what undoes it comes behind it.
            await super().rollback()
        self._asked = 0

    async def run(self, many: bool, sql: str, parameters: Any) -> tuple[sqlite3.Cursor, list[Any]]:
        """Execute a statement and fetch all of its rows, on the connection's thread."""
        beginning, self._beginning = self._beginning, None

        def statement() -> tuple[sqlite3.Cursor, list[Any]]:
            cursor = self._conn.cursor()
            if beginning:
                cursor.execute(beginning)
            (cursor.executemany if many else cursor.execute)(sql, parameters)
            return cursor, cursor.fetchall()

        self._asked += 1
        result: tuple[sqlite3.Cursor, list[Any]] = await self._execute(statement)  # type: ignore[no-untyped-call]
        # Not where the wait for it is cancelled or it fails: then a rollback must not be left out.
        self._asked -= 1
        return result


class OneTripCursor:
    """The part of an asynchronous cursor that SQLAlchemy asks for. Rows are held in memory: it does not stream."""

    arraysize = 1
    rowcount = -1
    lastrowid: int | None = None
    description: Any = None

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> Self:
        """Execute a statement once."""
        return await self._run(False, sql, parameters)

    async def executemany(self, sql: str, parameters: Any) -> Self:
        """Execute a statement once for each row of parameters."""
        return await self._run(True, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """The rows, which came with the statement."""
        return self._rows

    async def close(self) -> None:
        """Let the rows go."""
        self._rows = []

    async def _run(self, many: bool, sql: str, parameters: Any) -> Self:
        cursor, self._rows = await self._connection.run(many, sql, parameters)
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        return self


def connect(database: str, **options: Any) -> OneTripConnection:
    """A connection to await; the options are those of `sqlite3.connect`."""
    connection = OneTripConnection(partial(_open, database, **options), _CHUNK)
    # A service that ends does not wait for connections that nobody closed.
    connection._thread.daemon = True
    return connection


def _open(database: str, **options: Any) -> sqlite3.Connection:
    """The database, which only its owner may read where it is made here. SQLite gives its log the same rights."""
    if database != ":memory:":
        with suppress(OSError):
            os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    opened: sqlite3.Connection = sqlite3.connect(database, **options)
    return opened
