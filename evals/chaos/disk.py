"""A disk that fills up under load, and has space again."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import httpx

from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.outcome import CannotRun, Outcome
from evals.chaos.processes import SERVE, Service, client_of, run_command
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import Refused, call, make_world

_CALLERS = 6
_LOAD_S, _FULL_S = 1.5, 3.0
_SPARE_MIB = 8
_BLOCK = 4096
_DATABASE_FILES = ("coach.sqlite3", "coach.sqlite3-wal", "coach.sqlite3-shm")
# A small disk of this process alone; `unshare -r` needs no rights where the system has user namespaces.
_INSIDE = 'mount -t tmpfs -o size="$0" none "$1" && cp -r "$2"/. "$1" && shift 2 && exec "$@"'
_CAN_MOUNT = ("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt")
_EXEC = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def told_full(reply: httpx.Response) -> str | None:
    """None for the answer that says that the disk is full."""
    if reply.status_code == 507 and reply.json()["type"].endswith("disk-full"):
        return None
    return f"on a full disk a caller got {reply.status_code}"


async def disk_full(lab: Lab, name: str) -> Outcome:
    """Fill the disk of the data folder while callers write, then make space."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        raise CannotRun("a small disk takes Linux and `unshare`")
    try:
        await asyncio.to_thread(subprocess.run, _CAN_MOUNT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise CannotRun("this system lets nobody mount a small disk without more rights") from None
    with lab.place() as staged, lab.place(indexed=False) as place, lab.place(indexed=False) as copied:
        status, printed = await run_command(staged, "token", "--role", "admin")
        if status != 0:
            raise Refused(f"coach token ended with {status}: {printed[-300:]}")
        size = sum(file.stat().st_size + _BLOCK for file in staged.data_dir.rglob("*")) + _SPARE_MIB * 2**20
        inside = ("unshare", "-rm", "sh", "-c", _INSIDE, str(size), str(place.data_dir), str(staged.data_dir))
        ledger, failures = Ledger(), []
        with Service(place, arguments=("-c", _EXEC, *inside, sys.executable, *SERVE)) as service:
            await service.ready()
            folder = Path(f"/proc/{service.pid}/root") / place.data_dir.relative_to("/")
            async with client_of(service) as client:
                admin = printed.split()[-1]
                traffic = Traffic(
                    await make_world(service, client, _CALLERS, 3, admin), ledger, lab.random(name), agendas=0.2
                )
                await traffic.prepare(client)
                await _for(traffic, client, _LOAD_S)
                before = ledger.acknowledged
                lab.say(f"{name}: full")
                await asyncio.to_thread(_fill, folder / "ballast")
                traffic.judge = told_full
                await _for(traffic, client, _FULL_S)
                alive = await call(client, "GET", "/healthz")
                if alive.status_code != 200:
                    failures.append(f"on a full disk /healthz says {alive.status_code}")
                unread = await ledger.check(client)
                failures += [f"on a full disk: {wrong}" for wrong in unread]
                ledger.wrong.clear()
                refused = ledger.statuses[507]
                (folder / "ballast").unlink()
                lab.say(f"{name}: space again")
                traffic.judge = None
                during = ledger.acknowledged
                await _for(traffic, client, _LOAD_S)
                after = ledger.acknowledged - during
                failures += await ledger.check(client) + await ledger.repeat(client)
            await asyncio.to_thread(service.wait_until_idle)
            for file in _DATABASE_FILES:
                shutil.copy(folder / file, copied.data_dir)
        failures += await half_written(copied) + await verified(copied)
    if not refused:
        failures.append("nobody was told that the disk is full: it was not tried")
    return Outcome(
        name,
        f"{_CALLERS} callers write and ask for agendas on a disk of {size / 2**20:.0f} MiB, which is filled to the "
        "last block, and emptied again; the service is left alone",
        f"{before} calls acknowledged before, {during - before} while it was full (in space that the database had), "
        f"{refused} told 507 disk-full; while full {len(unread)} of what was acknowledged was not read; "
        f"{after} acknowledged after, {len(failures)} things lost or half-written",
        tuple(failures),
    )


async def _for(traffic: Traffic, client: httpx.AsyncClient, seconds: float) -> None:
    running = asyncio.create_task(traffic.run(client, survive=True, pause_s=0.02))
    await asyncio.sleep(seconds)
    traffic.stop()
    await running


def _fill(ballast: Path) -> None:
    """Write until nothing more fits."""
    with ballast.open("wb", buffering=0) as file:
        for block in (2**20, _BLOCK, 1):
            try:
                while True:
                    file.write(bytes(block))
            except OSError:
                continue
