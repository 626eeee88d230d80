"""SIGKILL in the middle of writes and of agenda calls, again and again, on one growing database."""

import asyncio
import random
import statistics
from dataclasses import dataclass, field

import httpx

from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.model import ModelStub
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Place, Service, client_of
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import make_world, must

_CALLERS = 8
# A kill falls after so many calls under load, whatever the machine takes for them, and a moment later.
_FEWEST, _MOST = 20, 80
_LATEST_S = 0.1
# A service that is too slow for them is killed after half a minute all the same.
_LOOK_S, _MOST_LOOKS = 0.005, 6_000
_PAUSE_S = 0.02
_MODEL_S = 0.15


@dataclass
class Seen:
    """Of all rounds: calls cut off, calls acknowledged before each kill, seconds of each start, what went wrong."""

    caught: int = 0
    before: list[int] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


async def kill_in_writes(lab: Lab, name: str, kills: int, database_url: str | None) -> Outcome:
    """Kill while small things are written."""
    with lab.place(database_url) as place:
        return await _kill(lab, name, place, {}, kills, agendas=0.0)


async def kill_in_agendas(lab: Lab, name: str, kills: int, database_url: str | None) -> Outcome:
    """Kill while agendas are made with a model that takes a moment."""
    with lab.place(database_url) as place:
        async with ModelStub(delay_s=_MODEL_S) as model:
            return await _kill(lab, name, place, model.settings(), kills, agendas=0.7)


async def _kill(lab: Lab, name: str, place: Place, settings: dict[str, str], kills: int, agendas: float) -> Outcome:
    # The moments have a chance of their own: how often the callers ask theirs depends on the machine.
    moments, ledger, seen = lab.random(f"{name}, moments"), Ledger(), Seen()
    traffic: Traffic | None = None
    service = Service(place, settings)
    try:
        for number in range(kills + 1):
            seen.starts.append(await service.ready())
            async with client_of(service) as client:
                if traffic is None:
                    world = await make_world(service, client, _CALLERS, 4)
                    traffic = Traffic(world, ledger, lab.random(name), agendas)
                    await traffic.prepare(client)
                else:
                    seen.failures += await ledger.check(client)
                    ledger.wrong.clear()
                    seen.failures += await ledger.repeat(client)
                    seen.failures += await half_written(place, keyed=True)
                if number == kills:
                    seen.failures += await verified(place)
                    break
                seen.failures += await _searched(client, ledger.admin)
                lab.say(f"{name}: kill {number + 1} of {kills}, {ledger.acknowledged} calls acknowledged")
                await _one_kill(traffic, service, client, moments, seen)
            service = Service(place, settings)
        seen.failures += [f"the log tells of an error: {line}" for line in _tracebacks(service)]
    finally:
        service.stop()
    asked = f", {len(ledger.agendas)} agendas" if agendas else ""
    return Outcome(
        name,
        f"{_CALLERS} callers {'ask for agendas and write' if agendas else 'write'} without a break; SIGKILL {kills} "
        f"times, each after {_FEWEST} to {_MOST} acknowledged calls; after each start all that was acknowledged "
        "is read again, tables and audit are checked, and a search must find something",
        f"{len(seen.before)} kills, {seen.caught} calls cut off; {ledger.acknowledged} calls acknowledged{asked}, "
        f"{min(seen.before, default=0)} to {max(seen.before, default=0)} (median "
        f"{statistics.median(seen.before or [0]):.0f}) under load before each kill; {len(seen.failures)} things lost "
        f"or half-written; start to ready {max(seen.starts):.1f} s at most",
        tuple(seen.failures),
    )


async def _one_kill(
    traffic: Traffic, service: Service, client: httpx.AsyncClient, moments: random.Random, seen: Seen
) -> None:
    traffic.answered.clear()
    before = traffic.ledger.acknowledged
    running = asyncio.create_task(traffic.run(client, pause_s=_PAUSE_S))
    # Only a service that is at work can be cut off in it.
    await asyncio.wait_for(traffic.answered.wait(), 60)
    calls = moments.randint(_FEWEST, _MOST)
    for _ in range(_MOST_LOOKS):
        if traffic.ledger.acknowledged - before >= calls:
            break
        await asyncio.sleep(_LOOK_S)
    await asyncio.sleep(moments.uniform(0, _LATEST_S))
    seen.caught += traffic.in_flight
    seen.before.append(traffic.ledger.acknowledged - before)
    await asyncio.to_thread(service.kill)
    await running


async def _searched(client: httpx.AsyncClient, token: str) -> list[str]:
    """Search, which waits for the embedding model; what is wrong with the answer."""
    found = await must(client, "GET", "/v1/knowledge/search?q=how+do+we+begin+the+first+session", token)
    return [] if found["items"] else ["after a start a search finds nothing"]


def _tracebacks(service: Service) -> list[str]:
    return [line for line in service.log_text().splitlines() if line.startswith("Traceback") or "unexpected" in line]
