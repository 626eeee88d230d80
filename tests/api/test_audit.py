"""Each call that changes something leaves one line in the audit, with ids and nothing that anybody typed."""

from typing import Any

from sqlmodel import col, select

from coach.models import AuditLine
from coach.store.audit import verify
from tests.api.conftest import Service
from tests.api.test_access import CALLS, World
from tests.api.test_access import world as world

WRITES = [(method, path, body) for method, path, body, _ in CALLS if method != "GET"]
# Reads that are told too, since they hand out all that there is on a person.
TOLD_READS = {"/me/export"}


async def lines(service: Service) -> list[AuditLine]:
    async with service.state.store.read() as db:
        return list((await db.execute(select(AuditLine).order_by(col(AuditLine.seq)))).scalars())


async def test_each_call_that_changes_something_leaves_one_line(world: World) -> None:
    callers = {"admin": await world.service.caller("admin"), "coordinator": world.pair.coordinator}
    for method, path, body, allowed in CALLS:
        role = next((role for role in ("participant", "coordinator", "admin") if role in allowed), "admin")
        who = world.pair.mentee if role == "participant" else callers[role]
        if path == "/participants/{participant_id}":
            who = callers["admin"]
        before = len(await lines(world.service))
        reply = await world.call(who, method, path, body, world.ids)
        assert reply.is_success, f"{method} {path}: {reply.text}"
        told = (await lines(world.service))[before:]
        assert len(told) == (method != "GET" or path in TOLD_READS), f"{method} {path}: {told}"
    assert (await verify(world.service.state.store)).findings == ()


async def test_a_call_that_was_refused_leaves_none(world: World) -> None:
    before = len(await lines(world.service))
    for method, path, body in WRITES:
        if "{" in path:
            await world.call(world.stranger.mentor, method, path, body, world.ids)
            await world.call(world.service.nobody, method, path, body, world.ids)
    assert len(await lines(world.service)) == before


async def test_lines_hold_nothing_that_anybody_typed(world: World) -> None:
    pair = world.pair
    canary = "zqcanary"
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", "/pairs/{pair_id}", {"goals": [canary], "avoid_topics": [canary], "accessibility": canary}),
        ("PUT", "/pairs/{pair_id}/private-note", {"text": canary}),
        ("POST", "/pairs/{pair_id}/actions", {"owner": "mentor", "text": canary}),
        ("PATCH", "/sessions/{session_id}", {"focus": canary}),
        ("POST", "/sessions/{session_id}/agenda", {}),
    ]
    for method, path, body in calls:
        reply = await pair.mentor.call(method, path.format(**world.ids), body, headers={"Idempotency-Key": canary})
        assert reply.is_success, reply.text
    said = str([line.model_dump() for line in await lines(world.service)])
    assert canary not in said
    assert "Priya" not in said
    assert str(pair.mentor.token) not in said
    assert world.ids["pair_id"] in said


async def test_an_agenda_given_again_under_its_key_is_not_told_again(world: World) -> None:
    path, headers = f"/sessions/{world.ids['session_id']}/agenda", {"Idempotency-Key": "ours"}
    await world.pair.mentor.made(path, {}, headers=headers)
    before = len(await lines(world.service))
    await world.pair.mentor.made(path, {}, headers=headers)
    assert len(await lines(world.service)) == before


async def test_the_audit_tells_whom_a_token_was_made_for(world: World) -> None:
    admin, mentor = await world.service.caller("admin"), world.pair.mentor
    made = await admin.made("/tokens", {"role": "participant", "participant_id": mentor.id})
    [*_, line] = await lines(world.service)
    assert line.action == "token.create"
    assert line.ids == {"token_id": made["id"], "program_id": world.pair.program_id, "participant_id": mentor.id}
