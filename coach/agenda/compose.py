"""The composer: the words of an agenda without a model, from the plan, the brief and the library."""

from collections.abc import Sequence

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.phrases import clause, ended, fit, headline, listed, long_words, number, quoted, spare
from coach.agenda.plan import AgendaPlan
from coach.agenda.reasons import behind
from coach.agenda.slot_words import WRITERS
from coach.agenda.words import (
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    AgendaWords,
    ItemWords,
    StarterWords,
    description_characters,
)
from coach.untrusted import shorten


def compose(plan: AgendaPlan, briefing: Briefing) -> AgendaWords:
    """Words for every slot and starter of the plan."""
    brief = briefing.brief
    used: list[str] = []
    items = []
    for place, slot in enumerate(plan.slots, start=1):
        title, description = WRITERS[slot.purpose](slot, brief, used)
        description = ended(fit(spare(description, briefing), description_characters(slot.minutes)))
        if len(description) < 10:
            description = f"Use these minutes as the two of you see fit. {brief.mentor.first_name} suggests first."
        items.append(
            ItemWords(
                slot=place,
                title=shorten(spare(title, briefing) or _PLAIN_TITLES[slot.kind], TITLE_CHARACTERS),
                description=description,
                sources=tuple(passage.id for passage in slot.passages),
            )
        )
    starters = tuple(
        StarterWords(starter=place, text=passage.text) for place, passage in enumerate(plan.starters, start=1)
    )
    return AgendaWords(
        title=shorten(spare(_title(plan, brief), briefing) or f"Session {brief.number}", TITLE_CHARACTERS),
        summary=ended(fit(spare(_summary(plan, brief), briefing), SUMMARY_CHARACTERS)) or _shortest_summary(brief),
        items=tuple(items),
        starters=starters,
    )


def notice(source: str, model: str | None, plan: AgendaPlan, composed: Sequence[str] = ()) -> str:
    """What was made by a model, in words, and the places where it was not; and where the library had too little that
    is new for this pair.
    """
    if source in {"model", "repaired"}:
        text = f"The wording was written by a language model ({model})"
        if composed:
            text += f"; in {listed(composed)} it did not pass the checks, so there the coach's own words stand"
        text += "; times, order, leads and sources were set by the coach."
        text += " Check anything that matters before you rely on it."
    elif source == "fallback":
        text = (
            "No language model wrote this: one was asked, but its answer was late, missing or did not pass the "
            "checks, so the coach "
            "composed the agenda from its library and your own words."
        )
    else:
        text = "No language model was used: the coach composed this from its library and your own words."
    if "starters" in plan.dry:
        text += " The library has no more starters on these topics for this kind of meeting that you have not had yet."
    if "activities" in plan.dry:
        text += " The library had no activity for every slot that you have not done lately, so one comes back."
    elif "new activities" in plan.dry:
        text += " You have had every activity of the library that fits here, so one comes back after a longer time."
    return text


# What a short restart comes to, beside a date.
_SMALL = {
    "kickoff": "how to work together and what it is for",
    "midpoint": "a look at how far you have come",
    "building": "one small thing done",
}
_PLAIN_TITLES = {
    "check-in": "Check in",
    "review": "Look back",
    "exercise": "Try something together",
    "discussion": "Talk it through",
    "reflection": "Think back",
    "next-steps": "Next steps",
}


def _title(plan: AgendaPlan, brief: SessionBrief) -> str:
    main = _main_goal(plan, brief)
    if brief.restart and brief.stage != "kickoff":
        return f"Session {brief.number}: A short restart"
    subject = {"kickoff": "Getting started", "midpoint": "Halfway", "closing": "Looking back, and on"}.get(brief.stage)
    subject = subject or headline(brief.focus or main or "", 60) or "Working session"
    return f"Session {brief.number}: {subject}"


def _summary(plan: AgendaPlan, brief: SessionBrief) -> str:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    goal = _main_goal(plan, brief)
    about = f" with “{clause(goal, 120)}” at the center" if goal and brief.stage == "building" else ""
    opening = {
        "kickoff": f"{_first_of(brief)}: {mentor} and {mentee} agree on how to work together and on what it is for.",
        "building": f"{plan.minutes} minutes for {mentor} and {mentee}{about}; {mentor} leads {_share(plan)}"
        f"{_from_strength(goal, brief)}.",
        "midpoint": f"{mentor} and {mentee} {_halfway(brief)}: look at what moved, and decide what the rest is for.",
        "closing": f"The {'closing' if behind(brief) else 'last planned'} session of {mentor} and {mentee}: what was "
        f"reached, what stays, and a proper thank-you.",
    }[brief.stage]
    if brief.restart:
        opening = f"A short restart for {mentor} and {mentee} after {number(brief.missed)} missed meetings: " + (
            "what was reached, and a proper end."
            if brief.ends
            else f"{_SMALL[brief.stage]}, and a date for the next one."
        )
    if brief.actions:
        count = len(brief.actions)
        opening += f" It picks up {number(count)} open {'action' if count == 1 else 'actions'}."
    if brief.stage == "closing" and brief.reached_before:
        opening += f" Reached on the way: {quoted(brief.reached_before)}."
    if brief.stage in {"kickoff", "closing"} and brief.goals:
        opening += f" Goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}."
    return opening


def _halfway(brief: SessionBrief) -> str:
    if behind(brief):
        return f"make up for the halfway look back at meeting {brief.position} of {brief.planned_sessions}"
    return "are halfway through their sessions"


def _main_goal(plan: AgendaPlan, brief: SessionBrief) -> str | None:
    """The goal that the meeting serves first: that of its first activity, or the one whose turn it is."""
    named = (slot.goal for slot in plan.slots if slot.purpose in {"exercise", "discussion"} and slot.goal)
    return next(named, brief.goals[(brief.position - 1) % len(brief.goals)] if brief.goals else None)


def _share(plan: AgendaPlan) -> str:
    """How much of the meeting the mentor leads alone."""
    return "most of it" if 2 * plan.minutes_led_by_mentor() > plan.minutes else "half of it"


def _from_strength(goal: str | None, brief: SessionBrief) -> str:
    """What the mentor can start from: the strength that has most to do with the goal."""
    if not brief.mentor.strengths:
        return ""
    wanted = long_words(f"{goal or ''} {brief.focus or ''}")
    # Where none has to do with it, each has its turn.
    turn = brief.position % len(brief.mentor.strengths)
    in_turn = brief.mentor.strengths[turn:] + brief.mentor.strengths[:turn]
    best = max(in_turn, key=lambda text: len(wanted & long_words(text)))
    return f" and can start from “{shorten(best, 80)}”"


def _first_of(brief: SessionBrief) -> str:
    planned = brief.planned_sessions
    return f"The first of {number(planned)} sessions" if planned > 1 else "The one session that is planned"


def _shortest_summary(brief: SessionBrief) -> str:
    return f"{brief.minutes} minutes for {brief.mentor.first_name} and {brief.mentee.first_name}."
