"""A disk that fills up under load, and has space again: that of the data folder, and that of PostgreSQL."""

import asyncio
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.outages import told_to_wait
from evals.chaos.outcome import Outcome
from evals.chaos.processes import SERVE, Service, client_of, run_command
from evals.chaos.small_disk import INSIDE, bytes_of, check_mounting, fill, seen_from_outside
from evals.chaos.small_postgres import small_postgres
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import Refused, call, make_world

_CALLERS = 6
_LOAD_S, _FULL_S = 1.5, 3.0
_SPARE_MIB = 8
# A new cluster with the write-ahead log that some hundred calls need.
_POSTGRES_MIB = 128
_READY_WITHIN_S = 30.0
_DATABASE_FILES = ("coach.sqlite3", "coach.sqlite3-wal", "coach.sqlite3-shm")
_COPIED = ("sh", "-c", 'cp -r "$0"/. "$1" && shift && exec "$@"')
_EXEC = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def told_full(reply: httpx.Response) -> str | None:
    """None for the answer that says that the disk is full."""
    if reply.status_code == 507 and reply.json()["type"].endswith("disk-full"):
        return None
    return f"on a full disk a caller got {reply.status_code}"


def told_full_or_to_wait(reply: httpx.Response) -> str | None:
    """None also for the answer that says that the database is away: PostgreSQL ends where its log finds no space."""
    return told_to_wait(reply) if reply.status_code == 503 else told_full(reply)


@dataclass
class _Pressed:
    """What was seen before, while and after a disk was full; `read` says what became of reading while it was."""

    ledger: Ledger = field(default_factory=Ledger)
    before: int = 0
    during: int = 0
    after: int = 0
    read: str = ""
    ready_s: float = 0.0
    failures: list[str] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """For the table."""
        away = self.ledger.statuses[503]
        return (
            f"{self.before} calls acknowledged before, {self.during} while it was full (in space that the database "
            f"had), {self.ledger.statuses[507]} told 507 disk-full{f', {away} told 503 to wait' if away else ''}; "
            f"{self.read}; {self.after} acknowledged after"
        )


async def disk_full(lab: Lab, name: str) -> Outcome:
    """Fill the disk of the data folder while callers write, then make space."""
    await check_mounting()
    with lab.place() as staged, lab.place(indexed=False) as place, lab.place(indexed=False) as copied:
        status, printed = await run_command(staged, "token", "--role", "admin")
        if status != 0:
            raise Refused(f"coach token ended with {status}: {printed[-300:]}")
        size = bytes_of(staged.data_dir) + _SPARE_MIB * 2**20
        copying = (*_COPIED, str(staged.data_dir), str(place.data_dir))
        inside = (*INSIDE, str(size), str(place.data_dir), *copying)
        with Service(place, arguments=("-c", _EXEC, *inside, sys.executable, *SERVE)) as service:
            await service.ready()
            folder = seen_from_outside(service.pid, place.data_dir)
            pressed = await _press(lab, name, service, folder / "ballast", told_full, printed.split()[-1])
            await asyncio.to_thread(service.wait_until_idle)
            for file in _DATABASE_FILES:
                shutil.copy(folder / file, copied.data_dir)
        pressed.failures += await half_written(copied) + await verified(copied)
    return Outcome(
        name,
        f"{_CALLERS} callers write and ask for agendas on a disk of {size / 2**20:.0f} MiB, which is filled to the "
        "last block, and emptied again; the service is left alone",
        f"{pressed.seen}, {len(pressed.failures)} things lost or half-written",
        tuple(pressed.failures),
    )


async def postgres_disk_full(lab: Lab, name: str) -> Outcome:
    """Fill the disk of a PostgreSQL server while callers write, then make space."""
    await check_mounting()
    with ExitStack() as stack:
        # It takes seconds, in which what runs beside goes on.
        server = await asyncio.to_thread(stack.enter_context, small_postgres(lab.folder, _POSTGRES_MIB))
        url = await asyncio.to_thread(server.new_database, "chaos")
        with lab.place(url) as place:
            with Service(place) as service:
                await service.ready()
                pressed = await _press(lab, name, service, server.folder / "ballast", told_full_or_to_wait)
            pressed.failures += await half_written(place) + await verified(place)
        ends = server.ends
    return Outcome(
        name,
        f"{_CALLERS} callers write and ask for agendas with a PostgreSQL whose whole disk has {_POSTGRES_MIB} MiB, "
        "which is filled to the last block, and emptied again; a supervisor starts the server where it ends; the "
        "service is left alone",
        f"{pressed.seen}, ready {pressed.ready_s:.1f} s after there was space; the server ended by itself {ends} "
        f"times; {len(pressed.failures)} things lost or half-written",
        tuple(pressed.failures),
    )


async def _press(
    lab: Lab,
    name: str,
    service: Service,
    ballast: Path,
    judge: Callable[[httpx.Response], str | None],
    admin: str | None = None,
) -> _Pressed:
    """Load, the same on a full disk, and the same again with space."""
    seen = _Pressed()
    async with client_of(service) as client:
        world = await make_world(service, client, _CALLERS, 3, admin)
        traffic = Traffic(world, seen.ledger, lab.random(name), agendas=0.2)
        await traffic.prepare(client)
        await _for(traffic, client, _LOAD_S)
        seen.before = seen.ledger.acknowledged
        lab.say(f"{name}: full")
        await asyncio.to_thread(fill, ballast)
        traffic.judge = judge
        await _for(traffic, client, _FULL_S)
        alive = await call(client, "GET", "/healthz")
        if alive.status_code != 200:
            seen.failures.append(f"on a full disk /healthz says {alive.status_code}")
        try:
            unread = await seen.ledger.check(client)
            seen.read = f"while full {len(unread)} of what was acknowledged was not read"
            seen.failures += [f"on a full disk: {wrong}" for wrong in unread]
        except Refused as refused:
            seen.read = "while full nothing could be read"
            if " 503" not in str(refused) or judge is told_full:
                seen.failures.append(f"on a full disk: {refused}")
        seen.ledger.wrong.clear()
        seen.during = seen.ledger.acknowledged - seen.before
        if not seen.ledger.statuses[507]:
            seen.failures.append("nobody was told that the disk is full: it was not tried")
        await asyncio.to_thread(ballast.unlink)
        lab.say(f"{name}: space again")
        seen.ready_s = await _ready_again(client, seen.failures)
        traffic.judge = None
        await _for(traffic, client, _LOAD_S)
        seen.after = seen.ledger.acknowledged - seen.before - seen.during
        seen.failures += await seen.ledger.check(client) + await seen.ledger.repeat(client)
    return seen


async def _ready_again(client: httpx.AsyncClient, failures: list[str]) -> float:
    """Seconds until /readyz says 200."""
    began = time.perf_counter()
    while (ready := await call(client, "GET", "/readyz")).status_code != 200:
        if time.perf_counter() - began > _READY_WITHIN_S:
            failures.append(f"{_READY_WITHIN_S:g} s after there was space /readyz says {ready.text[:200]}")
            break
        await asyncio.sleep(0.1)
    return time.perf_counter() - began


async def _for(traffic: Traffic, client: httpx.AsyncClient, seconds: float) -> None:
    running = asyncio.create_task(traffic.run(client, survive=True, pause_s=0.02))
    await asyncio.sleep(seconds)
    traffic.stop()
    await running
