import asyncio
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpcore2
import httpx
import openai
import pytest
import respx
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from structlog.testing import capture_logs

from coach.errors import (
    ModelError,
    ModelPaused,
    ModelRateLimited,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnreachable,
)
from coach.llm import CircuitBreaker, ModelReply, ModelRequest, OpenAIModel, Turn, extract_json
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


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The client's pauses before it tries again; they are recorded, not waited for."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("anyio.sleep", sleep)
    return waits


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


# What goes on the wire


async def test_a_request_asks_for_the_strict_schema_and_carries_model_turns_and_limit(
    httpx2_mock: respx.Router,
) -> None:
    route = httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered())

    reply = await model().reply(REQUEST)

    assert reply == ModelReply('{"answer": "yes"}', prompt_tokens=12, completion_tokens=3)
    assert json.loads(route.calls.last.request.content) == {
        "model": "gpt-oss",
        "messages": [
            {"role": "system", "content": "You write agendas."},
            {"role": "user", "content": "Quokka wants to learn chess."},
        ],
        "max_tokens": 321,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "agenda", "schema": SCHEMA, "strict": True},
        },
    }


@pytest.mark.parametrize(
    ("base_url", "host", "limit"),
    [
        (None, "api.openai.com", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "eu.api.openai.com", "max_completion_tokens"),
        (LOCAL, "127.0.0.1", "max_tokens"),
        ("https://models.example.org/openai.com/v1", "models.example.org", "max_tokens"),
        ("https://not-openai.com/v1", "not-openai.com", "max_tokens"),
    ],
)
async def test_the_limit_goes_by_the_name_that_the_server_knows(
    base_url: str | None, host: str, limit: str, httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(host=host, path__regex="/v1/chat/completions$").mock(return_value=answered())

    await model(base_url).reply(REQUEST)

    (body,) = sent(httpx2_mock)
    assert {name: body.get(name) for name in ("max_tokens", "max_completion_tokens") if name in body} == {limit: 321}


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({"COACH_LLM_API_KEY": "ours"}, "ours"),
        ({"OPENAI_API_KEY": "theirs"}, "theirs"),
        ({"COACH_LLM_API_KEY": "ours", "OPENAI_API_KEY": "theirs"}, "ours"),
        ({"COACH_LLM_API_KEY": "", "OPENAI_API_KEY": "theirs"}, "theirs"),
        ({}, "none"),
    ],
)
async def test_the_key_comes_from_our_setting_or_else_from_openais(
    environment: dict[str, str], key: str, httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered())

    await OpenAIModel(Settings(llm_model="gpt-oss", llm_base_url=LOCAL)).reply(REQUEST)

    assert httpx2_mock.calls.last.request.headers["authorization"] == f"Bearer {key}"


async def test_the_client_waits_as_long_as_the_setting_says(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered())

    await model(llm_timeout_s=7.5).reply(REQUEST)

    assert set(httpx2_mock.calls.last.request.extensions["timeout"].values()) == {7.5}


async def test_the_environment_cannot_send_prompts_elsewhere(
    httpx2_mock: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example.org/v1")
    httpx2_mock.post("https://api.openai.com/v1/chat/completions").mock(return_value=answered())

    await model(base_url=None).reply(REQUEST)

    assert httpx2_mock.calls.last.request.url.host == "api.openai.com"


# The ladder


async def test_a_server_without_schemas_is_asked_for_any_object_and_told_the_schema(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[FORMAT_REFUSED, answered()])

    await model().reply(REQUEST)

    asked = sent(httpx2_mock)[-1]
    assert asked["response_format"] == {"type": "json_object"}
    assert asked["messages"][0]["content"].startswith("You write agendas.")
    assert json.dumps(SCHEMA, separators=(",", ":")) in asked["messages"][0]["content"]
    assert asked["messages"][1] == {"role": "user", "content": "Quokka wants to learn chess."}


@pytest.mark.parametrize("status", [400, 415, 422, 501])
async def test_a_server_without_reply_formats_is_asked_for_text(status: int, httpx2_mock: respx.Router) -> None:
    refused = httpx.Response(status, text="no", headers={"x-should-retry": "false"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[refused, refused, answered()])

    await model().reply(REQUEST)

    asked = sent(httpx2_mock)[-1]
    assert "response_format" not in asked
    assert '"answer"' in asked["messages"][0]["content"]


async def test_the_rung_that_worked_is_where_the_next_request_begins(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[FORMAT_REFUSED, answered(), answered()])
    asked = model()

    await asked.reply(REQUEST)
    await asked.reply(REQUEST)

    formats = [body["response_format"]["type"] for body in sent(httpx2_mock)]
    assert formats == ["json_schema", "json_object", "json_object"]


async def test_a_400_for_another_reason_costs_the_next_request_nothing(httpx2_mock: respx.Router) -> None:
    too_long = httpx.Response(400, json={"error": {"message": "the context has 4096 tokens"}})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=too_long)
    asked = model()
    with pytest.raises(ModelRejected, match="400"):
        await asked.reply(REQUEST)
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered())

    await asked.reply(REQUEST)

    assert sent(httpx2_mock)[-1]["response_format"]["type"] == "json_schema"


async def test_a_404_climbs_down_only_where_it_speaks_of_the_format(httpx2_mock: respx.Router) -> None:
    refused = httpx.Response(404, json={"error": {"message": "no endpoint supports response_format"}})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[refused, answered()])

    assert (await model().reply(REQUEST)).text == '{"answer": "yes"}'


async def test_a_404_for_an_unknown_model_is_not_asked_again(httpx2_mock: respx.Router) -> None:
    unknown = httpx.Response(404, json={"error": {"message": "The model gpt-oss does not exist"}})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=unknown)

    with pytest.raises(ModelRejected, match="COACH_LLM_MODEL"):
        await model().reply(REQUEST)

    assert len(httpx2_mock.calls) == 1


async def test_a_request_without_a_system_turn_climbs_down_too(httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[FORMAT_REFUSED, answered()])

    await model().reply(ModelRequest((Turn("user", "Hello"),), "agenda", SCHEMA, 10))

    assert '"answer"' in json.dumps(sent(httpx2_mock)[-1]["messages"]).replace('\\"', '"')


# What a server answers instead


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (400, ModelRejected, "refused the request (400)"),
        (401, ModelRejected, "COACH_LLM_API_KEY"),
        (403, ModelRejected, "COACH_LLM_API_KEY"),
        (404, ModelRejected, "COACH_LLM_MODEL and COACH_LLM_BASE_URL"),
        (409, ModelRejected, "refused the request (409)"),
        (413, ModelRejected, "refused the request (413)"),
        (429, ModelRateLimited, "quota"),
        (500, ModelUnreachable, "failed (500)"),
        (503, ModelUnreachable, "failed (503)"),
    ],
)
async def test_a_status_becomes_an_error_that_says_what_to_do_and_keeps_the_key_and_the_prompt(
    status: int, error: type[ModelError], says: str, httpx2_mock: respx.Router
) -> None:
    body = {"error": {"message": f"Incorrect API key provided: {KEY}; your prompt was: Quokka"}}
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=httpx.Response(status, json=body))

    with capture_logs() as logs, pytest.raises(error) as raised:
        await model().reply(REQUEST)

    assert says in str(raised.value)
    assert not any(secret in f"{raised.value} {logs}" for secret in (KEY, "Quokka"))


async def test_a_server_that_is_busy_is_asked_once_more(httpx2_mock: respx.Router, waits: list[float]) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[httpx.Response(503), answered()])

    await model().reply(REQUEST)

    assert len(waits) == 1


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with pytest.raises(ModelUnreachable, match="COACH_LLM_BASE_URL"):
        await model(f"http://127.0.0.1:{port}/v1").reply(REQUEST)


async def test_a_server_that_says_nothing_is_left_after_the_timeout() -> None:
    async with server(b"") as base_url:
        began = time.monotonic()
        with pytest.raises(ModelTimeout, match="in time"):
            await model(base_url, llm_timeout_s=0.1).reply(REQUEST)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"choices\": [",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 302 Found\r\nLocation: /v1/chat/completions\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x16\x03\x01",
    ],
    ids=["cut off", "not gzip", "redirects for ever", "another protocol", "TLS"],
)  # fmt: skip
async def test_a_broken_connection_is_unreachable(reply: bytes) -> None:
    async with server(reply) as base_url:
        with pytest.raises(ModelUnreachable):
            await model(base_url).reply(REQUEST)


def _every_subclass(root: type[BaseException]) -> Iterator[type[BaseException]]:
    for child in root.__subclasses__():
        yield child
        yield from _every_subclass(child)


def _made(kind: type[BaseException]) -> BaseException:
    # What their constructors want differs from one to the next, and is of no account here.
    error = kind.__new__(kind)
    error.args = ("made for a test",)
    if isinstance(error, openai.APIStatusError) and not hasattr(error, "status_code"):
        error.status_code = 418
    return error


@pytest.mark.parametrize("kind", [openai.OpenAIError, *_every_subclass(openai.OpenAIError)])
async def test_every_error_of_the_openai_client_becomes_one_of_ours(
    kind: type[openai.OpenAIError], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise _made(kind)

    monkeypatch.setattr("openai.resources.chat.completions.AsyncCompletions.create", fail)

    with pytest.raises(ModelError):
        await model().reply(REQUEST)


_TRANSPORT_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ProxyError,
)


@pytest.mark.parametrize(
    "kind", [*_TRANSPORT_ERRORS, *(child for kind in _TRANSPORT_ERRORS for child in _every_subclass(kind))]
)
async def test_every_error_of_the_transport_becomes_one_of_ours(
    kind: type[Exception], httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=kind("made for a test"))

    with pytest.raises(ModelTimeout if issubclass(kind, httpcore2.TimeoutException) else ModelUnreachable):
        await model().reply(REQUEST)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, text="Hello!", headers={"content-type": "application/json"}),
        httpx.Response(200, html="<html><body>Please log in</body></html>"),
        httpx.Response(200, content=b""),
        httpx.Response(204),
        httpx.Response(200, json=None),
        httpx.Response(200, json=[]),
        httpx.Response(200, json="yes"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"error": {"message": "model is loading"}}),
        answered(choices=None),
        answered(choices=[]),
        answered(choices=[None]),
        answered(choices="none"),
        answered(choices={"first": 1}),
        answered(choices=[{"index": 0}]),
        answered(choices=[{"index": 0, "message": None}]),
        answered(choices=[{"index": 0, "message": "hello"}]),
        answered(None, message={"refusal": "I cannot help with that."}),
        httpx.Response(200, content=b"[" * 100_000, headers={"content-type": "application/json"}),
        httpx.Response(
            200,
            content=json.dumps(completion(created="N")).replace('"N"', "9" * 5_000).encode(),
            headers={"content-type": "application/json"},
        ),
    ],
    ids=[
        "prose", "html", "nothing", "no content", "null", "list", "string", "empty object", "an error with 200",
        "choices null", "no choices", "choice null", "choices a string", "choices an object", "no message",
        "message null", "message a string", "refusal", "nested too deep", "a number too long",
    ],
)  # fmt: skip
async def test_a_reply_without_a_message_is_invalid(response: httpx.Response, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=response)

    with pytest.raises(ModelReplyInvalid):
        await model().reply(REQUEST)


@pytest.mark.parametrize("content", [None, "", [], [{"type": "text", "text": "hello"}], 7, {"a": 1}])
async def test_content_that_is_no_text_is_an_empty_text_or_invalid(content: Any, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered(content))

    assert (await model().reply(REQUEST)).text == ""


async def test_a_reply_that_was_cut_off_comes_as_it_is_and_holds_no_object(httpx2_mock: respx.Router) -> None:
    choice = {"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": '{"answer": "ye'}}
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered(choices=[choice]))

    reply = await model().reply(REQUEST)

    assert (reply.text, extract_json(reply.text)) == ('{"answer": "ye', None)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "many",
        [],
        {},
        {"prompt_tokens": None, "completion_tokens": "3"},
        {"prompt_tokens": -1, "completion_tokens": -9},
        {"prompt_tokens": {}, "completion_tokens": [1]},
    ],
)
async def test_usage_that_makes_no_sense_counts_nothing(usage: Any, httpx2_mock: respx.Router) -> None:
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered(usage=usage))

    reply = await model().reply(REQUEST)

    assert (reply.prompt_tokens, reply.completion_tokens) == (0, 0)


async def test_token_counts_fit_the_column_that_they_are_stored_in(httpx2_mock: respx.Router) -> None:
    usage = {"prompt_tokens": 10**30, "completion_tokens": 2**31}
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=answered(usage=usage))

    reply = await model().reply(REQUEST)

    # An agenda adds up the tokens of at most six replies in a 32-bit column.
    assert 6 * max(reply.prompt_tokens, reply.completion_tokens) < 2**31


async def test_a_reply_can_be_sent_back_for_repair_whatever_characters_it_holds(httpx2_mock: respx.Router) -> None:
    # A lone surrogate is lawful in JSON and has no UTF-8.
    body = json.dumps(completion("half a pair: \ud800")).encode()
    json_type = {"content-type": "application/json"}
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(
        return_value=httpx.Response(200, content=body, headers=json_type)
    )
    asked = model()

    first = await asked.reply(REQUEST)
    await asked.reply(ModelRequest((*REQUEST.turns, Turn("assistant", first.text)), "agenda", SCHEMA, 10))

    assert first.text.startswith("half a pair: ")


@pytest.mark.parametrize("key", ["sk-with-a-dash–like-this", "sk-with-a-newline\n", "clé"])
async def test_a_key_that_cannot_be_a_header_is_an_error_of_ours_that_does_not_show_it(key: str) -> None:
    async with server(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") as base_url:
        with pytest.raises(ModelError) as raised:
            await model(base_url, llm_api_key=key).reply(REQUEST)

    assert key.strip() not in str(raised.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_MESSAGES = st.fixed_dictionaries({}, optional={"content": _JSON, "refusal": _JSON, "role": _JSON, "tool_calls": _JSON})
_CHOICES = st.fixed_dictionaries({}, optional={"message": _MESSAGES | _JSON, "finish_reason": _JSON, "index": _JSON})
_COMPLETIONS = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(_CHOICES | _JSON, max_size=2) | _JSON,
        "usage": st.fixed_dictionaries({}, optional={"prompt_tokens": _JSON, "completion_tokens": _JSON}) | _JSON,
        "error": _JSON,
        "model": _JSON,
    },
)
_BODIES = st.binary(max_size=80) | (_COMPLETIONS | _JSON).map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def asked_often() -> OpenAIModel:
    return model(breaker=patient())


@examples(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=_BODIES,
    status=st.sampled_from([200, 201, 204, 301, 304, 400, 401, 404, 418, 422, 429, 500, 501, 529]),
    content_type=st.sampled_from(
        ["application/json", "text/html", "text/plain; charset=nonsense", "text/event-stream"]
    ),
)
@example(body=b'{"choices": {"a": 1}}', status=200, content_type="application/json")
@example(body=b'{"choices": [{"message": {"content": "\\udfff"}}]}', status=200, content_type="application/json")
async def test_whatever_a_server_sends_is_a_reply_or_an_error_of_ours(
    asked_often: OpenAIModel, httpx2_mock: respx.Router, body: bytes, status: int, content_type: str
) -> None:
    response = httpx.Response(status, content=body, headers={"content-type": content_type})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=response)

    try:
        reply = await asked_often.reply(REQUEST)
    except ModelError as error:
        assert str(error).endswith(".") and KEY not in str(error)  # noqa: PT017, PT018
    else:
        extract_json(reply.text)
        assert isinstance(reply.text.encode(), bytes)
        assert min(reply.prompt_tokens, reply.completion_tokens) >= 0


# Logs


@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad Request", b"401 Unauthorized", b"500 Oh"])
async def test_no_log_line_holds_the_prompt_the_reply_or_the_key(
    status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps(completion("Wombat") | {"error": {"message": f"Quokka {KEY}"}}).encode()
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
    async with server(head + body) as base_url:
        with capture_logs() as ours:
            try:
                await model(base_url).reply(REQUEST)
            except ModelError as error:
                logging.getLogger(__name__).warning("%s", error)

    assert caplog.records
    written = f"{caplog.text} {ours}"
    assert not [secret for secret in ("Quokka", "chess", "Wombat", KEY) if secret in written]


# The breaker


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def test_the_breaker_opens_after_so_many_failures_in_a_row_and_lets_one_through_after_the_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=3, pause_s=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    breaker.before()
    breaker.failed()

    with pytest.raises(ModelPaused, match="left alone for a while"):
        breaker.before()

    clock.time += 29.9
    assert breaker.is_open
    clock.time += 0.2
    breaker.before()
    with pytest.raises(ModelPaused):
        breaker.before()


def test_a_success_closes_the_breaker_and_forgets_earlier_failures() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=2, pause_s=30, clock=clock)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.before()
    breaker.failed()
    clock.time += 31
    breaker.before()
    breaker.succeeded()

    breaker.before()
    breaker.before()


def test_the_one_that_was_let_through_and_failed_opens_the_breaker_for_another_pause() -> None:
    clock = Clock()
    breaker = CircuitBreaker(failures=2, pause_s=30, clock=clock)
    for _ in range(2):
        breaker.failed()
    clock.time += 31
    breaker.before()
    clock.time += 20
    breaker.failed()
    clock.time += 29

    with pytest.raises(ModelPaused):
        breaker.before()


async def test_a_server_that_failed_five_times_is_not_asked_a_sixth_time(httpx2_mock: respx.Router) -> None:
    failing = httpx.Response(500, headers={"x-should-retry": "false"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=failing)
    asked = model()
    for _ in range(5):
        with pytest.raises(ModelUnreachable):
            await asked.reply(REQUEST)

    with pytest.raises(ModelPaused):
        await asked.reply(REQUEST)

    assert len(httpx2_mock.calls) == 5


async def test_a_request_cut_off_by_the_callers_deadline_counts_as_failed() -> None:
    breaker = CircuitBreaker(failures=1)
    async with server(b"") as base_url:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await model(base_url, breaker=breaker).reply(REQUEST)

    assert breaker.is_open


async def test_a_server_that_answers_again_is_asked_as_before(httpx2_mock: respx.Router) -> None:
    clock = Clock()
    failing = httpx.Response(500, headers={"x-should-retry": "false"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(side_effect=[failing, answered(), answered()])
    asked = model(breaker=CircuitBreaker(failures=1, clock=clock))
    with pytest.raises(ModelUnreachable):
        await asked.reply(REQUEST)
    clock.time += 31

    for _ in range(2):
        assert (await asked.reply(REQUEST)).text


# Finding the object in a reply

_DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here you are:\n{"a": 1}\nI hope it helps.', {"a": 1}),
        ('```json\n{"a": {"b": [1, {"c": 2}]}}\n```', {"a": {"b": [1, {"c": 2}]}}),
        ('<think>Maybe {"a": 0}? No.</think>{"a": 1}', {"a": 1}),
        ('<think>{"a": 0} and on and on', None),
        ('{"a": 1} {"a": 2}', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ('Fill {name} and {title} in: {"a": "{x}"}', {"a": "{x}"}),
        ('{"a": "a brace } and a quote \\" inside"}', {"a": 'a brace } and a quote " inside'}),
        ('{"title": "Half", "items": [{"slot": 1}, {"slot": 2', None),
        ('{"title": "Half of a str', None),
        ('{"n": ' + "9" * 5_000 + "}", None),
        (_DEEP, None),
        ("", None),
        ("No, thank you.", None),
        ("[1, 2]", None),
        ("{}", {}),
        ("\x00{\ud800", None),
    ],
    ids=[
        "bare", "prose around", "fenced", "after thinking", "thinking without end", "the first of two", "in a list",
        "after braces in prose", "braces in strings", "half an object with whole ones inside", "half a string",
        "a number too long", "nested too deep", "empty", "prose", "a list", "an empty object", "noise",
    ],
)  # fmt: skip
def test_the_first_whole_object_is_found_whatever_stands_around_it(text: str, found: dict[str, Any] | None) -> None:
    assert extract_json(text) == found


@pytest.mark.parametrize(
    "text",
    ["{" * 1_000_000, '{"a":' * 200_000, '{"a": [' * 140_000, "{}{" * 333_000, '{"' * 500_000, "<think>" * 140_000],
    ids=["braces", "nested objects", "nested lists", "empty objects", "open strings", "thinking"],
)
def test_a_megabyte_of_noise_is_read_in_two_seconds(text: str) -> None:
    began = time.monotonic()

    extract_json(text)

    assert time.monotonic() - began < 2


@given(before=st.text(alphabet=st.characters(exclude_characters="{<"), max_size=50), value=_JSON, after=st.text())
def test_an_object_is_found_again_in_any_text_that_holds_it(before: str, value: Any, after: str) -> None:
    assert extract_json(f"{before}{json.dumps({'value': value})}{after}") == {"value": value}


@given(text=st.text(alphabet=st.sampled_from('{}[]":,\\ <think>/1ae\n'), max_size=200))
def test_no_text_breaks_the_search_for_an_object(text: str) -> None:
    assert isinstance(extract_json(text), dict | None)
