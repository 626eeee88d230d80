"""Every experiment by its name, in the order in which they run."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

from evals.chaos.builds import kill_in_builds
from evals.chaos.clock_limits import clock_limits
from evals.chaos.clocks import clock_steps
from evals.chaos.crowd import CROWD, crowd_with
from evals.chaos.disk import disk_full, postgres_disk_full
from evals.chaos.disk_index import index_disk_full
from evals.chaos.endings import graceful_end
from evals.chaos.kills import kill_in_agendas, kill_in_writes
from evals.chaos.lab import Lab
from evals.chaos.model import Mood
from evals.chaos.outages import database_restarts, index_server_goes
from evals.chaos.outcome import Outcome
from evals.chaos.postgres import postgres
from evals.chaos.soak import soak


@dataclass(frozen=True)
class Experiment:
    """One of them: `about` says in a few words what is done. What is not `timed` may run beside another one."""

    name: str
    about: str
    run: Callable[[Lab, str], Awaitable[Outcome]]
    timed: bool = True


def _share(lab: Lab, part: int) -> int:
    """A fifth of the kills, the rest to the first ones."""
    return lab.kills // 5 + (1 if part < lab.kills % 5 else 0)


async def _writes_sqlite(lab: Lab, name: str) -> Outcome:
    return await kill_in_writes(lab, name, _share(lab, 0), None)


async def _agendas_sqlite(lab: Lab, name: str) -> Outcome:
    return await kill_in_agendas(lab, name, _share(lab, 1), None)


async def _writes_postgres(lab: Lab, name: str) -> Outcome:
    return await _on_postgres(kill_in_writes, lab, name, _share(lab, 2))


async def _agendas_postgres(lab: Lab, name: str) -> Outcome:
    return await _on_postgres(kill_in_agendas, lab, name, _share(lab, 3))


async def _on_postgres(
    kill: Callable[[Lab, str, int, str | None], Awaitable[Outcome]], lab: Lab, name: str, kills: int
) -> Outcome:
    with ExitStack() as stack:
        # It takes seconds, in which what runs beside goes on.
        server = await asyncio.to_thread(stack.enter_context, postgres())
        return await kill(lab, name, kills, await asyncio.to_thread(server.new_database, "chaos"))


async def _builds(lab: Lab, name: str) -> Outcome:
    return await kill_in_builds(lab, name, _share(lab, 4))


def _crowd(mood: Mood, *, recovers: bool = False) -> Callable[[Lab, str], Awaitable[Outcome]]:
    async def run(lab: Lab, name: str) -> Outcome:
        return await crowd_with(lab, name, mood, recovers=recovers)

    return run


_IN_WRITES, _IN_AGENDAS = "SIGKILL in the middle of writes", "SIGKILL in the middle of agenda calls"
EXPERIMENTS = (
    Experiment("killed while building the index", "SIGKILL at each step of index builds", _builds, timed=False),
    Experiment("killed while writing, SQLite", _IN_WRITES, _writes_sqlite, timed=False),
    Experiment("killed while making agendas, SQLite", _IN_AGENDAS, _agendas_sqlite, timed=False),
    Experiment("killed while writing, PostgreSQL", _IN_WRITES, _writes_postgres, timed=False),
    Experiment("killed while making agendas, PostgreSQL", _IN_AGENDAS, _agendas_postgres, timed=False),
    Experiment("model hangs", f"{CROWD} agenda calls at once", _crowd("hangs")),
    Experiment("model drips", f"{CROWD} agenda calls at once", _crowd("drips")),
    Experiment("model answers garbage", f"{CROWD} agenda calls at once", _crowd("garbage")),
    Experiment("model resets", f"{CROWD} agenda calls at once", _crowd("resets", recovers=True)),
    Experiment("PostgreSQL restarted under load", "stopped and started while callers write", database_restarts),
    Experiment("Chroma server away", "stopped and started while the service runs", index_server_goes, timed=False),
    Experiment("disk full", "the disk of the data folder filled and emptied under load", disk_full, timed=False),
    Experiment(
        "disk full, PostgreSQL",
        "the disk of the database filled and emptied under load",
        postgres_disk_full,
        timed=False,
    ),
    Experiment("disk full, index", "the index built on a full disk", index_disk_full, timed=False),
    Experiment("clock stepped", "the wall clock stepped forwards and backwards", clock_steps, timed=False),
    Experiment("clock stepped while people wait", "limits, breaker, sign-ins", clock_limits, timed=False),
    Experiment("SIGTERM under load", "ended while agendas are written", graceful_end),
    Experiment("an hour's worth of load", "mixed calls; memory, files and connections watched", soak),
)
