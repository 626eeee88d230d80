"""An hour's worth of mixed calls in less time: what the process holds must stay level."""

import asyncio
import time
from dataclasses import dataclass

import httpx
import numpy as np

from evals.chaos.endings import until_read
from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.model import ModelStub
from evals.chaos.outcome import ChaosError, Outcome
from evals.chaos.processes import Service, client_of
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import call, make_world, must

# What a program of some hundred pairs sends in a busy hour: a call a second.
HOUR_CALLS = 3_600
_CALLERS = 16
_TIMEOUT_S = 60.0
_EVERY_S = 0.5
# What was asked before is answered from caches, which hold up to 2,048 rankings: new texts without end would show them
# filling for hours, and hide what never stops growing.
_TEXTS = 40
# Caches fill and threads start in this part of the run, which is left out.
_WARM_UP = 1 / 3
_BLOCKS = 12
# Student's t for 95 % and 10 degrees of freedom: a line through the means of 12 blocks.
_T = 2.228
# More than this in an hour and a service would not last a month on a small machine (512 MiB in 16 hours).
_MOST_MIB, _MOST_HANDLES = 32.0, 4.0


@dataclass(frozen=True)
class Slope:
    """Growth over an hour's worth of calls, with the bounds of its 95 % interval."""

    middle: float
    low: float
    high: float

    def text(self, unit: str) -> str:
        """For the table."""
        return f"{self.middle:+.1f} {unit} an hour's worth (95 % interval {self.low:+.1f} to {self.high:+.1f})"


def slope(calls: list[float], values: list[float]) -> Slope:
    """The growth of `values` by an hour's worth of calls: a line through block means, since neighbours are alike."""
    if len(values) < 2 * _BLOCKS:
        raise ChaosError(f"{len(values)} samples are too few for a slope: let the load last longer")
    x = np.array([part.mean() for part in np.array_split(np.array(calls), _BLOCKS)]) / HOUR_CALLS
    y = np.array([part.mean() for part in np.array_split(np.array(values), _BLOCKS)])
    centred = x - x.mean()
    middle = float(centred @ y / (centred @ centred))
    rest = y - y.mean() - middle * centred
    error = float(np.sqrt(rest @ rest / (_BLOCKS - 2) / (centred @ centred)))
    return Slope(middle, middle - _T * error, middle + _T * error)


async def soak(lab: Lab, name: str) -> Outcome:
    """Mixed calls for a while; memory, open files and connections are read from the system meanwhile."""
    failures: list[str] = []
    samples: list[tuple[float, float, float, float]] = []
    with lab.place() as place:
        async with ModelStub(delay_s=0.2) as model:
            with Service(place, model.settings()) as service:
                await service.ready()
                async with client_of(service, timeout_s=_TIMEOUT_S) as client:
                    world, ledger = await make_world(service, client, _CALLERS, 6), Ledger()
                    traffic = Traffic(world, ledger, lab.random(name), agendas=0.1, texts=_TEXTS)
                    await traffic.prepare(client)
                    # Both models are loaded before anybody counts: on a busy machine that takes the first half minute.
                    await must(client, "GET", "/v1/knowledge/search?q=begin", world.admin)
                    await traffic.tell(client, world.pairs[0])
                    if await until_read(place) is None:
                        failures.append("the first comment is still unread")
                    pace = _CALLERS * lab.soak_s / HOUR_CALLS
                    running = asyncio.create_task(traffic.run(client, survive=True, pause_s=pace))
                    reading = asyncio.create_task(_read_things(traffic, client, pace))
                    began = time.monotonic()
                    while (spent := time.monotonic() - began) < lab.soak_s:
                        await asyncio.sleep(_EVERY_S)
                        if spent > lab.soak_s * _WARM_UP:
                            opened, sockets_now = service.handles()
                            asked = sum(ledger.statuses.values())
                            samples.append((asked, service.resident_mib(), opened - sockets_now, sockets_now))
                    traffic.stop()
                    await asyncio.gather(running, reading)
                    failures += await ledger.check(client)
        failures += await half_written(place) + await verified(place)
    calls, memory, files, sockets = (list(column) for column in zip(*samples, strict=True))
    grown = {
        "MiB": (slope(calls, memory), _MOST_MIB),
        "files": (slope(calls, files), _MOST_HANDLES),
        "connections": (slope(calls, sockets), _MOST_HANDLES),
    }
    failures += [
        f"{unit} grow: {line.text(unit)}, at most {most:g} allowed"
        for unit, (line, most) in grown.items()
        if line.high > most
    ]
    told = "; ".join(line.text(unit) for unit, (line, _) in grown.items())
    return Outcome(
        name,
        f"{_CALLERS} callers write, read, search and ask for agendas for {lab.soak_s:g} s, in {_TEXTS} "
        f"different texts; the first third is left out, the rest is a line through "
        f"the means of {_BLOCKS} blocks; an hour's worth is {HOUR_CALLS:,} calls",
        f"{sum(ledger.statuses.values()):,} calls, {ledger.acknowledged:,} acknowledged; {memory[0]:.0f} MiB, "
        f"{files[0]:.0f} files, {sockets[0]:.0f} connections after the warm-up; {told}",
        tuple(failures),
    )


async def _read_things(traffic: Traffic, client: httpx.AsyncClient, pause_s: float) -> None:
    """Reads and searches beside the writes, until the traffic stops."""
    questions = ("begin", "hierarchy", "spreadsheet", "candid feedback", "next steps")
    while not traffic.stopping:
        couple = traffic.random.choice(traffic.world.pairs)
        token = couple.tokens["mentee"]
        word = traffic.random.choice(questions).replace(" ", "+")
        for path in (f"/v1/pairs/{couple.id}/sessions", f"/v1/knowledge/search?q={word}", "/readyz"):
            try:
                reply = await call(client, "GET", path, token)
            except httpx.TransportError as error:
                traffic.ledger.wrong.append(f"GET {path.partition('?')[0]} got no answer: {type(error).__name__}")
                continue
            traffic.ledger.statuses[reply.status_code] += 1
            if not reply.is_success:
                traffic.ledger.wrong.append(f"GET {path.partition('?')[0]} got {reply.status_code}")
        await asyncio.sleep(pause_s)
