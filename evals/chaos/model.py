"""A model's server that misbehaves on demand: it hangs, drips, resets the connection or answers garbage."""

import asyncio
import contextlib
import itertools
import json
import random
from typing import Literal, Self

from evals.bench.load import HOST
from evals.bench.stub import complete

Mood = Literal["good", "hangs", "drips", "resets", "garbage", "fails"]
_LONGEST_S = 120.0
_DRIP_S = 0.2


class ModelStub:
    """Serves OpenAI's chat completions on a loopback port, in the loop of who asks for it."""

    def __init__(self, mood: Mood = "good", delay_s: float = 0.0, seed: int = 1) -> None:
        self.mood: Mood = mood
        self.delay_s = delay_s
        self.asked = 0
        self.port = 0
        self._turns = itertools.count(1)
        self._random = random.Random(seed)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, 0, backlog=1024, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()

    def settings(self, timeout_s: float = 30) -> dict[str, str]:
        """The environment of a service that asks this model."""
        return {
            "COACH_LLM_MODEL": "stub",
            "COACH_LLM_BASE_URL": f"http://{HOST}:{self.port}/v1",
            "COACH_LLM_API_KEY": "unused",
            "COACH_LLM_TIMEOUT_S": f"{timeout_s:g}",
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled where the experiment ends before the connection does.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.CancelledError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False where the connection is done with."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        request = json.loads(await reader.readexactly(length))
        self.asked += 1
        await asyncio.sleep(self.delay_s)
        if self.mood == "hangs":
            await asyncio.sleep(_LONGEST_S)
            return False
        if self.mood == "resets":
            # Without lingering the system sends a reset instead of a polite end.
            writer.transport.abort()
            return False
        if self.mood == "fails":
            await _send(writer, 500, b'{"error": {"message": "out of memory"}}')
            return True
        good = json.dumps(complete(request, next(self._turns))).encode()
        if self.mood == "drips":
            await _drip(writer, good)
            return False
        await _send(writer, 200, self._garbage(good) if self.mood == "garbage" else good)
        return True

    def _garbage(self, good: bytes) -> bytes:
        said = json.loads(good)
        message = said["choices"][0]["message"]
        prose = "Certainly! Here is your agenda: be kind."
        half = str(message["content"])[: len(str(message["content"])) // 2]
        kind = self._random.randrange(6)
        if kind == 0:
            return self._random.randbytes(4_000)
        if kind == 1:
            return good[: len(good) // 2]
        if kind == 2:
            return b'{"choices": []}'
        if kind == 3:
            return b"[" * 100_000
        message["content"] = prose if kind == 4 else half
        return json.dumps(said).encode()


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, body: bytes) -> None:
    """A byte now and then: no pause is ever long enough for a timeout between two of them."""
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode())
    for byte in body:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(_DRIP_S)
