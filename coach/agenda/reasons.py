"""Why each slot is in an agenda: in words, and what that ties it to."""

from dataclasses import dataclass
from typing import Literal

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.outlines import Purpose
from coach.agenda.phrases import clause, ended, long_words, number, quoted, spare
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.stages import Late
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Stage, TopicFrontMatter
from coach.untrusted import shorten

Tie = Literal["goal", "action", "focus", "feedback", "stage"]


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
    if brief.late is not None and slot.purpose == _BELONGS_TO[brief.late.stage]:
        text, ties = f"{text} {_came_late(brief, brief.late)}", tuple(dict.fromkeys((*ties, "stage")))
    kept = [spare(text, briefing)] if spare(text, briefing) else []
    if not kept:
        kept, ties = [f"{_where(brief, said)}: it belongs to a meeting of this kind."], ("stage",)
    answers = [answer for answer in slot.answers if not briefing.avoid.touches(answer)]
    if answers:
        # What was asked for says more than what every meeting of the stage has.
        kept = [_carried_over(slot, brief), *answers] if ties == ("stage",) else [*kept, *answers]
        ties = (*(tie for tie in ties if tie != "stage"), "feedback")
    if slot.own is not None:
        kept = [*kept, _own(slot.own)]
    return Reason(ended(" ".join(filter(None, kept))), ties)


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
    if slot.purpose == "goals" and brief.new_goals:
        count = len(brief.new_goals)
        return f"Your new goal{'s' if count > 1 else ''}: {quoted(brief.new_goals)}.", ("goal",)
    if slot.purpose == "goals" and brief.reached and brief.stage != "kickoff":
        is_reached = "is reached" if len(brief.reached) == 1 else "are reached"
        return f"{quoted(brief.reached)} {is_reached}, so there is room for the next goal.", ("goal",)
    if slot.purpose == "restart":
        begins = "is short" if brief.stage == "kickoff" else "is short and begins again"
        return f"The last {number(brief.missed)} meetings did not take place, so this one {begins}.", ("stage",)
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


def _came_late(brief: SessionBrief, late: Late) -> str:
    """Why what a stage is for comes only now."""
    what = _WHAT_COMES[late.stage]
    if late.session is None:
        return f"{what} was due by meeting {late.meeting} and has not come yet."
    if brief.restart:
        return f"{what} was due at session {late.session}."
    return f"{what} was due at session {late.session}, which {'did not take place' if late.marked else _NOT_MARKED}."


def _activity_reason(slot: Slot, brief: SessionBrief, said: str) -> tuple[str, tuple[Tie, ...]]:
    ties: list[Tie] = []
    if slot.goal:
        reason = _goal_reason(slot, slot.goal, said)
        ties.append("goal")
    else:
        reason = f"{_where(brief, said)}: {_stage_reason(slot, brief, said)}"
        ties.append("stage")
    if carried := _carried_over(slot, brief):
        reason += f" {carried}"
    elif brief.focus and slot.takes_focus:
        reason += f" You asked to focus on “{brief.focus}”."
        ties.append("focus")
    elif slot.purpose == "exercise" and "can draw on" not in said and (strength := _useful_strength(slot, brief)):
        reason += f" {brief.mentor.first_name} can draw on a strength: “{strength}”."
    return reason, tuple(ties)


def _carried_over(slot: Slot, brief: SessionBrief) -> str:
    """Which session an activity comes from, and why it comes back; empty where it is new."""
    activity = slot.activity.front.id if slot.activity is not None else None
    carried = brief.carried_as(slot.carried_from, activity) if slot.carried_from else None
    if slot.purpose not in {"exercise", "discussion"} or carried is None:
        return ""
    why = "which did not take place" if carried.marked else f"which {_NOT_MARKED}"
    why = "where it was not finished" if carried in brief.unfinished else why
    begun = f"; you began it in session {carried.begun}" if carried.begun is not None else ""
    return f"Carried over from session {carried.session_number}, {why}{begun}."


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


def behind(brief: SessionBrief) -> bool:
    """Whether the stage comes at a meeting further on than its own."""
    return brief.late is not None and brief.late.session is None and brief.late.stage == brief.stage


def _where(brief: SessionBrief, said: str = "") -> str:
    """Where in the series this session stands; in short where it was said at length."""
    if brief.stage == "kickoff":
        return "This is your first meeting" if "This is your first meeting" not in said else "At a first meeting"
    if brief.stage == "closing":
        beyond = brief.position > brief.planned_sessions
        once = "This is the meeting that closes your series" if beyond else "This is your last planned meeting"
        return once if once not in said else f"At a {'closing' if beyond else 'last planned'} meeting"
    if f"Meeting {brief.position}" in said:
        return f"Meeting {brief.position}"
    if brief.position > brief.planned_sessions:
        return f"Meeting {brief.position}, beyond the {number(brief.planned_sessions)} you planned"
    where = f"Meeting {brief.position} of {brief.planned_sessions}"
    if brief.stage == "midpoint" and not behind(brief):
        return f"{where}, halfway"
    half = "the first half" if 2 * brief.position <= brief.planned_sessions else "the second half"
    return f"{where}, in {half} of your series"


def _useful_strength(slot: Slot, brief: SessionBrief) -> str | None:
    """The mentor's strength that shares most words with the goal and the activity's name; None where none does."""
    about = f"{slot.goal or ''} {slot.activity.front.title if slot.activity is not None else ''}"
    wanted = long_words(about)
    if slot.activity is not None and slot.activity.front.topic is None:
        return None
    best = max(brief.mentor.strengths, key=lambda text: len(wanted & long_words(text)), default=None)
    return best if best is not None and wanted & long_words(best) else None


# What comes late with a stage, and the part of a meeting that says so.
_WHAT_COMES: dict[Stage, str] = {
    "kickoff": "What belongs to a first meeting",
    "midpoint": "The halfway look back",
    "closing": "The look back at the end",
}
_BELONGS_TO: dict[Stage, Purpose] = {
    "kickoff": "confidentiality",
    "midpoint": "review-goals",
    "closing": "evaluation",
}
_NOT_MARKED = "was never marked as held"
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
