"""A model to ask, and what it is answered with."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import respx
from hypothesis import strategies as st

from coach.llm import CircuitBreaker, ModelRequest, OpenAIModel, Turn
from coach.settings import Settings

KEY = "sk-a-key-that-nobody-must-see"
LOCAL = "http://127.0.0.1:1/v1"
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
REQUEST = ModelRequest(
    turns=(Turn("system", "You write agendas."), Turn("user", "Quokka wants to learn chess.")),
    schema_name="agenda",
    schema=SCHEMA,
    max_tokens=321,
)
FORMAT_REFUSED = httpx.Response(400, json={"error": {"message": "response_format: unknown value"}})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def model(base_url: str | None = LOCAL, breaker: CircuitBreaker | None = None, **given: Any) -> OpenAIModel:
    settings = {"llm_model": "gpt-oss", "llm_api_key": KEY, "llm_base_url": base_url, **given}
    return OpenAIModel(Settings(**settings), breaker)


def patient() -> CircuitBreaker:
    return CircuitBreaker(failures=10**9)


def completion(content: Any = '{"answer": "yes"}', **changed: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **changed.pop("message", {})}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-oss",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
        **changed,
    }


def answered(content: Any = '{"answer": "yes"}', **changed: Any) -> httpx.Response:
    return httpx.Response(200, json=completion(content, **changed))


def sent(router: respx.Router) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in router.calls]


@asynccontextmanager
async def server(reply: bytes) -> AsyncIterator[str]:
    """A real server that reads a request and answers with these bytes; with none it says nothing."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if not reply:
            await asyncio.sleep(30)
        writer.write(reply)
        writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}/v1"
    running.close()
