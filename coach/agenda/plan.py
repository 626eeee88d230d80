"""The plan: which slots a meeting has, how long each is, who leads it, and what it is for.

Nothing here asks a model or the index, and the same brief always gives the same plan. Held for every brief: minutes
sum exactly, no slot is under two minutes, the first slot is a check-in and the last one next steps, the mentor
leads at least half of the minutes (a slot led by both counts half).
"""

from dataclasses import dataclass, replace
from typing import Literal

from coach.agenda.brief import SessionBrief
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Document, Stage

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
    "break",
    "reflection",
    "next-steps",
]

SHORTEST_SLOT = 2
SHORTEST_ACTIVITY = 5
LONG_MEETING = 120
# Below this, one activity gets the time: two of five minutes each would be two beginnings.
TWO_ACTIVITIES_FROM = 30
# From this length on, a meeting of whole fives is planned in fives: people read 5, 20, 10 more easily than 7, 19, 9.
ROUND_FROM = 45


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
    "break": _Form("check-in", "both", 5, 15, 4),
    "reflection": _Form("reflection", "mentee", 2, 10, 4),
    "next-steps": _Form("next-steps", "both", 2, 10, 5),
}

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


@dataclass(frozen=True)
class Slot:
    """One slot of the plan.

    `goal` is the goal it works on; `carried_from` the id of the session that what it holds comes from; `activity`
    the library's document that fills it and `passages` what may be cited in it, both set by `coach.agenda.choose`.
    """

    purpose: Purpose
    kind: Kind
    minutes: int
    led_by: Lead
    goal: str | None = None
    carried_from: str | None = None
    activity: Document | None = None
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class AgendaPlan:
    """The slots in order, and the starters chosen for the pair. `dry` names what the library had too little of."""

    stage: Stage
    minutes: int
    slots: tuple[Slot, ...]
    starters: tuple[Passage, ...] = ()
    dry: tuple[str, ...] = ()

    def minutes_led_by_mentor(self) -> float:
        """Minutes that the mentor leads; a slot led by both counts half."""
        share = {"mentor": 1.0, "both": 0.5, "mentee": 0.0}
        return sum(slot.minutes * share[slot.led_by] for slot in self.slots)


def outline(brief: SessionBrief) -> AgendaPlan:
    """The slots of the meeting, still without activities."""
    purposes = _purposes(brief)
    minutes = _share_out(brief, purposes)
    slots = [
        Slot(purpose=purpose, kind=_FORMS[purpose].kind, minutes=share, led_by=_FORMS[purpose].led_by)
        for purpose, share in zip(purposes, minutes, strict=True)
    ]
    slots = _give_goals(slots, brief)
    return AgendaPlan(stage=brief.stage, minutes=brief.minutes, slots=tuple(_mentor_leads_half(slots)))


def _purposes(brief: SessionBrief) -> list[Purpose]:
    parts: list[tuple[Purpose, int]] = []
    for purpose, gives_way in _OUTLINES[brief.stage]:
        if purpose == "review-actions" and not brief.actions:
            continue
        if purpose == "discussion" and brief.minutes < TWO_ACTIVITIES_FROM:
            continue
        parts.append((purpose, gives_way))
        if purpose == "exercise":
            parts += _more_activities(brief)
    # Drop the parts that give way first, until what is left fits.
    while sum(_least(brief, purpose) for purpose, _ in parts) > brief.minutes:
        weakest = max(gives_way for _, gives_way in parts)
        last = max(index for index, part in enumerate(parts) if part[1] == weakest)
        del parts[last]
    return [purpose for purpose, _ in parts]


def _more_activities(brief: SessionBrief) -> list[tuple[Purpose, int]]:
    more: list[tuple[Purpose, int]] = []
    if brief.minutes >= LONG_MEETING:
        more += [("break", 5), ("exercise", 6)]
    elif brief.minutes >= 75:
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
    most = [max(_most(brief, purpose) // unit, least[index]) for index, purpose in enumerate(purposes)]
    shares = list(least)
    for _ in range(brief.minutes // unit - sum(shares)):
        open_slots = [index for index in range(len(shares)) if shares[index] < most[index]]
        # Where every slot has had its fill, the activities take the rest.
        candidates = open_slots or [i for i, p in enumerate(purposes) if p == "exercise"] or [len(shares) // 2]
        neediest = min(candidates, key=lambda index: (shares[index] + 1) / _FORMS[purposes[index]].weight)
        shares[neediest] += 1
    return [share * unit for share in shares]


def _least(brief: SessionBrief, purpose: Purpose) -> int:
    least = max(_FORMS[purpose].least, SHORTEST_SLOT)
    if purpose == "review-actions":
        # Two minutes an action, as far as a sixth of the meeting bears; the rest is sorted in one go.
        return max(least, min(2 * len(brief.actions), brief.minutes // 6))
    return least


def _most(brief: SessionBrief, purpose: Purpose) -> int:
    if purpose == "review-actions":
        return max(_least(brief, purpose), min(3 * len(brief.actions), brief.minutes // 5, 15))
    return _FORMS[purpose].most


def _give_goals(slots: list[Slot], brief: SessionBrief) -> list[Slot]:
    """Goals to the activities in turn, so that over the sessions each goal is first in line as often as the others."""
    turn = brief.position - 1
    carried = brief.carried
    given = []
    for slot in slots:
        if slot.purpose in {"exercise", "discussion"} and brief.goals:
            slot = replace(slot, goal=brief.goals[turn % len(brief.goals)])
            if slot.purpose == "exercise":
                turn += 1
        if slot.purpose == "exercise" and carried is not None:
            slot, carried = replace(slot, carried_from=carried.session_id), None
        if slot.purpose == "review-actions":
            sources = [action.session_id for action in brief.actions if action.session_id]
            slot = replace(slot, carried_from=sources[0] if sources else brief.previous_session_id)
        given.append(slot)
    return given


def _mentor_leads_half(slots: list[Slot]) -> list[Slot]:
    """Slots led by the mentee become shared, the longest first, until the mentor leads half of the minutes."""
    slots = list(slots)
    while sum(slot.minutes * {"mentor": 1, "both": 0, "mentee": -1}[slot.led_by] for slot in slots) < 0:
        longest = max((slot for slot in slots if slot.led_by == "mentee"), key=lambda slot: slot.minutes)
        slots[slots.index(longest)] = replace(longest, led_by="both")
    return slots
