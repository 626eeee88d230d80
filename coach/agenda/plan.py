"""The plan: which slots a meeting has, how long each is, who leads it, and what it is for.

Nothing here asks a model or the index, and the same brief always gives the same plan. Held for every brief: minutes
sum exactly, no slot is under two minutes, the first slot is a check-in and the last one next steps, the mentor
alone leads at least half of the minutes.
"""

from dataclasses import dataclass, replace

from coach.agenda.brief import SessionBrief
from coach.agenda.outlines import (
    ASKS_FOR_TIME,
    FORMS,
    LONG_PARTS,
    MAY_LEAD,
    OUTLINES,
    RESTART,
    SHORTEST_SLOT,
    Kind,
    Lead,
    Purpose,
)
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Document, Role, Stage

LONG_MEETING = 120
# In a shorter meeting than this, a break that somebody asked for is a stop in the middle of a part.
_BREAK_FROM = 45
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
        Slot(purpose=purpose, kind=FORMS[purpose].kind, minutes=share, led_by=_lead(purpose, brief))
        for purpose, share in zip(purposes, minutes, strict=True)
    ]
    slots = _give_goals(slots, brief)
    return AgendaPlan(stage=brief.stage, minutes=brief.minutes, slots=tuple(_mentor_leads_half(slots)))


def _lead(purpose: Purpose, brief: SessionBrief) -> Lead:
    """Who leads; where hierarchy got in the way the mentor opens, and leads what is talked through."""
    if brief.heeds("level-the-table") and purpose in {"check-in", "discussion"}:
        return "mentor"
    return FORMS[purpose].led_by


def _purposes(brief: SessionBrief) -> list[Purpose]:
    parts: list[tuple[Purpose, int]] = []
    makes_up = brief.late is not None and brief.late.stage == "kickoff" != brief.stage
    for purpose, gives_way in (RESTART if brief.restart else OUTLINES)[brief.stage]:
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
        if purpose == "exercise" and not brief.restart and not _one_thing(brief):
            parts += _more_activities(brief, parts)
    if "something-new" in brief.wishes:
        parts = _talk_first(parts)
    if "breaks" in brief.wishes and brief.minutes >= _BREAK_FROM:
        parts = _with_break(parts)
    # Drop the parts that give way first, until what is left fits.
    while sum(_least(brief, purpose) for purpose, _ in parts) > brief.minutes:
        weakest = max(gives_way for _, gives_way in parts)
        last = max(index for index, part in enumerate(parts) if part[1] == weakest)
        del parts[last]
    return [purpose for purpose, _ in parts]


def _holds_discussion(brief: SessionBrief) -> bool:
    if _one_thing(brief):
        return "more-talk" in brief.wishes
    return brief.minutes >= TWO_ACTIVITIES_FROM or brief.heeds("shorter-demos") or "more-talk" in brief.wishes


def _one_thing(brief: SessionBrief) -> bool:
    """Whether one activity gets the time of two, because fewer were asked for or more of one.

    In a long meeting going deeper takes no second activity away: no exercise lasts so long.
    """
    return "less-at-once" in brief.wishes or ("deeper" in brief.wishes and brief.minutes < SEVERAL_FROM)


def _talk_first(parts: list[tuple[Purpose, int]]) -> list[tuple[Purpose, int]]:
    """The parts with the first discussion before the first exercise."""
    purposes = [purpose for purpose, _ in parts]
    if not {"exercise", "discussion"} <= set(purposes):
        return parts
    exercise, discussion = purposes.index("exercise"), purposes.index("discussion")
    if discussion > exercise:
        parts = [*parts]
        parts.insert(exercise, parts.pop(discussion))
    return parts


def _with_break(parts: list[tuple[Purpose, int]]) -> list[tuple[Purpose, int]]:
    """The parts with a break between two of the long ones, unless there is one."""
    long = [place for place, (purpose, _) in enumerate(parts) if purpose in LONG_PARTS]
    if len(long) < 2 or ("break", 5) in parts:
        return parts
    return [*parts[: long[0] + 1], ("break", 1), *parts[long[0] + 1 :]]


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
    weight = FORMS[purpose].weight
    wish = ASKS_FOR_TIME.get(purpose)
    return 2 * weight if wish in brief.wishes else weight


def _least(brief: SessionBrief, purpose: Purpose) -> int:
    least = max(FORMS[purpose].least, SHORTEST_SLOT)
    if purpose == "review-actions":
        # Two minutes an action, as far as a sixth of the meeting bears; the rest is sorted in one go.
        return max(least, min(2 * len(brief.actions), brief.minutes // 6))
    return least


def _most(brief: SessionBrief, purpose: Purpose) -> int:
    if purpose == "review-actions" and "look-back" in brief.wishes:
        return max(_least(brief, purpose), min(5 * len(brief.actions), brief.minutes // 4, 15))
    if purpose == "review-actions":
        return max(_least(brief, purpose), min(3 * len(brief.actions), brief.minutes // 5, 15))
    if purpose == "exercise" and _demos_alone(brief):
        return DEMO_MINUTES
    return FORMS[purpose].most


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
    """Shared slots become the mentor's, in the order of `MAY_LEAD`, until the mentor alone leads half of the minutes.

    "Both lead" is no lead for somebody junior: it goes to the one who is used to having the word.
    """
    slots = list(slots)
    for purpose in MAY_LEAD:
        for place, slot in enumerate(slots):
            if slot.purpose == purpose and slot.led_by != "mentor" and not _is_half(slots):
                slots[place] = replace(slot, led_by="mentor")
    return slots


def _is_half(slots: list[Slot]) -> bool:
    return 2 * sum(slot.minutes for slot in slots if slot.led_by == "mentor") >= sum(slot.minutes for slot in slots)
