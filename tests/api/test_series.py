"""A pair over several meetings: what was said and done before shapes the next agenda, through the interface."""

import asyncio
from collections.abc import Sequence
from typing import Any

from coach.feedback import ThemeFound
from tests.api.conftest import PairOfPeople, Serve, Service, assert_problem, in_days
from tests.feedback.readers import WordReader

FEEDBACK: dict[str, Any] = {
    "ratings": {"usefulness": 4, "safety": 4, "progress": 3},
    "share_with_partner": True,
    "share_with_coordinators": False,
}


async def held(pair: PairOfPeople) -> str:
    session_id = await pair.session()
    await pair.agenda(session_id)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})
    return session_id


async def test_what_both_shared_is_done_next_time_and_said_without_quoting(pair: PairOfPeople) -> None:
    session_id = await held(pair)
    path = f"/sessions/{session_id}/feedback"
    await pair.mentee.put(path, {**FEEDBACK, "to_change": "shorter demos, my eyes were glazing over"})
    early = await pair.agenda(await pair.session())
    assert not any("feedback" in item["tied_to"] for item in early["items"])

    await pair.mentor.put(path, FEEDBACK)
    agenda = await pair.agenda(await pair.session())
    assert any("You asked for shorter demos" in item["because"] for item in agenda["items"])
    assert "glazing" not in str(agenda)


class SlowReader(WordReader):
    """Takes the word `chairs` for a matter of rank, after a while."""

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        await asyncio.sleep(0.3)
        return [([ThemeFound("power-dynamics", "concern", 0.9)] if "chairs" in text else [], b"") for text in texts]


async def test_an_agenda_asked_for_right_after_the_feedback_knows_what_stands_between_its_lines(serve: Serve) -> None:
    pair = await (await serve(reader=SlowReader())).pair()
    session_id, coming = await held(pair), await pair.session()
    path = f"/sessions/{session_id}/feedback"
    await pair.mentee.put(path, FEEDBACK)
    await pair.mentor.put(path, {**FEEDBACK, "to_change": "Two chairs, one of them lower"})
    agenda = await pair.agenda(coming)
    assert any("for more equal footing" in item["because"] for item in agenda["items"])


async def test_an_agenda_comes_where_what_was_told_cannot_be_read(serve: Serve) -> None:
    pair = await (await serve(reader=WordReader(fails=True))).pair()
    session_id, coming = await held(pair), await pair.session()
    for who in (pair.mentor, pair.mentee):
        await who.put(f"/sessions/{session_id}/feedback", {**FEEDBACK, "to_change": "Two chairs, one of them lower"})
    assert (await pair.agenda(coming))["items"]


async def test_a_wish_is_said_once_and_not_at_every_meeting_after(pair: PairOfPeople) -> None:
    path = f"/sessions/{await held(pair)}/feedback"
    await pair.mentee.put(path, {**FEEDBACK, "to_change": "shorter demos please"})
    await pair.mentor.put(path, FEEDBACK)

    async def says_it(session_id: str) -> bool:
        agenda = await pair.agenda(session_id)
        return any("You asked for shorter demos" in item["because"] for item in agenda["items"])

    second = await pair.session()
    assert await says_it(second)
    assert await says_it(second)
    await pair.mentor.patch(f"/sessions/{second}", {"status": "cancelled"})
    third = await pair.session()
    assert await says_it(third)
    await pair.mentor.patch(f"/sessions/{third}", {"status": "held"})
    assert not await says_it(await pair.session())


async def test_what_was_not_shared_with_the_partner_changes_nothing(pair: PairOfPeople) -> None:
    session_id = await held(pair)
    path = f"/sessions/{session_id}/feedback"
    own = {**FEEDBACK, "share_with_partner": False, "to_change": "He talks over me all the time"}
    await pair.mentor.put(path, own)
    await pair.mentee.put(path, FEEDBACK)
    agenda = await pair.agenda(await pair.session())
    assert not any("feedback" in item["tied_to"] for item in agenda["items"])


async def test_a_goal_marked_reached_is_celebrated_and_no_goal_any_more(pair: PairOfPeople) -> None:
    await held(pair)
    known = (await pair.mentor.get(f"/pairs/{pair.id}")).json()
    goal = known["goals"][0]
    changed = (await pair.mentee.patch(f"/pairs/{pair.id}", {"goals_reached": [goal]})).json()
    assert changed["goals"] == known["goals"][1:]
    assert changed["goals_reached"] == [goal]
    agenda = await pair.agenda(await pair.session())
    assert any("celebrate" in item["title"].lower() for item in agenda["items"])
    assert all(item["goal"] != goal for item in agenda["items"])


async def test_only_a_goal_of_the_pair_can_be_reached(pair: PairOfPeople) -> None:
    reply = await pair.mentor.patch(f"/pairs/{pair.id}", {"goals_reached": ["Fly to the moon"]})
    problem = assert_problem(reply, 422, "invalid-input")
    assert "goals_reached" in str(problem["errors"])


async def test_an_activity_that_was_not_finished_comes_back(pair: PairOfPeople) -> None:
    await held(pair)
    session_id = await pair.session()
    agenda = await pair.agenda(session_id)
    begun = next(item for item in agenda["items"] if item["activity"])
    reply = await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held", "unfinished": [begun["id"]]})
    assert reply.json()["unfinished"] == [begun["activity"]]
    following = await pair.agenda(await pair.session())
    again = next(item for item in following["items"] if item["activity"] == begun["activity"])
    assert again["carried_over_from"] == session_id


async def test_an_item_without_an_activity_is_nothing_to_go_on_with(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    agenda = await pair.agenda(session_id)
    item = next(item for item in agenda["items"] if item["activity"] is None)
    for ids in ([item["id"]], ["99"]):
        assert_problem(await pair.mentor.patch(f"/sessions/{session_id}", {"unfinished": ids}), 422, "invalid-input")


async def test_without_an_agenda_nothing_of_it_is_unfinished(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    reply = await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held", "unfinished": ["1"]})
    assert [error["field"] for error in assert_problem(reply, 422, "invalid-input")["errors"]] == ["unfinished"]


async def test_the_limit_to_being_the_example_is_each_ones_own(pair: PairOfPeople) -> None:
    changed = (await pair.mentor.patch(f"/pairs/{pair.id}", {"experience_limit": 0})).json()
    assert changed["experience_limit"] == 0
    assert (await pair.mentee.get(f"/pairs/{pair.id}")).json()["experience_limit"] == 2
    assert (await pair.coordinator.get(f"/pairs/{pair.id}")).json()["experience_limit"] is None
    agenda = await pair.agenda(await pair.session())
    assert any("raise your limit" in step for step in agenda["prep"]["steps"])
    partner = await pair.mentee.made(f"/sessions/{agenda['session_id']}/agenda", {})
    assert not any("limit" in step for step in partner["prep"]["steps"])


async def test_a_long_series_stays_fresh_whatever_order_its_agendas_are_made_in(service: Service) -> None:
    pair = await service.pair(topics=[], planned_sessions=15)
    ids = [await pair.session(scheduled_at=in_days(7 * number)) for number in range(1, 16)]
    starters: list[str] = []
    newest: dict[int, Any] = {}
    # Ahead, again, and out of order; the fourth and the ninth are cancelled between.
    for number in (3, 1, 2, 2, 5, 4, 7, 6, 6, 8, 10, 9, 12, 11, 13, 15, 14, 14):
        if number in {5, 10}:
            newest[number - 1] = await pair.agenda(ids[number - 2])
            starters += [starter["text"] for starter in newest[number - 1]["starters"]]
            await pair.mentor.patch(f"/sessions/{ids[number - 2]}", {"status": "cancelled"})
        if number in {4, 9}:
            continue
        newest[number] = await pair.agenda(ids[number - 1])
        starters += [starter["text"] for starter in newest[number]["starters"]]

    assert len(starters) > 75
    assert len(set(starters)) == len(starters)
    done = {
        number: {item["activity"] for item in agenda["items"] if item["activity"] and not item["carried_over_from"]}
        for number, agenda in newest.items()
        if number not in {4, 9}
    }
    again = [
        (number, other, done[number] & done[other])
        for number in done
        for other in done
        if number < other < number + 4 and done[number] & done[other]
    ]
    assert again == []


async def test_who_postponed_the_first_meeting_still_gets_a_kickoff(pair: PairOfPeople) -> None:
    first = await pair.session()
    await pair.mentor.patch(f"/sessions/{first}", {"status": "postponed"})
    agenda = await pair.agenda(await pair.session())
    assert agenda["stage"] == "kickoff"
    assert any("onfidential" in item["title"] for item in agenda["items"])


async def test_a_short_restart_says_in_the_calendar_neither_that_it_is_outdated_nor_to_ask_again(
    pair: PairOfPeople,
) -> None:
    await held(pair)
    for _ in range(2):
        await pair.mentor.patch(f"/sessions/{await pair.session()}", {"status": "cancelled"})
    session_id = await pair.session(minutes=60)
    assert (await pair.agenda(session_id))["minutes"] == 30
    file = (await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": "text/calendar"})).text
    assert "was made for" not in file.replace("\r\n ", "")
    await pair.mentor.patch(f"/sessions/{session_id}", {"minutes": 90})
    file = (await pair.mentor.get(f"/sessions/{session_id}/agenda", headers={"Accept": "text/calendar"})).text
    assert "made for 60 minutes" in file.replace("\r\n ", "")


async def test_the_halfway_look_back_moves_with_meetings_that_fall_through(service: Service) -> None:
    pair = await service.pair(planned_sessions=4)
    await held(pair)
    second = await pair.session()
    assert (await pair.agenda(second))["stage"] == "midpoint"
    await pair.mentor.patch(f"/sessions/{second}", {"status": "postponed"})
    third = await pair.session()
    agenda = await pair.agenda(third)
    assert agenda["stage"] == (await pair.mentor.get(f"/sessions/{third}")).json()["stage"] == "midpoint"
    assert any("due at session 2, which did not take place" in item["because"] for item in agenda["items"])


async def _stages(pair: PairOfPeople) -> list[str]:
    return [row["stage"] for row in (await pair.mentor.get(f"/pairs/{pair.id}/sessions")).json()["items"]]


async def test_meetings_to_come_follow_the_planned_number_and_those_held_keep_their_stage(service: Service) -> None:
    pair = await service.pair(planned_sessions=4)
    # The second is held without an agenda: only the plan of then says what it was for.
    await held(pair)
    second = await pair.held()
    await pair.session()
    last = await pair.session()
    assert (await pair.agenda(last))["stage"] == "closing"
    assert await _stages(pair) == ["kickoff", "midpoint", "building", "closing"]

    path = f"/pairs/{pair.id}"
    assert (await pair.mentee.patch(path, {"planned_sessions": 12})).json()["planned_sessions"] == 12
    assert await _stages(pair) == ["kickoff", "midpoint", "building", "building"]
    agenda = await pair.agenda(last)
    assert (agenda["version"], agenda["stage"]) == (2, "building")
    for _ in range(2):
        await pair.session()
    assert (await _stages(pair))[-1] == "midpoint"

    assert (await pair.coordinator.patch(path, {"planned_sessions": 6})).json()["planned_sessions"] == 6
    assert await _stages(pair) == ["kickoff", "midpoint", "building", "building", "building", "closing"]
    # What is planned again is no longer what it was held for.
    await pair.mentor.patch(f"/sessions/{second}", {"status": "planned"})
    assert await _stages(pair) == ["kickoff", "building", "midpoint", "building", "building", "closing"]


async def test_no_fewer_meetings_can_be_planned_than_are_held_or_planned(service: Service) -> None:
    pair = await service.pair(planned_sessions=4)
    await pair.held()
    await pair.session()
    third = await pair.session()
    path = f"/pairs/{pair.id}"
    problem = assert_problem(await pair.mentor.patch(path, {"planned_sessions": 2, "topics": []}), 409, "conflict")
    assert "3 sessions of this pair are held or planned already" in problem["detail"]
    kept = (await pair.mentor.get(path)).json()
    assert (kept["planned_sessions"], bool(kept["topics"])) == (4, True)
    await pair.mentor.patch(f"/sessions/{third}", {"status": "cancelled"})
    assert (await pair.mentor.patch(path, {"planned_sessions": 2})).json()["planned_sessions"] == 2
    # Sessions beyond the plan are no reason to refuse what is there already.
    await pair.session()
    assert (await pair.mentor.patch(path, {"planned_sessions": 2})).status_code == 200


async def test_a_goal_that_leans_on_the_juniors_life_rests_and_the_junior_alone_is_told(pair: PairOfPeople) -> None:
    goal = "Understand what it is like to be a Black woman here"
    assert (await pair.mentor.patch(f"/pairs/{pair.id}", {"goals": [goal], "planned_sessions": 12})).status_code == 200
    for _ in range(2):
        assert goal in str(await pair.agenda(await pair.session()))
        await held(pair)
    third = await pair.session()
    agenda = await pair.agenda(third)
    assert goal not in str(agenda)
    assert "what you have lived through" in str(agenda["prep"])
    partners = (await pair.mentee.get(f"/sessions/{third}/agenda")).json()
    assert "lived through" not in str(partners)
    assert goal not in str(partners)
    await pair.mentor.patch(f"/pairs/{pair.id}", {"experience_limit": 50})
    assert goal in str(await pair.agenda(third))
