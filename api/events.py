"""A reply that takes a while, as server-sent events: its progress, and then what came of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from fastapi import Request
from fastapi.sse import EventSourceResponse, format_sse_event

from api.problems import problem_of
from api.schemas import Reply
from api.state import state_of
from coach.agenda.progress import MESSAGES, Progress, Step

MEDIA_TYPE = "text/event-stream"
# Proxies close a connection on which nothing is said, many of them after 30 or 60 seconds.
KEEP_ALIVE_S = 15.0


class Tell(Protocol):
    """Tells of one step: a fixed word for it, a sentence, and counts."""

    def __call__(self, step: str, message: str, **counts: int) -> None:
        """Tell."""


def stream(request: Request, name: str, make: Callable[[Progress], Awaitable[Reply]]) -> EventSourceResponse:
    """As `tell`, for the steps of an agenda."""

    async def told(tell: Tell) -> Reply:
        def progress(step: Step) -> None:
            tell(step, MESSAGES[step])

        return await make(progress)

    return tell(request, name, told)


def tell(request: Request, name: str, make: Callable[[Tell], Awaitable[Reply]]) -> EventSourceResponse:
    """Events `progress` while `make` works, and at the end one event called `name` with its result, or `problem` with
    the body that the error would have as a reply of its own.

    The work is a task of its own: whoever leaves, it is finished and stored, as it is without a stream. The model's
    tokens are spent by then, and asking again with the same Idempotency-Key gives the result.
    """
    events: asyncio.Queue[bytes | None] = asyncio.Queue()

    def progress(step: str, message: str, **counts: int) -> None:
        events.put_nowait(_event("progress", json.dumps({"step": step, "message": message, **counts})))

    async def work() -> None:
        try:
            events.put_nowait(_event(name, (await make(progress)).model_dump_json()))
        except Exception as error:
            events.put_nowait(_event("problem", bytes(problem_of(request, error).body).decode()))
        finally:
            events.put_nowait(None)

    state_of(request).jobs.see_through(asyncio.create_task(work()))
    # nginx would keep the events back until there are enough of them.
    return EventSourceResponse(_sent(events), headers={"X-Accel-Buffering": "no"})


def untold(step: str, message: str, **counts: int) -> None:
    """For a caller who only wants the result."""


async def _sent(events: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes]:
    while True:
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                event = await events.get()
        except TimeoutError:
            yield format_sse_event(comment="still at work")
            continue
        if event is None:
            return
        yield event


def _event(name: str, data: str) -> bytes:
    return format_sse_event(event=name, data_str=data)
