"""Goals that lean on what one person has lived through rest when that person has told enough."""

from typing import Any

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import more_starters
from coach.agenda.lived import leans_on_a_life
from coach.agenda.plan import outline
from coach.retrieval.search import Search
from coach.store.agendas import PastAgenda
from coach.store.feedback import SharedFeedback
from tests.agenda.pairs import agenda_facts, participant

LEANING = "Help us understand what it is like to be a Black woman here"
WORK = "Ask better questions of our dashboards"


def before_meeting(number: int, *, worked_on: str = LEANING, limit: int = 2, **facts: Any) -> Briefing:
    """The briefing of a pair whose meetings so far all worked on one goal."""
    past = [PastAgenda(f"session-{one}", one, "held", (), goals=(worked_on,)) for one in range(1, number)]
    mentor = participant("mentor", "Priya Raman", experience_limit=limit)
    return make_brief(agenda_facts(position=number, planned=12, past=past, mentor=mentor, **facts))


@pytest.mark.parametrize(
    "goal",
    [
        LEANING,
        "What's it like to be gay in the army?",
        "Learn from her experience as a Muslim engineer",
        "See the daily life of a wheelchair user",
        "Understand what women face in the workshop",
        "Let my mentor explain ADHD to our managers",
        "Hear how it feels being the only foreigner",
        "Use his story as a refugee in our campaign",
    ],
)
def test_a_goal_that_one_life_answers_is_known(goal: str) -> None:
    assert leans_on_a_life(goal)


@pytest.mark.parametrize(
    "goal",
    [
        WORK,
        "Write inclusive job adverts",
        "Be an ally for Black colleagues",
        "Be a better sponsor for women in engineering",
        "Understand what women customers experience in our app",
        "What it is like to use our app for the first time",
        "Make recruiting fairer for disabled applicants",
    ],
)
def test_a_goal_that_is_work_is_none(goal: str) -> None:
    assert not leans_on_a_life(goal)


def test_such_a_goal_rests_after_as_many_meetings_as_its_person_set_and_others_stay() -> None:
    assert before_meeting(2, goals=[LEANING, WORK]).brief.goals == (LEANING, WORK)
    third = before_meeting(3, goals=[LEANING, WORK]).brief
    assert (third.goals, third.goals_at_rest) == ((WORK,), (LEANING,))
    assert before_meeting(3, goals=[LEANING, WORK], limit=5).brief.goals_at_rest == ()
    assert before_meeting(3, goals=[LEANING, WORK], worked_on=WORK).brief.goals_at_rest == ()
    assert before_meeting(1, goals=[LEANING], limit=0).brief.goals_at_rest == (LEANING,)


def test_a_pair_whose_only_goal_rests_is_not_sent_to_find_another() -> None:
    plan = outline(before_meeting(3, goals=[LEANING]).brief)
    assert "goals" not in [slot.purpose for slot in plan.slots]
    assert all(slot.goal is None for slot in plan.slots)


def test_a_look_back_names_the_goal_and_no_activity_works_on_it() -> None:
    briefing = before_meeting(6, goals=[LEANING])
    assert (briefing.brief.stage, briefing.brief.goals) == ("midpoint", (LEANING,))
    assert all(slot.goal is None for slot in outline(briefing.brief).slots)


def test_who_says_that_the_example_weighs_has_such_a_goal_rest_at_once() -> None:
    facts = agenda_facts(position=3, planned=12, goals=[LEANING, WORK])
    said = SharedFeedback("session-2", 2, "mentor", None, 4, None, None, "I don't want to speak for all Black women")
    object.__setattr__(facts, "feedback", (said,))
    assert make_brief(facts).brief.goals == (WORK,)


async def test_more_starters_do_not_draw_on_the_life_of_who_rests_unless_their_topic_is_asked_for(
    search: Search,
) -> None:
    briefing = before_meeting(3, goals=[LEANING], topics=["inclusion"])
    unasked = await more_starters(briefing, search, 5)
    assert unasked
    assert "inclusion" not in {passage.document.front.topic for passage in unasked}
    named = await more_starters(briefing, search, 3, "inclusion")
    assert {passage.document.front.topic for passage in named} == {"inclusion"}
