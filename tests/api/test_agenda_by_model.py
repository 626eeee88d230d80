"""An agenda that a model is asked to write comes whatever the model does, and costs no more than the day allows."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

import pytest

from coach.errors import ModelError
from coach.models import now
from tests.api.conftest import Serve, Service
from tests.scripted_model import ScriptedModel, SilentModel, SlowModel


def all_subclasses(cls: type[ModelError]) -> Iterator[type[ModelError]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from all_subclasses(sub)


@pytest.mark.parametrize("error", [ModelError, *all_subclasses(ModelError)])
async def test_whatever_a_model_raises_the_agenda_comes_and_says_so(serve: Serve, error: type[ModelError]) -> None:
    service = await serve(ScriptedModel(error("secret-key-in-an-error")))
    pair = await service.pair()
    agenda = await pair.agenda(await pair.session())
    assert (agenda["generator"]["source"], agenda["generator"]["reason"]) == ("fallback", error.reason)
    assert agenda["generator"]["model"] is None
    assert "one was asked" in agenda["notice"]
    assert len(agenda["items"]) >= 4
    assert "secret-key" not in json.dumps(agenda)


async def test_a_model_that_never_answers_is_given_up_in_time(serve: Serve) -> None:
    pair = await (await serve(SilentModel(), llm_timeout_s=0.2)).pair()
    session_id = await pair.session()
    async with asyncio.timeout(5):
        agenda = await pair.agenda(session_id)
    assert agenda["generator"]["reason"] == "timeout"


async def test_a_model_that_talks_nonsense_costs_tokens_and_is_replaced(serve: Serve) -> None:
    model = ScriptedModel("I would rather talk about the weather.", '{"title": "half a')
    pair = await (await serve(model)).pair()
    agenda = await pair.agenda(await pair.session())
    assert (agenda["generator"]["source"], agenda["generator"]["reason"]) == ("fallback", "invalid-reply")
    assert agenda["generator"]["tokens"] == {"prompt": 20, "completion": 10}


async def test_words_that_pass_the_guards_are_shown_as_the_models(serve: Serve, service: Service) -> None:
    """Twins get equal plans, so the composer's words for one may stand for a good model's words for the other."""
    twin = await service.pair()
    composed = await twin.agenda(await twin.session())
    words = {
        "title": "A first look together",
        "summary": composed["summary"],
        "items": [
            {"slot": number, **{key: item[key] for key in ("title", "description", "sources")}}
            for number, item in enumerate(composed["items"], start=1)
        ],
        "starters": [],
    }
    pair = await (await serve(ScriptedModel(f"Here you are:\n```json\n{json.dumps(words)}\n```"))).pair()
    agenda = await pair.agenda(await pair.session())
    generator = agenda["generator"]
    assert (generator["source"], generator["model"], generator["reason"]) == ("model", "scripted", None)
    assert generator["prompt"].startswith("agenda@")
    assert agenda["title"] == "A first look together"
    assert "written by a language model (scripted)" in agenda["notice"]


# Tokens of the day


async def test_a_program_that_has_spent_its_tokens_must_wait_for_a_model_or_do_without(serve: Serve) -> None:
    model = ScriptedModel("no", "no", "no", "no")
    service = await serve(model, llm_tokens_per_day=30)
    pair, other = await service.pair(), await service.pair()
    session_id = await pair.session()
    assert (await pair.agenda(session_id))["generator"]["reason"] == "invalid-reply"

    for accept in ("application/json", "text/event-stream"):
        refused = await pair.mentor.call("POST", f"/sessions/{session_id}/agenda", {}, headers={"Accept": accept})
        assert refused.status_code == 429
        assert "composer" in refused.json()["detail"]
        left = datetime.combine(now().date() + timedelta(days=1), time(), UTC) - now()
        assert abs(int(refused.headers["Retry-After"]) - left.total_seconds()) < 60

    composed = await pair.mentor.call("POST", f"/sessions/{session_id}/agenda", {"writer": "composer"})
    assert composed.status_code == 201
    generator = composed.json()["generator"]
    assert (generator["source"], generator["tokens"]) == ("composer", {"prompt": 0, "completion": 0})
    assert len(model.requests) == 2
    assert (await other.agenda(await other.session()))["generator"]["reason"] == "invalid-reply"


async def test_many_at_once_do_not_go_past_the_tokens_of_the_day(serve: Serve) -> None:
    model = SlowModel("no", "no")
    service = await serve(model, llm_tokens_per_day=30)
    first = await service.pair()
    pairs = [first, *[await service.pair(first.program_id) for _ in range(7)]]
    sessions = [await pair.session() for pair in pairs]
    agendas = await asyncio.gather(*(pair.agenda(one) for pair, one in zip(pairs, sessions, strict=True)))
    assert sorted(agenda["generator"]["reason"] for agenda in agendas) == ["invalid-reply"] + ["paused"] * 7
    assert len(model.requests) == 2


async def test_what_no_model_writes_takes_nothing_of_what_others_may_use(serve: Serve) -> None:
    service = await serve(SlowModel("no", "no"), llm_tokens_per_day=1_000)
    first = await service.pair()
    other = await service.pair(first.program_id)
    sessions = [await first.session(), await other.session()]
    with_budget = service.state.budget.spending
    set_aside: list[str] = []

    @asynccontextmanager
    async def noted(program_id: str) -> AsyncIterator[bool]:
        set_aside.append(program_id)
        async with with_budget(program_id) as spent:
            yield spent

    service.state.budget.spending = noted  # type: ignore[method-assign]
    composed = await first.mentor.call("POST", f"/sessions/{sessions[0]}/agenda", {"writer": "composer"})
    assert (composed.status_code, set_aside) == (201, [])
    assert (await other.agenda(sessions[1]))["generator"]["reason"] == "invalid-reply"
    assert set_aside == [first.program_id]
