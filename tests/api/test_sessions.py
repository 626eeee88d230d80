"""Sessions and actions, in the contract's shapes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from api.routes.sessions import MOST_OPEN_ACTIONS
from tests.api.conftest import Caller, PairOfPeople, Service, assert_problem, in_days


async def test_a_session_comes_back_in_the_contracts_shape(pair: PairOfPeople) -> None:
    body = {"scheduled_at": in_days(3), "minutes": 45, "focus": "The report", "format": "video"}
    made = await pair.mentee.made(f"/pairs/{pair.id}/sessions", body)
    assert made.keys() == {
        "id", "pair_id", "number", "stage", "scheduled_at", "minutes", "focus", "format", "status", "held_at",
        "unfinished", "created_at",
    }  # fmt: skip
    assert (made["number"], made["stage"], made["status"], made["held_at"]) == (1, "kickoff", "planned", None)
    assert (made["minutes"], made["focus"], made["format"]) == (45, "The report", "video")
    assert (await pair.mentor.get(f"/sessions/{made['id']}")).json() == made


async def test_times_come_back_in_utc(pair: PairOfPeople) -> None:
    in_kathmandu = in_days(3).replace("+00:00", "+05:45")
    made = await pair.mentor.made(f"/pairs/{pair.id}/sessions", {"scheduled_at": in_kathmandu})
    assert made["scheduled_at"].endswith("Z")
    assert datetime.fromisoformat(made["scheduled_at"]) == datetime.fromisoformat(in_kathmandu)


async def test_a_time_without_a_zone_is_meant_as_utc(pair: PairOfPeople) -> None:
    at = in_days(3).removesuffix("+00:00").removesuffix("Z")
    made = await pair.mentor.made(f"/pairs/{pair.id}/sessions", {"scheduled_at": at})
    assert datetime.fromisoformat(made["scheduled_at"]) == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize("number", ["1796000000", " 1796000000.5 ", "-1", "20261203"])
async def test_a_number_is_no_time_though_it_stands_in_quotes(admin: Caller, pair: PairOfPeople, number: str) -> None:
    calls = (
        (pair.mentor, f"/pairs/{pair.id}/sessions", {"scheduled_at": number}),
        (pair.mentor, f"/pairs/{pair.id}/actions", {"owner": "mentor", "text": "Ask", "due_on": number}),
        (admin, "/tokens", {"role": "admin", "expires_at": number}),
    )
    for who, path, body in calls:
        (error,) = assert_problem(await who.post(path, body), 422, "invalid-input")["errors"]
        assert error["field"] in body
        assert "ISO 8601" in error["message"]


@pytest.mark.parametrize("value", [True, False, "60"])
async def test_yes_or_no_and_quoted_numbers_are_no_numbers(admin: Caller, pair: PairOfPeople, value: object) -> None:
    session_id = await pair.session()
    calls = (
        (admin, "POST", "/programs", {"name": "Bridge", "planned_sessions": value}),
        (admin, "POST", "/programs", {"name": "Bridge", "session_minutes": value}),
        (admin, "PATCH", f"/programs/{pair.program_id}", {"retention_days": value}),
        (pair.mentor, "PATCH", f"/pairs/{pair.id}", {"experience_limit": value}),
        (pair.mentor, "PATCH", f"/sessions/{session_id}", {"minutes": value}),
        (pair.mentor, "POST", f"/sessions/{session_id}/starters", {"count": value}),
    )
    for who, method, path, body in calls:
        (error,) = assert_problem(await who.call(method, path, body), 422, "invalid-input")["errors"]
        assert error["field"] in body


async def test_a_session_has_the_programs_length_unless_it_says_otherwise(service: Service) -> None:
    pair = await service.pair(await service.program(session_minutes=50))
    made = await pair.coordinator.made(f"/pairs/{pair.id}/sessions", {"scheduled_at": in_days(1)})
    assert made["minutes"] == 50


async def test_stages_follow_the_plan_and_skip_what_was_cancelled(service: Service) -> None:
    pair = await service.pair(planned_sessions=4)
    ids = [await pair.session() for _ in range(5)]
    listed = (await pair.mentor.get(f"/pairs/{pair.id}/sessions")).json()["items"]
    assert [row["number"] for row in listed] == [1, 2, 3, 4, 5]
    assert [row["stage"] for row in listed] == ["kickoff", "midpoint", "building", "closing", "building"]
    await pair.mentor.patch(f"/sessions/{ids[0]}", {"status": "cancelled"})
    listed = (await pair.mentor.get(f"/pairs/{pair.id}/sessions")).json()["items"]
    assert [row["stage"] for row in listed[1:]] == ["kickoff", "midpoint", "building", "closing"]


@pytest.mark.parametrize("minutes", [15, 180])
async def test_the_shortest_and_the_longest_session_are_taken(pair: PairOfPeople, minutes: int) -> None:
    agenda = await pair.agenda(await pair.session(minutes=minutes))
    assert sum(item["minutes"] for item in agenda["items"]) == agenda["minutes"] == minutes


@pytest.mark.parametrize("minutes", [0, 14, 181, -30, 10**30, 45.5, "an hour", True, [60]])
async def test_other_lengths_are_refused_with_the_field_named(pair: PairOfPeople, minutes: Any) -> None:
    session_id = await pair.session()
    path = f"/pairs/{pair.id}/sessions"
    for reply in (
        await pair.mentor.post(path, {"scheduled_at": in_days(1), "minutes": minutes}),
        await pair.mentor.patch(f"/sessions/{session_id}", {"minutes": minutes}),
    ):
        assert assert_problem(reply, 422)["errors"][0]["field"] == "minutes"
    assert len((await pair.mentor.get(path)).json()["items"]) == 1


async def test_a_session_in_the_past_is_taken_and_gets_an_agenda(pair: PairOfPeople) -> None:
    agenda = await pair.agenda(await pair.session(scheduled_at=in_days(-200)))
    assert agenda["stage"] == "kickoff"


@pytest.mark.parametrize(
    "at",
    [
        in_days(-370),
        in_days(5 * 370),
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "tomorrow",
        10**20,
        None,
        "",
    ],
)
async def test_a_time_that_is_no_time_for_a_meeting_is_refused(pair: PairOfPeople, at: Any) -> None:
    session_id = await pair.session()
    before = (await pair.mentor.get(f"/sessions/{session_id}")).json()
    for reply in (
        await pair.mentor.post(f"/pairs/{pair.id}/sessions", {"scheduled_at": at}),
        await pair.mentor.patch(f"/sessions/{session_id}", {"scheduled_at": at}),
    ):
        assert assert_problem(reply, 422)["errors"][0]["field"] == "scheduled_at"
    assert (await pair.mentor.get(f"/sessions/{session_id}")).json() == before


async def test_a_session_is_changed_field_by_field(pair: PairOfPeople) -> None:
    path = f"/sessions/{await pair.session(focus='The report')}"
    before = (await pair.mentor.get(path)).json()
    for change in ({"minutes": 30}, {"focus": "The dashboard"}, {"focus": None}, {"status": "postponed"}):
        before |= change
        assert (await pair.coordinator.patch(path, change)).json() == before
    assert (await pair.mentor.get(path)).json() == before


async def test_held_is_remembered_with_its_time_until_it_is_taken_back(pair: PairOfPeople) -> None:
    path = f"/sessions/{await pair.session()}"
    held = (await pair.mentor.patch(path, {"status": "held"})).json()["held_at"]
    assert held is not None
    assert (await pair.mentor.patch(path, {"status": "held"})).json()["held_at"] == held
    assert (await pair.mentor.patch(path, {"status": "planned"})).json()["held_at"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "done"},
        {"status": None},
        {"minutes": None},
        {"scheduled_at": None},
        {"number": 7},
        {"focus": "!"},
    ],
)
async def test_a_change_of_a_session_that_makes_no_sense_is_refused(pair: PairOfPeople, body: Any) -> None:
    path = f"/sessions/{await pair.session()}"
    before = (await pair.mentor.get(path)).json()
    assert_problem(await pair.mentor.patch(path, body), 422)
    assert (await pair.mentor.get(path)).json() == before


async def test_sessions_planned_at_once_get_a_number_each(pair: PairOfPeople) -> None:
    await asyncio.gather(*(pair.session() for _ in range(8)))
    listed = (await pair.mentor.get(f"/pairs/{pair.id}/sessions")).json()["items"]
    assert [row["number"] for row in listed] == list(range(1, 9))


async def test_sessions_are_paged_by_number(pair: PairOfPeople) -> None:
    for _ in range(12):
        await pair.session()
    path = f"/pairs/{pair.id}/sessions"
    numbers: list[int] = []
    cursor: str | None = None
    while cursor is not None or not numbers:
        page = (await pair.mentor.get(path, params={"limit": 5, **({"cursor": cursor} if cursor else {})})).json()
        numbers += [row["number"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert numbers == list(range(1, 13))


# Actions


async def action(who: Caller, pair: PairOfPeople, **more: Any) -> Any:
    return await who.made(f"/pairs/{pair.id}/actions", {"owner": "mentor", "text": "Bring a chart", **more})


async def test_an_action_comes_back_in_the_contracts_shape(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    made = await action(pair.mentee, pair, owner="mentee", due_on="2027-01-31", session_id=session_id)
    assert made.keys() == {"id", "pair_id", "session_id", "owner", "text", "due_on", "done", "created_at"}
    assert made | {"owner": "mentee", "due_on": "2027-01-31", "session_id": session_id, "done": False} == made
    listed = (await pair.mentor.get(f"/pairs/{pair.id}/actions")).json()
    assert listed == {"items": [made], "next_cursor": None}


async def test_an_action_is_done_and_opened_again(pair: PairOfPeople) -> None:
    made = await action(pair.mentor, pair)
    for done in (True, True, False):
        reply = await pair.mentee.patch(f"/actions/{made['id']}", {"done": done})
        assert reply.json() == made | {"done": done}


async def test_an_action_can_be_reworded_and_moved(pair: PairOfPeople) -> None:
    made = await action(pair.mentor, pair)
    change = {"text": "Bring two charts", "due_on": "2027-02-01"}
    assert (await pair.mentor.patch(f"/actions/{made['id']}", change)).json() == made | change
    assert (await pair.mentor.patch(f"/actions/{made['id']}", {"due_on": None})).json() == made | {
        **change,
        "due_on": None,
    }


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2016-12-03"])
async def test_a_day_that_cannot_be_meant_is_refused(pair: PairOfPeople, day: str) -> None:
    body = {"owner": "mentor", "text": "Ask", "due_on": day}
    (error,) = assert_problem(await pair.mentor.post(f"/pairs/{pair.id}/actions", body), 422, "invalid-input")["errors"]
    assert error["field"] == "due_on"
    assert "Check the year" in error["message"]
    made = await action(pair.mentor, pair)
    assert_problem(await pair.mentor.patch(f"/actions/{made['id']}", {"due_on": day}), 422, "invalid-input")


@pytest.mark.parametrize(
    "body",
    [{}, {"done": None}, {"done": "perhaps"}, {"text": None}, {"text": " "}, {"owner": "mentee"}, {"due_on": "soon"}],
)
async def test_a_change_of_an_action_that_makes_no_sense_is_refused(pair: PairOfPeople, body: Any) -> None:
    made = await action(pair.mentor, pair)
    assert_problem(await pair.mentor.patch(f"/actions/{made['id']}", body), 422)
    assert (await pair.mentor.get(f"/pairs/{pair.id}/actions")).json()["items"] == [made]


async def test_actions_are_paged(pair: PairOfPeople) -> None:
    made = [(await action(pair.mentor, pair))["id"] for _ in range(5)]
    first = (await pair.mentor.get(f"/pairs/{pair.id}/actions", params={"limit": 3})).json()
    query = {"limit": 3, "cursor": first["next_cursor"]}
    rest = (await pair.mentor.get(f"/pairs/{pair.id}/actions", params=query)).json()
    assert sorted(row["id"] for row in first["items"] + rest["items"]) == sorted(made)
    assert rest["next_cursor"] is None


async def test_open_actions_are_limited_and_done_ones_make_room(pair: PairOfPeople) -> None:
    made = [await action(pair.mentor, pair) for _ in range(MOST_OPEN_ACTIONS)]
    body = {"owner": "mentor", "text": "One too many"}
    assert_problem(await pair.mentor.post(f"/pairs/{pair.id}/actions", body), 409, "conflict")
    await pair.mentor.patch(f"/actions/{made[0]['id']}", {"done": True})
    await action(pair.mentor, pair)


async def test_open_actions_come_back_in_the_next_agenda_and_done_ones_do_not(pair: PairOfPeople) -> None:
    first = await pair.session()
    await pair.mentor.patch(f"/sessions/{first}", {"status": "held"})
    await action(pair.mentor, pair, text="Draw the quarterly chart", session_id=first)
    done = await action(pair.mentor, pair, text="Book the small room")
    await pair.mentor.patch(f"/actions/{done['id']}", {"done": True})
    agenda = await pair.agenda(await pair.session())
    (review,) = [item for item in agenda["items"] if item["kind"] == "review"]
    assert "Draw the quarterly chart" in review["description"]
    assert review["carried_over_from"] == first
    assert "Book the small room" not in str(agenda)
