"""What the last feedback asked for, done in the slots of a plan and said without quoting."""

from dataclasses import replace

from coach.agenda.brief import SessionBrief
from coach.agenda.outlines import Purpose
from coach.agenda.phrases import number
from coach.agenda.plan import DEMO_MINUTES, Slot
from coach.wish_words import Wish
from coach.wishes import FOR_YOU, answer_begins

_MAIN_PARTS: tuple[Purpose, ...] = ("exercise", "discussion", "review-goals", "evaluation", "goals")
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
    "no-slides": (
        _MAIN_PARTS,
        "No slides: open the thing itself, or tell it and draw it.",
        "what is shown today is the thing itself.",
    ),
    "more-doing": (
        ("exercise",),
        "{mentee} has the keyboard or the pen; {mentor} keeps hands off.",
        "{doing} minutes go to trying things out.",
    ),
    "own-work": (
        _MAIN_PARTS,
        "Where an example is needed, take a real piece of {mentee}'s own work, without confidential details.",
        "the example comes from {mentee}'s own work.",
    ),
    "more-talk": (
        ("discussion", "exercise", "reflection", "review-goals", "evaluation", "goals"),
        "Leave the last third for questions, with nothing on the screen.",
        "{minutes} minutes are kept for it here.",
    ),
    # What is written is added where turns of one length are.
    "write-first": (
        ("review-goals", "evaluation", "goals", "discussion", "check-in"),
        "",
        "two minutes on paper come before anybody speaks.",
    ),
    "quicker": (
        _MAIN_PARTS,
        "{mentee} first says what is known already, and you skip that.",
        "what {mentee} knows already is skipped.",
    ),
    "deeper": (
        _MAIN_PARTS,
        "Where you would stop, go on: what makes it so, where does it fail, and what follows from that?",
        "this has {minutes} minutes, and you go on where you would have stopped.",
    ),
    "slower": (
        _MAIN_PARTS,
        "After each step stop and let the other one say it in plain words; an abbreviation is spelled out once.",
        "each step waits until both can say it back.",
    ),
    "less-at-once": (
        _MAIN_PARTS,
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
    "breaks": (
        ("break", *_MAIN_PARTS),
        "",
        "it comes here and has {minutes} minutes.",
    ),
    "undisturbed": (
        ("check-in",),
        "Phones and notifications off, but for what either of you needs to follow; whoever may be called away says so "
        "now.",
        "you settle that before anything else.",
    ),
    "look-back": (
        ("review-actions", "check-in"),
        "",
        "that comes first, with {minutes} minutes.",
    ),
    "recap": (
        ("check-in",),
        "Before that, {mentee} says in three sentences where you left off, and {mentor} adds what is missing.",
        "the first words are on where you left off.",
    ),
    "get-to-know": (
        ("check-in",),
        "Before that, each tells something that has nothing to do with work, as much as each likes.",
        "the first {minutes} minutes leave room for it, and work can wait until they are over.",
    ),
    "something-new": (
        ("exercise", "discussion"),
        "",
        "",
    ),
    "what-helped": (
        ("reflection", "celebration", "next-steps"),
        "Then each names one thing today that helped and one to do otherwise; whoever hears it only listens.",
        "before you part, each names one thing that helped and one to do otherwise.",
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
        _MAIN_PARTS,
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
    "somebody-else": (
        ("next-steps",),
        "Decide whether somebody else joins you for a while next time: who, asked by whom, and what of your talks they "
        "may hear.",
        f"{FOR_YOU} to decide here, so that both agree.",
    ),
}
# The same where the meeting has no part in which it could be done, or where no other one follows.
_OF_THE_NEXT: frozenset[Wish] = frozenset(
    {"prepare-ahead", "agenda-ahead", "dates-that-hold", "other-arrangement", "somebody-else"}
)
_NO_FURTHER = f"{FOR_YOU}, since no further meeting is planned: it counts if you agree on one."
_NOT_TODAY: dict[Wish, tuple[str, str]] = {
    "agenda-ahead": ("", _NO_FURTHER),
    "dates-that-hold": ("", _NO_FURTHER),
    "other-arrangement": ("", _NO_FURTHER),
    "somebody-else": ("", _NO_FURTHER),
    "shorter-demos": ("", "today has none at all."),
    "more-doing": (
        "Write it down, sort it or draw it wherever you can, instead of only saying it.",
        "this meeting has no time for an exercise, so the doing is in how you work through it.",
    ),
    "prepare-ahead": ("", "each of you has a short preparation for today."),
}
_NOTHING_NOTED = "the first words are on that, since nothing open is noted in the coach."
_SHORT_DEMO = (
    "Whatever {mentor} shows takes {demo} minutes at most, here and in what follows; then it is {mentee}'s turn."
)
# In a shorter part than this, two minutes of writing would leave none to talk.
_ROOM_TO_WRITE = 6


def grant_wishes(slots: list[Slot], brief: SessionBrief) -> None:
    """Let each wish be done where it fits best, and be answered there, in `slots`."""
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
        elif wish == "breaks" and purpose != "break":
            done, said = "Stop for a moment halfway, away from screens and notes.", "a stop comes halfway here."
        elif wish == "look-back" and purpose != "review-actions":
            done = "Each begins with what they took on last time, done or not."
            said = "the first words are on that." if brief.actions else _NOTHING_NOTED
        elif wish == "write-first" and slot.minutes < _ROOM_TO_WRITE:
            said = "a line on paper comes before anybody speaks."
        elif wish == "something-new":
            done, said = _new_here(slot, slots, brief)
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
    if {"level-the-table", "safer-ground", "write-first"} & set(brief.wishes):
        _level(slots, brief)


def _new_here(slot: Slot, slots: list[Slot], brief: SessionBrief) -> tuple[str, str]:
    """What is different from the meetings before, as far as something is; where nothing is, the two choose it."""
    purposes = [other.purpose for other in slots]
    new = []
    if "discussion" in purposes[: purposes.index("exercise") if "exercise" in purposes else 0]:
        new.append("the talk comes before the exercise")
    if slot.activity is not None and slot.activity.front.id not in brief.done_before:
        new.append(f"“{slot.activity.front.title}” is new to you")
    if new:
        return "", f"{' and '.join(new)}."
    return "Choose one thing that you do differently today.", f"{FOR_YOU} to choose here."


def keep_demos_short(slots: list[Slot], brief: SessionBrief) -> None:
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
                order = f"{mentee} says who reads out first" if "safer-ground" in brief.wishes else "each reads out"
            slots[place] = slot.with_added(f"Both write {first} first, then {order}; {turns}.")
            return


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{number(count)} days"
