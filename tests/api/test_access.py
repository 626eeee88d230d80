"""Who reaches what: each call, by each kind of caller."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import iter_route_contexts

from tests.api.conftest import FEEDBACK, PAIR, Caller, PairOfPeople, Serve, Service, assert_problem, in_days
from tests.scripted_model import ScriptedModel

ADMIN, COORDINATOR, PARTICIPANT = "admin", "coordinator", "participant"

# Its rows name the pair by an id that only the test knows: `World.call` puts it in.
IMPORT = {"rows": [{"pair_id": "{pair_id}", "author": "mentor", "held_at": "2026-01-05", "went_well": "We drew it."}]}

# The contract's calls: method, path, body, who may make it.
CALLS: list[tuple[str, str, Any, set[str]]] = [
    ("POST", "/programs", {"name": "New"}, {ADMIN}),
    ("GET", "/programs", None, {ADMIN}),
    ("GET", "/programs/{program_id}", None, {ADMIN, COORDINATOR}),
    ("PATCH", "/programs/{program_id}", {"report_minimum_people": 12}, {ADMIN, COORDINATOR}),
    ("POST", "/tokens", {"role": "admin"}, {ADMIN}),
    ("GET", "/tokens", None, {ADMIN}),
    ("DELETE", "/tokens/{token_id}", None, {ADMIN}),
    ("GET", "/me", None, {ADMIN, COORDINATOR, PARTICIPANT}),
    ("POST", "/programs/{program_id}/pairs", PAIR, {ADMIN, COORDINATOR}),
    ("GET", "/programs/{program_id}/pairs", None, {ADMIN, COORDINATOR}),
    ("GET", "/pairs/{pair_id}", None, {COORDINATOR, PARTICIPANT}),
    ("PATCH", "/pairs/{pair_id}", {"goals": ["Draw one chart a week"]}, {COORDINATOR, PARTICIPANT}),
    ("PUT", "/pairs/{pair_id}/private-note", {"text": "for me"}, {PARTICIPANT}),
    ("POST", "/pairs/{pair_id}/sessions", {"scheduled_at": in_days(30)}, {COORDINATOR, PARTICIPANT}),
    ("GET", "/pairs/{pair_id}/sessions", None, {COORDINATOR, PARTICIPANT}),
    ("GET", "/sessions/{session_id}", None, {COORDINATOR, PARTICIPANT}),
    ("PATCH", "/sessions/{session_id}", {"minutes": 30}, {COORDINATOR, PARTICIPANT}),
    ("POST", "/pairs/{pair_id}/actions", {"owner": "mentor", "text": "Bring a chart"}, {PARTICIPANT}),
    ("GET", "/pairs/{pair_id}/actions", None, {PARTICIPANT}),
    ("PATCH", "/actions/{action_id}", {"done": True}, {PARTICIPANT}),
    ("POST", "/sessions/{session_id}/agenda", {}, {PARTICIPANT}),
    ("GET", "/sessions/{session_id}/agenda", None, {PARTICIPANT}),
    ("POST", "/sessions/{session_id}/starters", {}, {PARTICIPANT}),
    ("POST", "/programs/{program_id}/documents", {"title": "Rules", "text": "Ask first."}, {ADMIN, COORDINATOR}),
    ("GET", "/programs/{program_id}/documents", None, {ADMIN, COORDINATOR}),
    ("DELETE", "/programs/{program_id}/documents/{document_id}", None, {ADMIN, COORDINATOR}),
    ("GET", "/programs/{program_id}/attention", None, {ADMIN, COORDINATOR}),
    ("POST", "/programs/{program_id}/theme-reports", {"period": "2025-Q1"}, {ADMIN, COORDINATOR}),
    ("GET", "/programs/{program_id}/theme-reports", None, {ADMIN, COORDINATOR}),
    ("GET", "/programs/{program_id}/theme-reports/{period}", None, {ADMIN, COORDINATOR}),
    ("GET", "/knowledge/search", None, {ADMIN, COORDINATOR, PARTICIPANT}),
    ("POST", "/programs/{program_id}/feedback/import", IMPORT, {ADMIN}),
    # Feedback is for sessions that were held.
    ("PATCH", "/sessions/{session_id}", {"status": "held"}, {COORDINATOR, PARTICIPANT}),
    ("GET", "/sessions/{session_id}/feedback-receipt", None, {PARTICIPANT}),
    ("PUT", "/sessions/{session_id}/feedback", FEEDBACK, {PARTICIPANT}),
    ("GET", "/sessions/{session_id}/feedback", None, {PARTICIPANT}),
    ("GET", "/pairs/{pair_id}/feedback-summary", None, {PARTICIPANT}),
    ("DELETE", "/sessions/{session_id}/feedback", None, {PARTICIPANT}),
    ("GET", "/me/export", None, {PARTICIPANT}),
    # The last, since it leaves nothing of the person.
    ("DELETE", "/participants/{participant_id}", None, {ADMIN, PARTICIPANT}),
]
NAMES = [f"{method} {path}" for method, path, _, _ in CALLS]


@dataclass(frozen=True)
class World:
    """A pair with all that it can have, and strangers: another pair in the same program, and another program."""

    service: Service
    ids: dict[str, str]
    pair: PairOfPeople
    neighbor: PairOfPeople
    stranger: PairOfPeople

    async def call(self, who: Caller, method: str, path: str, body: Any, ids: dict[str, str]) -> httpx.Response:
        if body is IMPORT:
            body = json.loads(json.dumps(IMPORT).replace("{pair_id}", ids["pair_id"]))
        return await who.call(method, path.format(**ids), body, params={"q": "a chart"})

    async def content(self) -> str:
        """All that the pair has, so that a change shows."""
        paths = ("/pairs/{pair_id}", "/pairs/{pair_id}/sessions", "/pairs/{pair_id}/actions")
        replies = [await self.pair.mentor.get(path.format(**self.ids)) for path in paths]
        agenda = await self.pair.mentor.get("/sessions/{session_id}/agenda".format(**self.ids))
        return "\n".join(reply.text for reply in [*replies, agenda])


@pytest_asyncio.fixture
async def world(serve: Serve) -> World:
    # More tokens that are not good than a guesser may send.
    return await make_world(await serve(failed_tokens_per_minute=100_000))


async def make_world(service: Service) -> World:
    pair = await service.pair()
    session_id = await pair.session()
    await pair.agenda(session_id)
    action = await pair.mentor.made(f"/pairs/{pair.id}/actions", {"owner": "mentee", "text": "Bring the report"})
    rules = {"title": "Rules", "text": "Ask first."}
    document = await pair.coordinator.made(f"/programs/{pair.program_id}/documents", rules)
    spare = await (await service.caller("admin")).made("/tokens", {"role": "admin"})
    ids = {
        "token_id": spare["id"],
        "participant_id": pair.mentee.id,
        "document_id": document["id"],
        "period": "2025-Q1",
        "program_id": pair.program_id,
        "pair_id": pair.id,
        "session_id": session_id,
        "action_id": action["id"],
    }
    return World(service, ids, pair, await service.pair(pair.program_id), await service.pair())


def test_the_table_names_every_call(service: Service) -> None:
    routes = {
        f"{method} {(context.path or '').removeprefix('/v1')}"
        for context in iter_route_contexts(service.app.routes)
        if (context.path or "").startswith("/v1/")
        for method in context.methods or ()
    }
    assert routes == set(NAMES)


@pytest.mark.parametrize("role", [ADMIN, COORDINATOR, PARTICIPANT])
async def test_each_role_is_let_in_or_refused(world: World, role: str) -> None:
    callers = {
        ADMIN: await world.service.caller("admin"),
        COORDINATOR: world.pair.coordinator,
        PARTICIPANT: world.pair.mentee,
    }
    for method, path, body, allowed in CALLS:
        reply = await world.call(callers[role], method, path, body, world.ids)
        if role in allowed:
            assert reply.is_success, f"{method} {path}: {reply.text}"
        else:
            assert reply.status_code == 403, f"{method} {path}: {reply.text}"
            assert_problem(reply, 403, "forbidden")


async def test_nobody_is_let_in_without_a_known_token(world: World) -> None:
    before = await world.content()
    assert world.pair.mentor.token
    for token in (None, "coach_unknown", world.pair.mentor.token[:-1], f"{world.pair.mentor.token}x"):
        for method, path, body, _ in CALLS:
            reply = await world.call(Caller(world.service.client, token), method, path, body, world.ids)
            assert reply.status_code == 401, f"{method} {path}: {reply.text}"
            assert_problem(reply, 401, "unauthorized")
            assert reply.headers["www-authenticate"] == "Bearer"
    assert await world.content() == before


async def test_what_belongs_to_others_looks_as_if_it_did_not_exist(world: World) -> None:
    before = await world.content()
    refusals = 0
    for method, path, body, allowed in CALLS:
        if "{" not in path:
            continue
        participants = [world.neighbor.mentor, world.neighbor.mentee, world.stranger.mentor]
        strangers = participants if PARTICIPANT in allowed else []
        strangers = [*strangers, *([world.stranger.coordinator] if COORDINATOR in allowed else [])]
        for stranger in strangers:
            refused = await world.call(stranger, method, path, body, world.ids)
            assert refused.status_code == 404, f"{method} {path}: {refused.text}"
            assert_problem(refused, 404, "not-found")
            unknown = await world.call(stranger, method, path, body, dict.fromkeys(world.ids, "0" * 24))
            assert refused.json() == unknown.json()
            refusals += 1
    assert refusals > 40
    assert await world.content() == before


async def test_an_action_cannot_be_tied_to_a_session_of_another_pair(world: World) -> None:
    def body(session_id: str) -> Any:
        return {"owner": "mentor", "text": "Peek", "session_id": session_id}

    path = f"/pairs/{world.neighbor.id}/actions"
    foreign = await world.neighbor.mentor.post(path, body(world.ids["session_id"]))
    unknown = await world.neighbor.mentor.post(path, body("0" * 24))
    assert foreign.is_client_error
    assert foreign.json() == unknown.json(), "the reply tells that the other pair's session exists"


async def test_an_idempotency_key_does_not_open_the_agenda_of_another_pair(world: World) -> None:
    headers = {"Idempotency-Key": "ours"}
    await world.pair.agenda(world.ids["session_id"], headers=headers)
    path = f"/sessions/{world.ids['session_id']}/agenda"
    assert_problem(await world.neighbor.mentor.post(path, {}, headers=headers), 404)


async def test_me_tells_whom_a_token_stands_for(world: World) -> None:
    admin = await world.service.caller("admin")
    nothing: Any = {"program_id": None, "participant_id": None, "pairs": []}
    assert (await admin.get("/me")).json() == {"role": "admin", **nothing}
    assert (await world.pair.coordinator.get("/me")).json() == {
        "role": "coordinator",
        **nothing,
        "program_id": world.pair.program_id,
    }
    assert (await world.pair.mentor.get("/me")).json() == {
        "role": "participant",
        "program_id": world.pair.program_id,
        "participant_id": world.pair.mentor.id,
        "pairs": [world.pair.id],
    }


# What one of the two tells the coach never reaches the other, nor the coordinator.

SECRETS = {"avoid_topics": ["quokkafear", "wombatlayoff"], "accessibility": "numbathearing aid on the left"}
NOTE = "My bandicootboss shouts, and I dread the pangolinreview."
CANARIES = ("quokkafear", "wombatlayoff", "numbathearing", "bandicootboss", "pangolinreview", "private note")


def told(text: str) -> list[str]:
    return [word for word in CANARIES if word in text.casefold()]


async def tell(who: Caller, pair: PairOfPeople) -> None:
    assert (await who.patch(f"/pairs/{pair.id}", SECRETS)).status_code == 200
    assert (await who.put(f"/pairs/{pair.id}/private-note", {"text": NOTE})).status_code == 204


async def all_replies(who: Caller, pair: PairOfPeople, session_id: str, action_id: str) -> list[httpx.Response]:
    """The reply to every call that shows something of a pair, good and bad."""
    calls: list[tuple[str, str, Any, dict[str, str]]] = [
        ("GET", "/me", None, {}),
        ("GET", f"/pairs/{pair.id}", None, {}),
        ("PATCH", f"/pairs/{pair.id}", {"topics": ["communication"]}, {}),
        ("PATCH", f"/pairs/{pair.id}", {"goals": []}, {}),
        ("GET", f"/programs/{pair.program_id}/pairs", None, {}),
        ("GET", f"/pairs/{pair.id}/private-note", None, {}),
        ("GET", f"/pairs/{pair.id}/sessions", None, {}),
        ("GET", f"/sessions/{session_id}", None, {}),
        ("PATCH", f"/sessions/{session_id}", {"minutes": 45}, {}),
        ("GET", f"/pairs/{pair.id}/actions", None, {}),
        ("PATCH", f"/actions/{action_id}", {"done": False}, {}),
        ("POST", f"/sessions/{session_id}/agenda", {}, {}),
        ("GET", f"/sessions/{session_id}/agenda", None, {"Accept": "application/json"}),
        ("GET", f"/sessions/{session_id}/agenda", None, {"Accept": "text/markdown"}),
        ("POST", f"/sessions/{session_id}/starters", {}, {}),
    ]
    return [await who.call(method, path, body, headers=headers) for method, path, body, headers in calls]


@pytest.mark.parametrize("teller", ["mentor", "mentee"])
async def test_what_one_tells_the_coach_reaches_nobody_else(pair: PairOfPeople, teller: str) -> None:
    own, partner = (pair.mentor, pair.mentee) if teller == "mentor" else (pair.mentee, pair.mentor)
    session_id = await pair.session(focus="Why wombatlayoff rumors spread")
    action = await pair.mentor.made(f"/pairs/{pair.id}/actions", {"owner": "mentor", "text": "Draw the chart"})
    await tell(own, pair)
    await own.made(f"/sessions/{session_id}/agenda", {})

    for who in (partner, pair.coordinator):
        replies = await all_replies(who, pair, session_id, action["id"])
        assert sum(reply.is_success for reply in replies) >= 6
        for reply in replies:
            # The focus was typed into the shared session by the two themselves; the agenda still leaves it out.
            text = reply.text.replace("Why wombatlayoff rumors spread", "")
            assert told(text) == [], f"{reply.request.method} {reply.request.url}"

    mine = await own.get(f"/sessions/{session_id}/agenda")
    assert "bandicootboss" in json.dumps(mine.json()["prep"])
    assert told(json.dumps({**mine.json(), "prep": None})) == []


async def test_each_sees_their_own_prep_and_settings(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await tell(pair.mentor, pair)
    agendas = [await pair.agenda(session_id)]
    agendas.append((await pair.mentee.get(f"/sessions/{session_id}/agenda")).json())
    assert [agenda["prep"]["role"] for agenda in agendas] == ["mentor", "mentee"]
    assert agendas[0] | {"prep": None} == agendas[1] | {"prep": None}

    seen = [(await who.get(f"/pairs/{pair.id}")).json() for who in (pair.mentor, pair.mentee, pair.coordinator)]
    assert [row["you"] for row in seen] == ["mentor", "mentee", None]
    assert [row["avoid_topics"] for row in seen] == [SECRETS["avoid_topics"], [], None]
    assert [row["accessibility"] for row in seen] == [SECRETS["accessibility"], None, None]


async def test_a_coordinator_cannot_set_what_is_each_persons_own(pair: PairOfPeople) -> None:
    for body in ({"avoid_topics": ["pay"]}, {"accessibility": "large print"}, {"goals": ["New"], "avoid_topics": []}):
        assert_problem(await pair.coordinator.patch(f"/pairs/{pair.id}", body), 403, "forbidden")
    assert (await pair.mentor.get(f"/pairs/{pair.id}")).json()["goals"] == PAIR["goals"]


async def test_a_note_that_was_taken_back_is_in_no_later_prep(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    await tell(pair.mentor, pair)
    assert (await pair.mentor.put(f"/pairs/{pair.id}/private-note", {"text": " "})).status_code == 204
    assert "bandicootboss" not in json.dumps(await pair.agenda(session_id))


async def test_a_model_is_sent_nothing_private_with_what_both_will_read(serve: Serve) -> None:
    model = ScriptedModel("no", "no")
    pair = await (await serve(model)).pair()
    for who in (pair.mentor, pair.mentee):
        await tell(who, pair)
    await pair.agenda(await pair.session())
    assert [request.schema_name for request in model.requests] == ["agenda", "agenda"]
    assert told(model.asked()) == []
