"""What the last feedback asked for changes the plan, and the agenda says so in the coach's words."""

from collections.abc import Callable
from typing import Any

import pytest

from coach.agenda.adapt import adapted
from coach.agenda.brief import Briefing, make_brief
from coach.agenda.plan import SEVERAL_FROM, AgendaPlan, outline
from coach.agenda.prep import compose_prep
from coach.store.feedback import SharedFeedback
from coach.wish_words import Wish
from coach.wishes import ASKED
from tests.agenda.conftest import added, reasons
from tests.agenda.pairs import action, after, agenda_facts, briefing_of

WANTED: dict[Wish, str] = {
    "no-slides": "No more slides",
    "own-work": "Bring examples from my own work",
    "write-first": "I'd like to write something down first",
    "quicker": "Too slow for me",
    "deeper": "Go deeper",
    "breaks": "We need a break",
    "undisturbed": "Phones off please",
    "look-back": "Start with our to-dos",
    "recap": "A recap first",
    "get-to-know": "A bit more small talk",
    "something-new": "Always the same order",
    "what-helped": "Tell me what was helpful",
    "somebody-else": "Maybe invite a colleague",
}


def planned(briefing: Briefing) -> AgendaPlan:
    return adapted(outline(briefing.brief), briefing.brief)


def minutes(plan: AgendaPlan, purpose: str) -> int:
    return sum(slot.minutes for slot in plan.slots if slot.purpose == purpose)


def order(plan: AgendaPlan) -> list[str]:
    return [slot.purpose for slot in plan.slots]


@pytest.mark.parametrize(
    ("to_change", "facts", "kept"),
    [
        ("We need a break", {}, lambda plan: order(plan)[order(plan).index("exercise") + 1] == "break"),
        ("We need a break", {"position": 3}, lambda plan: order(plan)[2:3] == ["break"]),
        ("We need a break", {"minutes": 30}, lambda plan: "Stop for a moment halfway" in added(plan)),
        ("Go deeper", {}, lambda plan: minutes(plan, "exercise") > 30),
        ("Always the same order", {}, lambda plan: order(plan)[1:3] == ["discussion", "exercise"]),
        ("A bit more small talk", {}, lambda plan: minutes(plan, "check-in") > 5),
        (
            "Start with our to-dos",
            {"actions": [action(str(count)) for count in range(2)]},
            lambda plan: minutes(plan, "review-actions") > 5,
        ),
        ("I'd like to write something down first", {}, lambda plan: "Both write for two minutes first" in added(plan)),
        ("No more slides", {}, lambda plan: "open the thing itself" in added(plan)),
        ("Too slow for me", {}, lambda plan: "you skip that" in added(plan)),
        ("Phones off please", {}, lambda plan: "Phones and notifications off" in str(plan.slots[0].added)),
        ("A recap first", {}, lambda plan: "where you left off" in str(plan.slots[0].added)),
        ("Bring examples from my own work", {}, lambda plan: "real piece of Martin's own work" in added(plan)),
        ("Tell me what was helpful", {}, lambda plan: "whoever hears it only listens" in added(plan)),
        ("Maybe invite a colleague", {}, lambda plan: "somebody else joins you" in str(plan.slots[-1].added)),
    ],
)
def test_what_was_asked_for_changes_the_plan(
    to_change: str, facts: dict[str, Any], kept: Callable[[AgendaPlan], bool]
) -> None:
    asked, before = planned(after(to_change, **facts)), planned(briefing_of(**facts))
    assert kept(asked)
    assert not kept(before)
    assert sum(slot.minutes for slot in asked.slots) == asked.minutes
    assert 2 * asked.minutes_led_by_mentor() >= asked.minutes


@pytest.mark.parametrize("wish", WANTED)
@pytest.mark.parametrize("position", [2, 3, 4, 6])
@pytest.mark.parametrize("length", [15, 30, 60, 120])
def test_it_is_said_once_at_every_stage_and_length_and_never_quoted(wish: Wish, position: int, length: int) -> None:
    briefing = after(f"{WANTED[wish]}, says the zebra", position=position, minutes=length)
    plan = planned(briefing)
    assert briefing.brief.wishes == (wish,)
    told = reasons(plan, briefing)
    assert told.count(f"You asked {ASKED[wish]}: ") == 1
    assert "zebra" not in f"{told} {added(plan)}"
    assert "{" not in f"{told} {added(plan)}"


def test_a_long_meeting_that_goes_deeper_keeps_its_second_activity() -> None:
    for length in (SEVERAL_FROM, 120):
        plan = planned(after("Go deeper", minutes=length))
        assert order(plan).count("exercise") == 2


def test_a_meeting_with_a_break_gets_no_second_one() -> None:
    assert order(planned(after("We need a break", minutes=120))).count("break") == 1


def test_nothing_is_said_to_be_noted_where_actions_are_open() -> None:
    without, with_one = after("Start with our to-dos"), after("Start with our to-dos", actions=[action("call them")])
    assert "nothing open is noted" in reasons(planned(without), without)
    assert "nothing open is noted" not in reasons(planned(with_one), with_one)


def test_the_last_meeting_invites_nobody_to_a_next_one() -> None:
    briefing = after("Maybe invite a colleague", position=6)
    assert "next time" not in added(planned(briefing))
    assert "no further meeting is planned" in reasons(planned(briefing), briefing)


def test_only_the_senior_is_told_to_bring_a_piece_of_work() -> None:
    briefing = after("Bring examples from my own work")
    assert any("your own work" in step for step in compose_prep("mentee", planned(briefing), briefing).steps)
    assert not any("your own work" in step for step in compose_prep("mentor", planned(briefing), briefing).steps)


def test_a_pace_wanted_both_ways_is_told_as_that() -> None:
    known = agenda_facts()
    said = tuple(
        SharedFeedback("session-1", 1, role, None, 4, None, None, text)
        for role, text in (("mentor", "Too fast"), ("mentee", "I already know most of this"))
    )
    object.__setattr__(known, "feedback", said)
    briefing = make_brief(known)
    told = reasons(planned(briefing), briefing)
    assert "One of you asked for an easier pace or plainer words, the other for the opposite:" in told
    assert "quicker" not in told
