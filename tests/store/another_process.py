"""What takes a second process: begun by `start`, which runs `python -m tests.store.another_process TASK`."""
# ruff: noqa: T201

import asyncio
import json
import os
import subprocess
import sys

from sqlalchemy import func, text
from sqlmodel import select

from coach.errors import StoreError
from coach.models import Program
from coach.settings import REPOSITORY, Settings
from coach.store import Store


def start(task: str, settings: Settings, *, inside: list[str] | None = None) -> subprocess.Popen[str]:
    """Start a task below on the database of these settings, with `inside` in front of its command."""
    return subprocess.Popen(
        [*(inside or []), sys.executable, "-m", "tests.store.another_process", task],
        cwd=REPOSITORY,
        env={**os.environ, "COACH_DATA_DIR": str(settings.data_dir), "COACH_DATABASE_URL": settings.database_url or ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], *, within: float, said: str = "") -> str:
    """Say something to the process, and return what it printed once it has ended well."""
    try:
        printed, errors = process.communicate(said, timeout=within)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    return printed


async def migrate(settings: Settings) -> None:
    """Say that all is loaded, wait for a line, then migrate."""
    import alembic.command  # noqa: F401 - so that the processes meet in the database, not in their imports

    print("ready", flush=True)
    sys.stdin.readline()
    store = Store(settings)
    await store.migrate()
    await store.close()


async def migrate_with_two_stores(settings: Settings) -> None:
    """Migrate by two stores of this one process at the same time."""
    stores = [Store(settings), Store(settings)]
    await asyncio.gather(*(store.migrate() for store in stores))
    for store in stores:
        await store.close()


async def write_until_killed(settings: Settings) -> None:
    """Store programs, and print the id of each once its block has ended."""
    store = Store(settings)
    while True:
        async with store.write() as db:
            program = Program(name="x" * 5000)
            db.add(program)
        print(program.id, flush=True)


async def fill_the_disk(settings: Settings) -> None:
    """Write until the disk is full, then free some space; print what became of the data as JSON."""
    ballast = settings.data_dir / "ballast"
    ballast.write_bytes(bytes(400_000))
    store = Store(settings)
    await store.migrate()
    written, error = 0, ""
    while not error and written < 1000:
        try:
            async with store.write() as db:
                db.add(Program(name="x" * 20_000))
            written += 1
        except StoreError as raised:
            error = type(raised).__name__
    async with store.read() as db:
        found = (await db.execute(select(func.count()).select_from(Program))).scalar_one()
        integrity = (await db.execute(text("PRAGMA integrity_check"))).scalar_one()
    ballast.unlink()
    async with store.write() as db:
        db.add(Program(name="after"))
    await store.close()
    print(json.dumps({"error": error, "lost": written - found, "written": written, "integrity": integrity}))


if __name__ == "__main__":
    tasks = {task.__name__: task for task in (migrate, migrate_with_two_stores, write_until_killed, fill_the_disk)}
    asyncio.run(tasks[sys.argv[1]](Settings()))
