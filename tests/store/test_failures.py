import asyncio
import json
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text
from sqlmodel import select

from coach.errors import StoreBusy, StoreError, StoreFull, StoreUnavailable
from coach.models import Program
from coach.settings import Settings
from coach.store import Store
from tests.store.another_process import finish, start
from tests.store.programs import add_program, program_names


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "coach.sqlite3"


# A database that somebody else holds


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """The database locked by a connection that is not ours, as a backup or another process would."""
    if settings.database_url is None:
        with closing(sqlite3.connect(file_of(settings), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(settings.database_url) as server:
            server.execute("LOCK TABLE program IN SHARE MODE")
            yield


async def test_a_locked_database_is_busy_within_the_timeout_and_loses_nothing(
    database: Settings, short_timeout: float
) -> None:
    store = Store(database)
    await add_program(store, "before")
    with locked(database):
        async with asyncio.timeout(short_timeout + 5):
            with pytest.raises(StoreBusy):
                await add_program(store, "refused")
        assert await program_names(store) == ["before"]
    await add_program(store, "after")
    assert await program_names(store) == ["after", "before"]
    await store.close()


async def test_a_writer_waits_for_a_lock_that_ends_in_time(store: Store, database: Settings) -> None:
    async def write() -> None:
        await add_program(store, "waited")

    with locked(database):
        task = asyncio.create_task(write())
        await asyncio.sleep(0.2)
        assert not task.done()
    await task
    assert await program_names(store) == ["waited"]


async def test_a_database_that_is_locked_while_it_is_migrated_is_busy(tmp_path: Path, short_timeout: float) -> None:
    settings = Settings(data_dir=tmp_path, database_url=None)
    with closing(sqlite3.connect(file_of(settings), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store = Store(settings)
        with pytest.raises(StoreBusy):
            await store.migrate()
    await store.migrate()
    await store.check()
    await store.close()


async def test_waiting_too_long_for_a_connection_is_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.1)

    async def hold_connections(most: int) -> None:
        async with AsyncExitStack() as stack:
            for _ in range(most):
                db = await stack.enter_async_context(store.read())
                await db.execute(select(Program))

    with pytest.raises(StoreBusy):
        await hold_connections(50)
    assert await program_names(store) == []


# A full disk


async def test_a_full_database_stores_nothing_more_and_loses_nothing(sqlite_settings: Settings) -> None:
    with closing(sqlite3.connect(file_of(sqlite_settings))) as file:
        pages = file.execute("PRAGMA page_count").fetchone()[0]
    store = Store(sqlite_settings)

    @event.listens_for(store.engine.sync_engine, "connect")
    def _limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 5}")

    await add_program(store, "before")

    async def overfill() -> None:
        async with store.write() as db:
            db.add(Program(name="small"))
            await db.flush()
            db.add(Program(name="large" * 100_000))

    with pytest.raises(StoreFull):
        await overfill()
    assert await program_names(store) == ["before"]
    await add_program(store, "after")
    assert await program_names(store) == ["after", "before"]
    await store.close()


def test_a_disk_that_fills_up_stores_nothing_more_and_loses_nothing(tmp_path: Path) -> None:
    mount = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=1500k none "$0" && exec "$@"', str(tmp_path)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine does not let us mount a small disk; max_page_count stands in for it above")
    settings = Settings(data_dir=tmp_path, database_url=None)
    report = json.loads(finish(start("fill_the_disk", settings, inside=mount), within=30))
    assert report.pop("written") > 5
    assert report == {"error": "StoreFull", "lost": 0, "integrity": "ok"}


@pytest.mark.postgres
async def test_the_full_disk_of_a_server_is_told_as_such(postgres_store: Store) -> None:
    # The server raises with the code that it has for a full disk; filling one for real would take its own disk.
    raising = "DO $$ BEGIN RAISE 'this server speaks another language' USING ERRCODE = '53100'; END $$"

    async def overfill() -> None:
        async with postgres_store.write() as db:
            db.add(Program(name="lost"))
            await db.flush()
            await db.execute(text(raising))

    with pytest.raises(StoreFull):
        await overfill()
    assert await program_names(postgres_store) == []


@pytest.mark.postgres
async def test_text_that_a_server_cannot_hold_is_not_taken_for_an_outage(postgres_store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        await add_program(postgres_store, "null\0byte")
    assert not isinstance(refused.value, StoreUnavailable)


# A database that is not there


async def test_tables_that_are_missing_lead_to_the_migrate_command(empty_database: Settings) -> None:
    empty_database.data_dir.mkdir()
    store = Store(empty_database)
    with pytest.raises(StoreUnavailable, match="coach migrate"):
        await program_names(store)
    with pytest.raises(StoreUnavailable, match="coach migrate"):
        await add_program(store, "lost")
    await store.close()


async def test_a_data_folder_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    store = Store(Settings(data_dir=tmp_path / "missing", database_url=None))
    with pytest.raises(StoreUnavailable):
        await program_names(store)
    with pytest.raises(StoreUnavailable):
        await store.check()
    await store.close()


async def test_a_data_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(Settings(data_dir=tmp_path / "file" / "data", database_url=None))
    with pytest.raises(StoreUnavailable):
        await store.migrate()
    await store.close()


async def test_a_database_that_may_only_be_read_says_so_and_can_be_read(sqlite_settings: Settings) -> None:
    store = Store(sqlite_settings)
    await add_program(store, "before")
    await store.close()
    url = f"sqlite:///file:{file_of(sqlite_settings)}?mode=ro&uri=true"
    store = Store(Settings(data_dir=sqlite_settings.data_dir, database_url=url))
    with pytest.raises(StoreUnavailable, match="may not be written"):
        await add_program(store, "refused")
    assert await program_names(store) == ["before"]
    await store.close()


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=None)
    file_of(settings).write_bytes(b"somebody's letter, not a database" * 100)
    store = Store(settings)
    for attempt in (store.migrate, store.check):
        with pytest.raises(StoreError):
            await attempt()
    assert file_of(settings).read_bytes() == b"somebody's letter, not a database" * 100
    await store.close()


@pytest.mark.parametrize("name", ["my data", "50 %", "what?", "a#b", "ö@host:1"])
async def test_the_data_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = Settings(data_dir=tmp_path / name, database_url=None)
    store = Store(settings)
    await store.migrate()
    await add_program(store, "stored")
    assert await program_names(store) == ["stored"]
    await store.close()
    assert file_of(settings).is_file()


async def test_a_server_that_does_not_run_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (
        f"postgresql://postgres:secret@127.0.0.1:{port}/coach",
        f"postgresql://postgres@/coach?host={tmp_path}",
    ):
        store = Store(Settings(data_dir=tmp_path, database_url=url))
        for attempt in (store.migrate, store.check, partial(program_names, store)):
            with pytest.raises(StoreUnavailable) as refused:
                await attempt()
            assert "secret" not in str(refused.value)
        await store.close()


@pytest.mark.postgres
async def test_a_server_that_drops_the_connection_midway_is_unavailable_until_it_is_back(
    postgres_store: Store, postgres_settings: Settings
) -> None:
    await add_program(postgres_store, "before")
    assert postgres_settings.database_url is not None
    url = postgres_settings.database_url

    async def be_dropped() -> None:
        async with postgres_store.write() as db:
            db.add(Program(name="lost"))
            await db.flush()
            backend = (await db.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            with psycopg.connect(url) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    with pytest.raises(StoreUnavailable):
        await be_dropped()
    await add_program(postgres_store, "after")
    assert await program_names(postgres_store) == ["after", "before"]


@pytest.mark.postgres
async def test_a_server_that_was_restarted_between_two_requests_goes_unnoticed(
    postgres_store: Store, postgres_settings: Settings
) -> None:
    await add_program(postgres_store, "before")
    with psycopg.connect(postgres_settings.database_url or "", autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await add_program(postgres_store, "after")
    assert await program_names(postgres_store) == ["after", "before"]


# A process that is killed


def test_nothing_that_was_confirmed_is_lost_when_the_process_is_killed(sqlite_settings: Settings) -> None:
    process = start("write_until_killed", sqlite_settings)
    assert process.stdout is not None
    confirmed = [process.stdout.readline().strip() for _ in range(60)]
    process.kill()
    rest = process.communicate()[0]
    confirmed += rest[: rest.rfind("\n") + 1].split()

    with closing(sqlite3.connect(file_of(sqlite_settings))) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = {row[0] for row in file.execute("SELECT id FROM program")}
    assert all(confirmed)
    assert set(confirmed) <= stored
    assert len(stored) <= len(confirmed) + 1  # the one that was stored but not yet confirmed


async def test_a_killed_writer_leaves_no_lock_behind(sqlite_settings: Settings) -> None:
    process = start("write_until_killed", sqlite_settings)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    store = Store(sqlite_settings)
    async with asyncio.timeout(10):
        await add_program(store, "after")
    await store.close()
