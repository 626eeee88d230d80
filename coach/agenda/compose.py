"""The composer: the words of an agenda without a model, from the plan, the brief and the library."""

import re

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.phrases import fit, number, quoted, spare
from coach.agenda.plan import AgendaPlan, Slot
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
        description = fit(spare(description, briefing), description_characters(slot.minutes))
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
        summary=fit(spare(_summary(plan, brief), briefing), SUMMARY_CHARACTERS) or _shortest_summary(brief),
        items=tuple(items),
        starters=starters,
    )


def because(slot: Slot, briefing: Briefing) -> str:
    """Why the slot is in this agenda: a goal, an open action, the session's focus or the stage."""
    return spare(_because(slot, briefing.brief), briefing) or "It belongs to a meeting of this kind."


def _because(slot: Slot, brief: SessionBrief) -> str:
    mentor = brief.mentor.first_name
    if slot.purpose in {"exercise", "discussion"}:
        on_goal = slot.goal and (slot.activity is None or slot.activity.front.topic is not None)
        reason = f"Works on your goal “{slot.goal}”." if on_goal else _STAGE_REASONS[brief.stage]
        if slot.carried_from and brief.carried and slot.carried_from == brief.carried.session_id:
            reason += f" Carried over from session {brief.carried.session_number}, which did not take place."
        elif brief.focus and slot.purpose == "exercise":
            reason += f" You asked to focus on “{brief.focus}”."
        elif slot.purpose == "exercise" and (strength := _useful_strength(slot, brief)):
            reason += f" {mentor} can draw on a strength: “{strength}”."
        return reason
    if slot.purpose == "review-actions":
        count = len(brief.actions)
        return f"{number(count).capitalize()} {'action is' if count == 1 else 'actions are'} still open between you."
    if slot.purpose == "next-steps" and brief.stage == "closing":
        return "Last sessions need it: an end that both have agreed on leaves no loose thread."
    if slot.purpose in {"goals", "review-goals", "evaluation"} and brief.goals:
        return f"Your goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}."
    return _PURPOSE_REASONS.get(slot.purpose, _STAGE_REASONS[brief.stage]).format(
        mentor=mentor, mentee=brief.mentee.first_name
    )


def notice(source: str, model: str | None, plan: AgendaPlan) -> str:
    """What was made by a model, in words; and where the library had too little that is new for this pair."""
    if source in {"model", "repaired"}:
        text = (
            f"The wording was written by a language model ({model}); times, order, leads and sources were set by the "
            f"coach. "
            "Check anything that matters before you rely on it."
        )
    elif source == "fallback":
        text = (
            "No language model wrote this: one was asked, but its answer was late, missing or did not pass the "
            "checks, so the coach "
            "composed the agenda from its library and your own words."
        )
    else:
        text = "No language model was used: the coach composed this from its library and your own words."
    if "starters" in plan.dry:
        text += " The library has no more starters on these topics that you have not had yet."
    if "activities" in plan.dry:
        text += " The library had no activity for every slot that you have not done lately, so one comes back."
    return text


_PLAIN_TITLES = {
    "check-in": "Check in",
    "review": "Look back",
    "exercise": "Try something together",
    "discussion": "Talk it through",
    "reflection": "Think back",
    "next-steps": "Next steps",
}

_STAGE_REASONS = {
    "kickoff": "A first meeting goes better when you have done something together, however small.",
    "building": "You are in the working part of the series: most minutes go to doing.",
    "midpoint": "Half of your sessions are done: time to see what works.",
    "closing": "This is your last planned session: what stays should be tried once more.",
}

_PURPOSE_REASONS = {
    "check-in": "A minute each at the start gets both voices into the room.",
    "confidentiality": "First meetings need it: {mentor} can be candid only after hearing what stays between you.",
    "ground-rules": "First meetings need it: rules agreed early are easier to point to later.",
    "goals": "There is no goal to work on yet, and a series without one drifts.",
    "review-goals": "Halfway is the moment to find out what the rest is for.",
    "evaluation": "Last sessions need it: what is not said now is not said.",
    "celebration": "Last sessions need it: an end that is marked lasts longer.",
    "break": "After an hour and a half of attention nobody learns much without one.",
    "reflection": "Saying it in {mentee}'s own words shows both what has arrived.",
    "next-steps": "What has a day and an owner gets done.",
}


def _title(plan: AgendaPlan, brief: SessionBrief) -> str:
    main = _main_goal(plan, brief)
    subject = {"kickoff": "Getting started", "midpoint": "Halfway", "closing": "Looking back, and on"}.get(brief.stage)
    subject = subject or (shorten(brief.focus or main or "", 60) or "Working session")
    return f"Session {brief.number}: {subject}"


def _summary(plan: AgendaPlan, brief: SessionBrief) -> str:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    goal = _main_goal(plan, brief)
    about = f" with “{shorten(goal, 120)}” at the center" if goal and brief.stage == "building" else ""
    opening = {
        "kickoff": f"{_first_of(brief)}: {mentor} and {mentee} agree on how to work together and on what it is for.",
        "building": f"{brief.minutes} minutes for {mentor} and {mentee}{about}; {mentor} leads most of it"
        f"{_from_strength(brief)}.",
        "midpoint": f"Half of the sessions of {mentor} and {mentee} are done: look at what moved, and decide what "
        f"the rest is for.",
        "closing": f"The last planned session of {mentor} and {mentee}: what was reached, what stays, and a proper "
        f"thank-you.",
    }[brief.stage]
    if brief.actions:
        count = len(brief.actions)
        opening += f" It picks up {number(count)} open {'action' if count == 1 else 'actions'}."
    if brief.stage in {"kickoff", "closing"} and brief.goals:
        opening += f" Goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}."
    return opening


def _useful_strength(slot: Slot, brief: SessionBrief) -> str | None:
    """The mentor's strength that shares most words with the goal and the activity; None where none shares any."""
    about = f"{slot.goal or ''} {slot.passages[0].embedded_text if slot.passages else ''}"
    wanted = _long_words(about)
    best = max(brief.mentor.strengths, key=lambda text: len(wanted & _long_words(text)), default=None)
    return best if best is not None and wanted & _long_words(best) else None


def _long_words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.casefold())}


def _main_goal(plan: AgendaPlan, brief: SessionBrief) -> str | None:
    """The goal that the meeting serves first: that of its first activity, or the one whose turn it is."""
    named = (slot.goal for slot in plan.slots if slot.purpose in {"exercise", "discussion"} and slot.goal)
    return next(named, brief.goals[(brief.position - 1) % len(brief.goals)] if brief.goals else None)


def _from_strength(brief: SessionBrief) -> str:
    return f" and can start from “{shorten(brief.mentor.strengths[0], 80)}”" if brief.mentor.strengths else ""


def _first_of(brief: SessionBrief) -> str:
    planned = brief.planned_sessions
    return f"The first of {number(planned)} sessions" if planned > 1 else "The one session that is planned"


def _shortest_summary(brief: SessionBrief) -> str:
    return f"{brief.minutes} minutes for {brief.mentor.first_name} and {brief.mentee.first_name}."
