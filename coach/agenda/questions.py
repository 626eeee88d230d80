"""What the library is asked for an agenda: in the words of the pair, and the same for every pair."""

from coach.agenda.brief import SessionBrief
from coach.agenda.outlines import Purpose
from coach.untrusted import shorten

# What the library is asked for the slots that every stage has; the same words for every pair, so the answers are
# cached.
GUIDANCE: dict[Purpose, str] = {
    "check-in": "Open in four minutes with a short check-in",
    "review-actions": "Open actions from last time: three answers, done, next step, or let it go",
    "confidentiality": "What stays between the two, and where a promise of confidentiality ends",
    "ground-rules": "Finish five sentences together",
    "goals": "Write the goal as something to see",
    "review-goals": "A plan for the midpoint review of the goals",
    "evaluation": "Looking back at the goals in the last session",
    "celebration": "A two-minute celebration for two, with thanks",
    "goal-reached": "Celebrating progress: a small celebration when a goal is reached",
    "restart": "Reviving a stalled pair: starting again after canceled meetings",
    "reflection": "What to take back to work at the end of a meeting",
    "next-steps": "Closing a meeting with next steps, who does what by when, and the next date",
}


def activity_query(brief: SessionBrief, goal: str | None) -> str:
    """What the library is asked for an activity: the goal, or else the session's focus, or what the mentee wants to
    learn.

    Goal and focus are never asked for in one breath: "say hello, agree rules" would draw every goal to the same few
    activities.
    """
    if wanted := goal or brief.focus:
        return wanted
    return ". ".join(brief.mentee.wants_to_learn or [topic.replace("-", " ") for topic in brief.topics]) or (
        "working together"
    )


def strengths_query(brief: SessionBrief) -> str:
    """What the mentor is good at, as a question to the library; where nothing is known, what the pair works on."""
    return ", ".join(shorten(text, 80) for text in brief.mentor.strengths[:4]) or activity_query(brief, None)


def questions(brief: SessionBrief) -> list[str]:
    """Every query that an agenda of this pair asks, so that they can be embedded before they are needed."""
    return [*own_questions(brief), *standing_questions()]


def own_questions(brief: SessionBrief) -> list[str]:
    """The queries in the words of this pair, and what it typed that belongs elsewhere, which is read as well."""
    return [*starter_queries(brief), strengths_query(brief), *(one.text for one in brief.beyond)]


def standing_questions() -> list[str]:
    """The queries that are the same for every pair."""
    return list(GUIDANCE.values())


def goal_queries(brief: SessionBrief) -> list[str]:
    """What the library is asked for activities, one query a goal."""
    return list(dict.fromkeys(activity_query(brief, goal) for goal in brief.goals_at_work or (None,)))


def starter_queries(brief: SessionBrief) -> list[str]:
    """What the library is asked for starters: the same, and the focus."""
    return list(dict.fromkeys([*goal_queries(brief), *([brief.focus] if brief.focus else [])]))
