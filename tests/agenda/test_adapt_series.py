"""Plans that go on from the meetings before: what fell through, was not finished or reached, and who is to rest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.plan import RESTART_MINUTES
from coach.agenda.reasons import because
from coach.retrieval.search import Search
from coach.store.agendas import PastAgenda
from coach.store.feedback import SharedFeedback
from tests.agenda.conftest import compose_for, plan_of, reasons
from tests.agenda.pairs import agenda_facts, briefing_of, missed, participant


async def test_after_two_cancelled_meetings_the_agenda_is_a_short_restart(search: Search) -> None:
    briefing = missed(["held", "cancelled", "cancelled"])
    plan = await plan_of(briefing, search)
    assert plan.minutes == sum(slot.minutes for slot in plan.slots) == RESTART_MINUTES
    assert any(slot.purpose == "restart" for slot in plan.slots)
    assert "The last two meetings did not take place" in reasons(plan, briefing)
    assert not missed(["held", "cancelled", "held", "cancelled"]).brief.restart


def test_what_was_prepared_comes_back_through_every_session_that_fell_through() -> None:
    past = [PastAgenda("session-2", 2, "cancelled", ("teach-back", "other"))]
    briefing = missed(["held", "cancelled", "postponed"], past=past)
    assert briefing.brief.carried is not None
    assert (briefing.brief.carried.activity_id, briefing.brief.carried.session_number) == ("teach-back", 2)


def test_what_is_carried_on_again_keeps_the_session_it_was_first_planned_for() -> None:
    past = [
        PastAgenda("session-2", 2, "cancelled", ("teach-back",)),
        PastAgenda("session-3", 3, "cancelled", ("teach-back", "other")),
    ]
    briefing = missed(["held", "cancelled", "cancelled"], past=past)
    assert briefing.brief.carried is not None
    assert briefing.brief.carried.session_number == 2


async def test_what_was_not_finished_goes_on_and_says_so(search: Search) -> None:
    known = agenda_facts(position=3, past=[PastAgenda("session-2", 2, "held", ("teach-back",))])
    known.sessions[1].unfinished = ["teach-back"]
    briefing = make_brief(known)
    plan = await plan_of(briefing, search)
    slot = next(slot for slot in plan.slots if slot.purpose == "exercise")
    assert slot.activity is not None
    assert slot.activity.front.id == "teach-back"
    assert slot.carried_from == "session-2"
    assert "Carried over from session 2, where it was not finished." in because(slot, briefing).text


async def test_a_goal_reached_is_celebrated_once_and_makes_room_for_the_next(search: Search) -> None:
    known = agenda_facts(position=4)
    known.people.pair.reached = [{"text": "Run one stand-up", "at": known.sessions[2].scheduled_at.isoformat()}]
    briefing = make_brief(known)
    plan = await plan_of(briefing, search)
    assert briefing.brief.reached == ("Run one stand-up",)
    assert {"goal-reached", "goals"} <= {slot.purpose for slot in plan.slots}
    made = PastAgenda("session-3", 3, "held", ("teach-back",), known.sessions[3].scheduled_at)
    assert make_brief(replace(known, past=[made])).brief.reached == ()


async def test_a_goal_marked_reached_before_the_meeting_was_marked_held_is_celebrated_all_the_same() -> None:
    known = agenda_facts(position=4)
    known.people.pair.reached = [{"text": "Run one stand-up", "at": known.sessions[2].scheduled_at.isoformat()}]
    known.sessions[2].held_at = known.sessions[2].scheduled_at + timedelta(hours=1)
    assert make_brief(known).brief.reached == ("Run one stand-up",)
    known.sessions[1].held_at = known.sessions[2].scheduled_at + timedelta(hours=1)
    assert make_brief(known).brief.reached == ()


async def test_a_pair_that_marks_no_meeting_held_celebrates_a_goal_once() -> None:
    known = agenda_facts(position=4)
    for session in known.sessions:
        session.status = "planned"
    marked = known.sessions[1].scheduled_at
    known.people.pair.reached = [{"text": "Run one stand-up", "at": marked.isoformat()}]
    before, after_it = (
        [PastAgenda("session-3", 3, "planned", ("teach-back",), marked + timedelta(days=days))] for days in (-1, 1)
    )
    assert make_brief(replace(known, past=before)).brief.reached == ("Run one stand-up",)
    assert make_brief(replace(known, past=after_it)).brief.reached == ()


async def test_what_was_begun_goes_on_once_and_from_where_it_was_begun_through_a_cancelled_meeting(
    search: Search,
) -> None:
    past = [
        PastAgenda("session-2", 2, "held", ("teach-back",)),
        PastAgenda("session-3", 3, "cancelled", ("teach-back",)),
    ]
    known = agenda_facts(position=4, past=past, minutes=180)
    known.sessions[1].unfinished = ["teach-back"]
    briefing = make_brief(known)
    plan = await plan_of(briefing, search)
    again = [slot for slot in plan.slots if slot.activity and slot.activity.front.id == "teach-back"]
    assert [slot.carried_from for slot in again] == ["session-2"]
    assert "Carried over from session 2, where it was not finished." in because(again[0], briefing).text
    assert sum(slot.carried_from is not None for slot in plan.slots) == 1


async def test_both_parts_that_were_not_finished_go_on_also_in_a_short_meeting(search: Search) -> None:
    begun = ("teach-back", "question-the-dashboard")
    past = [PastAgenda("session-4", 4, "planned", begun)]
    known = agenda_facts(position=5, planned=12, past=past, minutes=30)
    known.sessions[3].unfinished = list(begun)
    for status in ("held", "planned"):
        known.sessions[3].status = status
        plan = await plan_of(make_brief(known), search)
        again = {slot.activity.front.id: slot.carried_from for slot in plan.slots if slot.activity is not None}
        assert again == dict.fromkeys(begun, "session-4"), status


def test_what_was_not_finished_waits_through_a_meeting_that_had_no_room_for_it() -> None:
    def then(*activities: str) -> tuple[str, ...]:
        past = [PastAgenda("session-2", 2, "held", ("teach-back",)), PastAgenda("session-3", 3, "held", activities)]
        known = agenda_facts(position=4, past=past)
        known.sessions[1].unfinished = ["teach-back"]
        return tuple(one.session_id for one in make_brief(known).brief.unfinished)

    assert then("another") == ("session-2",)
    assert then("teach-back") == ()


async def test_what_takes_the_place_of_an_activity_that_cannot_come_back_is_not_called_carried_over(
    search: Search,
) -> None:
    plan = await plan_of(briefing_of(fell_through="no-such-document"), search)
    assert all(slot.carried_from is None for slot in plan.slots)


async def test_a_meeting_that_was_put_off_behind_the_next_one_builds_on_that_one(search: Search) -> None:
    past = [PastAgenda("session-3", 3, "held", ("teach-back", "other"))]
    known = agenda_facts(position=4, past=past)
    known.sessions[2].unfinished = ["teach-back"]
    known.sessions[1].status = "postponed"
    said = SharedFeedback("session-3", 3, "mentor", None, 4, None, None, "Shorter demos please")
    brief = make_brief(replace(known, session=known.sessions[1], feedback=(said,))).brief
    assert brief.number == 2
    assert "other" in brief.recent_activities
    assert [one.session_number for one in brief.unfinished] == [3]
    assert brief.wishes == ("shorter-demos",)
    assert brief.held_activities[0] == ("teach-back", "other")


def _two_meetings_after(to_change: str, between: str, *took_up: str, minutes: int = 60) -> Briefing:
    """The second session after this feedback; the first one, whose agenda took these wishes up, ended like that."""
    past = [PastAgenda("session-3", 3, between, ("teach-back",), wishes=took_up)]
    known = agenda_facts(position=4, past=past, minutes=minutes)
    said = SharedFeedback("session-2", 2, "mentor", None, 4, None, None, to_change)
    return make_brief(replace(known, feedback=(said,)))


@pytest.mark.parametrize("minutes", [45, 90])
async def test_a_wish_is_taken_up_once_and_short_demos_stay_short_without_being_said(
    search: Search, minutes: int
) -> None:
    briefing = _two_meetings_after("Shorter demos please", "held", "shorter-demos", minutes=minutes)
    plan = await plan_of(briefing, search)
    assert (briefing.brief.wishes, briefing.brief.heeded) == ((), ("shorter-demos",))
    assert not any("asked" in answer for slot in plan.slots for answer in slot.answers)
    demo = next(slot for slot in plan.slots if slot.purpose == "exercise")
    assert demo.minutes <= 8 or "shows takes 8 minutes at most" in " ".join(demo.added)

    briefing = _two_meetings_after("Please let me have more time to try things myself", "held", "more-doing")
    assert (briefing.brief.wishes, briefing.brief.heeded) == ((), ())


async def test_who_asked_for_the_first_word_keeps_the_lead_without_being_told_why_again(search: Search) -> None:
    briefing = _two_meetings_after("He talks over me", "held", "level-the-table")
    plan = await plan_of(briefing, search)
    assert briefing.brief.wishes == ()
    assert plan.slots[0].led_by == "mentor"
    assert not any(slot.answers for slot in plan.slots)


@pytest.mark.parametrize("between", ["cancelled", "postponed", "planned"])
async def test_a_wish_waits_for_a_meeting_that_is_held(search: Search, between: str) -> None:
    briefing = _two_meetings_after("Shorter demos please", between, "shorter-demos")
    answers = [answer for slot in (await plan_of(briefing, search)).slots for answer in slot.answers]
    assert any(answer.startswith("You asked for shorter demos:") for answer in answers)


def test_a_wish_that_the_agenda_between_did_not_know_is_taken_up_late_and_one_said_again_again() -> None:
    assert _two_meetings_after("Shorter demos please", "held").brief.wishes == ("shorter-demos",)
    known = agenda_facts(
        position=4, past=[PastAgenda("session-3", 3, "held", ("teach-back",), wishes=("shorter-demos",))]
    )
    again = [
        SharedFeedback(f"session-{number}", number, "mentor", None, 4, None, None, "Shorter demos please")
        for number in (2, 3)
    ]
    assert make_brief(replace(known, feedback=tuple(again))).brief.wishes == ("shorter-demos",)


async def test_a_limit_that_the_senior_set_is_kept_as_well_and_told_to_the_senior_alone(search: Search) -> None:
    senior = participant("mentee", "Martin Olsen", experience_limit=0)
    facts: dict[str, Any] = {"topics": ("inclusion",), "goals": ("Make our meetings fairer for everybody",)}
    made = await compose_for(briefing_of(mentee=senior, **facts), search)
    assert made.plan.rested == {"mentee"}
    assert any("You asked that no meeting draws on" in step for step in made.preps["mentee"].steps)
    assert not any("raise your limit" in step for step in made.preps["mentor"].steps)
    assert (await plan_of(briefing_of(**facts), search)).rested == frozenset()


async def test_who_was_the_example_often_enough_rests_and_alone_is_told(search: Search) -> None:
    lived = next(
        passage.document.front.id
        for passage in search.passages
        if passage.kind == "topic" and passage.document.front.topic == "inclusion"
    )
    past = [PastAgenda(f"session-{number}", number, "held", (lived,)) for number in (1, 2)]
    topics = ("inclusion", "communication")
    briefing = briefing_of(position=3, past=past, topics=topics, goals=("Make our meetings fairer for everybody",))
    plan = await plan_of(briefing, search)
    assert plan.rested == {"mentor"}
    shown = [slot.activity.front.topic for slot in plan.slots if slot.activity] + [
        passage.document.front.topic for passage in plan.starters
    ]
    assert not {"inclusion", "generational-differences"} & set(shown)
    once = briefing_of(position=2, past=past[:1], topics=topics)
    assert (await plan_of(once, search)).rested == frozenset()
