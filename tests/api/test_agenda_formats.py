"""The forms that an agenda comes in, and its progress while it is made."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from icalendar import Calendar

from coach.llm import ModelReply, ModelRequest
from tests.api.agendas import locked, versions
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem, in_days
from tests.scripted_model import ScriptedModel

EVENTS = {"Accept": "text/event-stream"}
HOSTILE = 'Plan, "quoted"; \r\nBEGIN:VALARM\r\nACTION:EMAIL\r\n👩‍👩‍👧‍👦 שרה'


async def event_of(who: Caller, session_id: str) -> Any:
    reply = await who.get(f"/sessions/{session_id}/agenda", headers={"Accept": "text/calendar"})
    assert reply.status_code == 200, reply.text
    calendar: Any = Calendar.from_ical(reply.content)
    (event,) = calendar.events
    return event


def events_in(text: str) -> list[tuple[str, Any]]:
    """Names and data of server-sent events, as the specification reads them."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def steps_in(events: list[tuple[str, Any]]) -> list[str]:
    return [data["step"] for name, data in events if name == "progress"]


async def streamed(who: Caller, session_id: str, **headers: str) -> list[tuple[str, Any]]:
    reply = await who.post(f"/sessions/{session_id}/agenda", {}, headers=EVENTS | headers)
    assert reply.status_code == 200, reply.text
    return events_in(reply.text)


# Calendar and mail


async def test_the_calendar_form_is_a_file_with_a_harmless_name(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await pair.agenda(session_id)
    reply = await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": "text/calendar"})
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="session-1.ics"'
    assert reply.headers["cache-control"] == "no-store"


async def test_both_get_one_event_each_with_their_own_prep(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    partner = (await pair.mentee.get(f"/sessions/{session_id}/agenda")).json()
    events = [await event_of(who, session_id) for who in (pair.mentor, pair.mentee)]
    assert events[0]["uid"] == events[1]["uid"]
    assert events[0]["sequence"] == events[1]["sequence"]
    assert made["prep"]["steps"][0] in events[0]["description"]
    assert partner["prep"]["steps"][0] in events[1]["description"]
    own = set(made["prep"]["steps"]) - set(partner["prep"]["steps"])
    assert own
    assert not any(step in events[1]["description"] for step in own)


async def test_the_event_follows_versions_and_moves_and_nothing_else(pair: PairOfPeople) -> None:
    session_id = await pair.session(minutes=45)
    await pair.agenda(session_id)
    first = await event_of(pair.mentor, session_id)

    async def after(**changes: Any) -> Any:
        assert (await pair.mentor.patch(f"/sessions/{session_id}", changes)).status_code == 200
        return await event_of(pair.mentor, session_id)

    at = first.start + timedelta(days=2)
    moved = await after(scheduled_at=at.isoformat())
    back = await after(scheduled_at=first.start.isoformat())
    same = await after(scheduled_at=first.start.isoformat(), minutes=45, focus="dashboards")
    await pair.agenda(session_id)
    second = await event_of(pair.mentor, session_id)
    longer = await after(minutes=60)
    cancelled = await after(status="cancelled")

    events = [first, moved, back, same, second, longer, cancelled]
    assert [event["sequence"] for event in events] == [0, 1, 2, 2, 3, 4, 5]
    assert {event["uid"] for event in events} == {first["uid"]}
    assert (moved.start, moved.end) == (at, at + timedelta(minutes=45))
    assert (back.start, longer.end - longer.start) == (first.start, timedelta(minutes=60))
    assert cancelled["status"] == "CANCELLED"
    changed = [event["last-modified"].dt for event in events]
    assert changed == sorted(changed)


async def test_a_session_that_many_move_at_once_counts_every_move(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await pair.agenda(session_id)
    await asyncio.gather(
        *(pair.mentor.patch(f"/sessions/{session_id}", {"scheduled_at": in_days(10 + day)}) for day in range(8))
    )
    assert (await event_of(pair.mentor, session_id))["sequence"] == 8


async def test_hostile_names_and_goals_leave_every_form_whole(service: Service) -> None:
    pair = await service.pair(
        mentor={"name": HOSTILE}, mentee={"name": "שרה \u202eכהן"}, goals=[HOSTILE, "<img src=x> | [a](https://b.org)"]
    )
    session_id = await pair.session()
    await pair.agenda(session_id)
    parsed = (await event_of(pair.mentor, session_id)).walk()
    assert [part.name for part in parsed] == ["VEVENT", "VALARM"]
    for accept in ("text/markdown", "text/plain"):
        text = (await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})).text
        assert not {"BEGIN:VALARM", "ACTION:EMAIL"} & set(text.splitlines())
        assert "<img" not in text
        assert "https://" not in text
        assert "\u202e" not in text


async def test_the_plain_form_is_for_a_mail(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    made = await pair.agenda(session_id)
    reply = await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": "text/plain"})
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert max(map(len, reply.text.splitlines())) <= 78
    words = " ".join(reply.text.split())
    assert all(item["because"] in words for item in made["items"])


async def test_every_form_tells_who_wrote_it(serve: Serve, service: Service) -> None:
    pair = await (await serve(ScriptedModel(await good_words(service)))).pair()
    session_id = await pair.session()
    assert (await pair.agenda(session_id))["generator"]["source"] == "model"
    for accept in ("application/json", "text/markdown", "text/plain"):
        text = (await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})).text
        assert "written by a language model (scripted)" in " ".join(text.split())
    assert "written by a language model (scripted)" in (await event_of(pair.mentor, session_id))["description"]


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("text/calendar", "text/calendar"),
        ("text/plain;q=0.9, text/calendar;q=0.1", "text/plain"),
        ("text/html, text/calendar;q=0.5, */*;q=0.1", "text/calendar"),
        ("text/*", "text/markdown"),
        ("*/*, application/json;q=0", "text/markdown"),
        ("text/*, text/markdown;q=0.1", "text/plain"),
        ("text/calendar;q=much, text/plain", "text/plain"),
    ],
)
async def test_the_accept_header_chooses_among_all_forms(pair: PairOfPeople, accept: str, given: str) -> None:
    session_id = await pair.session()
    await pair.agenda(session_id)
    reply = await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})
    assert reply.headers["content-type"].partition(";")[0] == given


async def test_a_406_lists_what_this_call_offers(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    path = f"/sessions/{session_id}/agenda"
    read = assert_problem(await pair.mentor.get(path, headers=EVENTS), 406, "not-acceptable")
    assert "text/plain or text/calendar" in read["detail"]
    made = assert_problem(await pair.mentor.post(path, {}, headers={"Accept": "text/calendar"}), 406)
    assert "application/json or text/event-stream" in made["detail"]
    assert await versions(service, session_id) == []


# Progress


async def good_words(service: Service) -> str:
    """What a good model would write for a pair like `PAIR`: the composer's words for its twin."""
    twin = await service.pair()
    composed = await twin.agenda(await twin.session())
    items = [
        {"slot": number, **{key: item[key] for key in ("title", "description", "sources")}}
        for number, item in enumerate(composed["items"], start=1)
    ]
    return json.dumps({"title": "A first look", "summary": composed["summary"], "items": items, "starters": []})


async def test_the_stream_tells_the_steps_and_ends_with_the_agenda(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    reply = await pair.mentor.post(f"/sessions/{session_id}/agenda", {}, headers=EVENTS)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"]
    events = events_in(reply.text)
    assert steps_in(events) == ["brief", "passages", "composing", "storing"]
    assert [name for name, _ in events] == ["progress"] * 4 + ["agenda"]
    assert all(len(data["message"].split()) > 2 for name, data in events if name == "progress")
    assert events[-1][1] == (await pair.mentor.get(f"/sessions/{session_id}/agenda")).json()


@pytest.mark.parametrize(
    ("wrong", "good", "steps", "source"),
    [
        (0, 1, ["writing", "checking"], "model"),
        (1, 1, ["writing", "checking", "repairing", "checking"], "repaired"),
        (2, 0, ["writing", "checking", "repairing", "checking", "composing"], "fallback"),
    ],
)
async def test_the_stream_tells_each_turn_of_a_model(
    serve: Serve, service: Service, wrong: int, good: int, steps: list[str], source: str
) -> None:
    model = ScriptedModel(*["{}"] * wrong, *[await good_words(service)] * good)
    pair = await (await serve(model)).pair()
    events = await streamed(pair.mentor, await pair.session())
    assert steps_in(events) == ["brief", "passages", *steps, "storing"]
    assert events[-1][1]["generator"]["source"] == source


async def test_the_steps_do_not_tell_that_the_partner_wrote_a_private_note(serve: Serve, service: Service) -> None:
    words = await good_words(service)
    model = ScriptedModel(words, json.dumps({"steps": ["Think of the zebra."]}))
    pair = await (await serve(model)).pair()
    await pair.mentee.put(f"/pairs/{pair.id}/private-note", {"text": "The zebra project frightens me."})
    events = await streamed(pair.mentor, await pair.session())
    assert [request.schema_name for request in model.requests] == ["agenda", "prep"]
    assert steps_in(events) == ["brief", "passages", "writing", "checking", "storing"]


async def test_what_is_wrong_before_the_stream_is_an_ordinary_problem(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    path = f"/sessions/{session_id}/agenda"
    assert_problem(await service.nobody.post(path, {}, headers=EVENTS), 401)
    assert_problem(await pair.coordinator.post(path, {}, headers=EVENTS), 403)
    assert_problem(await (await service.pair()).mentor.post(path, {}, headers=EVENTS), 404)
    assert_problem(await pair.mentor.post(path, {"minutes": 3}, headers=EVENTS), 422)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})
    assert_problem(await pair.mentor.post(path, {}, headers=EVENTS), 409)
    assert await versions(service, session_id) == []


async def test_what_goes_wrong_within_the_stream_is_a_problem_event(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.store.engine.BUSY_TIMEOUT_S", 0.3)
    service = await serve()
    pair = await service.pair()
    session_id = await pair.session()
    with locked(service):
        events = await streamed(pair.mentor, session_id)
    assert steps_in(events)[-1] == "storing"
    name, body = events[-1]
    assert (name, body["status"], body["type"]) == ("problem", 503, "urn:session-coach:problem:database-busy")
    assert await versions(service, session_id) == []


async def test_what_nobody_foresaw_is_a_problem_event_without_its_text(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Martin's secret")

    monkeypatch.setattr("coach.agenda.pipeline.outline", fail)
    session_id = await pair.session()
    events = await streamed(pair.mentor, session_id)
    assert [name for name, _ in events] == ["progress", "progress", "problem"]
    assert events[-1][1]["status"] == 500
    assert "secret" not in json.dumps(events)


async def test_one_key_gives_one_agenda_with_and_without_a_stream(service: Service, pair: PairOfPeople) -> None:
    session_id, key = await pair.session(), {"Idempotency-Key": "once"}
    first = await streamed(pair.mentor, session_id, **key)
    again = await streamed(pair.mentor, session_id, **key)
    assert again == [first[-1]]
    assert await pair.agenda(session_id, headers=key) == first[-1][1]
    assert await versions(service, session_id) == [1]


async def test_one_key_streamed_at_once_gives_one_agenda(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    ends = [
        events[-1]
        for events in await asyncio.gather(
            *(streamed(pair.mentor, session_id, **{"Idempotency-Key": "once"}) for _ in range(4))
        )
    ]
    assert ends == [ends[0]] * 4
    assert await versions(service, session_id) == [1]


class HeldModel:
    """Answers nonsense, and only when it is released."""

    name = "held"

    def __init__(self) -> None:
        self.asked, self.released = asyncio.Event(), asyncio.Event()

    async def reply(self, request: ModelRequest) -> ModelReply:
        self.asked.set()
        await self.released.wait()
        return ModelReply("no", 10, 5)


async def test_while_a_model_writes_the_connection_is_kept_alive(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.events.KEEP_ALIVE_S", 0.02)
    model = HeldModel()
    pair = await (await serve(model)).pair()
    session_id = await pair.session()
    asking = asyncio.create_task(pair.mentor.post(f"/sessions/{session_id}/agenda", {}, headers=EVENTS))
    await model.asked.wait()
    await asyncio.sleep(0.2)
    model.released.set()
    text = (await asking).text
    assert text.count(": still at work\n\n") >= 3
    assert steps_in(events_in(text))[2] == "writing"


@asynccontextmanager
async def on_a_socket(service: Service) -> AsyncIterator[tuple[uvicorn.Server, str]]:
    """The service behind the real server, which is what notices that a client leaves."""
    server = uvicorn.Server(uvicorn.Config(service.app, port=0, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield server, f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    await serving


async def until(true: Callable[[], object]) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def test_an_agenda_whose_reader_leaves_is_finished_and_stored_once(serve: Serve) -> None:
    model = HeldModel()
    service = await serve(model)
    pair = await service.pair()
    session_id, key = await pair.session(), {"Idempotency-Key": "once"}
    headers = EVENTS | key | {"Authorization": f"Bearer {pair.mentor.token}"}
    async with on_a_socket(service) as (server, url), httpx.AsyncClient() as client:
        async with client.stream("POST", f"{url}/sessions/{session_id}/agenda", headers=headers) as reply:
            lines = reply.aiter_lines()
            while '"writing"' not in await anext(lines):
                pass
        await until(lambda: not server.server_state.tasks)
        assert await versions(service, session_id) == []
        model.released.set()
        await service.state.jobs.drain()
    kept = await pair.agenda(session_id, headers=key)
    assert (kept["version"], kept["generator"]["reason"]) == (1, "invalid-reply")
    assert await versions(service, session_id) == [1]


async def test_a_server_that_is_stopped_lets_a_stream_end(serve: Serve) -> None:
    model = HeldModel()
    service = await serve(model)
    pair = await service.pair()
    session_id = await pair.session()
    headers = EVENTS | {"Authorization": f"Bearer {pair.mentor.token}"}
    async with on_a_socket(service) as (server, url), httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.post(f"{url}/sessions/{session_id}/agenda", headers=headers))
        await model.asked.wait()
        server.should_exit = True
        await asyncio.sleep(0.3)
        model.released.set()
        assert events_in((await asking).text)[-1][0] == "agenda"


async def test_the_service_ends_only_when_an_agenda_without_a_reader_is_stored(serve: Serve) -> None:
    model = HeldModel()
    service = await serve(model)
    pair = await service.pair()
    session_id = await pair.session()
    headers = EVENTS | {"Authorization": f"Bearer {pair.mentor.token}"}
    async with (
        on_a_socket(service) as (_, url),
        httpx.AsyncClient() as client,
        client.stream("POST", f"{url}/sessions/{session_id}/agenda", headers=headers),
    ):
        await model.asked.wait()
    asyncio.get_running_loop().call_later(0.2, model.released.set)
    await service.state.jobs.drain()  # What the service does first when it ends.
    assert await versions(service, session_id) == [1]
