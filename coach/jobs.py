"""Work after the reply: enqueued by name with ids, never with content.

In-process for now. A queue in the database can take this place, because a job is only a name and ids, and a handler
that is called again does no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

Handler = Callable[..., Awaitable[None]]


class Jobs:
    """Handlers by name, and the tasks that run them."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._waiting: set[tuple[str, tuple[tuple[str, str], ...]]] = set()

    def register(self, name: str, handler: Handler) -> None:
        """Say what runs when `name` is enqueued."""
        self._handlers[name] = handler

    def enqueue(self, name: str, **ids: str) -> None:
        """Run the handler of `name` soon. A job that waits or runs already with the same ids is not added again."""
        key = (name, tuple(sorted(ids.items())))
        if key in self._waiting:
            return
        self._waiting.add(key)
        task = asyncio.create_task(self._run(name, ids))
        self._running.add(task)

        def done(_: object) -> None:
            self._running.discard(task)
            self._waiting.discard(key)

        task.add_done_callback(done)

    def see_through(self, task: asyncio.Task[None]) -> None:
        """Let this task of a request finish even if its caller leaves; `drain` waits for it as for a job."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self, timeout_s: float = 10) -> None:
        """Let running jobs finish; end those that take longer."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=timeout_s)
            for task in late:
                task.cancel()

    async def _run(self, name: str, ids: dict[str, str]) -> None:
        try:
            await self._handlers[name](**ids)
        except Exception as error:
            # What a job works on is stored; it is done again when it is next needed. An error's text may hold what
            # people typed, so the log names its class alone.
            log.error("job.failed", job=name, error=type(error).__name__, **ids)
