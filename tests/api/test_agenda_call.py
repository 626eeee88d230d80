"""Asking for an agenda, and reading it."""

import asyncio
import json
import sqlite3

import pytest
from sqlalchemy import event

from tests.api.agendas import locked, read, starters, versions
from tests.api.conftest import PairOfPeople, Serve, Service, assert_problem


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


# A database that fails


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
