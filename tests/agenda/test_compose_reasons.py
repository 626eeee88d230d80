"""What the composer says an item is for: the focus of the day, what is carried over, where in the series they are."""

import re
from dataclasses import replace

import pytest

from coach.agenda.brief import make_brief
from coach.agenda.reasons import because, reasons
from coach.retrieval.library import TopicFrontMatter
from coach.retrieval.search import Search
from tests.agenda.conftest import compose_for, description, everything
from tests.agenda.pairs import agenda_facts, briefing_of


async def test_a_carried_over_exercise_says_so(search: Search) -> None:
    made = await compose_for(briefing_of(fell_through="teach-back"), search)
    reasons = [because(slot, made.briefing).text for slot in made.plan.slots if slot.purpose == "exercise"]

    assert "Carried over from session 2, which did not take place." in reasons[0]


async def test_a_carried_over_exercise_says_so_also_where_it_answers_feedback(search: Search) -> None:
    briefing = briefing_of(fell_through="teach-back")
    made = await compose_for(briefing, search)
    carried = next(slot for slot in made.plan.slots if slot.purpose == "exercise")
    answering = replace(carried, goal=None, answers=("You asked for more doing: 20 minutes go to trying things out.",))

    assert because(answering, briefing).text == (
        "Carried over from session 2, which did not take place. You asked for more doing: 20 minutes go to trying "
        "things out."
    )


async def test_the_focus_of_the_session_is_the_case_of_one_exercise(search: Search) -> None:
    made = await compose_for(briefing_of(focus="the town hall", minutes=120), search)
    told = [reason.text for reason in reasons(made.plan, made.briefing)]

    exercises = [
        item.description
        for slot, item in zip(made.plan.slots, made.words.items, strict=True)
        if slot.purpose == "exercise"
    ]

    assert len(exercises) > 1
    assert sum("“the town hall”" in text for text in exercises) == 1
    assert made.words.title == "Session 2: The town hall"
    assert sum("You asked to focus on" in text for text in told) == 2  # the check-in's, and that exercise's


@pytest.mark.parametrize("position", [1, 2, 6])
async def test_what_a_check_in_is_said_to_be_for_is_in_it(search: Search, position: int) -> None:
    made = await compose_for(briefing_of(position=position, focus="the town hall"), search)

    assert "“the town hall”" in reasons(made.plan, made.briefing)[0].text
    assert "“the town hall”" in description(made, "check-in")


async def test_a_short_restart_does_not_claim_a_focus_that_it_has_no_time_for(search: Search) -> None:
    facts = agenda_facts(position=4, focus="the town hall")
    for session in facts.sessions[1:3]:
        session.status = "cancelled"
    made = await compose_for(make_brief(facts), search)

    assert made.brief.restart
    assert "the town hall" not in reasons(made.plan, made.briefing)[0].text


async def test_at_a_first_meeting_no_exercise_claims_to_be_about_saying_hello(search: Search) -> None:
    made = await compose_for(briefing_of(position=1, focus="say hello, agree rules"), search)

    assert "say hello" not in description(made, "exercise")
    assert "“say hello, agree rules”" in reasons(made.plan, made.briefing)[0].text


async def test_where_in_the_series_they_are_is_told_at_length_once(search: Search) -> None:
    made = await compose_for(briefing_of(minutes=180), search)
    told = " ".join(reason.text for reason in reasons(made.plan, made.briefing))

    assert told.count("in the first half of your series") == 1
    assert len(set(re.findall(r"Meeting 2[^:]*: ([^.]+)", told))) == len(re.findall(r"Meeting 2[^:]*: ([^.]+)", told))


async def test_a_goal_that_ends_with_a_full_stop_brings_no_second_one(search: Search) -> None:
    for position in range(1, 8):
        made = await compose_for(briefing_of(position=position, goals=["Use SQL.", "Why so late?"]), search)
        told = [everything(made), *(reason.text for reason in reasons(made.plan, made.briefing))]
        assert not re.search(r"[.!?]”\. ", "\n".join(told)), told
        assert all(reason[-1] in ".?!" for reason in told[1:])


async def test_a_reason_tells_what_the_activity_is_good_for(search: Search) -> None:
    for position in range(1, 7):
        made = await compose_for(briefing_of(position=position, minutes=120), search)
        for slot, reason in zip(made.plan.slots, reasons(made.plan, made.briefing), strict=True):
            if slot.activity is not None:
                assert isinstance(slot.activity.front, TopicFrontMatter)
                assert slot.activity.front.gives is not None
                assert slot.activity.front.gives in reason.text


async def test_a_goal_comes_in_where_the_activity_has_a_place_for_it(search: Search) -> None:
    """Not “take the example from” it in an exercise that takes no example."""
    for position in range(1, 12):
        made = await compose_for(briefing_of(position=position, planned=12, minutes=120), search)
        for slot, item in zip(made.plan.slots, made.words.items, strict=True):
            if slot.activity is None:
                continue
            front = slot.activity.front
            assert isinstance(front, TopicFrontMatter)
            if slot.goal is not None and front.case is not None:
                assert front.case.partition("{goal}")[0].replace("{mentor}", "Priya") in item.description
            if front.case is None:
                assert slot.goal is None or slot.serves_goal


async def test_long_goals_are_quoted_where_they_say_something(search: Search) -> None:
    story = (
        "When I took over the pool in 2009 everybody filled in a paper card. Last August a father with two kids stood "
        "at the till for twenty minutes because the code would not load. I felt ashamed."
    )
    asked = (
        "I would like to understand, before the spring fair where I stand next to two competitors who are far ahead, "
        "what our younger customers mean when they call our catalogue old, and what I could change about it"
    )
    told = everything(await compose_for(briefing_of(goals=[story, asked]), search))

    assert "Last August a father with two kids" in told
    assert "what our younger customers mean when they call our catalogue old" in told
    assert "before the spring fair" not in told
