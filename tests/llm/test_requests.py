"""What goes on the wire, and the ladder of reply formats."""

import json

import httpx
import pytest
import respx

from coach.errors import (
    ModelRejected,
)
from coach.llm import ModelReply, ModelRequest, OpenAIModel, Turn
from coach.settings import Settings
from tests.llm.servers import FORMAT_REFUSED, LOCAL, REQUEST, SCHEMA, answered, model, sent


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
