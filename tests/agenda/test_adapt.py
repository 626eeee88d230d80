"""Plans that fit these two: what they asked for, where they meet and what they need, whoever writes the words."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from coach.agenda.brief import make_brief
from coach.agenda.plan import DEMO_MINUTES, AgendaPlan
from coach.agenda.reasons import because
from coach.models import Participant
from coach.retrieval.library import TopicFrontMatter
from coach.retrieval.search import Search
from coach.store.feedback import SharedFeedback
from tests.agenda.conftest import Composed, added, compose_for, plan_of, reasons
from tests.agenda.pairs import GOALS, action, after, agenda_facts, briefing_of, missed, participant


async def test_shorter_demos_are_shorter_and_it_is_said_without_quoting(search: Search) -> None:
    briefing = after("Shorter demos please, mine eyes glaze over")
    plan = await plan_of(briefing, search)
    (exercise,) = [slot for slot in plan.slots if slot.purpose == "exercise"]
    assert exercise.minutes == DEMO_MINUTES
    assert f"You asked for shorter demos: today's is {DEMO_MINUTES} minutes." in reasons(plan, briefing)
    assert "glaze" not in f"{reasons(plan, briefing)} {added(plan)}"
    assert "feedback" in because(exercise, briefing).ties


@pytest.mark.parametrize(
    "feedback",
    [
        SharedFeedback("session-1", 1, "mentor", None, 1, None, "Good pace.", None),
        SharedFeedback("session-1", 1, "mentor", None, 4, None, None, "I said nothing.", ("power-dynamics",)),
    ],
    ids=["a low rating", "between the lines"],
)
async def test_nobody_is_said_to_have_asked_for_what_no_words_of_theirs_ask_for(
    search: Search, feedback: SharedFeedback
) -> None:
    briefing = make_brief(replace(agenda_facts(), feedback=(feedback,)))
    plan = await plan_of(briefing, search)
    assert "Priya opens" in added(plan)
    assert "After what you shared, for more equal footing:" in reasons(plan, briefing)
    assert "You asked" not in reasons(plan, briefing)


async def test_where_hierarchy_got_in_the_way_the_mentor_opens_and_both_write_first(search: Search) -> None:
    briefing = after("I was interrupted all the time")
    plan = await plan_of(briefing, search)
    assert plan.slots[0].led_by == "mentor"
    assert "Priya opens" in added(plan)
    assert "write for two minutes first" in added(plan)
    assert "more equal footing" in reasons(plan, briefing)
    before = await plan_of(briefing_of(), search)
    assert plan.minutes_led_by_mentor() > before.minutes_led_by_mentor()


@pytest.mark.parametrize(
    ("to_change", "kept"),
    [
        ("Too many topics in one hour", lambda plan: sum(slot.activity is not None for slot in plan.slots) == 1),
        ("More hands-on, less theory", lambda plan: all(slot.purpose != "discussion" for slot in plan.slots)),
        ("More time to talk", lambda plan: _minutes(plan, "discussion") > 15),
        ("Nothing came of the follow-ups", lambda plan: _minutes(plan, "next-steps") > 5),
    ],
)
async def test_what_was_asked_for_changes_the_plan(
    search: Search, to_change: str, kept: Callable[[AgendaPlan], bool]
) -> None:
    asked, before = await plan_of(after(to_change), search), await plan_of(briefing_of(), search)
    assert kept(asked)
    assert not kept(before)
    assert sum(slot.minutes for slot in asked.slots) == asked.minutes == 60


def _minutes(plan: AgendaPlan, purpose: str) -> int:
    return sum(slot.minutes for slot in plan.slots if slot.purpose == purpose)


async def test_what_this_meeting_has_no_part_for_is_not_claimed_to_be_done(search: Search) -> None:
    facts: dict[str, Any] = {"position": 6, "minutes": 15, "actions": [action("call the supplier")]}
    demos = after("Shorter demos please", **facts)
    plan = await plan_of(demos, search)
    assert not any(slot.purpose == "exercise" for slot in plan.slots)
    assert "You asked for shorter demos: today has none at all." in reasons(plan, demos)

    doing = after("More hands-on", **facts)
    told = f"{reasons(await plan_of(doing, search), doing)} {added(await plan_of(doing, search))}"
    assert "no time for an exercise" in told
    assert not re.search(r"\b0 minutes", told)
    assert "keyboard" not in told

    one_thing = await plan_of(after("Too many topics at once", **facts), search)
    (main,) = [slot for slot in one_thing.slots if slot.answers]
    assert main.purpose == "evaluation"


@pytest.mark.parametrize(("position", "planned"), [(6, 6), (1, 1)])
async def test_the_last_meeting_speaks_of_no_next_one(search: Search, position: int, planned: int) -> None:
    facts: dict[str, Any] = {"position": position, "planned": planned, "session_format": "remote, 8 hours apart"}
    briefing = after("Send me the questions in advance", **facts)
    made = await compose_for(briefing, search)
    told = " ".join([reasons(made.plan, briefing), added(made.plan), *(item.description for item in made.words.items)])
    assert ("You asked for more notice" in told) is (position > 1)
    assert not re.search(r"next meeting\b|the next one\b(?!-)|next date|by session 1\b", told), told


async def test_a_restart_of_the_last_meeting_speaks_of_no_next_one_either(search: Search) -> None:
    briefing = missed(["held", "cancelled", "cancelled"], planned=2)
    made = await compose_for(briefing, search)
    assert briefing.brief.restart
    assert briefing.brief.stage == "closing"
    told = " ".join([made.words.summary, *(item.description for item in made.words.items)])
    assert "restart" in told
    assert not re.search(r"the next one|next date", told), told


async def test_nobody_is_told_to_rest_for_two_minutes_in_a_short_part(search: Search) -> None:
    tired = participant("mentor", "Priya Raman", accessibility="Long covid: I need breaks")
    for minutes, rest in ((15, "Stop for a moment halfway"), (120, "Stop for two minutes halfway")):
        assert rest in added(await plan_of(briefing_of(mentor=tired, minutes=minutes), search))


async def test_where_somebody_stammers_no_turn_has_a_clock(search: Search) -> None:
    slow = participant("mentor", "Priya Raman", accessibility="I stammer")
    for position in range(1, 8):
        made = await compose_for(briefing_of(mentor=slow, position=position, minutes=120), search)
        check_in = made.words.items[0].description
        assert "minute each" not in check_in.lower()
    hurried = after("I was interrupted all the time", mentor=slow)
    plan = await plan_of(hurried, search)
    assert "equal length" not in f"{added(plan)} {reasons(plan, hurried)}"


async def test_what_helps_with_one_need_is_not_offered_where_it_is_what_is_hard(search: Search) -> None:
    for need in ("I stammer", "Deaf, I use BSL"):
        same = participant("mentor", "Priya Raman", accessibility=need)
        told = ""
        for position in range(1, 12):
            for goal in (GOALS[0], "Find out what to keep and what to change", "Thank people in a way that says why"):
                plan = await plan_of(briefing_of(mentor=same, position=position, minutes=120, goals=[goal]), search)
                told += added(plan)
                for slot in plan.slots:
                    if need.startswith("Deaf") and slot.activity is not None:
                        assert isinstance(slot.activity.front, TopicFrontMatter)
                        assert "looks away" not in slot.activity.front.agenda
        assert not re.search(r"[Ss]peak the|aloud|by ear|spoken instead|instead of writing", told), told
        assert "written" in told


async def test_nobody_is_told_to_stand_up(many_composed: list[Composed]) -> None:
    breaks = [
        item.description
        for made in many_composed
        for slot, item in zip(made.plan.slots, made.words.items, strict=True)
        if slot.purpose == "break"
    ]
    assert breaks
    assert not any(re.search(r"\bstand\b", text, re.IGNORECASE) for text in breaks)


async def test_a_remote_pair_gets_the_remote_variant_with_their_names(search: Search) -> None:
    plan = await plan_of(briefing_of(session_format="video call"), search)
    told = False
    for slot in (slot for slot in plan.slots if slot.activity is not None):
        own = any(passage.section == "Remote" for passage in slot.variants)
        called = any(sentence.startswith("On a call: ") for sentence in slot.added)
        # What holds for every activity without a way of its own is said with the first of them.
        assert called or (told and not own)
        told = told or (called and not own)
    assert "the mentor" not in added(plan).lower()
    assert "On a call" not in added(await plan_of(briefing_of(session_format="in person"), search))


async def test_a_need_shapes_the_work_of_both_and_its_words_reach_nobody_else(search: Search) -> None:
    deaf = participant("mentee", "Martin Olsen", accessibility="Deaf since 2019, captions please")
    plan = await plan_of(briefing_of(mentee=deaf), search)
    assert "captions" in added(plan)
    assert "2019" not in added(plan)
    assert "Martin is" not in added(plan)
    assert plan.slots[0].added == (await plan_of(briefing_of(mentor=_like(deaf)), search)).slots[0].added


def _like(other: Participant) -> Participant:
    return participant("mentor", "Priya Raman", accessibility=other.accessibility)


async def test_far_apart_the_next_date_is_offered_in_both_zones(search: Search) -> None:
    plan = await plan_of(briefing_of(session_format="remote, 8 hours apart"), search)
    assert "both time zones" in plan.slots[-1].added[-1]


def test_the_senior_has_a_listening_task_in_every_agenda(many_composed: list[Composed]) -> None:
    for made in many_composed:
        mentor, mentee = made.brief.mentor.first_name, made.brief.mentee.first_name
        tasks = [sentence for slot in made.plan.slots for sentence in slot.added]
        assert any(mentee in task and mentor in task for task in tasks), made.brief


# How it reads


def test_who_is_to_speak_or_act_in_an_exercise_is_not_told_to_be_silent(many_composed: list[Composed]) -> None:
    seen = 0
    for made in many_composed:
        mentee = made.brief.mentee.first_name
        for slot in made.plan.slots:
            if slot.activity is None or not any("may only ask questions" in sentence for sentence in slot.added):
                continue
            assert isinstance(slot.activity.front, TopicFrontMatter)
            text = slot.activity.front.agenda.replace("{mentee}", mentee)
            assert not re.search(rf"{re.escape(mentee)} (?:explains|talks|names|plays|teaches|tells|shows)\b", text), (
                text
            )
            seen += 1
    assert seen


async def test_what_holds_for_every_activity_is_said_once(search: Search) -> None:
    plan = await plan_of(briefing_of(session_format="walk by the river", minutes=120), search)
    assert added(plan).count("On a walk nobody can show a screen") == 1
    assert sum(slot.activity is not None for slot in plan.slots) > 1


@pytest.mark.parametrize("where", ["by phone", "remote, sound only", "walk by the river"])
async def test_where_nothing_can_be_shown_no_screen_is_needed(search: Search, where: str) -> None:
    plan = await plan_of(briefing_of(session_format=where), search)
    first = next(slot for slot in plan.slots if slot.purpose == "exercise")
    assert first.activity is not None
    assert isinstance(first.activity.front, TopicFrontMatter)
    assert "screen" not in first.activity.front.agenda
    assert "shares the screen" not in added(plan)


async def test_a_variant_goes_on_in_small_letters_and_names_no_step(search: Search) -> None:
    for minutes in (30, 60, 120, 180):
        for sentence in (await plan_of(briefing_of(session_format="video call", minutes=minutes), search)).slots:
            for one in sentence.added:
                assert not re.search(r"\bsteps? \d", one)
                assert not re.match(r"On a call: (?:Use|Share|Write|Type|Put|Draw|Both|Each)\b", one), one


async def test_the_last_meeting_is_opened_by_the_mentor_where_hierarchy_got_in_the_way(search: Search) -> None:
    briefing = after("I was interrupted all the time", position=6)
    made = await compose_for(briefing, search)
    assert briefing.brief.stage == "closing"
    assert "Priya goes first" in made.words.items[0].description
    assert "Martin goes first" not in made.words.items[0].description
