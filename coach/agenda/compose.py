"""The composer: the words of an agenda without a model, from the plan, the brief and the library."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.phrases import clause, ended, fit, headline, listed, number, quoted, spare
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
from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter
from coach.untrusted import shorten

Tie = Literal["goal", "action", "focus", "feedback", "stage"]


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


@dataclass(frozen=True)
class Reason:
    """Why a slot is in this agenda, in words, and what that ties it to."""

    text: str
    ties: tuple[Tie, ...]


def reasons(plan: AgendaPlan, briefing: Briefing) -> list[Reason]:
    """Why each slot is in this agenda: a goal, an open action, the session's focus, the last feedback or the stage.

    Where in the series the two are is told at length once; no further reason repeats another's words.
    """
    given: list[Reason] = []
    for slot in plan.slots:
        given.append(because(slot, briefing, " ".join(reason.text for reason in given)))
    return given


def because(slot: Slot, briefing: Briefing, said: str = "") -> Reason:
    """Why one slot is in this agenda, after what was `said` of the slots before it."""
    brief = briefing.brief
    text, ties = _because(slot, brief, said)
    kept = [spare(text, briefing)] if spare(text, briefing) else []
    if not kept:
        kept, ties = [f"{_where(brief, said)}: it belongs to a meeting of this kind."], ("stage",)
    answers = [answer for answer in slot.answers if not briefing.avoid.touches(answer)]
    if answers:
        # What was asked for says more than what every meeting of the stage has.
        kept = answers if ties == ("stage",) else [*kept, *answers]
        ties = (*(tie for tie in ties if tie != "stage"), "feedback")
    if slot.own is not None:
        kept = [*kept, _own(slot.own)]
    return Reason(ended(" ".join(kept)), ties)


def _own(passage: Passage) -> str:
    """Where the program itself says something on this."""
    title, section = shorten(passage.title, 90), shorten(passage.section.rpartition(" > ")[2], 60)
    under = f", under “{section}”" if section != passage.title else ""
    return f"Your program's own “{title}” has something on this{under}."


def _because(slot: Slot, brief: SessionBrief, said: str) -> tuple[str, tuple[Tie, ...]]:
    mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
    if slot.purpose in {"exercise", "discussion"}:
        return _activity_reason(slot, brief, said)
    if slot.purpose == "review-actions":
        count = len(brief.actions)
        return f"{number(count).capitalize()} {'action is' if count == 1 else 'actions are'} still open between you.", (
            "action",
        )
    if slot.purpose == "goal-reached":
        return f"You reached {quoted(brief.reached)}.", ("goal",)
    if slot.purpose == "goals" and brief.reached and brief.stage != "kickoff":
        return f"{quoted(brief.reached)} is reached, so there is room for the next goal.", ("goal",)
    if slot.purpose == "restart":
        return f"The last {number(brief.missed)} meetings did not take place, so this one is short and begins again.", (
            "stage",
        )
    if slot.purpose in {"goals", "review-goals", "evaluation"} and brief.goals:
        return f"Your goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}.", ("goal",)
    if slot.purpose == "check-in" and brief.focus and not brief.restart:
        return f"You asked to focus on “{brief.focus}”: a first word each brings both of you there.", ("focus",)
    if slot.purpose == "reflection" and brief.goals and brief.stage == "building":
        goal = brief.goals[(brief.position - 1) % len(brief.goals)]
        return f"What {mentee} can put into plain words today is a step toward “{clause(goal, 120)}”.", ("goal",)
    if slot.purpose == "next-steps" and brief.stage == "closing":
        return f"{_where(brief, said)}: an end that both have agreed on leaves no loose thread.", ("stage",)
    reason = _PURPOSE_REASONS.get(slot.purpose, _STAGE_REASONS[brief.stage]).format(mentor=mentor, mentee=mentee)
    return f"{_where(brief, said)}: {reason[0].lower()}{reason[1:]}", ("stage",)


def _activity_reason(slot: Slot, brief: SessionBrief, said: str) -> tuple[str, tuple[Tie, ...]]:
    ties: list[Tie] = []
    if slot.goal:
        reason = _goal_reason(slot, slot.goal, said)
        ties.append("goal")
    else:
        reason = f"{_where(brief, said)}: {_stage_reason(slot, brief, said)}"
        ties.append("stage")
    carried = next(
        (
            one
            for one in (*brief.unfinished, *([brief.carried] if brief.carried else []))
            if one.session_id == slot.carried_from
            and (slot.activity is None or one.activity_id == slot.activity.front.id)
        ),
        None,
    )
    if carried is not None:
        why = "where it was not finished" if carried in brief.unfinished else "which did not take place"
        reason += f" Carried over from session {carried.session_number}, {why}."
    elif brief.focus and slot.takes_focus:
        reason += f" You asked to focus on “{brief.focus}”."
        ties.append("focus")
    elif slot.purpose == "exercise" and "can draw on" not in said and (strength := _useful_strength(slot, brief)):
        reason += f" {brief.mentor.first_name} can draw on a strength: “{strength}”."
    return reason, tuple(ties)


def _goal_reason(slot: Slot, goal: str, said: str) -> str:
    """What an activity does for the goal; where it is about something else, that, and each time in other words."""
    goal, gives = f"“{clause(goal, 120)}”", _gives(slot)
    if slot.serves_goal:
        return f"Works on your goal {goal}: it {gives}." if gives else f"Works on your goal {goal}."
    if not gives:
        return f"The way of working is a general one; what you work on is your goal {goal}."
    if slot.activity is not None and slot.activity.front.topic is None:
        return f"It {gives}, with an eye on your goal {goal}."
    if "gives the example" not in said:
        return f"Your goal {goal} gives the example; the activity itself {gives}."
    return f"What you try it on is {goal}: it {gives}."


def _gives(slot: Slot) -> str | None:
    """What the slot's activity is good for, behind "it", where the library tells."""
    front = slot.activity.front if slot.activity is not None else None
    return front.gives if isinstance(front, TopicFrontMatter) else None


def _stage_reason(slot: Slot, brief: SessionBrief, said: str) -> str:
    """What an activity is for where no goal comes near to it: the topic the two chose, or what the stage asks for."""
    topic, gives = slot.activity.front.topic if slot.activity is not None else None, _gives(slot)
    if topic is not None and topic in brief.topics:
        chosen = f"it is on {topic.replace('-', ' ')}, a topic you chose"
        if chosen not in said:
            return f"{chosen}, and {gives}." if gives else f"{chosen}."
    if gives:
        return f"it {gives}."
    options = _STAGE_REASONS[brief.stage], *_ACTIVITY_REASONS
    new = next((option for option in options if option[1:] not in said), options[-1])
    return f"{new[0].lower()}{new[1:]}"


def _where(brief: SessionBrief, said: str = "") -> str:
    """Where in the series this session stands; in short where it was said at length."""
    if brief.stage == "kickoff":
        return "This is your first meeting" if "This is your first meeting" not in said else "At a first meeting"
    if brief.stage == "closing":
        once = "This is your last planned meeting"
        return once if once not in said else "At a last planned meeting"
    if f"Meeting {brief.position}" in said:
        return f"Meeting {brief.position}"
    if brief.position > brief.planned_sessions:
        return f"Meeting {brief.position}, beyond the {number(brief.planned_sessions)} you planned"
    where = f"Meeting {brief.position} of {brief.planned_sessions}"
    if brief.stage == "midpoint":
        return f"{where}, halfway"
    half = "the first half" if 2 * brief.position < brief.planned_sessions else "the second half"
    return f"{where}, in {half} of your series"


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


_PLAIN_TITLES = {
    "check-in": "Check in",
    "review": "Look back",
    "exercise": "Try something together",
    "discussion": "Talk it through",
    "reflection": "Think back",
    "next-steps": "Next steps",
}

# Words that two texts may share without having anything in common.
_COMMON = frozenset(
    {
        "what",
        "with",
        "without",
        "that",
        "thi",
        "from",
        "into",
        "your",
        "their",
        "them",
        "have",
        "when",
        "where",
        "which",
        "about",
        "more",
        "people",
        "work",
        "working",
        "make",
        "each",
        "they",
        "than",
    }
)
_STAGE_REASONS = {
    "kickoff": "It goes better when you have done something together, however small.",
    "building": "Most minutes go to doing.",
    "midpoint": "The moment to see what works.",
    "closing": "What stays should be tried once more.",
}
# For the activities beyond the first that no goal and no topic gives a reason.
_ACTIVITY_REASONS = (
    "A second way of looking at it helps what was new to stay.",
    "What is done with other material shows what carries over.",
    "With so much time, a change of what you do keeps both awake.",
)

_PURPOSE_REASONS = {
    "check-in": "A turn each at the start gets both voices into the room.",
    "confidentiality": "To be candid, {mentor} needs to hear what stays between you.",
    "ground-rules": "Rules agreed early are easier to point to later.",
    "goals": "A goal that both can see when it is reached keeps you from drifting.",
    "review-goals": "It is the moment to find out what the rest is for.",
    "evaluation": "What is not said now is not said.",
    "celebration": "An end that is marked lasts longer.",
    "break": "In so long a meeting attention needs one before it runs out.",
    "reflection": "Saying it in {mentee}'s own words shows both what has arrived.",
    "next-steps": "What has a day and an owner gets done.",
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
        "midpoint": f"{mentor} and {mentee} are halfway through their sessions: look at what moved, and decide what "
        f"the rest is for.",
        "closing": f"The last planned session of {mentor} and {mentee}: what was reached, what stays, and a proper "
        f"thank-you.",
    }[brief.stage]
    if brief.restart:
        opening = f"A short restart for {mentor} and {mentee} after {number(brief.missed)} missed meetings: " + (
            "what was reached, and a proper end."
            if brief.ends
            else "one small thing done, and a date for the next one."
        )
    if brief.actions:
        count = len(brief.actions)
        opening += f" It picks up {number(count)} open {'action' if count == 1 else 'actions'}."
    if brief.stage in {"kickoff", "closing"} and brief.goals:
        opening += f" Goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}."
    return opening


def _useful_strength(slot: Slot, brief: SessionBrief) -> str | None:
    """The mentor's strength that shares most words with the goal and the activity's name; None where none does."""
    about = f"{slot.goal or ''} {slot.activity.front.title if slot.activity is not None else ''}"
    wanted = _long_words(about)
    if slot.activity is not None and slot.activity.front.topic is None:
        return None
    best = max(brief.mentor.strengths, key=lambda text: len(wanted & _long_words(text)), default=None)
    return best if best is not None and wanted & _long_words(best) else None


def _long_words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.casefold())} - _COMMON


def _main_goal(plan: AgendaPlan, brief: SessionBrief) -> str | None:
    """The goal that the meeting serves first: that of its first activity, or the one whose turn it is."""
    named = (slot.goal for slot in plan.slots if slot.purpose in {"exercise", "discussion"} and slot.goal)
    return next(named, brief.goals[(brief.position - 1) % len(brief.goals)] if brief.goals else None)


def _share(plan: AgendaPlan) -> str:
    """How much of the meeting the mentor leads alone."""
    alone = sum(slot.minutes for slot in plan.slots if slot.led_by == "mentor")
    return "most of it" if 2 * alone > plan.minutes else "the main part"


def _from_strength(goal: str | None, brief: SessionBrief) -> str:
    """What the mentor can start from: the strength that has to do with the goal, or the one that was named first."""
    if not brief.mentor.strengths:
        return ""
    wanted = _long_words(f"{goal or ''} {brief.focus or ''}")
    best = max(brief.mentor.strengths, key=lambda text: len(wanted & _long_words(text)))
    return f" and can start from “{shorten(best, 80)}”"


def _first_of(brief: SessionBrief) -> str:
    planned = brief.planned_sessions
    return f"The first of {number(planned)} sessions" if planned > 1 else "The one session that is planned"


def _shortest_summary(brief: SessionBrief) -> str:
    return f"{brief.minutes} minutes for {brief.mentor.first_name} and {brief.mentee.first_name}."
