"""A pair and agendas made by hand, to be broken in one place by each test."""

from typing import Any

from evals.made import Made
from evals.pairs import PairCase

PERSON = {"name": "Priya Raman", "role_title": "Analyst", "department": "Data", "strengths": ["charts"]}
PAIR: dict[str, Any] = {
    "name": "charts-and-trucks",
    "why": "a test",
    "traits": ["plain"],
    "industry": "logistics",
    "culture": "mixed",
    "mentor": PERSON,
    "mentee": {**PERSON, "name": "Martin Olsen", "role_title": "Director", "strengths": ["contracts"]},
    "goals": ["Ask better questions of our dashboards"],
    "topics": ["digital-tools"],
    "planned_sessions": 6,
    "session": {"minutes": 60},
}


def pair(**changes: Any) -> PairCase:
    """The pair."""
    return PairCase.model_validate(PAIR | changes)


def item(**changes: Any) -> dict[str, Any]:
    """An item of an agenda of theirs without a fault."""
    known = {
        "id": "1",
        "title": "Question the dashboard",
        "minutes": 20,
        "description": "Priya opens a chart. Martin takes notes in Priya's words and reads two back.",
        "because": "Works on your goal “Ask better questions of our dashboards”.",
        "tied_to": ["goal"],
        "activity": "question-the-dashboard",
        "carried_over_from": None,
    }
    return known | changes


def made(of: PairCase, items: list[dict[str, Any]] | None = None, **changes: Any) -> Made:
    """An agenda of theirs without a fault, but for the changes."""
    content = {
        "title": "Session 1",
        "summary": "Sixty minutes for the two of you.",
        "minutes": 60,
        "items": items or [item()],
        "starters": [{"text": "What did the last chart hide?"}],
        "notice": "",
    }
    preps = {"mentor": {"steps": ["Bring a chart."]}, "mentee": {"steps": ["Bring a question."]}}
    closest = changes.pop("closest", of.name)
    prep_of_mentee = changes.pop("prep_of_mentee", None)
    if prep_of_mentee:
        preps["mentee"] = {"steps": [prep_of_mentee]}
    return Made(of.briefing(), content | changes, preps, closest)
