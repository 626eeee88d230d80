"""A model that fails in every way it can, under many agenda calls at once."""

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from evals.chaos.lab import Lab
from evals.chaos.model import ModelStub, Mood
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Service, client_of
from evals.chaos.world import World, call, make_world, wrong_with

CROWD = 64
MODEL_TIMEOUT_S = 5.0
# For planning, composing and storing 64 agendas at once beside what the model is given.
IN_TIME_S = MODEL_TIMEOUT_S + 10
_READY_WITHIN_S = 5.0
_PAUSE_S = 30.0


@dataclass
class _Watched:
    """Answers of /readyz while the crowd waits, in seconds."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


async def crowd_with(lab: Lab, name: str, mood: Mood, *, recovers: bool = False) -> Outcome:
    """Ask for so many agendas at once while the model is in this mood; with `recovers` it is well again afterwards."""
    back = ""
    with lab.place() as place:
        async with ModelStub() as model:
            with Service(place, model.settings(MODEL_TIMEOUT_S)) as service:
                await service.ready()
                async with client_of(service, timeout_s=IN_TIME_S * 4) as client:
                    world = await make_world(service, client, CROWD)
                    model.mood = mood
                    sources, seconds, watched, failures = await _crowd(client, world)
                    if recovers:
                        back, wrong = await _recovery(client, world, model)
                        failures += wrong
    failures += watched.failures
    told = ", ".join(f"{count} by {source}" for source, count in sources.most_common())
    return Outcome(
        name,
        f"{CROWD} agenda calls at once, model timeout {MODEL_TIMEOUT_S:g} s; each must be answered with 201 and a "
        f"right agenda within {IN_TIME_S:g} s, /readyz with 200 within {_READY_WITHIN_S:g} s meanwhile",
        f"{sum(sources.values())} of {CROWD} right ({told}); median {statistics.median(seconds):.1f} s, slowest "
        f"{max(seconds):.1f} s; /readyz asked {len(watched.seconds)} times, slowest {max(watched.seconds):.2f} s{back}",
        tuple(failures),
    )


async def _crowd(client: httpx.AsyncClient, world: World) -> tuple[Counter[str], list[float], _Watched, list[str]]:
    sources: Counter[str] = Counter()
    seconds, failures, watched = [], [], _Watched()

    async def one(number: int) -> None:
        couple = world.pairs[number]
        began = time.perf_counter()
        path = f"/v1/sessions/{couple.sessions[0]}/agenda"
        try:
            reply = await call(client, "POST", path, couple.tokens["mentor"], {})
        except httpx.TransportError as error:
            failures.append(f"an agenda call got no answer: {type(error).__name__}")
            return
        finally:
            seconds.append(time.perf_counter() - began)
        if reply.status_code != 201:
            failures.append(f"an agenda call got {reply.status_code}: {reply.text[:200]}")
            return
        wrong = wrong_with(reply.json(), couple.minutes)
        if seconds[-1] > IN_TIME_S:
            wrong.append(f"an agenda came after {seconds[-1]:.1f} s")
        failures.extend(wrong)
        if not wrong:
            sources[reply.json()["generator"]["source"]] += 1

    watching = asyncio.create_task(_watch(client, watched))
    await asyncio.gather(*(one(number) for number in range(CROWD)))
    watching.cancel()
    return sources, seconds, watched, failures


async def _watch(client: httpx.AsyncClient, watched: _Watched) -> None:
    while True:
        began = time.perf_counter()
        reply = await call(client, "GET", "/readyz")
        watched.seconds.append(time.perf_counter() - began)
        if reply.status_code != 200 or watched.seconds[-1] > _READY_WITHIN_S:
            watched.failures.append(f"/readyz got {reply.status_code} after {watched.seconds[-1]:.1f} s")
        await asyncio.sleep(0.2)


async def _recovery(client: httpx.AsyncClient, world: World, model: ModelStub) -> tuple[str, list[str]]:
    """Let the model be well again: it must be asked again by itself once the breaker's pause is over."""
    failures = []
    shown = (await call(client, "GET", "/readyz")).json()["model"]
    if shown["breaker"] != "open":
        failures.append(f"after a model failed {CROWD} times the breaker is {shown['breaker']}")
    model.mood = "good"
    began = time.perf_counter()
    couple = world.pairs[0]
    while True:
        reply = await call(client, "POST", f"/v1/sessions/{couple.sessions[0]}/agenda", couple.tokens["mentor"], {})
        source = reply.json()["generator"]["source"]
        waited = time.perf_counter() - began
        if source in {"model", "repaired"}:
            return f"; the model wrote again {waited:.0f} s after it was well", failures
        if waited > _PAUSE_S + 15:
            return "", [*failures, f"{waited:.0f} s after the model was well it is still not asked"]
        await asyncio.sleep(1)
