"""Asking for an agenda, and reading it."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from coach.errors import ModelError
from coach.llm import ModelReply, ModelRequest
from coach.models import Agenda, now
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem
from tests.scripted_model import ScriptedModel, SilentModel


async def read(who: Caller, session_id: str, accept: str = "application/json") -> Any:
    reply = await who.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})
    assert reply.status_code == 200, reply.text
    return reply.json() if accept == "application/json" else reply.text


async def versions(service: Service, session_id: str) -> list[int]:
    async with service.state.store.read() as db:
        query = select(Agenda.version).where(col(Agenda.session_id) == session_id).order_by(col(Agenda.version))
        return list((await db.execute(query)).scalars())


def starters(*agendas: Any) -> list[str]:
    return [starter["text"] for agenda in agendas for starter in agenda["starters"]]


async def test_an_agenda_has_the_contracts_shape(pair: PairOfPeople) -> None:
    session_id = await pair.session(minutes=45)
    agenda = await pair.agenda(session_id)
    contract = {
        "id", "session_id", "version", "created_at", "stage", "minutes", "title", "summary", "items", "starters",
        "prep", "sources", "generator", "notice",
    }  # fmt: skip
    assert contract <= agenda.keys()
    assert (agenda["session_id"], agenda["version"], agenda["stage"]) == (session_id, 1, "kickoff")
    for item in agenda["items"]:
        assert item.keys() == {
            "id", "kind", "title", "minutes", "led_by", "description", "goal", "because", "tied_to", "activity",
            "carried_over_from",
            "sources",
        }  # fmt: skip
    assert sum(item["minutes"] for item in agenda["items"]) == 45
    assert agenda["starters"][0].keys() == {"text", "asked_by", "topic", "sources"}
    assert agenda["prep"].keys() == {"role", "steps", "sources"}
    assert agenda["sources"][0].keys() == {"id", "title", "section", "evidence", "updated", "references"}
    generator = agenda["generator"]
    assert generator == {
        "source": "composer",
        "model": None,
        "prompt": None,
        "tokens": {"prompt": 0, "completion": 0},
        "reason": None,
    }
    assert "No language model" in agenda["notice"]


async def test_every_citation_leads_to_a_source(pair: PairOfPeople) -> None:
    agenda = await pair.agenda(await pair.session())
    cited = {key for part in (*agenda["items"], *agenda["starters"], agenda["prep"]) for key in part["sources"]}
    assert cited <= {source["id"] for source in agenda["sources"]}
    assert all(item["because"] for item in agenda["items"])


async def test_the_agenda_speaks_of_these_two_and_their_goals(pair: PairOfPeople) -> None:
    text = json.dumps(await pair.agenda(await pair.session()), ensure_ascii=False)
    assert all(words in text for words in ("Priya", "Martin", "Use an AI assistant for my monthly report"))


async def test_the_body_may_be_left_out_but_holds_nothing_unknown(pair: PairOfPeople) -> None:
    path = f"/sessions/{await pair.session()}/agenda"
    assert (await pair.mentor.post(path)).status_code == 201
    assert_problem(await pair.mentor.post(path, {"minutes": 30}), 422)


async def test_what_was_made_can_be_read_as_json_and_as_markdown(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    assert await read(pair.mentor, session_id) == made
    text = await read(pair.mentor, session_id, "text/markdown")
    assert text.startswith(f"# {made['title']}\n")
    at = 0
    for item in made["items"]:
        assert f"| {at}–{at + item['minutes']} min |" in text
        at += item["minutes"]
    for source in made["sources"]:
        assert source["title"] in text


async def test_the_accept_header_chooses_the_form(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await pair.agenda(session_id)
    for accept, given in (
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/*", "text/markdown; charset=utf-8"),
        ("text/html, */*;q=0.8", "application/json"),
        ("application/json;q=0.4, text/markdown;q=0.5", "text/markdown; charset=utf-8"),
        ("TEXT/MARKDOWN", "text/markdown; charset=utf-8"),
    ):
        reply = await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})
        assert (reply.status_code, reply.headers["content-type"]) == (200, given)


async def test_a_form_that_is_not_offered_is_406(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await pair.agenda(session_id)
    for accept in ("text/html", "image/*", "application/json;q=0", "nonsense", "*/*;q=nan"):
        reply = await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})
        assert_problem(reply, 406, "not-acceptable")


async def test_a_session_without_an_agenda_says_how_to_get_one(pair: PairOfPeople) -> None:
    reply = await pair.mentor.get(f"/sessions/{await pair.session()}/agenda")
    assert "POST" in assert_problem(reply, 404)["detail"]


# Versions


async def test_asking_again_makes_a_new_version_with_new_starters(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    agendas = [await pair.agenda(session_id) for _ in range(3)]
    assert [agenda["version"] for agenda in agendas] == [1, 2, 3]
    assert len({agenda["id"] for agenda in agendas}) == 3
    assert len(starters(*agendas)) == len(set(starters(*agendas)))
    assert (await read(pair.mentee, session_id))["version"] == 3
    assert await versions(service, session_id) == [1, 2, 3]


async def test_versions_count_for_each_session_and_starters_for_the_pair(pair: PairOfPeople) -> None:
    agendas = [await pair.agenda(await pair.session()) for _ in range(3)]
    assert [agenda["version"] for agenda in agendas] == [1, 1, 1]
    assert len(starters(*agendas)) == len(set(starters(*agendas)))


async def test_agendas_asked_for_at_once_all_come_with_a_version_each(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    agendas = await asyncio.gather(*(pair.agenda(session_id) for _ in range(20)))
    assert sorted(agenda["version"] for agenda in agendas) == list(range(1, 21))
    asked = [starter["text"] for agenda in agendas for starter in agenda["starters"]]
    assert len(set(asked)) == len(asked) > 20
    assert await versions(service, session_id) == list(range(1, 21))


async def test_many_pairs_ask_at_once(service: Service) -> None:
    program_id = await service.program()
    pairs = [await service.pair(program_id) for _ in range(10)]
    sessions = [await one.session() for one in pairs]
    agendas = await asyncio.gather(*(one.agenda(session_id) for one, session_id in zip(pairs, sessions, strict=True)))
    assert [agenda["session_id"] for agenda in agendas] == sessions


@pytest.mark.parametrize("status", ["held", "cancelled"])
async def test_a_session_that_is_over_gets_no_agenda_until_it_is_planned_again(pair: PairOfPeople, status: str) -> None:
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": status})
    refused = assert_problem(await pair.mentor.post(f"/sessions/{session_id}/agenda", {}), 409, "conflict")
    assert status in refused["detail"]
    assert await read(pair.mentor, session_id) == made
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "planned"})
    assert (await pair.agenda(session_id))["version"] == 2


async def test_a_postponed_session_still_gets_an_agenda(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "postponed"})
    await pair.agenda(session_id)


# Idempotency-Key


async def test_one_key_gives_one_agenda(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    first = await pair.agenda(session_id, headers=headers)
    assert await pair.agenda(session_id, headers=headers) == first
    assert await versions(service, session_id) == [1]
    assert (await pair.agenda(session_id, headers={"Idempotency-Key": "twice"}))["version"] == 2
    assert await pair.agenda(session_id, headers=headers) == first


async def test_what_no_model_writes_takes_nothing_of_what_others_may_use(serve: Serve) -> None:
    service = await serve(Slow("no", "no"), llm_tokens_per_day=1_000)
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


async def test_one_key_sent_at_once_gives_one_agenda(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    agendas = await asyncio.gather(*(pair.agenda(session_id, headers=headers) for _ in range(4)))
    assert all(agenda == agendas[0] for agenda in agendas)
    assert await versions(service, session_id) == [1]


async def test_one_key_for_two_sessions_is_refused(service: Service, pair: PairOfPeople) -> None:
    first, second, headers = await pair.session(), await pair.session(), {"Idempotency-Key": "once"}
    await pair.agenda(first, headers=headers)
    reply = await pair.mentor.post(f"/sessions/{second}/agenda", {}, headers=headers)
    assert_problem(reply, 422, "idempotency-key-reused")
    assert await versions(service, second) == []


async def test_one_key_for_two_bodies_is_refused(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    made = await pair.agenda(session_id, headers=headers)
    reply = await pair.mentor.post(f"/sessions/{session_id}/agenda", {"writer": "composer"}, headers=headers)
    assert_problem(reply, 422, "idempotency-key-reused")
    for same in (None, {"writer": None}):
        assert (await pair.mentor.made(f"/sessions/{session_id}/agenda", same, headers=headers)) == made
    assert await versions(service, session_id) == [1]


async def test_the_partner_may_choose_the_same_key(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    await pair.agenda(session_id, headers=headers)
    made = await pair.mentee.made(f"/sessions/{session_id}/agenda", {}, headers=headers)
    assert (made["version"], made["prep"]["role"]) == (2, "mentee")


async def test_a_kept_agenda_is_given_even_when_the_session_is_over(pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    made = await pair.agenda(session_id, headers=headers)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})
    assert await pair.agenda(session_id, headers=headers) == made


@pytest.mark.parametrize("key", ["", "two words", "a" * 201, "caf\u00e9"])
async def test_a_key_that_cannot_be_kept_is_refused(pair: PairOfPeople, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    reply = await pair.mentor.post(f"/sessions/{await pair.session()}/agenda", {}, headers=headers)
    assert assert_problem(reply, 422)["errors"][0]["field"] == "idempotency-key"


# A model that fails


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


class Slow(ScriptedModel):
    """Takes a moment for each answer, in which others come in."""

    async def reply(self, request: ModelRequest) -> ModelReply:
        await asyncio.sleep(0.05)
        return await super().reply(request)


async def test_many_at_once_do_not_go_past_the_tokens_of_the_day(serve: Serve) -> None:
    model = Slow("no", "no")
    service = await serve(model, llm_tokens_per_day=30)
    first = await service.pair()
    pairs = [first, *[await service.pair(first.program_id) for _ in range(7)]]
    sessions = [await pair.session() for pair in pairs]
    agendas = await asyncio.gather(*(pair.agenda(one) for pair, one in zip(pairs, sessions, strict=True)))
    assert sorted(agenda["generator"]["reason"] for agenda in agendas) == ["invalid-reply"] + ["paused"] * 7
    assert len(model.requests) == 2


async def test_one_key_sent_at_once_asks_the_model_for_one_agenda(serve: Serve) -> None:
    model = Slow("no", "no")
    pair = await (await serve(model)).pair()
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    agendas = await asyncio.gather(*(pair.agenda(session_id, headers=headers) for _ in range(4)))
    assert all(agenda == agendas[0] for agenda in agendas)
    assert len(model.requests) == 2


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


# A database that fails


@contextmanager
def locked(service: Service) -> Iterator[None]:
    file = service.state.settings.data_dir / "coach.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_a_locked_database_is_503_with_a_sentence_and_loses_nothing(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.store.engine.BUSY_TIMEOUT_S", 0.3)
    service = await serve()
    pair = await service.pair()
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    with locked(service):
        reply = await pair.mentor.post(f"/sessions/{session_id}/agenda", {})
        assert "try again" in assert_problem(reply, 503, "database-busy")["detail"]
        assert reply.headers["retry-after"].isdigit()
        assert await read(pair.mentor, session_id) == made
    second = await pair.agenda(session_id)
    assert second["version"] == 2
    assert len(starters(made, second)) == len(set(starters(made, second)))


async def test_a_full_disk_is_507_and_loses_nothing(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    full = True

    @event.listens_for(service.state.store.engine.sync_engine, "checkout")
    def _limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        pages = 1 if full else 1_000_000  # SQLite takes its present size where that is more.
        connection.execute(f"PRAGMA max_page_count={pages}")

    refused = None
    for _ in range(20):  # Free pages inside the file are filled first.
        reply = await pair.mentor.post(f"/sessions/{session_id}/agenda", {})
        if reply.is_error:
            refused = reply
            break
        made = reply.json()
    assert refused is not None
    assert "full" in assert_problem(refused, 507, "disk-full")["detail"]
    assert await read(pair.mentor, session_id) == made
    full = False
    assert (await pair.agenda(session_id))["version"] == made["version"] + 1
