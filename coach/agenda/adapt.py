"""Fitting a chosen plan to these two: what they asked for last time, who listens, what belongs elsewhere.

What is added to a slot here stands in the agenda whoever writes the other words, a model or the composer.
"""

import re
from dataclasses import replace

from coach.agenda.brief import SessionBrief
from coach.agenda.circumstances import Need
from coach.agenda.granted import grant_wishes, keep_demos_short
from coach.agenda.phrases import day, is_of_another_year, ordinal, pick, quoted, stalest
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.scope import boundaries
from coach.agenda.ways import give_variants
from coach.retrieval.library import TopicFrontMatter
from coach.untrusted import shorten

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

# Of actions that are due in another year, as many are named with their day; the rest can wait.
_MOST_OF_ANOTHER_YEAR = 3


def adapted(plan: AgendaPlan, brief: SessionBrief) -> AgendaPlan:
    """The plan whose slots hold what to add to their words (`added`) and what of the last feedback they answer
    (`answers`).
    """
    slots = list(plan.slots)
    give_variants(slots, brief)
    _give_listening(slots, brief)
    grant_wishes(slots, brief)
    keep_demos_short(slots, brief)
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
