"""What a server answers instead of a completion, and what is logged of it."""

import json
import logging
import socket
import time
from collections.abc import Iterator
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
    ModelRateLimited,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnreachable,
)
from coach.llm import ModelRequest, OpenAIModel, Turn, extract_json
from tests.llm.servers import (
    JSON,
    KEY,
    LOCAL,
    REQUEST,
    SCHEMA,
    answered,
    completion,
    model,
    patient,
    server,
)


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


_MESSAGES = st.fixed_dictionaries({}, optional={"content": JSON, "refusal": JSON, "role": JSON, "tool_calls": JSON})
_CHOICES = st.fixed_dictionaries({}, optional={"message": _MESSAGES | JSON, "finish_reason": JSON, "index": JSON})
_COMPLETIONS = st.fixed_dictionaries(
    {},
    optional={
        "choices": st.lists(_CHOICES | JSON, max_size=2) | JSON,
        "usage": st.fixed_dictionaries({}, optional={"prompt_tokens": JSON, "completion_tokens": JSON}) | JSON,
        "error": JSON,
        "model": JSON,
    },
)
_BODIES = st.binary(max_size=80) | (_COMPLETIONS | JSON).map(lambda value: json.dumps(value).encode())


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
