"""The composer's prep: what one of the two does before the meeting, without a model."""

import re

from coach.agenda.brief import Briefing, PrivateBrief, SessionBrief
from coach.agenda.circumstances import is_far_apart
from coach.agenda.phrases import curled, due, ended, fit, listed, number, pick
from coach.agenda.plan import AgendaPlan
from coach.agenda.ways import in_short
from coach.agenda.words import MOST_PREP_STEPS, PREP_CHARACTERS, PrepWords
from coach.names import named
from coach.retrieval.library import Role, TopicFrontMatter
from coach.untrusted import shorten

_FIRST_ACTIVITIES = 2
_MINUTES = 5
_TO_MAKE = re.compile(
    r"^For “[^”]*”: (?:write|collect|prepare|list|make|look through|get|jot|mark one|scroll|estimate|learn|practice)\b"
)
_TO_READ = re.compile(r"^(?:Read the starters|You told the coach|Something in your shared|You asked that|Your last)")


def compose_prep(role: Role, plan: AgendaPlan, briefing: Briefing) -> PrepWords:
    """Five minutes' preparation for one of the two; what that person told in private shapes this alone."""
    brief, private = briefing.brief, briefing.private(role)
    partner = brief.person("mentee" if role == "mentor" else "mentor").first_name
    activities: list[str] = []
    for slot in plan.slots:
        if slot.activity is not None and isinstance(slot.activity.front, TopicFrontMatter):
            front = slot.activity.front
            carried = brief.carried_as(slot.carried_from, front.id)
            if carried and carried in brief.unfinished:
                activities.append(f"For “{front.title}”: {_BEGUN.format(session=carried.session_number)}")
                continue
            line = front.prep.mentor if role == "mentor" else front.prep.mentee
            line = curled(named(line, brief.mentor.first_name, brief.mentee.first_name))
            activities.append(f"For “{front.title}”: {line[0].lower() + line[1:] if _is_plain_word(line) else line}")
    # What a long meeting holds besides comes last, and mostly falls away.
    steps, further = activities[:_FIRST_ACTIVITIES], activities[_FIRST_ACTIVITIES:]
    own = [action for action in brief.actions if action.owner == role]
    if own:
        more = "" if len(own) == 1 else " The other one can be told in one line."
        more = f" The other {number(len(own) - 1)} can be told in one line each." if len(own) > 2 else more
        steps.append(
            f"You took on “{shorten(own[0].text, 120)}”{due(own[0], brief.scheduled_on)}. "
            f"Note in one sentence what came of it.{more}"
        )
    thought = pick(_STAGE_PREP[brief.stage][role], brief, f"prep-{role}")
    steps.append(thought.format(partner=partner, first=_first_goal(brief)))
    if len(plan.starters) > 1:
        steps.append(pick(_STARTERS_PREP, brief, f"starters-{role}"))
    shared = [step for step in [*steps, *further] if not briefing.avoid.touches(step)]

    if "own-work" in brief.wishes and role == "mentee":
        shared.insert(0, "Choose one real piece of your own work for today, without confidential details, and open it.")
    if "start-on-time" in brief.wishes:
        shared.insert(
            0,
            f"Be there, or in the call, two minutes before it begins. If you cannot, tell {partner} before then, "
            "not after.",
        )

    own_steps = []
    if private.note:
        own_steps.append(
            f"From your private note, which only you see: “{shorten(private.note, 160)}” "
            f"Decide before you meet whether {partner} should hear of it, and with which first sentence."
        )
    if taken_up := _needs_taken_up(private, brief):
        own_steps.append(taken_up)
    own_steps += told_alone(role, plan, briefing)
    room = MOST_PREP_STEPS - len(own_steps)
    minutes = _MINUTES - sum(map(_minutes, own_steps))
    steps = [ended(fit(step, PREP_CHARACTERS)) for step in [*_in_time(shared, minutes)[:room], *own_steps]]
    return PrepWords(
        steps=tuple(steps or ["Take five minutes to think about what you would like to leave this meeting with."])
    )


def _in_time(steps: list[str], minutes: float) -> list[str]:
    """The steps that can be done in so many minutes, the first ones first; always one."""
    kept: list[str] = []
    for step in steps:
        if not kept or _minutes(step) <= minutes:
            kept.append(step)
            minutes -= _minutes(step)
    return kept


def _minutes(step: str) -> float:
    """About how long a step takes: what has to be looked for or made, longer than what is thought of or read."""
    return 2.0 if _TO_MAKE.search(step) else 0.5 if _TO_READ.search(step) else 1.0


def _needs_taken_up(private: PrivateBrief, brief: SessionBrief) -> str:
    """What the agenda does about somebody's needs; where it knows nothing to do, that; empty where there are none."""
    told = private.accessibility
    ways, hours_apart = in_short(private.needs, brief), is_far_apart([told])
    if hours_apart and not brief.ends:
        ways.append("times that are named in both time zones")
    if hours_apart and not ways:
        return (
            f"You told the coach: “{shorten(told, 120)}”. No further meeting is planned, so there is no date to find."
        )
    if not ways and not private.more_needs:
        return ""
    if not ways:
        return (
            f"You told the coach: “{shorten(told, 120)}”. It knows no way of working for this, so the agenda only asks "
            f"both of you at the start what helps. Say what you like, or nothing, and look at the room or the call "
            f"before."
        )
    return (
        f"You told the coach: “{shorten(told, 120)}”. The agenda asks for {listed(ways)}, without saying for whom. "
        f"What else you need of the room or the call is yours to mention or not."
    )


def told_alone(role: Role, plan: AgendaPlan, briefing: Briefing) -> list[str]:
    """What the plan turned away from for this person's sake, and how to have it otherwise.

    Nobody else is told, and this person is, whoever writes the other steps.
    """
    brief, private = briefing.brief, briefing.private(role)
    partner = brief.person("mentee" if role == "mentor" else "mentor").first_name
    steps = []
    if private.set_aside:
        steps.append(
            "Something in your shared goals or actions touches what you asked to keep out, so this agenda leaves it "
            "aside. "
            f"{partner} is not told why. Change your list if you want it back."
        )
    if role in plan.rested and role in brief.weighed_on and private.experience_limit:
        steps.append(
            "After what you shared, this agenda rests on the work and not on what you have lived through. If you would "
            "rather go on with it, say so when you meet; the choice is yours."
        )
    elif role in plan.rested:
        why = (
            "You asked that no meeting draws on what you have lived through"
            if private.experience_limit == 0
            else "Your last meetings drew a good deal on what you have lived through"
        )
        steps.append(
            f"{why}, so this agenda rests on the work instead. {partner} is not told. If you would rather go on with "
            "it, raise your limit in the coach and ask for the agenda again; the choice is yours."
        )
    return steps


_BEGUN = "you began it in session {session}. Look up where you stopped, and note what is left of it."
_STARTERS_PREP = (
    "Read the starters once and mark the one you would most like to ask, or be asked.",
    "Read the starters once and cross out the one that fits you two least today.",
    "Read the starters once and choose the one to come back to if the talk stops.",
)
# A series has most of its meetings while it is building, so these come in turn.
_STAGE_PREP: dict[str, dict[Role, tuple[str, ...]]] = {
    "kickoff": {
        "mentor": (
            "Think of one thing about your work that {partner} could not know from an org chart. You will be asked for "
            "it early, and you know it better than anyone.",
        ),
        "mentee": (
            "Close your mail before you go in. Have one question ready for {partner} to which you do not know the "
            "answer.",
        ),
    },
    "building": {
        "mentor": (
            "Decide in one sentence what {partner} should be able to do after this meeting. That sentence is your "
            "plan; the rest may change.",
            "Think of the place where {partner} could get stuck today, and of one smaller step to offer there.",
            "Choose what you will leave out if time runs short, so that {partner} still gets to try.",
            "Find one question for {partner} to which you do not know the answer. It may open more than another tip.",
        ),
        "mentee": (
            "Have a real, current piece of work at hand{first}. When you notice that you explain, stop and ask "
            "{partner} a question instead.",
            "Note one thing{first} that you tried or put off since you last met. With something real {partner} can "
            "help.",
            "Write down one question{first} that you would not ask in a large meeting. Ask it here.",
            "Think of one thing{first} of which you were unsure lately, and of how to tell it in a minute. Leave "
            "the rest of the time to {partner}.",
        ),
    },
    "midpoint": {
        "mentor": (
            "Note one thing that has gone well and one you would do differently. You may say both: {partner} is asked "
            "for the same.",
        ),
        "mentee": (
            "Note one thing that {partner} taught you and that you used since, and one thing you would like more of.",
        ),
    },
    "closing": {
        "mentor": ("Choose one thing that you learned from {partner} and say it in the meeting; this went both ways.",),
        "mentee": ("Find one thing that you do differently since the first session and can show, not just name.",),
    },
}


def _first_goal(brief: SessionBrief) -> str:
    return f" for “{shorten(brief.goals[(brief.position - 1) % len(brief.goals)], 90)}”" if brief.goals else ""


def _is_plain_word(line: str) -> bool:
    """Whether the first word may lose its capital: not "I", not an acronym."""
    return len(line) > 1 and line[1].islower()
