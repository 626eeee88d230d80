"""What an agenda says that it does for a wish is true of its plan: begun on time, said ahead, by whose wish it is."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coach.agenda.adapt import adapted
from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import rests
from coach.agenda.plan import outline
from coach.agenda.prep import compose_prep
from coach.retrieval.library import Role
from coach.retrieval.search import Search
from coach.store.feedback import SharedFeedback
from coach.wishes import FOR_YOU
from tests.agenda.conftest import added, compose_for, description, plan_of, reasons
from tests.agenda.pairs import after, agenda_facts, briefing_of


def told(*said: SharedFeedback, **facts: Any) -> Briefing:
    return make_brief(replace(agenda_facts(**facts), feedback=said))


def from_(role: Role, to_change: str | None = None, *, safety: int | None = 4) -> SharedFeedback:
    return SharedFeedback("session-1", 1, role, None, safety, None, None, to_change)


@pytest.mark.parametrize("minutes", [15, 45, 60, 180])
async def test_who_wants_to_start_on_time_gets_a_check_in_that_is_the_only_buffer(search: Search, minutes: int) -> None:
    briefing = after("Start on time", minutes=minutes)
    plan = await plan_of(briefing, search)
    assert f"You asked to start on time: these {plan.slots[0].minutes} minutes" in plan.slots[0].answers[0]
    assert not any(slot.answers for slot in plan.slots[1:])
    for role in ("mentor", "mentee"):
        assert "two minutes before it begins" in compose_prep(role, plan, briefing).steps[0]


@pytest.mark.parametrize(("hours", "said"), [(49, "two days"), (25, "a day")])
async def test_an_agenda_that_was_made_ahead_says_so_to_who_asked_for_it(search: Search, hours: int, said: str) -> None:
    known = agenda_facts()
    asked_at = known.session.scheduled_at - timedelta(hours=hours)
    briefing = make_brief(
        replace(known, feedback=(from_("mentor", "Send the agenda a day before"),), asked_at=asked_at)
    )
    why = reasons(await plan_of(briefing, search), briefing)
    assert f"You asked to have the agenda earlier: this one was made {said} before you meet." in why


@pytest.mark.parametrize("hours", [23, -1, None])
async def test_an_agenda_that_was_asked_for_late_tells_what_the_two_can_do_and_calls_nothing_done(
    search: Search, hours: int | None
) -> None:
    known = agenda_facts()
    asked_at = None if hours is None else known.session.scheduled_at - timedelta(hours=hours)
    briefing = make_brief(
        replace(known, feedback=(from_("mentor", "Send the agenda a day before"),), asked_at=asked_at)
    )
    plan = await plan_of(briefing, search)
    assert f"to have the agenda earlier: {FOR_YOU}; the coach makes an agenda when" in reasons(plan, briefing)
    assert "which of you asks the coach for the next agenda" in added(plan)
    assert "short preparation" not in reasons(plan, briefing)


@pytest.mark.parametrize("to_change", ["Not at 8 am", "I'd rather we met in person", "Stop cancelling"])
async def test_what_only_the_two_can_arrange_is_given_back_to_them(search: Search, to_change: str) -> None:
    briefing = after(to_change)
    plan = await plan_of(briefing, search)
    assert plan.slots[-1].answers
    last = after(to_change, position=6)
    assert f"{FOR_YOU}, since no further meeting is planned" in reasons(await plan_of(last, search), last)


async def test_a_senior_whose_safety_is_low_chooses_and_the_junior_gets_no_first_word_for_it(search: Search) -> None:
    briefing = told(from_("mentor", safety=5), from_("mentee", safety=1))
    plan = await plan_of(briefing, search)
    assert briefing.brief.wishes == ("safer-ground",)
    text = f"{added(plan)} {reasons(plan, briefing)}"
    assert "After what you shared, for safer ground to learn on: Martin chooses" in text
    assert "first word" not in text
    assert "You asked" not in text
    assert "Priya opens" not in text
    assert "Martin says who reads out first" in text
    assert plan.slots[0].led_by == "both"
    assert plan.minutes_led_by_mentor() >= plan.minutes / 2


@pytest.mark.parametrize(
    ("said", "wishes"),
    [
        (from_("mentor", safety=1), ("level-the-table",)),
        (from_("mentee", "She talked over me"), ("safer-ground",)),
        (from_("mentee", "I felt stupid when I asked", safety=2), ("safer-ground",)),
        (from_("mentee", "I talked too much, sorry"), ("level-the-table",)),
        (from_("mentor", "He was nice but it was his meeting"), ("level-the-table",)),
    ],
)
def test_who_was_silenced_decides_what_changes(said: SharedFeedback, wishes: tuple[str, ...]) -> None:
    assert told(said).brief.wishes == wishes


@pytest.mark.parametrize("role", ["mentor", "mentee"])
@pytest.mark.parametrize("minutes", [15, 60])
async def test_turns_that_are_called_equal_are_equal_somewhere(search: Search, role: Role, minutes: int) -> None:
    briefing = told(from_(role, safety=1), minutes=minutes)
    plan = await plan_of(briefing, search)
    assert "turns are of equal length" in reasons(plan, briefing)
    assert "Both write" in added(plan)
    assert "turns of equal length" in added(plan)


async def test_where_both_are_unsafe_both_are_answered(search: Search) -> None:
    briefing = told(from_("mentor", safety=1), from_("mentee", safety=1))
    text = added(await plan_of(briefing, search))
    assert "Priya opens" in text
    assert "Martin chooses the example" in text


async def test_where_one_wants_less_of_what_the_other_wants_more_of_both_are_told(search: Search) -> None:
    briefing = told(from_("mentor", "shorter demos"), from_("mentee", "more demos"))
    why = reasons(await plan_of(briefing, search), briefing)
    assert "One of you asked for shorter demos, the other for the opposite: today's is 8 minutes." in why
    assert "next time" in why
    assert "You asked" not in why


async def test_room_to_talk_in_an_exercise_is_the_part_that_is_kept_for_it(search: Search) -> None:
    briefing = told(from_("mentor", "less talk, more do"), from_("mentee", "more time for questions"))
    plan = await plan_of(briefing, search)
    assert all(slot.purpose != "discussion" for slot in plan.slots)
    why = reasons(plan, briefing)
    assert re.search(r"the last third of these \d+ minutes is kept for it", why)
    doing = sum(slot.minutes for slot in plan.slots if slot.purpose == "exercise")
    assert f"{doing} minutes go to trying things out" in why


@pytest.mark.parametrize("minutes", [90, 180])
async def test_shorter_demos_fill_a_long_meeting_with_trying_and_not_with_an_hour_of_talk(
    search: Search, minutes: int
) -> None:
    briefing = after("shorter demos", minutes=minutes)
    plan = await plan_of(briefing, search)
    assert max(slot.minutes for slot in plan.slots) <= 50
    assert "Whatever Priya shows takes 8 minutes at most, here and in what follows; then it is Martin's turn." in added(
        plan
    )
    assert "You asked for shorter demos: show for 8 of these" in reasons(plan, briefing)


@pytest.mark.parametrize("position", [2, 3, 4, 5])
async def test_who_was_promised_the_first_word_in_every_round_has_it_also_at_the_end(
    search: Search, position: int
) -> None:
    rounds = description(await compose_for(after("He talks over me", position=position), search), "next-steps")
    assert "Martin says first" not in rounds
    either = description(await compose_for(briefing_of(position=position), search), "next-steps")
    assert rounds == either.replace("Martin says first, then Priya", "Priya says first, then Martin")


def test_what_the_other_one_asks_for_less_of_is_heard_beside_shorter_demos() -> None:
    brief = told(from_("mentor", "Less at once please."), from_("mentee", "Shorter demos please.")).brief
    plan = adapted(outline(brief), brief)
    assert sum(slot.purpose in {"exercise", "discussion"} for slot in plan.slots) == 1
    answers = " ".join(answer for slot in plan.slots for answer in slot.answers)
    assert "You asked for less at once: there is one main thing today" in answers
    assert "You asked for shorter demos: show for 8 of these" in answers


@pytest.mark.parametrize("position", [2, 3, 6])
async def test_one_main_thing_is_one(search: Search, position: int) -> None:
    plan = await plan_of(after("Too many topics in one hour", position=position), search)
    main = [slot for slot in plan.slots if slot.purpose in {"exercise", "discussion", "review-goals", "evaluation"}]
    assert [bool(slot.answers) for slot in main] == [True]


@pytest.mark.parametrize("to_change", ["What is it all for, where are our goals?", "We drifted from our goals"])
async def test_a_pair_without_a_goal_is_not_told_that_a_part_begins_with_it(search: Search, to_change: str) -> None:
    briefing = after(to_change, goals=(), position=3)
    assert "begins and ends with the goal" not in reasons(await plan_of(briefing, search), briefing)


def test_who_works_without_a_goal_finds_one_in_the_next_meeting() -> None:
    purposes = [slot.purpose for slot in outline(briefing_of(position=4, goals=()).brief).slots]
    assert "goals" in purposes
    assert "goals" not in [slot.purpose for slot in outline(briefing_of(position=4).brief).slots]


def test_who_is_the_example_too_often_rests_and_not_the_other_one(search: Search) -> None:
    senior = told(from_("mentee", "I don't want to speak for every leader of my age"))
    assert rests(senior, search) == {"mentee"}
    assert rests(told(from_("mentor", "I don't want to speak for every trainee")), search) == {"mentor"}


async def test_who_shared_that_it_weighs_is_not_told_that_nobody_knows(search: Search) -> None:
    briefing = told(from_("mentor", "I don't want to speak for every trainee"))
    plan = await plan_of(briefing, search)
    own = " ".join(compose_prep("mentor", plan, briefing).steps)
    assert "After what you shared, this agenda rests on the work" in own
    assert "not told" not in own
    assert "limit" not in own
    assert "rests on the work" not in " ".join(compose_prep("mentee", plan, briefing).steps)
