"""SIGKILL in the middle of writes and of agenda calls, again and again, on one growing database."""

import asyncio
from dataclasses import dataclass, field

import httpx

from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.model import ModelStub
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Place, Service, client_of
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import make_world

_CALLERS = 8
_SOONEST_S, _LATEST_S = 0.05, 1.2
_MODEL_S = 0.15


@dataclass
class Seen:
    """Of all rounds."""

    kills: int = 0
    caught: int = 0
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
    chance, ledger, seen = lab.random(name), Ledger(), Seen()
    traffic: Traffic | None = None
    service = Service(place, settings)
    try:
        for number in range(kills + 1):
            seen.starts.append(await service.ready())
            async with client_of(service) as client:
                if traffic is None:
                    traffic = Traffic(await make_world(service, client, _CALLERS, 4), ledger, chance, agendas)
                    await traffic.prepare(client)
                else:
                    seen.failures += await ledger.check(client)
                    ledger.wrong.clear()
                    seen.failures += await ledger.repeat(client)
                    seen.failures += await half_written(place)
                if number == kills:
                    seen.failures += await verified(place)
                    break
                lab.say(f"{name}: kill {number + 1} of {kills}, {ledger.acknowledged} calls acknowledged")
                await _one_kill(traffic, service, client, chance.uniform(_SOONEST_S, _LATEST_S), seen)
            service = Service(place, settings)
        seen.failures += [f"the log tells of an error: {line}" for line in _tracebacks(service)]
    finally:
        service.stop()
    asked = f", {len(ledger.agendas)} agendas" if agendas else ""
    return Outcome(
        name,
        f"{_CALLERS} callers {'ask for agendas and write' if agendas else 'write'}; SIGKILL {kills} times at a random "
        f"moment; after each start all that was acknowledged is read again, tables and audit are checked",
        f"{seen.kills} kills, {seen.caught} calls cut off; {ledger.acknowledged} calls acknowledged{asked}, "
        f"{len(seen.failures)} things lost or half-written; start to ready {max(seen.starts):.1f} s at most",
        tuple(seen.failures),
    )


async def _one_kill(traffic: Traffic, service: Service, client: httpx.AsyncClient, after_s: float, seen: Seen) -> None:
    traffic.answered.clear()
    running = asyncio.create_task(traffic.run(client))
    # Only a service that is at work can be cut off in it.
    await asyncio.wait_for(traffic.answered.wait(), 60)
    await asyncio.sleep(after_s)
    seen.caught += traffic.in_flight
    await asyncio.to_thread(service.kill)
    seen.kills += 1
    await running


def _tracebacks(service: Service) -> list[str]:
    return [line for line in service.log_text().splitlines() if line.startswith("Traceback") or "unexpected" in line]
