"""The engine, short transactions, migrations, and what the database's errors mean to a person."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from coach.errors import StoreBusy, StoreError, StoreFull, StoreOutdated, StoreUnavailable
from coach.settings import Settings
from coach.store.sqlite import connect

BUSY_TIMEOUT_S = 5.0
_SQLITE_CONNECTIONS = 4
_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
_ADVISORY_LOCK = 7_246_501


class Store:
    """The engine and its transactions.

    Keep each `read` and `write` block short: no transaction may be open while a model works.
    """

    def __init__(self, settings: Settings) -> None:
        self._is_sqlite = settings.sqlalchemy_url.startswith("sqlite")
        self._data_dir = settings.data_dir
        self.engine = _engine(settings.sqlalchemy_url)
        self._single = self.engine.execution_options(coach_single=True)
        # SQLite has one writer. Waiting here is fair and quick; waiting in its busy handler is neither.
        self._writer = asyncio.Lock() if self._is_sqlite else nullcontext()

    @asynccontextmanager
    async def read(self, *, single: bool = False) -> AsyncIterator[AsyncSession]:
        """A session that only reads; with `single` one statement alone, which needs no transaction on SQLite.

        Raises StoreError for whatever goes wrong below.
        """
        with _store_errors():
            async with AsyncSession(self._single if single else self.engine, expire_on_commit=False) as db:
                yield db

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed when the block ends, and undone when it raises.

        Raises StoreError for whatever goes wrong below; then nothing was stored. IntegrityError is passed on.
        """
        with _store_errors():
            async with self._writer, AsyncSession(self.engine, expire_on_commit=False) as db:
                await db.connection(execution_options={"coach_write": True})
                yield db
                await db.commit()

    async def migrate(self) -> None:
        """Bring the schema to the newest revision; safe when several processes start at once.

        Raises StoreOutdated when the database was made by a newer version of the coach.
        """
        with _store_errors():
            async with self._alone() as connection:
                await connection.run_sync(upgrade)

    async def check(self) -> None:
        """Raise StoreError when the database cannot be read or its schema is not ours."""
        with _store_errors():
            async with self.engine.connect() as connection:
                found = await connection.run_sync(current_revision)
        if found != head_revision():
            raise StoreUnavailable("The database is not at this version's schema. Run `coach migrate`.")

    async def scrub(self) -> None:
        """Leave nothing in SQLite's files of what was deleted or replaced. Raises StoreError, such as StoreBusy.

        Deleted rows stay readable in free pages and in the write-ahead log until both are written anew. PostgreSQL
        clears its own by autovacuum; its log and its backups are the operator's.
        """
        if not self._is_sqlite:
            return
        with _store_errors():
            async with self._writer, self._single.connect() as connection:
                await connection.exec_driver_sql("VACUUM")
                busy = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        if busy:
            raise StoreBusy("The database is being read: its log could not be emptied. Try again in a moment.")

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that no other process's migration runs beside."""
        if not self._is_sqlite:
            async with self.engine.begin() as connection:
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
                yield connection
            return
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._data_dir / "migrate.lock").open("w") as file:
            await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
            async with self.engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run migrations on an open connection up to `revision`."""
    found = current_revision(connection)
    if found == head_revision():
        return
    from alembic import command
    from alembic.util.exc import CommandError

    try:
        command.upgrade(alembic_config(connection), revision)
    except CommandError as error:
        raise StoreOutdated(
            f"The database is at revision {found}, which this version does not know. "
            "Install the newer version of the coach that made it, or restore a backup."
        ) from error


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for an open connection."""
    from alembic.config import Config

    config = Config()
    # A parser reads this for which "%" begins a placeholder.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def current_revision(connection: Connection) -> str | None:
    """The revision that the database is at. Alembic is not asked, since it takes a while to import."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def head_revision() -> str:
    """The newest revision that this version knows: the number that its file's name begins with."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def _engine(url: str) -> AsyncEngine:
    json = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if not url.startswith("sqlite"):
        waits = {"connect_timeout": 10, "options": f"-c lock_timeout={int(BUSY_TIMEOUT_S * 1000)}"}
        return create_async_engine(
            url,
            pool_size=10,
            max_overflow=10,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args=waits,
            hide_parameters=True,
            **json,
        )
    engine = create_async_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_S, "async_creator_fn": connect},
        # More connections only wait for each other: they share one interpreter and one writer.
        pool_size=_SQLITE_CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        **json,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by itself: `_begin` decides how they begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            # What is deleted or replaced is overwritten at once, not when its place is next needed.
            "secure_delete=ON",
            f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
            # KiB that each connection may keep of the database; the system keeps the rest.
            "cache_size=-1000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that turns writer midway fails at once when another wrote; a writer says so from the start.
        options = connection.get_execution_options()
        if not options.get("coach_single"):
            driver: Any = connection.connection.driver_connection
            driver.begin("BEGIN IMMEDIATE" if options.get("coach_write") else "BEGIN")

    return engine


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise StoreBusy("Too many requests wait for the database. Try again in a moment.") from error
    except DBAPIError as error:
        raise _meaning(error) from error
    except SQLAlchemyError as error:
        raise StoreError("The database refused this; nothing was stored.") from error
    except TimeoutError:
        # A deadline of the caller's, not of the database.
        raise
    except OSError as error:
        raise StoreUnavailable(f"The database cannot be reached ({error.strerror or type(error).__name__}).") from error


def _meaning(error: DBAPIError) -> StoreError:
    words = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None) or ""
    if "locked" in words or "busy" in words or state in {"55P03", "40001", "40P01"}:
        return StoreBusy("Another program holds the database. Nothing was stored; try again in a moment.")
    if "disk is full" in words or "disk i/o error" in words or "no space" in words or state in {"53100", "58030"}:
        return StoreFull("The disk of the database is full. Nothing was stored; free some space, then try again.")
    if isinstance(error, DataError):
        return StoreError("The database cannot hold this text; nothing was stored.")
    if "malformed" in words or "not a database" in words:
        return StoreUnavailable(
            "The database file is damaged. Stop the service and restore a backup of the data folder."
        )
    if "readonly" in words:
        return StoreUnavailable("The database may not be written to. Check the owner and rights of the data folder.")
    if "no such table" in words or "no such column" in words or state in {"42P01", "42703"}:
        return StoreUnavailable("The database has no tables yet, or not this version's. Run `coach migrate`.")
    if "unable to open" in words or error.connection_invalidated or not state or state.startswith(("08", "57P", "53")):
        return StoreUnavailable("The database cannot be reached. Check COACH_DATABASE_URL and that it is running.")
    return StoreError("The database refused this; nothing was stored.")
