"""What the words of a slot must name, whoever writes them: without it the slot is not what the stage needs it for.

A model is told beforehand, in its plan. Where its words go without, the coach says it in a sentence of its own.
"""

import re
from dataclasses import dataclass, replace

from coach.agenda.brief import SessionBrief
from coach.agenda.outlines import Purpose
from coach.agenda.phrases import clause, due_this_year, quoted
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.words import AgendaWords, ItemWords
from coach.untrusted import shorten

# Of a quoted text so much must stand there word for word; the rest may be shortened.
_QUOTED_CHARACTERS = 40
_ACTION_CHARACTERS = 70


@dataclass(frozen=True)
class MustHave:
    """One thing to name: `named` tells a model what, `found` is a pattern without which it is not there, and
    `sentence` says it.
    """

    named: str
    found: str
    sentence: str

    def is_in(self, item: ItemWords) -> bool:
        """Whether the title or the description names it."""
        return re.search(self.found, f"{item.title}\n{item.description}", re.IGNORECASE) is not None


_OF_A_PURPOSE: dict[Purpose, MustHave] = {
    "confidentiality": MustHave(
        "confidentiality", r"\bconfidential", "Write down in one line what confidentiality means between you."
    ),
    "ground-rules": MustHave("ground rules", r"\bground rules?\b", "Write them down as your ground rules."),
    "goals": MustHave("the goal", r"\bgoals?\b", "Write it down as a goal that both of you can see reached."),
    "review-goals": MustHave("the goals", r"\bgoals?\b", "Then decide: is each goal kept, reworded or replaced?"),
    "evaluation": MustHave(
        "what was reached",
        r"\bwas reached\b|\blook back\b|\bdone differently\b",
        "Write down what was reached and what was not.",
    ),
    "celebration": MustHave(
        "a thank-you", r"\b(?:celebrat|thank|proud)", "Each says one thank-you that names what the other one did."
    ),
    "next-steps": MustHave("the next date", r"\bdates?\b|\bdiar(?:y|ies)\b|\bcalendars?\b", "Enter the next date."),
}


def must_haves(slot: Slot, brief: SessionBrief) -> tuple[MustHave, ...]:
    """What this slot's words must name at this meeting: the open action that is due first, the goals at their review,
    what was reached, and what the stage cannot do without.
    """
    if slot.purpose == "review-actions":
        first = brief.actions[0]
        owner = brief.person(first.owner).first_name
        text = shorten(first.text, _ACTION_CHARACTERS)
        when = due_this_year(first, brief.scheduled_on)
        return (_quote(first.text, text, f"First on your list: {owner}, “{text}”{when}."),)
    if slot.purpose == "goals" and brief.new_goals:
        return tuple(_quote(goal, clause(goal, 120), f"New: “{clause(goal, 120)}”.") for goal in brief.new_goals[:1])
    new_goal = slot.purpose == "goals" and brief.stage != "kickoff"
    if slot.purpose in {"goals", "review-goals"} and brief.goals and not new_goal:
        goals = f"Your goal{'s' if len(brief.goals) > 1 else ''}: {quoted(brief.goals)}."
        return (MustHave("the goals", _OF_A_PURPOSE["goals"].found, goals),)
    if slot.purpose == "goal-reached":
        return tuple(_quote(goal, clause(goal, 120), f"Reached: “{clause(goal, 120)}”.") for goal in brief.reached[:1])
    if slot.purpose == "next-steps" and brief.ends:
        return ()
    found = _OF_A_PURPOSE.get(slot.purpose)
    return (found,) if found is not None else ()


def with_must_haves(plan: AgendaPlan, words: AgendaWords, brief: SessionBrief) -> AgendaPlan:
    """The plan whose slots end with what these words left out."""
    slots = (
        replace(slot, added=(*(one.sentence for one in must_haves(slot, brief) if not one.is_in(item)), *slot.added))
        for slot, item in zip(plan.slots, words.items, strict=True)
    )
    return replace(plan, slots=tuple(slots))


def _quote(text: str, named: str, sentence: str) -> MustHave:
    return MustHave(named, re.escape(text[:_QUOTED_CHARACTERS]), sentence)
