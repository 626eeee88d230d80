"""How agendas answer what people told of their needs, and of the place where they meet."""

import re

import pytest

from coach.agenda.circumstances import channel_of, holds_more
from coach.agenda.prep import compose_prep
from coach.retrieval.library import ExerciseFrontMatter, TopicFrontMatter
from coach.retrieval.search import Search
from tests.agenda.conftest import added, compose_for, plan_of
from tests.agenda.pairs import briefing_of, participant


@pytest.mark.parametrize("told", ["Tourette", "fasting this month", "service dog"])
async def test_a_need_of_no_known_kind_is_met_with_a_question_to_both_and_told_so(search: Search, told: str) -> None:
    briefing = briefing_of(mentor=participant("mentor", "Priya Raman", accessibility=told))
    plan = await plan_of(briefing, search)

    assert "each says what helps to work well today" in " ".join(plan.slots[0].added)
    assert told not in added(plan)
    (step,) = [step for step in compose_prep("mentor", plan, briefing).steps if told in step]
    assert "knows no way of working for this" in step
    assert not any(told in step for step in compose_prep("mentee", plan, briefing).steps)


async def test_hours_between_the_two_are_a_need_that_the_agenda_knows(search: Search) -> None:
    told = "12 hours apart from Hanoi, calls late at night"
    for position, said in ((2, "times that are named in both time zones"), (6, "No further meeting is planned")):
        briefing = briefing_of(position=position, mentee=participant("mentee", "Martin Olsen", accessibility=told))
        plan = await plan_of(briefing, search)
        assert ("each named in both time zones" in added(plan)) == (position == 2)
        assert "each says what helps to work well" not in added(plan)
        (step,) = [step for step in compose_prep("mentee", plan, briefing).steps if told in step]
        assert said in step


@pytest.mark.parametrize("told", ["none", "N/A", "No needs.", "-", "nothing at all, thanks", "No captions needed"])
async def test_who_says_that_there_is_nothing_gets_no_question_and_no_step(search: Search, told: str) -> None:
    assert not holds_more([told])
    briefing = briefing_of(mentor=participant("mentor", "Priya Raman", accessibility=told))
    plan = await plan_of(briefing, search)
    assert not any("You told the coach" in step for step in compose_prep("mentor", plan, briefing).steps)


def test_a_need_beside_what_is_not_needed_is_still_asked_after() -> None:
    assert holds_more(["I do not need captions, but I have narcolepsy"])


@pytest.mark.parametrize(
    ("told", "goal", "hangs_on"),
    [
        ("I am blind", "See how people move between jobs here", r"\bdraws?\b|\bsketch|\bcircles?\b"),
        ("low vision", "Draw a map of who decides what", r"\bdraws?\b|\bsketch|\bcircles?\b"),
        ("only one hand", "See how people move between jobs here", r"\bdraws?\b|\bsketch"),
        ("phones are not allowed here", "Get fewer alerts on my phone", r"\bphones?\b|\bscreens?\b"),
        ("screens give me migraines", "Make slides that everyone can use", r"\bscreens?\b|\bslides?\b"),
        ("I panic when put on the spot", "Hold better development talks", r"\bplayed\b|\bplays\b"),
    ],
)
async def test_no_activity_hangs_on_what_is_hard_for_one_of_the_two(
    search: Search, told: str, goal: str, hangs_on: str
) -> None:
    async def activities(accessibility: str) -> str:
        person = participant("mentor", "Priya Raman", accessibility=accessibility)
        plans = [
            await plan_of(briefing_of(mentor=person, goals=(goal,), topics=(), position=position), search)
            for position in (1, 2, 3, 4)
        ]
        activities = [slot.activity.front for plan in plans for slot in plan.slots if slot.activity is not None]
        return " ".join(front.agenda for front in activities if isinstance(front, TopicFrontMatter))

    assert not re.search(hangs_on, await activities(told))
    assert re.search(hangs_on, await activities("none"))


async def test_a_wheelchair_needs_a_place_without_steps_and_sore_wrists_do_not(search: Search) -> None:
    told = {}
    for need in ("wheelchair", "RSI"):
        for place in ("in person", "Zoom", "walking"):
            mentor = participant("mentor", "Priya Raman", accessibility=need)
            told[need, place] = added(await plan_of(briefing_of(mentor=mentor, session_format=place), search))
    assert "a place that is reached without steps" in told["wheelchair", "in person"]
    assert "a way without steps" in told["wheelchair", "walking"]
    assert not any("steps" in text for (need, place), text in told.items() if need == "RSI" or place == "Zoom")


async def test_who_asks_for_captions_reads_of_them_in_the_own_prep(search: Search) -> None:
    briefing = briefing_of(
        mentor=participant("mentor", "Priya Raman", accessibility="captions please"), session_format="Zoom"
    )
    (step,) = [
        step for step in compose_prep("mentor", await plan_of(briefing, search), briefing).steps if "told the" in step
    ]
    assert "captions and one voice at a time" in step


async def test_in_a_chat_nobody_speaks_one_at_a_time_or_looks_at_an_interpreter(search: Search) -> None:
    mentor = participant("mentor", "Priya Raman", accessibility="deaf, BSL")
    briefing = briefing_of(mentor=mentor, session_format="Slack chat")
    plan = await plan_of(briefing, search)
    assert added(plan).count("Everything is said in the chat") == 1
    assert not re.search(r"speaks|captions|interpreter", added(plan))
    (step,) = [step for step in compose_prep("mentor", plan, briefing).steps if "told the coach" in step]
    assert "asks for everything in the chat, without" in step


async def test_where_the_picture_may_drop_nothing_rests_on_a_shared_screen(search: Search) -> None:
    for told in ("my internet is slow", "migraines from screens"):
        mentee = participant("mentee", "Martin Olsen", accessibility=told)
        for position in (1, 2, 3, 4, 6):
            said = added(await plan_of(briefing_of(position=position, mentee=mentee, session_format="Zoom"), search))
            assert not re.search(r"shares the screen|shared screen|whiteboard", said)


@pytest.mark.parametrize(
    ("told", "way", "short"),
    [
        ("colour blind", "a letter or a shape", "letters or shapes"),
        ("migraine: no bright screens", "Paper before screens", "paper before screens"),
        ("no camera please", "Cameras may stay off", "cameras that may stay off"),
        ("anxious when called on", "Nobody is put on the spot", "nobody to be put on the spot"),
        ("I use a screen reader", "Hand over the file itself", "files in the place of shared screens"),
        ("type rather than talk", "what is written counts as said", "turns without a clock"),
    ],
)
async def test_the_prep_tells_whoever_needs_it_what_the_agenda_asks_for(
    search: Search, told: str, way: str, short: str
) -> None:
    briefing = briefing_of(mentee=participant("mentee", "Martin Olsen", accessibility=told))
    plan = await plan_of(briefing, search)

    assert way in added(plan)
    assert any(told in step and short in step for step in compose_prep("mentee", plan, briefing).steps)


async def test_no_need_is_dropped_where_two_people_have_many(search: Search) -> None:
    mentor = participant("mentor", "Priya Raman", accessibility="low vision; I stammer; no camera")
    mentee = participant("mentee", "Martin Olsen", accessibility="ADHD, wheelchair, long covid")
    plan = await plan_of(briefing_of(mentor=mentor, mentee=mentee), search)

    told = added(plan)
    for way in ("Read aloud", "Turns have no clock", "Cameras may", "One thing on the table", "standing", "Stop for"):
        assert told.count(way) == 1, way
    assert max(sum(way in slot.added for way in plan.slots[0].added) for slot in plan.slots[1:]) == 0


async def test_captions_are_for_calls_and_good_seats_for_rooms(search: Search) -> None:
    deaf_in_one_ear = participant("mentee", "Martin Olsen", accessibility="hard of hearing left ear")
    in_a_room = added(await plan_of(briefing_of(mentee=deaf_in_one_ear, session_format="in person"), search))
    on_a_call = added(await plan_of(briefing_of(mentee=deaf_in_one_ear, session_format="Zoom"), search))

    assert "Choose the seats first" in in_a_room
    assert "captions on and the face in view" in on_a_call
    assert "captions on" not in in_a_room


@pytest.mark.parametrize(
    ("told", "unsaid"),
    [
        ("wheelchair", r"screen reader|captions|stammer"),
        ("no camera please", r"to the camera|cameras on"),
        ("I use a screen reader", r"to the camera|hold it up"),
        ("deaf", r'on "three"|on “three”'),
    ],
)
async def test_no_variant_tells_of_another_need_or_asks_for_what_is_hard(
    search: Search, told: str, unsaid: str
) -> None:
    person = participant("mentor", "Priya Raman", accessibility=told)
    said = ""
    for position in range(1, 12):
        for topics in (
            ("digital-tools", "communication"),
            ("innovation", "inclusion"),
            ("business-strategy", "career"),
        ):
            briefing = briefing_of(
                mentor=person, position=position, planned=12, minutes=120, topics=topics, session_format="video call"
            )
            said += added(await plan_of(briefing, search))

    assert said
    assert not re.search(unsaid, said), said


async def test_what_helps_with_a_screen_reader_is_not_told_to_who_uses_a_wheelchair(search: Search) -> None:
    plans = {
        told: await plan_of(
            briefing_of(
                mentor=participant("mentor", "Priya Raman", accessibility=told), fell_through="tour-of-my-screen"
            ),
            search,
        )
        for told in ("wheelchair", "I use a screen reader")
    }

    for plan in plans.values():
        assert "tour-of-my-screen" in [slot.activity.front.id for slot in plan.slots if slot.activity is not None]
    assert "screen reader" not in added(plans["wheelchair"])
    assert "If someone uses a screen reader" in added(plans["I use a screen reader"])


async def test_where_they_meet_at_a_place_of_their_own_it_is_settled_first(search: Search) -> None:
    assert "Where you meet, settle first where you can write" in added(
        await plan_of(briefing_of(session_format="growing hall 2, masks on"), search)
    )
    for known in ("in person", "Zoom", "hybrid", "phone", "walking", None):
        assert "Where you meet" not in added(await plan_of(briefing_of(session_format=known), search))


@pytest.mark.parametrize("typed", ["radio link", "Discord voice", "satellite phone", "voice chat"])
def test_a_radio_shows_nothing(typed: str) -> None:
    assert channel_of(typed) == "voice"


async def test_in_hybrid_meetings_both_use_one_document_whatever_the_exercise_says_of_calls(search: Search) -> None:
    for position in range(1, 6):
        told = added(await plan_of(briefing_of(position=position, session_format="hybrid"), search))
        assert told.count("both use the same shared document") == 1


async def test_no_agenda_asks_anybody_to_eat_or_drink(search: Search) -> None:
    for position in (1, 2, 6):
        made = await compose_for(briefing_of(position=position, minutes=180), search)
        assert not re.search(r"coffee|drink|lunch|eat\b", " ".join(item.description for item in made.words.items[-1:]))
        breaks = [item.description for item in made.words.items if item.title == "Break"]
        assert not re.search(r"coffee|drink|lunch|\beat\b", " ".join(breaks))


async def test_no_exercise_is_stretched_over_a_slot_that_it_cannot_fill(search: Search) -> None:
    for position in (1, 2, 3, 6):
        for slot in (await plan_of(briefing_of(position=position, minutes=180), search)).slots:
            if slot.activity is not None and isinstance(slot.activity.front, ExerciseFrontMatter):
                assert slot.minutes <= 1.5 * slot.activity.front.minutes.most, slot.activity.front.id
