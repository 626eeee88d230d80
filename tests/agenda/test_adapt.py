"""Plans that fit these two: what is added to them whoever writes the words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import choose
from coach.agenda.compose import because
from coach.agenda.plan import DEMO_MINUTES, RESTART_MINUTES, AgendaPlan, outline
from coach.models import Participant
from coach.retrieval.library import TopicFrontMatter
from coach.retrieval.search import Search
from coach.store.agendas import PastAgenda
from coach.store.feedback import SharedFeedback
from tests.agenda.conftest import Composed, compose_for
from tests.agenda.pairs import GOALS, action, agenda_facts, briefing_of, participant


async def plan_of(briefing: Briefing, search: Search) -> AgendaPlan:
    return await choose(outline(briefing.brief), briefing, search)


def after(to_change: str, **facts: object) -> Briefing:
    known = agenda_facts(**facts)  # type: ignore[arg-type]
    said = SharedFeedback("session-1", 1, "mentor", None, 4, None, None, to_change)
    object.__setattr__(known, "feedback", (said,))
    return make_brief(known)


def added(plan: AgendaPlan) -> str:
    return " ".join(sentence for slot in plan.slots for sentence in slot.added)


def reasons(plan: AgendaPlan, briefing: Briefing) -> str:
    return " ".join(because(slot, briefing).text for slot in plan.slots)


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
        SharedFeedback("session-1", 1, "mentee", None, 1, None, "Good pace.", None),
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


# Series


def missed(statuses: list[str], **facts: object) -> Briefing:
    known = agenda_facts(position=len(statuses) + 1, **facts)  # type: ignore[arg-type]
    for session, status in zip(known.sessions, statuses, strict=False):
        session.status = status
    return make_brief(known)


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
