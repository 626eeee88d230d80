"""An agenda made by hand that has no fault, to be broken in one place by each test."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from coach.agenda.brief import OpenAction, Person, SessionBrief
from coach.agenda.guard import Draft
from coach.agenda.plan import AgendaPlan, Slot
from coach.agenda.stages import stage_of
from coach.retrieval.chunk import Passage
from coach.retrieval.library import Stage, read_document
from coach.vocabulary import Vocabulary
from evals.agendas import AgendaCase, Output
from evals.words_shown import written_words
from tests.retrieval.documents import TOPIC

GOALS = ("Tell a trend from a fad", "Run one small test a month")
ACTIONS = ("bring the list of trends", "ask two customers")
STARTERS = ("What did you drop last year?", "Which trend tires you?", "How do you say no?")
_POSITIONS: dict[Stage, int] = {"kickoff": 1, "building": 2, "midpoint": 3, "closing": 6}

# Kind, minutes, who leads, title, description.
_Item = tuple[str, int, str, str, str]
_MIDDLE: dict[Stage, list[_Item]] = {
    "kickoff": [
        ("discussion", 10, "both", "Confidentiality", "Agree on what stays between you."),
        ("discussion", 10, "mentor", "Ground rules", "Write down three that you can keep."),
        ("discussion", 20, "mentor", "Sharpen your goals", f"Read “{GOALS[0]}” and “{GOALS[1]}” aloud."),
    ],
    "building": [("review", 15, "both", "What you said you would do", f"Ada: “{ACTIONS[0]}”. Then the other one.")],
    "midpoint": [
        ("review", 10, "both", "What you said you would do", f"Ada: “{ACTIONS[0]}”. Then the other one."),
        ("review", 15, "mentor", "Your goals on the table", f"How far is “{GOALS[0]}”, how far is “{GOALS[1]}”?"),
    ],
    "closing": [
        ("review", 15, "mentor", "Look back", f"Tell what was reached of “{GOALS[0]}” and “{GOALS[1]}”."),
        ("reflection", 10, "both", "Say thanks", "Each says what the other may be proud of."),
    ],
}
_OPENING: _Item = ("check-in", 5, "both", "Check in", "A minute each on the week, Ada first.")
_CLOSING: _Item = ("next-steps", 5, "both", "Next steps", "Each takes on one thing, with a day.")

_document = read_document(TOPIC.encode(), "topics/innovation/weigh-a-trend.md")
_activity = Passage("k00000000001", _document, "At a glance", f"Weigh one trend from “{GOALS[0]}” together on paper.")
_starters = tuple(
    Passage(f"k0000000001{number}", _document, "Either asks", text, "either") for number, text in enumerate(STARTERS)
)


def case(stage: Stage = "building", **changes: Any) -> AgendaCase:
    """Sixty minutes of Ada, the mentor, and Ben; `changes` go to the brief, except `avoid` and `asked`."""
    outside = {key: changes.pop(key) for key in ("avoid", "asked") if key in changes}
    position = _POSITIONS[stage]
    assert stage_of(position, 6) == stage
    person = Person(first_name="Ada", role_title=None, department=None, strengths=(), wants_to_learn=())
    actions = tuple(OpenAction(owner="mentor", text=text, due_on=None, session_id=None) for text in ACTIONS)
    brief = SessionBrief(
        program="Bridge",
        session_id="session",
        number=position,
        position=position,
        planned_sessions=6,
        stage=stage,
        minutes=60,
        scheduled_on=date(2026, 11, 30),
        format=None,
        focus=None,
        mentor=person,
        mentee=person.model_copy(update={"first_name": "Ben"}),
        goals=GOALS,
        topics=("innovation",),
        actions=actions,
        previous_session_id=None,
        recent_activities=(),
        carried=None,
    )
    return AgendaCase(brief=brief.model_copy(update=changes), **outside)


def output(of: AgendaCase, change: Callable[[dict[str, Any]], object] | None = None) -> Output:
    """An agenda for the case that has no fault, but for what `change` does to its content."""
    brief = of.brief
    exercise: _Item = ("exercise", 0, "mentor", "Weigh a trend", _activity.text)
    rows = [_OPENING, *_MIDDLE[brief.stage], exercise, _CLOSING]
    rows[-2] = (exercise[0], brief.minutes - sum(row[1] for row in rows), *exercise[2:])
    slots = tuple(
        Slot(
            purpose="exercise" if kind == "exercise" else "discussion",
            kind=kind,  # type: ignore[arg-type]
            minutes=minutes,
            led_by=led_by,  # type: ignore[arg-type]
            activity=_document if kind == "exercise" else None,
            passages=(_activity,) if kind == "exercise" else (),
        )
        for kind, minutes, led_by, _, _ in rows
    )
    content: dict[str, Any] = {
        "stage": brief.stage,
        "minutes": brief.minutes,
        "title": "Ada and Ben meet",
        "summary": "One trend on paper, and what to do with it.",
        "items": [
            {
                "id": f"{number}",
                "kind": kind,
                "title": title,
                "minutes": minutes,
                "led_by": led_by,
                "description": description,
                "because": f"It serves “{GOALS[0]}”." if kind == "exercise" else "Both asked for it.",
                "sources": [_activity.id] if kind == "exercise" else [],
            }
            for number, (kind, minutes, led_by, title, description) in enumerate(rows, start=1)
        ],
        "starters": [
            {"text": p.text, "asked_by": "either", "topic": "innovation", "sources": [p.id]} for p in _starters
        ],
        "sources": [
            {"id": p.id, "title": p.title, "section": p.section, "references": list(p.references)}
            for p in (_activity, *_starters)
        ],
    }
    plan = AgendaPlan(brief.stage, brief.minutes, slots, _starters)
    preps = {role: {"steps": ["Bring a pen."], "sources": [_activity.id]} for role in ("mentor", "mentee")}
    known = [_activity, *_starters, replace(_activity, text=" ".join(f"{row[3]} {row[4]}" for row in rows))]
    vocabulary = Vocabulary([*known, replace(_activity, text=f"{content['title']} {content['summary']}")])
    content = copy.deepcopy(content)
    if change is not None:
        change(content)
    draft = Draft(written_words(content, plan, of.brief), plan, of.briefing(), vocabulary)
    return Output(content, preps, draft, frozenset(p.id for p in (_activity, *_starters)))
