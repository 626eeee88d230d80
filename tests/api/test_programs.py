"""Programs, tokens, pairs and private notes, in the contract's shapes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from coach.models import PrivateNote, Token
from tests.api.conftest import PAIR, Caller, PairOfPeople, Service, assert_problem, in_days


async def test_a_program_comes_back_as_it_was_made(admin: Caller) -> None:
    made = await admin.made(
        "/programs", {"name": " Bridge ", "planned_sessions": 8, "session_minutes": 45, "objectives": ["Listen upward"]}
    )
    minimums = {"report_minimum_people": 10, "theme_minimum_people": 3}
    assert made | minimums == made
    assert made.keys() - minimums == {
        "id", "name", "planned_sessions", "session_minutes", "objectives", "created_at", "closed_at", "retention_days",
    }  # fmt: skip
    assert (made["name"], made["planned_sessions"], made["session_minutes"]) == ("Bridge", 8, 45)
    assert made["objectives"] == ["Listen upward"]
    assert datetime.fromisoformat(made["created_at"]).utcoffset() == timedelta(0)
    assert (await admin.get(f"/programs/{made['id']}")).json() == made


async def test_a_program_has_defaults(admin: Caller) -> None:
    made = await admin.made("/programs", {"name": "Bridge"})
    assert (made["planned_sessions"], made["session_minutes"], made["objectives"]) == (6, 60, [])


async def test_programs_are_paged_without_gaps_or_repeats(admin: Caller) -> None:
    made = {(await admin.made("/programs", {"name": f"Program {number}"}))["id"] for number in range(7)}
    seen: list[str] = []
    cursor: str | None = None
    sizes = []
    while cursor is not None or not seen:
        page = (await admin.get("/programs", params={"limit": 3, **({"cursor": cursor} if cursor else {})})).json()
        assert page.keys() == {"items", "next_cursor"}
        seen += [program["id"] for program in page["items"]]
        sizes.append(len(page["items"]))
        cursor = page["next_cursor"]
    assert sizes == [3, 3, 1]
    assert sorted(seen) == sorted(made)


async def test_a_last_page_that_is_full_has_no_cursor(admin: Caller) -> None:
    for number in range(2):
        await admin.made("/programs", {"name": f"Program {number}"})
    assert (await admin.get("/programs", params={"limit": 2})).json()["next_cursor"] is None


async def test_pairs_of_a_program_are_paged(service: Service) -> None:
    pairs = [await service.pair()]
    pairs += [await service.pair(pairs[0].program_id) for _ in range(2)]
    await service.pair()
    path = f"/programs/{pairs[0].program_id}/pairs"
    first = (await pairs[0].coordinator.get(path, params={"limit": 2})).json()
    rest = (await pairs[0].coordinator.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert rest["next_cursor"] is None
    found = [pair["id"] for pair in first["items"] + rest["items"]]
    assert sorted(found) == sorted(pair.id for pair in pairs)


async def test_a_forged_cursor_is_refused(pair: PairOfPeople, admin: Caller) -> None:
    for cursor in ("", "x", "!!!!", "YS1i", "w6k", "Li4vLi4", "a" * 201, "\0", "JyBPUiAxPTE"):
        for who, path in (
            (admin, "/programs"),
            (pair.coordinator, f"/programs/{pair.program_id}/pairs"),
            (pair.mentor, f"/pairs/{pair.id}/sessions"),
            (pair.mentor, f"/pairs/{pair.id}/actions"),
        ):
            body = assert_problem(await who.get(path, params={"cursor": cursor}), 422, "invalid-input")
            assert body["errors"][0]["field"] == "cursor"


async def test_a_page_has_one_to_a_hundred_items(admin: Caller) -> None:
    for limit in ("0", "101", "-1", "many", "1e3", ""):
        body = assert_problem(await admin.get("/programs", params={"limit": limit}), 422)
        assert body["errors"][0]["field"] == "limit"


async def test_a_pair_comes_back_in_the_contracts_shape(service: Service, admin: Caller) -> None:
    program_id = await service.program(planned_sessions=9)
    made = await admin.made(f"/programs/{program_id}/pairs", PAIR)
    assert made.keys() == {
        "id", "program_id", "mentor", "mentee", "goals", "goals_reached", "topics", "planned_sessions", "created_at",
        "closed_at", "you", "avoid_topics", "accessibility", "experience_limit",
    }  # fmt: skip
    assert made["planned_sessions"] == 9
    assert (made["goals"], made["topics"]) == (PAIR["goals"], PAIR["topics"])
    person = {"name", "role_title", "department", "strengths", "wants_to_learn"}
    for role in ("mentor", "mentee"):
        assert made[role].keys() == {"id", *person}
        given = {"department": None, "strengths": [], **PAIR[role]}
        assert {key: made[role][key] for key in person} == {key: given[key] for key in person}


async def test_a_pair_may_plan_its_own_number_of_sessions(service: Service) -> None:
    pair = await service.pair(planned_sessions=3)
    assert (await pair.mentor.get(f"/pairs/{pair.id}")).json()["planned_sessions"] == 3


async def test_each_may_say_what_to_avoid_when_the_pair_is_made(service: Service) -> None:
    mentor = {**PAIR["mentor"], "avoid_topics": ["pay"], "accessibility": ["large print", "no video"]}
    pair = await service.pair(mentor=mentor)
    seen = (await pair.mentor.get(f"/pairs/{pair.id}")).json()
    assert (seen["avoid_topics"], seen["accessibility"]) == (["pay"], "large print; no video")


async def test_a_pair_is_changed_field_by_field(pair: PairOfPeople) -> None:
    path = f"/pairs/{pair.id}"
    before = (await pair.mentor.get(path)).json()
    for change in (
        {"goals": ["Draw one chart a week"]},
        {"topics": ["inclusion", "career"]},
        {"avoid_topics": ["pay", "layoffs"]},
        {"accessibility": "large print"},
        {"accessibility": None},
        {"avoid_topics": None},
        {"topics": None},
        {"planned_sessions": 9},
    ):
        changed = (await pair.mentor.patch(path, change)).json()
        expected = {name: [] if value is None and name != "accessibility" else value for name, value in change.items()}
        before |= expected
        assert changed == before
    assert (await pair.mentor.get(path)).json() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"goals": None},
        {"goals": []},
        {"goals": ["a", "b", "c", "d"]},
        {"goals": ["  "]},
        {"goals": ["..."]},
        {"topics": ["astrology"]},
        {"planned_sessions": None},
        {"planned_sessions": 0},
        {"planned_sessions": 61},
        {"planned_sessions": "8"},
        {"mentor": {"name": "Somebody else"}},
        {"program_id": "other"},
    ],
)
async def test_a_change_that_makes_no_sense_changes_nothing(pair: PairOfPeople, body: Any) -> None:
    before = (await pair.mentor.get(f"/pairs/{pair.id}")).json()
    assert_problem(await pair.mentor.patch(f"/pairs/{pair.id}", body), 422)
    assert (await pair.mentor.get(f"/pairs/{pair.id}")).json() == before


async def test_a_private_note_is_kept_once_and_can_be_taken_back(service: Service, pair: PairOfPeople) -> None:
    async def kept() -> list[tuple[str, str]]:
        async with service.state.store.read() as db:
            query = select(PrivateNote.participant_id, PrivateNote.text).order_by(col(PrivateNote.text))
            return [(row[0], row[1]) for row in await db.execute(query)]

    path = f"/pairs/{pair.id}/private-note"
    for text in ("first", "second"):
        reply = await pair.mentor.put(path, {"text": text})
        assert (reply.status_code, reply.content) == (204, b"")
    await pair.mentee.put(path, {"text": "third"})
    assert await kept() == [(pair.mentor.id, "second"), (pair.mentee.id, "third")]
    assert (await pair.mentor.put(path, {"text": ""})).status_code == 204
    assert await kept() == [(pair.mentee.id, "third")]


async def test_a_note_may_be_long_but_not_endless(pair: PairOfPeople) -> None:
    path = f"/pairs/{pair.id}/private-note"
    assert (await pair.mentor.put(path, {"text": "a" * 4_000})).status_code == 204
    assert_problem(await pair.mentor.put(path, {"text": "a" * 4_001}), 422)


# Tokens


async def test_a_token_opens_what_its_scope_says(service: Service, admin: Caller, pair: PairOfPeople) -> None:
    for body, seen in (
        ({"role": "admin"}, {"role": "admin", "program_id": None, "participant_id": None}),
        (
            {"role": "coordinator", "program_id": pair.program_id},
            {"role": "coordinator", "program_id": pair.program_id},
        ),
        ({"role": "participant", "participant_id": pair.mentee.id}, {"role": "participant", "pairs": [pair.id]}),
        (
            {"role": "participant", "participant_id": pair.mentee.id, "program_id": pair.program_id},
            {"participant_id": pair.mentee.id},
        ),
    ):
        made = await admin.made("/tokens", body)
        assert made.keys() == {"token", "id", "expires_at"}
        me = (await Caller(service.client, made["token"]).get("/me")).json()
        assert me | seen == me


async def test_a_token_is_kept_as_a_hash_alone(service: Service, admin: Caller) -> None:
    token = (await admin.made("/tokens", {"role": "admin"}))["token"]
    async with service.state.store.read() as db:
        rows = (await db.execute(select(Token))).scalars().all()
    assert len(rows) == 2
    assert not any(token in str(row.model_dump()) or token.removeprefix("coach_") in row.hash for row in rows)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "coordinator"}, "program_id"),
        ({"role": "coordinator", "program_id": "unknown"}, "program_id"),
        ({"role": "coordinator", "program_id": "PROGRAM", "participant_id": "PERSON"}, "participant_id"),
        ({"role": "participant"}, "participant_id"),
        ({"role": "participant", "participant_id": "unknown"}, "participant_id"),
        ({"role": "participant", "participant_id": "PERSON", "program_id": "unknown"}, "program_id"),
        ({"role": "admin", "program_id": "PROGRAM"}, "role"),
        ({"role": "admin", "participant_id": "PERSON"}, "role"),
        ({"role": "root"}, "role"),
        ({}, "role"),
    ],
)
async def test_a_token_without_a_fitting_scope_is_refused(
    service: Service, admin: Caller, pair: PairOfPeople, body: dict[str, str], field: str
) -> None:
    real = {"PROGRAM": pair.program_id, "PERSON": pair.mentor.id}
    reply = await admin.post("/tokens", {name: real.get(value, value) for name, value in body.items()})
    assert assert_problem(reply, 422, "invalid-input")["errors"][0]["field"] == field


async def test_a_program_that_ended_takes_no_new_pairs_until_it_is_open_again(
    admin: Caller, pair: PairOfPeople
) -> None:
    path, pairs = f"/programs/{pair.program_id}", f"/programs/{pair.program_id}/pairs"
    await admin.patch(path, {"closed_at": in_days(-1), "retention_days": 0})
    assert "An admin can open it again" in assert_problem(await pair.coordinator.post(pairs, PAIR), 409)["detail"]
    for closed_at in (in_days(30), None):
        await admin.patch(path, {"closed_at": closed_at})
        await pair.coordinator.made(pairs, PAIR)
