"""Which meeting of the series a session is, and what of it comes late because meetings fell through."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.stages import keep_stages, position_of, stage_at
from coach.models import now
from coach.retrieval.search import Search
from coach.store.agendas import AgendaFacts, PastAgenda
from tests.agenda.conftest import plan_of, reasons
from tests.agenda.pairs import agenda_facts, meeting, missed


def test_only_meetings_that_take_place_count() -> None:
    sessions = [meeting(1, status="held"), meeting(2, status="cancelled"), meeting(3, status="postponed"), meeting(4)]

    assert [position_of(session, sessions) for session in sessions] == [1, 2, 2, 2]


def test_who_has_only_put_meetings_off_has_the_first_one_still_to_come() -> None:
    statuses = ("postponed", "cancelled", "postponed", "planned")
    sessions = [meeting(number, status=status) for number, status in enumerate(statuses, start=1)]

    assert [position_of(session, sessions) for session in sessions] == [1, 1, 1, 1]
    sessions[0].status = "held"
    assert position_of(sessions[3], sessions) == 2


def test_a_meeting_put_off_behind_others_counts_those() -> None:
    sessions = [meeting(number, status="held") for number in range(1, 5)]
    sessions[1].status = "planned"

    assert position_of(sessions[1], sessions) == 4
    for session in sessions:
        session.status = "planned"
    sessions[1].scheduled_at = sessions[3].scheduled_at + timedelta(days=1)
    assert [position_of(session, sessions) for session in sessions] == [1, 4, 2, 3]


@pytest.mark.parametrize("status", ["postponed", "cancelled", "planned"])
async def test_the_halfway_look_back_comes_at_the_next_meeting_that_takes_place(search: Search, status: str) -> None:
    briefing = missed(["held", "held", status])
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "midpoint"
    what_became_of_it = "was never marked as held" if status == "planned" else "did not take place"
    assert f"The halfway look back was due at session 3, which {what_became_of_it}." in said


async def test_after_a_restart_the_halfway_look_back_says_where_it_was_due(search: Search) -> None:
    briefing = missed(["held", "held", "postponed", "cancelled"])
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "midpoint"
    assert "The halfway look back was due at session 3." in said
    assert said.count("did not take place") == 1


async def test_a_closing_that_fell_through_comes_at_the_next_meeting(search: Search) -> None:
    briefing = missed(["held", "held", "held", "postponed"], planned=4)
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "closing"
    assert "The look back at the end was due at session 4, which did not take place." in said


async def test_a_kickoff_that_fell_through_comes_at_the_next_meeting(search: Search) -> None:
    briefing = missed(["cancelled"])
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "kickoff"
    assert "What belongs to a first meeting was due at session 1, which did not take place." in said


def _made_for(stages: list[str | None], planned: int) -> Briefing:
    """The briefing of a pair whose meetings so far were held with agendas made for these stages."""
    return make_brief(_facts_of(stages, planned))


def _facts_of(stages: list[str | None], planned: int) -> AgendaFacts:
    past = [
        PastAgenda(f"session-{number}", number, "held", (), stage=stage)
        for number, stage in enumerate(stages, start=1)
        if stage is not None
    ]
    return agenda_facts(position=len(stages) + 1, planned=planned, past=past)


async def test_a_halfway_look_back_that_no_agenda_held_comes_before_the_end(search: Search) -> None:
    # The agenda of meeting 3 was made when another meeting was to be before it.
    briefing = _made_for(["kickoff", "building", "building"], planned=6)
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "midpoint"
    assert "The halfway look back was due by meeting 3 and has not come yet." in said
    assert "halfway through" not in said
    assert _made_for(["kickoff", "building", "building", "midpoint"], planned=6).brief.stage == "building"
    assert _made_for(["kickoff", "building", "building", "building", "building"], planned=6).brief.stage == "closing"
    assert _made_for(["kickoff", "building", None], planned=6).brief.stage == "building"


async def test_an_end_that_no_agenda_held_comes_after_the_planned_number(search: Search) -> None:
    briefing = _made_for(["kickoff", "building", "midpoint", "building"], planned=4)
    said = reasons(await plan_of(briefing, search), briefing)

    assert briefing.brief.stage == "closing"
    assert "The look back at the end was due by meeting 4 and has not come yet." in said
    assert "last planned" not in said
    assert _made_for(["kickoff", "midpoint", "building", "closing"], planned=4).brief.stage == "building"


async def test_what_a_first_meeting_is_for_comes_at_the_second_where_it_was_left_out(search: Search) -> None:
    briefing = _made_for(["building"], planned=8)
    plan = await plan_of(briefing, search)

    assert [slot.purpose for slot in plan.slots][:3] == ["check-in", "confidentiality", "ground-rules"]
    assert "What belongs to a first meeting was due by meeting 1 and has not come yet." in reasons(plan, briefing)
    assert all(slot.purpose != "confidentiality" for slot in (await plan_of(_made_for(["kickoff"], 8), search)).slots)


def test_a_longer_plan_brings_no_second_look_back_at_once() -> None:
    assert _made_for(["kickoff", "building", "midpoint"], planned=8).brief.stage == "building"
    assert _made_for(["kickoff", "building", "midpoint", *["building"] * 8], planned=24).brief.stage == "midpoint"


async def test_a_shorter_plan_brings_the_look_back_that_is_still_to_come(search: Search) -> None:
    facts = _facts_of([None, None, None, None], planned=10)
    keep_stages(facts.sessions, 10, {})
    facts.people.pair.planned_sessions = 6
    briefing = make_brief(facts)

    assert briefing.brief.stage == "midpoint"
    said = reasons(await plan_of(briefing, search), briefing)
    assert "The halfway look back was due by meeting 3 and has not come yet." in said
    assert [stage_at(row, facts.sessions, 6, {}) for row in facts.sessions[:4]] == ["kickoff", *["building"] * 3]


def test_the_last_meeting_held_is_the_last_whatever_its_number() -> None:
    facts = _facts_of(["kickoff", "building", "midpoint"], planned=8)
    for session, days in zip(facts.sessions[:3], (1, 9, 5), strict=True):
        session.held_at = session.created_at + timedelta(days=days)
    past = [replace(one, activity_ids=(f"activity-{one.number}",)) for one in facts.past]

    brief = make_brief(replace(facts, past=past)).brief
    assert brief.held_activities == (("activity-2",), ("activity-3",), ("activity-1",))


def test_an_exercise_stays_away_for_four_meetings_however_many_sessions_fell_through_between() -> None:
    past = [PastAgenda("session-1", 1, "held", ("teach-back",))]
    facts = agenda_facts(position=6, past=past)
    for session in facts.sessions[1:5]:
        session.status = "cancelled"

    assert "teach-back" in make_brief(facts).brief.recent_activities


def test_what_was_prepared_waits_through_a_meeting_that_had_no_room_for_it() -> None:
    def then(*used: tuple[str, ...]) -> int | None:
        past = [PastAgenda("session-2", 2, "cancelled", ("teach-back", "other"))]
        past += [PastAgenda(f"session-{3 + n}", 3 + n, "held", activities) for n, activities in enumerate(used)]
        brief = make_brief(agenda_facts(position=3 + len(used), planned=12, past=past)).brief
        return brief.carried.session_number if brief.carried is not None else None

    assert then(()) == 2
    assert then((), ()) == 2
    assert then(("another",)) is None
    assert then((), ("teach-back",)) is None
    assert (
        make_brief(agenda_facts(position=3, past=[PastAgenda("session-1", 1, "cancelled", ("x",))])).brief.carried
        is None
    )


async def test_all_that_was_prepared_for_a_session_that_fell_through_comes_back_and_says_so(search: Search) -> None:
    used = ("teach-back", "question-the-dashboard")
    briefing = missed(["held", "cancelled"], past=[PastAgenda("session-2", 2, "cancelled", used)])
    plan = await plan_of(briefing, search)
    again = {slot.activity.front.id: slot.carried_from for slot in plan.slots if slot.activity is not None}

    assert again == dict.fromkeys(used, "session-2")
    said = reasons(plan, briefing)
    assert said.count("Carried over from session 2, which did not take place.") == 2


def test_what_was_planned_in_vain_is_known_until_a_meeting_takes_it_up() -> None:
    past = [
        PastAgenda("session-2", 2, "cancelled", ("teach-back", "other")),
        PastAgenda("session-3", 3, "postponed", ("other", "third")),
        PastAgenda("session-4", 4, "held", ("third",)),
    ]
    brief = make_brief(agenda_facts(position=5, planned=12, past=past)).brief
    assert [(one.activity_id, one.session_number) for one in brief.planned_in_vain] == [("other", 2), ("teach-back", 2)]
    assert brief.to_take_up == ()


async def test_what_was_prepared_for_a_meeting_that_nobody_marked_says_so(search: Search) -> None:
    briefing = missed(["held", "planned"], past=[PastAgenda("session-2", 2, "planned", ("teach-back",))])
    said = reasons(await plan_of(briefing, search), briefing)

    assert "Carried over from session 2, which was never marked as held." in said


async def test_what_was_left_unfinished_twice_says_where_it_was_begun(search: Search) -> None:
    past = [PastAgenda(f"session-{number}", number, "held", ("teach-back",)) for number in (2, 3)]
    facts = agenda_facts(position=4, planned=12, past=past)
    for session in facts.sessions[1:3]:
        session.unfinished = ["teach-back"]
    briefing = make_brief(facts)
    said = reasons(await plan_of(briefing, search), briefing)

    assert "Carried over from session 3, where it was not finished; you began it in session 2." in said


def test_meetings_to_come_are_due_what_they_will_be_and_not_what_a_stale_agenda_says() -> None:
    sessions = [meeting(number, status="held" if number < 3 else "planned") for number in range(1, 7)]
    for session in sessions[2:]:
        session.scheduled_at = now() + timedelta(days=session.number)
    sessions[2].status = "cancelled"
    made = ("kickoff", "building", "midpoint", "building", "building", "closing")
    had = {session.id: stage for session, stage in zip(sessions, made, strict=True)}

    assert [stage_at(session, sessions, 6, had) for session in sessions[3:]] == ["midpoint", "building", "building"]
    assert stage_at(sessions[2], sessions, 6, had) == "midpoint"
