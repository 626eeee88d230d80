"""SIGTERM under load: what was accepted is finished, and what was to be done afterwards is done by the next start."""

import asyncio

import httpx
from sqlmodel import col, func, select

from coach.models import Comment
from coach.settings import Settings
from coach.store import Store
from evals.chaos.lab import Lab
from evals.chaos.model import ModelStub
from evals.chaos.outcome import ChaosError, Outcome
from evals.chaos.processes import Place, Service, client_of
from evals.chaos.stored import half_written, verified
from evals.chaos.world import Couple, call, make_world, must, wrong_with

_CALLERS = 24
_MODEL_S = 3.0
# What a supervisor commonly gives before it kills; `coach serve` itself takes at most 30 s for its calls.
_ENDS_WITHIN_S = 30.0
_HEALED_WITHIN_S = 60.0


async def graceful_end(lab: Lab, name: str) -> Outcome:
    """End a service whose model is still writing for many callers, each of whom also sent feedback."""
    failures: list[str] = []
    with lab.place() as place:
        async with ModelStub(delay_s=_MODEL_S) as model:
            with Service(place, model.settings()) as service:
                await service.ready()
                async with client_of(service, timeout_s=60) as client:
                    world = await make_world(service, client, _CALLERS, 2)
                    # The first agenda waits for the embedding model; the others are cut off at their own work.
                    couple = world.pairs[0]
                    await must(client, "POST", f"/v1/sessions/{couple.sessions[1]}/agenda", couple.tokens["mentor"])
                    before = model.asked
                    for couple in world.pairs:
                        path = f"/v1/sessions/{couple.sessions[0]}"
                        await must(client, "PATCH", path, couple.tokens["mentor"], {"status": "held"})
                    asking = [
                        asyncio.create_task(
                            call(client, "POST", f"/v1/sessions/{one.sessions[1]}/agenda", one.tokens["mentor"], {})
                        )
                        for one in world.pairs
                    ]
                    await _until_accepted(model, before + _CALLERS)
                    told = await asyncio.gather(*(_feedback(client, couple) for couple in world.pairs))
                    failures += [f"feedback got {reply.status_code}" for reply in told if reply.status_code != 200]
                    accepted = sum(not task.done() for task in asking)
                    service.ask_to_end()
                    ending = asyncio.create_task(service.ended(_ENDS_WITHIN_S))
                    right = 0
                    for couple, task in zip(world.pairs, asking, strict=True):
                        wrong = await _answer(task, couple.minutes)
                        failures += wrong
                        right += not wrong
                    ended = await ending
            if ended is None:
                failures.append(f"the process runs on {_ENDS_WITHIN_S:g} s after SIGTERM")
            elif not accepted:
                failures.append("no call was under way when SIGTERM came: it was not tried")
            elif ended[0] not in {0, -15}:
                failures.append(f"the process ended with status {ended[0]}: {service.log_text()[-300:]}")
            left = await _unread(place)
            with Service(place, model.settings()) as service:
                await service.ready()
                healed = await until_read(place)
                if healed is None:
                    failures.append(f"comments are still unread {_HEALED_WITHIN_S:g} s after the start")
        failures += await half_written(place) + await verified(place)
    return Outcome(
        name,
        f"SIGTERM while the model writes {_CALLERS} agendas ({_MODEL_S:g} s each) and just after {_CALLERS} feedbacks; "
        "then a start",
        f"{accepted} calls under way at SIGTERM; {right} of {_CALLERS} answered with a right agenda; the process "
        f"ended after {ended[1] if ended else _ENDS_WITHIN_S:.1f} s; {left} of {_CALLERS} comments were still unread, "
        + (f"all read {healed:.1f} s after the next start" if healed is not None else "not all read after the start"),
        tuple(failures),
    )


async def _feedback(client: httpx.AsyncClient, couple: Couple) -> httpx.Response:
    said = f"We were rushed again and again, the {couple.minutes} minutes were over too soon"
    ratings = {"usefulness": 4, "safety": 4, "progress": 4}
    body = {"ratings": ratings, "went_well": said, "share_with_partner": True, "share_with_coordinators": True}
    return await call(client, "PUT", f"/v1/sessions/{couple.sessions[0]}/feedback", couple.tokens["mentor"], body)


async def _until_accepted(model: ModelStub, calls: int) -> None:
    """Wait until every agenda call has reached the model. Raises ChaosError."""
    for _ in range(600):
        if model.asked >= calls:
            return
        await asyncio.sleep(0.05)
    raise ChaosError(f"only {model.asked} of {calls} calls reached the model")


async def _answer(task: "asyncio.Task[httpx.Response]", minutes: int) -> list[str]:
    try:
        reply = await task
    except httpx.TransportError as error:
        return [f"an accepted call got no answer: {type(error).__name__}"]
    if reply.status_code != 201:
        return [f"an accepted call got {reply.status_code}: {reply.text[:200]}"]
    return wrong_with(reply.json(), minutes)


async def _unread(place: Place) -> int:
    store = Store(Settings(data_dir=place.data_dir, database_url=place.database_url))
    try:
        async with store.read() as db:
            query = select(func.count()).select_from(Comment).where(col(Comment.reader).is_(None))
            return int((await db.execute(query)).scalar_one())
    finally:
        await store.close()


async def until_read(place: Place) -> float | None:
    """Wait until no comment is unread; the seconds that it took, None where it took too long."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < _HEALED_WITHIN_S:
        if await _unread(place) == 0:
            return loop.time() - began
        await asyncio.sleep(0.2)
    return None
