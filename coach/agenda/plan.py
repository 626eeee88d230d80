"""The plan: which slots a meeting has, how long each is, who leads it, and what it is for.

Nothing here asks a model or the index, and the same brief always gives the same plan. Held for every brief: minutes
sum exactly, no slot is under two minutes, the first slot is a check-in and the last one next steps, the mentor
alone leads at least half of the minutes.
"""

from dataclasses import dataclass, replace
from typing import Literal

from coach.agenda.brief import SessionBrief
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Document, Role, Stage

Kind = Literal["check-in", "review", "exercise", "discussion", "reflection", "next-steps"]
Lead = Literal["mentor", "mentee", "both"]
Purpose = Literal[
    "check-in",
    "review-actions",
    "confidentiality",
    "ground-rules",
    "goals",
    "review-goals",
    "exercise",
    "discussion",
    "evaluation",
    "celebration",
    "goal-reached",
    "restart",
    "break",
    "reflection",
    "next-steps",
]

SHORTEST_SLOT = 2
SHORTEST_ACTIVITY = 5
LONG_MEETING = 120
# From here on there is a second exercise.
SEVERAL_FROM = 75
# Below this, one activity gets the time: two of five minutes each would be two beginnings.
TWO_ACTIVITIES_FROM = 30
# From this length on, a meeting of whole fives is planned in fives: people read 5, 20, 10 more easily than 7, 19, 9.
ROUND_FROM = 45
# Who missed two meetings in a row comes back for a short one, however long the meeting was to be.
RESTART_MINUTES = 30
# What "shorter" means where feedback asks for shorter demonstrations.
DEMO_MINUTES = 8
_MOST_GOALS = 3


@dataclass(frozen=True)
class _Form:
    """How a purpose takes up time: minutes from `least` to `most`, and the share it asks for."""

    kind: Kind
    led_by: Lead
    least: int
    most: int
    weight: int


_FORMS: dict[Purpose, _Form] = {
    "check-in": _Form("check-in", "both", 2, 10, 5),
    "review-actions": _Form("review", "both", 2, 20, 5),
    "confidentiality": _Form("discussion", "both", 2, 12, 7),
    "ground-rules": _Form("discussion", "mentor", 2, 12, 7),
    "goals": _Form("discussion", "mentor", 4, 30, 14),
    "review-goals": _Form("review", "both", 4, 25, 15),
    "exercise": _Form("exercise", "mentor", SHORTEST_ACTIVITY, 35, 22),
    "discussion": _Form("discussion", "both", SHORTEST_ACTIVITY, 25, 14),
    "evaluation": _Form("review", "both", 3, 25, 15),
    "celebration": _Form("reflection", "both", 2, 15, 8),
    "goal-reached": _Form("reflection", "both", 2, 10, 6),
    "restart": _Form("discussion", "mentor", 3, 10, 8),
    "break": _Form("check-in", "both", 5, 15, 4),
    "reflection": _Form("reflection", "mentee", 2, 10, 4),
    "next-steps": _Form("next-steps", "both", 2, 10, 5),
}

# What the mentor leads besides where that is needed for half of the minutes: first what is talked through, then what
# opens and closes the meeting. What the mentee takes back stays the mentee's.
_MAY_LEAD: tuple[Purpose, ...] = (
    "discussion",
    "review-goals",
    "evaluation",
    "check-in",
    "next-steps",
    "review-actions",
    "confidentiality",
    "goal-reached",
    "celebration",
    "break",
)

# What a meeting of each stage holds, in order. The number says when a part gives way to shortage of time: 0 never.
_OUTLINES: dict[Stage, tuple[tuple[Purpose, int], ...]] = {
    "kickoff": (
        ("check-in", 0),
        ("confidentiality", 0),
        ("ground-rules", 0),
        ("review-actions", 2),
        ("goals", 0),
        ("exercise", 3),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "building": (
        ("check-in", 0),
        ("review-actions", 0),
        ("exercise", 0),
        ("discussion", 3),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "midpoint": (
        ("check-in", 0),
        ("review-actions", 0),
        ("review-goals", 0),
        ("exercise", 2),
        ("reflection", 4),
        ("next-steps", 0),
    ),
    "closing": (
        ("check-in", 0),
        ("review-actions", 1),
        ("evaluation", 0),
        ("exercise", 3),
        ("celebration", 0),
        ("next-steps", 0),
    ),
}

# After missed meetings: first what got in the way, then one small thing, and a date that holds.
_RESTART: dict[Stage, tuple[tuple[Purpose, int], ...]] = {
    "kickoff": (
        ("check-in", 0),
        ("restart", 1),
        ("confidentiality", 0),
        ("ground-rules", 0),
        ("goals", 0),
        ("next-steps", 0),
    ),
    "building": (("check-in", 0), ("restart", 0), ("review-actions", 1), ("exercise", 2), ("next-steps", 0)),
    "midpoint": (("check-in", 0), ("restart", 0), ("review-actions", 1), ("review-goals", 0), ("next-steps", 0)),
    "closing": (
        ("check-in", 0),
        ("restart", 2),
        ("review-actions", 1),
        ("evaluation", 0),
        ("celebration", 0),
        ("next-steps", 0),
    ),
}


@dataclass(frozen=True)
class Slot:
    """One slot of the plan.

    `goal` is the goal it works on; `carried_from` the id of the session that what it holds comes from; `activity`
    the library's document that fills it, `serves_goal` whether that is about the goal or only gives it a form,
    `takes_focus` whether what the two asked to focus on is its case, `passages` what may be cited in it and `variants`
    the document's sections for other places and bodies, all set by `coach.agenda.choose`. `added` is what the words of
    the slot end with, whoever writes them, and `answers` what of the last feedback it takes up; `coach.agenda.adapt`
    and `ways` set both.
    """

    purpose: Purpose
    kind: Kind
    minutes: int
    led_by: Lead
    goal: str | None = None
    carried_from: str | None = None
    activity: Document | None = None
    serves_goal: bool = True
    takes_focus: bool = False
    passages: tuple[Passage, ...] = ()
    variants: tuple[Passage, ...] = ()
    added: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    @property
    def own(self) -> Passage | None:
        """What the program wrote for itself and fits here, if anything does; `coach.agenda.own` puts it there."""
        return next((passage for passage in self.passages if passage.kind == "program"), None)

    def with_added(self, *sentences: str) -> "Slot":
        """The slot that ends with these sentences, too; each comes once."""
        new = [sentence for sentence in sentences if sentence and sentence not in self.added]
        return replace(self, added=(*self.added, *new))


@dataclass(frozen=True)
class AgendaPlan:
    """The slots in order, and the starters chosen for the pair.

    `dry` names what the library had too little of, `rested` who has told enough of what they have lived through.
    """

    stage: Stage
    minutes: int
    slots: tuple[Slot, ...]
    starters: tuple[Passage, ...] = ()
    dry: tuple[str, ...] = ()
    rested: frozenset[Role] = frozenset()

    def minutes_led_by_mentor(self) -> int:
        """Minutes that the mentor leads alone."""
        return sum(slot.minutes for slot in self.slots if slot.led_by == "mentor")


def outline(brief: SessionBrief) -> AgendaPlan:
    """The slots of the meeting, still without activities. A restart is shorter than the session may be."""
    if brief.restart:
        brief = brief.model_copy(update={"minutes": min(brief.minutes, RESTART_MINUTES)})
    purposes = _purposes(brief)
    minutes = _share_out(brief, purposes)
    slots = [
        Slot(purpose=purpose, kind=_FORMS[purpose].kind, minutes=share, led_by=_lead(purpose, brief))
        for purpose, share in zip(purposes, minutes, strict=True)
    ]
    slots = _give_goals(slots, brief)
    return AgendaPlan(stage=brief.stage, minutes=brief.minutes, slots=tuple(_mentor_leads_half(slots)))


def _lead(purpose: Purpose, brief: SessionBrief) -> Lead:
    """Who leads; where hierarchy got in the way the mentor opens, and leads what is talked through."""
    if brief.heeds("level-the-table") and purpose in {"check-in", "discussion"}:
        return "mentor"
    return _FORMS[purpose].led_by


def _purposes(brief: SessionBrief) -> list[Purpose]:
    parts: list[tuple[Purpose, int]] = []
    makes_up = brief.late is not None and brief.late.stage == "kickoff" != brief.stage
    for purpose, gives_way in (_RESTART if brief.restart else _OUTLINES)[brief.stage]:
        if purpose == "review-actions" and not brief.actions:
            continue
        if makes_up and len(parts) == 1:
            # What the first meeting is for was left out of it, and nothing else makes up for that.
            parts += [("confidentiality", 1), ("ground-rules", 2)]
        if purpose == "discussion" and not _holds_discussion(brief):
            continue
        if purpose == "discussion" and "more-doing" in brief.wishes:
            purpose = "exercise"
        if purpose == "exercise" and brief.stage in {"midpoint", "closing"} and "less-at-once" in brief.wishes:
            # The review of the goals is the one main thing.
            continue
        if purpose in {"exercise", "review-goals", "evaluation"} and brief.reached and ("goal-reached", 1) not in parts:
            parts += _celebrate(brief)
        if purpose == "exercise" and _talks_of_goals(brief) and not any(part == "goals" for part, _ in parts):
            parts.append(("goals", 2))
        parts.append((purpose, gives_way))
        if purpose == "exercise" and not brief.restart and "less-at-once" not in brief.wishes:
            parts += _more_activities(brief, parts)
    # Drop the parts that give way first, until what is left fits.
    while sum(_least(brief, purpose) for purpose, _ in parts) > brief.minutes:
        weakest = max(gives_way for _, gives_way in parts)
        last = max(index for index, part in enumerate(parts) if part[1] == weakest)
        del parts[last]
    return [purpose for purpose, _ in parts]


def _holds_discussion(brief: SessionBrief) -> bool:
    if "less-at-once" in brief.wishes:
        return "more-talk" in brief.wishes
    return brief.minutes >= TWO_ACTIVITIES_FROM or brief.heeds("shorter-demos") or "more-talk" in brief.wishes


def _celebrate(brief: SessionBrief) -> list[tuple[Purpose, int]]:
    """A reached goal gets its moment, and makes room for the next one."""
    parts: list[tuple[Purpose, int]] = [("goal-reached", 1)]
    if brief.stage == "building" and len(brief.goals) < _MOST_GOALS:
        parts.append(("goals", 2 if brief.goals else 1))
    return parts


def _talks_of_goals(brief: SessionBrief) -> bool:
    """Whether they work together toward a goal that no meeting has looked at yet, or without any: nothing was put in
    the place of those that were reached.
    """
    if brief.stage != "building" or brief.restart:
        return False
    return bool(brief.new_goals) or not (brief.goals or brief.goals_at_rest)


def _more_activities(brief: SessionBrief, so_far: list[tuple[Purpose, int]]) -> list[tuple[Purpose, int]]:
    more: list[tuple[Purpose, int]] = []
    if sum(purpose == "exercise" for purpose, _ in so_far) > 1:
        return more
    if brief.minutes >= LONG_MEETING:
        more += [("break", 5), ("exercise", 6)]
    elif brief.minutes >= SEVERAL_FROM:
        more += [("exercise", 6)]
    if brief.minutes >= 150:
        more += [("discussion", 7), ("exercise", 7)]
    return more


def _share_out(brief: SessionBrief, purposes: list[Purpose]) -> list[int]:
    """Minutes for each purpose, in whole fives where the meeting is long enough for that."""
    unit = 5 if brief.minutes >= ROUND_FROM and brief.minutes % 5 == 0 else 1
    least = [-(-_least(brief, purpose) // unit) for purpose in purposes]
    if sum(least) * unit > brief.minutes:
        unit, least = 1, [_least(brief, purpose) for purpose in purposes]
    if _demos_alone(brief) and "discussion" in purposes:
        unit, least = 1, [_least(brief, purpose) for purpose in purposes]
    most = [max(_most(brief, purpose) // unit, least[index]) for index, purpose in enumerate(purposes)]
    shares = list(least)
    for _ in range(brief.minutes // unit - sum(shares)):
        open_slots = [index for index in range(len(shares)) if shares[index] < most[index]]
        # Where every slot has had its fill, the activities take the rest.
        candidates = open_slots or _takes_the_rest(brief, purposes)
        neediest = min(candidates, key=lambda index: (shares[index] + 1) / _weight(brief, purposes[index]))
        shares[neediest] += 1
    return [share * unit for share in shares]


def _takes_the_rest(brief: SessionBrief, purposes: list[Purpose]) -> list[int]:
    wanted: Purpose = "discussion" if _demos_alone(brief) or "more-talk" in brief.wishes else "exercise"
    for purpose in (wanted, "exercise"):
        if found := [index for index, other in enumerate(purposes) if other == purpose]:
            return found
    return [len(purposes) // 2]


def _demos_alone(brief: SessionBrief) -> bool:
    """Whether an exercise is no longer than a short demonstration; with hours to fill, trying things out follows it."""
    return brief.heeds("shorter-demos") and brief.minutes < SEVERAL_FROM


def _weight(brief: SessionBrief, purpose: Purpose) -> int:
    """How much of the time a purpose asks for; feedback moves it."""
    weight = _FORMS[purpose].weight
    if (purpose == "discussion" and "more-talk" in brief.wishes) or (
        purpose == "next-steps" and "firm-next-steps" in brief.wishes
    ):
        return 2 * weight
    return weight


def _least(brief: SessionBrief, purpose: Purpose) -> int:
    least = max(_FORMS[purpose].least, SHORTEST_SLOT)
    if purpose == "review-actions":
        # Two minutes an action, as far as a sixth of the meeting bears; the rest is sorted in one go.
        return max(least, min(2 * len(brief.actions), brief.minutes // 6))
    return least


def _most(brief: SessionBrief, purpose: Purpose) -> int:
    if purpose == "review-actions":
        return max(_least(brief, purpose), min(3 * len(brief.actions), brief.minutes // 5, 15))
    if purpose == "exercise" and _demos_alone(brief):
        return DEMO_MINUTES
    return _FORMS[purpose].most


def _give_goals(slots: list[Slot], brief: SessionBrief) -> list[Slot]:
    """Goals to the activities in turn, so that over the sessions each goal is first in line as often as the others."""
    turn = brief.position - 1
    goals, carried = brief.goals_at_work, list(brief.to_take_up)
    given = []
    for slot in slots:
        if slot.purpose in {"exercise", "discussion"} and goals:
            slot = replace(slot, goal=goals[turn % len(goals)])
            if slot.purpose == "exercise":
                turn += 1
        if slot.purpose in {"exercise", "discussion"} and carried:
            slot = replace(slot, carried_from=carried.pop(0).session_id)
        if slot.purpose == "review-actions":
            sources = [action.session_id for action in brief.actions if action.session_id]
            slot = replace(slot, carried_from=sources[0] if sources else brief.previous_session_id)
        given.append(slot)
    return given


def _mentor_leads_half(slots: list[Slot]) -> list[Slot]:
    """Shared slots become the mentor's, in the order of `_MAY_LEAD`, until the mentor alone leads half of the minutes.

    "Both lead" is no lead for somebody junior: it goes to the one who is used to having the word.
    """
    slots = list(slots)
    for purpose in _MAY_LEAD:
        for place, slot in enumerate(slots):
            if slot.purpose == purpose and slot.led_by != "mentor" and not _is_half(slots):
                slots[place] = replace(slot, led_by="mentor")
    return slots


def _is_half(slots: list[Slot]) -> bool:
    return 2 * sum(slot.minutes for slot in slots if slot.led_by == "mentor") >= sum(slot.minutes for slot in slots)
