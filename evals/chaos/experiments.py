"""Every experiment by its name, in the order in which they run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from evals.chaos.builds import kill_in_builds
from evals.chaos.clocks import clock_steps
from evals.chaos.crowd import CROWD, crowd_with
from evals.chaos.disk import disk_full
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
    """One of them: `about` says in a few words what is done."""

    name: str
    about: str
    run: Callable[[Lab, str], Awaitable[Outcome]]


def _share(lab: Lab, part: int) -> int:
    """A fifth of the kills, the rest to the first ones."""
    return lab.kills // 5 + (1 if part < lab.kills % 5 else 0)


async def _writes_sqlite(lab: Lab, name: str) -> Outcome:
    return await kill_in_writes(lab, name, _share(lab, 0), None)


async def _agendas_sqlite(lab: Lab, name: str) -> Outcome:
    return await kill_in_agendas(lab, name, _share(lab, 1), None)


async def _writes_postgres(lab: Lab, name: str) -> Outcome:
    with postgres() as server:
        return await kill_in_writes(lab, name, _share(lab, 2), server.new_database("chaos"))


async def _agendas_postgres(lab: Lab, name: str) -> Outcome:
    with postgres() as server:
        return await kill_in_agendas(lab, name, _share(lab, 3), server.new_database("chaos"))


async def _builds(lab: Lab, name: str) -> Outcome:
    return await kill_in_builds(lab, name, _share(lab, 4))


def _crowd(mood: Mood, *, recovers: bool = False) -> Callable[[Lab, str], Awaitable[Outcome]]:
    async def run(lab: Lab, name: str) -> Outcome:
        return await crowd_with(lab, name, mood, recovers=recovers)

    return run


EXPERIMENTS = (
    Experiment("killed while writing, SQLite", "SIGKILL in the middle of writes", _writes_sqlite),
    Experiment("killed while making agendas, SQLite", "SIGKILL in the middle of agenda calls", _agendas_sqlite),
    Experiment("killed while writing, PostgreSQL", "SIGKILL in the middle of writes", _writes_postgres),
    Experiment("killed while making agendas, PostgreSQL", "SIGKILL in the middle of agenda calls", _agendas_postgres),
    Experiment("killed while building the index", "SIGKILL in the middle of index builds", _builds),
    Experiment("model hangs", f"{CROWD} agenda calls at once", _crowd("hangs")),
    Experiment("model drips", f"{CROWD} agenda calls at once", _crowd("drips")),
    Experiment("model answers garbage", f"{CROWD} agenda calls at once", _crowd("garbage")),
    Experiment("model resets", f"{CROWD} agenda calls at once", _crowd("resets", recovers=True)),
    Experiment("PostgreSQL restarted under load", "stopped and started while callers write", database_restarts),
    Experiment("Chroma server away", "stopped and started while the service runs", index_server_goes),
    Experiment("disk full", "the disk of the data folder filled and emptied under load", disk_full),
    Experiment("clock stepped", "the wall clock stepped forwards and backwards", clock_steps),
    Experiment("SIGTERM under load", "ended while agendas are written", graceful_end),
    Experiment("an hour's worth of load", "mixed calls; memory, files and connections watched", soak),
)
