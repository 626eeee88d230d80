"""A language model that says what a test told it to, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import Callable

from coach.llm import ModelReply, ModelRequest

Step = str | ModelReply | Exception | Callable[[ModelRequest], str]


class ScriptedModel:
    """Answers each request with the next step of its script: a text, a reply, an error to raise, or a function.

    `requests` records what was asked. An unplanned request fails the test that made it.
    """

    name = "scripted"

    def __init__(self, *script: Step, prompt_tokens: int = 10, completion_tokens: int = 5) -> None:
        self.script = deque(script)
        self.requests: list[ModelRequest] = []
        self._tokens = prompt_tokens, completion_tokens

    async def reply(self, request: ModelRequest) -> ModelReply:
        """The next step of the script."""
        self.requests.append(request)
        if not self.script:
            raise AssertionError(f"an unplanned request for {request.schema_name}")
        step = self.script.popleft()
        if isinstance(step, Exception):
            raise step
        if isinstance(step, ModelReply):
            return step
        return ModelReply(step if isinstance(step, str) else step(request), *self._tokens)

    def asked(self) -> str:
        """Everything that was ever sent to it, as one text."""
        return "\n".join(turn.text for request in self.requests for turn in request.turns)


class SlowModel(ScriptedModel):
    """Takes a moment for each answer, in which others come in."""

    async def reply(self, request: ModelRequest) -> ModelReply:
        """The next step of the script, a moment later."""
        await asyncio.sleep(0.05)
        return await super().reply(request)


class SilentModel:
    """Takes every request and never answers."""

    name = "silent"

    def __init__(self) -> None:
        self.requests: list[ModelRequest] = []

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Never returns."""
        self.requests.append(request)
        await asyncio.Event().wait()
        raise AssertionError("unreachable")
