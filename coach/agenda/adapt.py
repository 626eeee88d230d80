"""Fitting a chosen plan to these two: what they asked for last time, who listens, what belongs elsewhere.

What is added to a slot here stands in the agenda whoever writes the other words, a model or the composer.
"""

import re
from dataclasses import replace

from coach.agenda.brief import SessionBrief
from coach.agenda.circumstances import Need
from coach.agenda.phrases import day, is_of_another_year, number, ordinal, pick, quoted, stalest
from coach.agenda.plan import DEMO_MINUTES, AgendaPlan, Purpose, Slot
from coach.agenda.scope import boundaries
from coach.agenda.ways import give_variants
from coach.retrieval.library import TopicFrontMatter
from coach.untrusted import shorten
from coach.wish_words import Wish
from coach.wishes import FOR_YOU, answer_begins

_FAR_APART = (
    "Offer two times for the next meeting, each named in both time zones, and take turns with the awkward hour."
)

# Tasks for the senior while the junior leads: what makes listening visible. The first ones leave the talking to the
# junior; the others also go with an activity in which the senior speaks, shows or plays a part.
_SILENT_LISTENING = (
    "{mentee} listens first and may only ask questions until {mentor} says “your turn”.",
    "{mentee} takes notes in {mentor}'s words and reads two of them back before giving a view.",
    "{mentee} writes down one surprise and one question while {mentor} speaks, and asks the question first.",
)
_LISTENING = (
    "Whenever {mentor} explains something, {mentee} says back in one sentence what {mentor} meant before going on.",
    "At the end {mentee} says back in one sentence what {mentor} saw that {mentee} had not seen.",
    "{mentee} takes notes in {mentor}'s words and reads two of them back at the end.",
)
# Whoever watches an interpreter or lips cannot look at a page meanwhile; for others writing is what is hard.
_HANDS_OR_EYES_BUSY: frozenset[Need] = frozenset({"signing", "hearing", "hands"})
_A_NOTE = re.compile(r"\bnotes\b|\bwrites\b")
# What the library has the senior do that is no listening.
_SENIOR_ACTS = re.compile(
    r"\{mentee\}(?! (?:asks|guesses|listens|may ask|notes|writes down)\b)"
    r" (?:[a-z]+s|then [a-z]+s|about|through|at|and \{mentor\}|each)\b|\bEach\b|\b[Bb]oth\b",
)

# What was asked for: where it is done, first choice first, what is added there, and how it is said behind
# `answer_begins`.
_GRANTED: dict[Wish, tuple[tuple[Purpose, ...], str, str]] = {
    "level-the-table": (
        ("check-in",),
        "{mentor} opens and has the first word in every round today.",
        "{mentor} opens, turns are of equal length and answers are written before they are spoken.",
    ),
    "safer-ground": (
        ("check-in",),
        "{mentee} chooses the example and the pace today; both can pass on anything, and a slip is part of learning.",
        "{mentee} chooses the example and the pace, and turns are of equal length.",
    ),
    "shorter-demos": (
        ("exercise",),
        "",
        "today's is {minutes} minutes.",
    ),
    "more-doing": (
        ("exercise",),
        "{mentee} has the keyboard or the pen; {mentor} keeps hands off.",
        "{doing} minutes go to trying things out.",
    ),
    "more-talk": (
        ("discussion", "exercise", "reflection", "review-goals", "evaluation", "goals"),
        "Leave the last third for questions, with nothing on the screen.",
        "{minutes} minutes are kept for it here.",
    ),
    "slower": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "After each step stop and let the other one say it in plain words; an abbreviation is spelled out once.",
        "each step waits until both can say it back.",
    ),
    "less-at-once": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "",
        "there is one main thing today, and this is it.",
    ),
    "clear-structure": (
        ("check-in",),
        "Read the items out loud together; {mentee} watches the clock and says when one is over.",
        "{items} items, each with a time and a lead, and a timekeeper.",
    ),
    "start-on-time": (
        ("check-in",),
        "Both are there when it begins; whoever is late joins in the middle, and what follows does not wait.",
        "these {minutes} minutes are the only buffer, and what follows begins on the clock.",
    ),
    "end-on-time": (
        ("next-steps",),
        "Begin this when {before} minutes have passed, wherever you are.",
        "the last {minutes} minutes are set aside, and begin on the clock.",
    ),
    "firm-next-steps": (
        ("next-steps",),
        "Write each step as who, what and which day, and read it out before you leave.",
        "there are {minutes} minutes for them.",
    ),
    "back-to-goals": (
        ("review-goals", "goals", "evaluation", "exercise", "discussion", "restart"),
        "Before you begin, both say in one sentence what this should change for the goal, and check it at the end.",
        "this part begins and ends with the goal.",
    ),
    "less-of-one-story": (
        ("check-in",),
        "Today the work is the subject, not anybody's own story; both can pass on any question, without a reason.",
        "today's parts rest on work in front of you.",
    ),
    "agenda-ahead": (
        ("next-steps",),
        "Decide which of you asks the coach for the next agenda, and on which day.",
        f"{FOR_YOU}; the coach makes an agenda when one of you asks for it, so ask a day or more before you meet.",
    ),
    "prepare-ahead": (
        ("next-steps",),
        "Agree what each sends the other two days before the next meeting, in three lines at most.",
        "each of you has a short preparation, and the next one is agreed here.",
    ),
    "test-the-tools": (
        ("check-in",),
        "Open the link or the file you need before anything else; if it fails, go on with paper.",
        "a minute to test them comes first.",
    ),
    "see-and-hear": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "Set what you show large before you begin, and ask once on the way whether all of it can be seen and heard.",
        "what is shown is set large first, and one of you asks on the way.",
    ),
    "dates-that-hold": (
        ("next-steps",),
        "Fix a spare date beside the next one, and say by when each of you would tell the other that it has to move.",
        "the next date gets a spare one here.",
    ),
    "other-arrangement": (
        ("next-steps",),
        "Before you fix the date, say whether another hour, place, length or rhythm suits both better.",
        f"{FOR_YOU} to agree on here, before the next date is fixed.",
    ),
}
# The same where the meeting has no part in which it could be done, or where no other one follows.
_OF_THE_NEXT: frozenset[Wish] = frozenset({"prepare-ahead", "agenda-ahead", "dates-that-hold", "other-arrangement"})
_NO_FURTHER = f"{FOR_YOU}, since no further meeting is planned: it counts if you agree on one."
_NOT_TODAY: dict[Wish, tuple[str, str]] = {
    "agenda-ahead": ("", _NO_FURTHER),
    "dates-that-hold": ("", _NO_FURTHER),
    "other-arrangement": ("", _NO_FURTHER),
    "shorter-demos": ("", "today has none at all."),
    "more-doing": (
        "Write it down, sort it or draw it wherever you can, instead of only saying it.",
        "this meeting has no time for an exercise, so the doing is in how you work through it.",
    ),
    "prepare-ahead": ("", "each of you has a short preparation for today."),
}
# Of actions that are due in another year, as many are named with their day; the rest can wait.
_MOST_OF_ANOTHER_YEAR = 3
_SHORT_DEMO = (
    "Whatever {mentor} shows takes {demo} minutes at most, here and in what follows; then it is {mentee}'s turn."
)
# In a shorter part than this, two minutes of writing would leave none to talk.
_ROOM_TO_WRITE = 6


def adapted(plan: AgendaPlan, brief: SessionBrief) -> AgendaPlan:
    """The plan whose slots hold what to add to their words (`added`) and what of the last feedback they answer
    (`answers`).
    """
    slots = list(plan.slots)
    give_variants(slots, brief)
    _give_listening(slots, brief)
    _grant_wishes(slots, brief)
    _keep_demos_short(slots, brief)
    _set_boundaries(slots, brief)
    _name_years(slots, brief)
    _go_on(slots, brief)
    if brief.far_apart and not brief.ends:
        slots[-1] = slots[-1].with_added(_FAR_APART)
    return replace(plan, slots=tuple(slots))


def _give_listening(slots: list[Slot], brief: SessionBrief) -> None:
    """The senior listens, visibly, in the longest part that the junior leads."""
    led = [place for place, slot in enumerate(slots) if slot.led_by == "mentor" and slot.purpose != "check-in"]
    led = led or [place for place, slot in enumerate(slots) if slot.led_by == "both"]
    if not led:
        return
    place = max(led, key=lambda place: (slots[place].activity is not None, slots[place].minutes))
    chosen = slots[place].activity
    text = chosen.front.agenda if chosen is not None and isinstance(chosen.front, TopicFrontMatter) else ""
    tasks: tuple[str, ...] = _LISTENING if _SENIOR_ACTS.search(text) else _SILENT_LISTENING
    if _HANDS_OR_EYES_BUSY & set(brief.needs):
        tasks = tuple(task for task in tasks if not _A_NOTE.search(task))
    task = pick(tasks, brief, "listening").format(mentor=brief.mentor.first_name, mentee=brief.mentee.first_name)
    slots[place] = slots[place].with_added(task)


def _name_years(slots: list[Slot], brief: SessionBrief) -> None:
    """Actions that are due in another year are named with it: "12 January" alone would be taken for this year's."""
    others = [action for action in brief.actions if is_of_another_year(action, brief.scheduled_on)]
    named = "; ".join(
        f"{brief.person(action.owner).first_name}, “{shorten(action.text, 70)}” ({day(on, brief.scheduled_on)})"
        for action in others[:_MOST_OF_ANOTHER_YEAR]
        if (on := action.due_on) is not None
    )
    said = f"Due in another year: {named}."
    if len(brief.actions) == len(others) == 1 and (on := others[0].due_on) is not None:
        said = f"It {'was' if on < brief.scheduled_on else 'is'} due on {day(on, brief.scheduled_on)}."
    for place, slot in enumerate(slots):
        if slot.purpose == "review-actions" and others:
            slots[place] = slot.with_added(said)


def _go_on(slots: list[Slot], brief: SessionBrief) -> None:
    """What earlier meetings left behind is taken up where it stands: activities, actions, goals that were reached."""
    for place, slot in enumerate(slots):
        carried = slot.activity and brief.carried_as(slot.carried_from, slot.activity.front.id)
        if carried and carried in brief.unfinished:
            began = carried.begun if carried.begun is not None else carried.session_number
            slots[place] = slot.with_added(f"You began this in session {began}: go on where you stopped.")
        if slot.purpose == "review-actions" and (action := stalest(brief)):
            slots[place] = slot.with_added(
                f"“{shorten(action.text, 70)}” is on the list for the {ordinal(action.carried + 1)} time: make it half "
                f"as big, let the other one take it, or drop it."
            )
        if slot.purpose == "evaluation" and brief.reached_before:
            slots[place] = slot.with_added(
                f"On the way you reached {quoted(brief.reached_before)}: {brief.mentee.first_name} tells what of it "
                f"has lasted."
            )


def _set_boundaries(slots: list[Slot], brief: SessionBrief) -> None:
    """What belongs elsewhere is said where the goals are talked about, or at the start."""
    place = next((place for place, slot in enumerate(slots) if slot.purpose in {"goals", "review-goals"}), 0)
    slots[place] = slots[place].with_added(boundaries(brief.beyond))


def _grant_wishes(slots: list[Slot], brief: SessionBrief) -> None:
    for wish in brief.wishes:
        purposes, done, said = _GRANTED[wish]
        purpose = next((purpose for purpose in purposes if any(slot.purpose == purpose for slot in slots)), None)
        place = next((place for place, slot in enumerate(slots) if slot.purpose == purpose), 0)
        slot = slots[place]
        if wish == "agenda-ahead" and brief.days_ahead:
            done, said = "", f"this one was made {_days(brief.days_ahead)} before you meet."
        elif wish in _NOT_TODAY and (purpose is None or (wish in _OF_THE_NEXT and brief.ends)):
            done, said = _NOT_TODAY[wish]
        elif wish == "see-and-hear" and brief.nothing_shown:
            done, said = "Ask once on the way whether everything can be heard.", "one of you asks on the way."
        elif wish == "safer-ground" and "speech" in brief.needs:
            said = "{mentee} chooses the example and the pace, and nobody's turn has a clock."
        elif wish == "more-talk" and purpose != "discussion":
            said = "the last third of these {minutes} minutes is kept for it."
        elif wish == "back-to-goals" and not brief.goals and purpose == "goals":
            done, said = "", "this part is for choosing the next goal."
        elif wish == "back-to-goals" and not brief.goals:
            done = (
                "Before you begin, both say in one sentence what this should change at work, and check it at the end."
            )
            said = "this part begins and ends with what it should change."
        elif wish == "level-the-table" and "speech" in brief.needs:
            said = "{mentor} opens, nobody's turn has a clock and answers are written before they are spoken."
        elif wish == "shorter-demos" and slot.minutes > DEMO_MINUTES:
            done = _SHORT_DEMO
            said = "show for {demo} of these {minutes} minutes, then try it out."
        words = {
            "mentor": brief.mentor.first_name,
            "mentee": brief.mentee.first_name,
            "minutes": slot.minutes,
            "demo": DEMO_MINUTES,
            "items": len(slots),
            "doing": sum(other.minutes for other in slots if other.purpose == "exercise"),
            "before": sum(other.minutes for other in slots[:place]),
        }
        slot = slot.with_added(done.format(**words))
        opposed = wish in brief.opposed
        begins = answer_begins(wish, stated=wish not in brief.unstated, opposed=opposed)
        asked_back = " Say at the end which of the two it should be next time." if opposed else ""
        slots[place] = replace(slot, answers=(*slot.answers, f"{begins} {said.format(**words)}{asked_back}"))
    if {"level-the-table", "safer-ground"} & set(brief.wishes):
        _level(slots, brief)


def _keep_demos_short(slots: list[Slot], brief: SessionBrief) -> None:
    """What was asked for of demonstrations once, and taken up, holds on without being said again."""
    place = next((place for place, slot in enumerate(slots) if slot.purpose == "exercise"), None)
    if "shorter-demos" in brief.heeded and place is not None and slots[place].minutes > DEMO_MINUTES:
        names = {"mentor": brief.mentor.first_name, "mentee": brief.mentee.first_name}
        slots[place] = slots[place].with_added(_SHORT_DEMO.format(demo=DEMO_MINUTES, **names))


def _level(slots: list[Slot], brief: SessionBrief) -> None:
    """Turns of one length and answers on paper first, where both have a say: at the latest at the check-in."""
    talks = [slot.purpose in {"discussion", "review-goals", "evaluation", "goals"} for slot in slots]
    for place, slot in enumerate(slots):
        if talks[place] or not any(talks):
            first = "for two minutes" if slot.minutes >= _ROOM_TO_WRITE else "one line"
            turns = "each takes the time it needs" if "speech" in brief.needs else "turns of equal length"
            mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
            order = f"{mentor} reads out and {mentee} follows"
            if "level-the-table" not in brief.wishes:
                order = f"{mentee} says who reads out first"
            slots[place] = slot.with_added(f"Both write {first} first, then {order}; {turns}.")
            return


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{number(count)} days"
