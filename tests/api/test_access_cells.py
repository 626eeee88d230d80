"""Every cell of the table of who reaches what, tried; and ids of others where no path shows them."""

import base64
from typing import Any

import pytest
import pytest_asyncio

from api.access import RELATIONS, Relation, calls, markdown
from coach.settings import REPOSITORY, AccessRole
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem
from tests.api.test_access import CALLS, World, make_world
from tests.store.conftest import PostgresServer
from tests.store.conftest import postgres_server as postgres_server

STATUS = {"no (403)": 403, "hidden (404)": 404, "signed out (401)": 401}
CELLS = [(role, relation) for role in RELATIONS for relation in RELATIONS[role]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest) -> str | None:
    """A migrated database of either kind; None is SQLite in the data folder."""
    if kind == "sqlite":
        return None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database("migrated")


@pytest_asyncio.fixture
async def world(serve: Serve, database_url: str | None) -> World:
    """The same world on either kind of database."""
    return await make_world(await serve(failed_tokens_per_minute=100_000, database_url=database_url))


async def caller(world: World, role: AccessRole, relation: Relation) -> Caller:
    """Somebody of this role who has this relation to the world's pair."""
    service, pair = world.service, world.pair
    admin = await service.caller("admin")
    if relation == "former":
        return await former(world, admin, role)
    if role == "admin":
        return admin
    if role == "coordinator":
        return pair.coordinator if relation == "own" else world.stranger.coordinator
    places = {"own": pair, "other pair": world.neighbor, "other program": world.stranger}
    return places[relation].mentee


async def former(world: World, admin: Caller, role: AccessRole) -> Caller:
    """Somebody who was there: a person of the same program who was erased, or somebody whose token was revoked."""
    if role == "participant":
        gone = await world.service.pair(world.pair.program_id)
        assert (await admin.delete(f"/participants/{gone.mentor.id}")).status_code == 204
        return gone.mentor
    scope = {"program_id": world.pair.program_id} if role == "coordinator" else {}
    made = await admin.made("/tokens", {"role": role, **scope})
    assert (await admin.delete(f"/tokens/{made['id']}")).status_code == 204
    return Caller(world.service.client, made["token"])


@pytest.mark.parametrize(("role", "relation"), CELLS, ids=lambda part: part.replace(" ", "-"))
async def test_each_cell_is_as_the_table_says(world: World, role: AccessRole, relation: Relation) -> None:
    who = await caller(world, role, relation)
    table = {(call.method, call.path.removeprefix("/v1")): call for call in calls(world.service.app)}
    before = await world.content()
    allowed = 0
    for method, path, body, _ in CALLS:
        outcome = table[method, path].outcome(role, relation)
        reply = await world.call(who, method, path, body, world.ids)
        if outcome in STATUS:
            assert reply.status_code == STATUS[outcome], f"{method} {path}: {reply.text}"
            assert_problem(reply, STATUS[outcome])
        else:
            allowed += 1
            assert reply.is_success, f"{method} {path}: {reply.text}"
    assert bool(allowed) is (relation != "former")
    if relation != "own":
        assert await world.content() == before


def test_the_page_is_the_one_that_the_routes_make(service: Service) -> None:
    page = (REPOSITORY / "docs" / "access.md").read_text("utf-8")
    assert page == markdown(service.app), "run `python -m api.access > docs/access.md`"


def test_the_table_has_every_call(service: Service) -> None:
    assert {f"{call.method} {call.path}" for call in calls(service.app)} >= {f"{m} /v1{path}" for m, path, *_ in CALLS}
    assert len(list(calls(service.app))) == len({(m, p) for m, p, *_ in CALLS}) + 3  # health, readiness, metrics


# Ids of others that stand elsewhere than in the path


def cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


async def test_a_cursor_with_the_id_of_another_program_shows_nothing_of_it(world: World) -> None:
    strangers = {world.stranger.id, world.stranger.mentor.id, world.stranger.mentee.id}
    path = f"/programs/{world.pair.program_id}"
    for key in ("0", world.stranger.id, world.ids["action_id"], "f" * 24, "zzz"):
        for who, address in (
            (world.pair.coordinator, f"{path}/pairs"),
            (world.pair.coordinator, f"{path}/documents"),
            (world.pair.coordinator, f"{path}/attention"),
            (world.pair.mentor, f"/pairs/{world.pair.id}/actions"),
        ):
            reply = await who.get(address, params={"cursor": cursor(key)})
            assert reply.status_code == 200, reply.text
            assert not any(stranger in reply.text for stranger in strangers)


async def test_ids_of_others_in_a_body_are_refused_as_unknown_ones_are(world: World) -> None:
    own = await world.stranger.session()
    foreign_item = (await world.pair.mentor.get(f"/sessions/{world.ids['session_id']}/agenda")).json()["items"][0]["id"]
    calls_of: list[tuple[str, str, Any, Any]] = [
        (
            "POST",
            f"/pairs/{world.stranger.id}/actions",
            {"owner": "mentor", "text": "Peek", "session_id": world.ids["session_id"]},
            {"owner": "mentor", "text": "Peek", "session_id": "0" * 24},
        ),
        ("PATCH", f"/sessions/{own}", {"unfinished": [foreign_item]}, {"unfinished": ["99"]}),
        ("PATCH", f"/pairs/{world.stranger.id}", {"goals_reached": ["Bring it"]}, {"goals_reached": ["Nothing"]}),
    ]
    for method, path, foreign, unknown in calls_of:
        replies = [await world.stranger.mentor.call(method, path, body) for body in (foreign, unknown)]
        assert all(reply.is_client_error for reply in replies)
        assert replies[0].json() == replies[1].json()


async def test_a_key_of_another_opens_nothing_and_makes_an_agenda_of_ones_own(world: World) -> None:
    headers = {"Idempotency-Key": "shared-key"}
    made = await world.pair.agenda(world.ids["session_id"], headers=headers)
    for other in (world.neighbor, world.stranger):
        own = await other.agenda(await other.session(), headers=headers)
        assert own["id"] != made["id"]
        path = f"/sessions/{world.ids['session_id']}/agenda"
        assert_problem(await other.mentor.post(path, {}, headers=headers), 404)


async def test_exports_of_others_hold_nothing_of_the_pair(world: World) -> None:
    names = (world.pair.id, world.pair.mentor.id, world.pair.mentee.id, world.ids["session_id"])
    others: list[PairOfPeople] = [world.neighbor, world.stranger]
    for who in (person for pair in others for person in (pair.mentor, pair.mentee)):
        reply = await who.get("/me/export", params={"participant_id": world.pair.mentor.id})
        assert reply.status_code == 200
        assert not any(name in reply.text for name in names)


async def test_a_coordinators_token_cannot_be_widened(world: World) -> None:
    """Neither by a header nor by a parameter that somebody might listen to."""
    path = f"/programs/{world.pair.program_id}/pairs"
    for more in (
        {"params": {"program_id": world.stranger.program_id}},
        {"headers": {"X-Program-Id": world.pair.program_id, "X-Role": "admin", "X-HTTP-Method-Override": "DELETE"}},
    ):
        assert_problem(await world.stranger.coordinator.get(path, **more), 404)
