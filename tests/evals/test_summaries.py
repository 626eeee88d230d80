"""What the evals of summaries look for, on hand-made good and bad outputs."""

from dataclasses import replace
from typing import Any

import pytest

from evals.parts import Metric, PartNotRun
from evals.shared_feedback import FeedbackCase, read_cases
from evals.summaries import (
    HABITS,
    METRICS,
    AskedForFound,
    BadWordsKept,
    CitationsExist,
    Faithful,
    NamesRedacted,
    NoFeelingInferred,
    NothingUnshared,
    RatingsRight,
    Situation,
    Told,
    situations,
)

CASE = FeedbackCase.model_validate(
    {
        "name": "one",
        "mentor": "Priya Raman",
        "mentee": "Martin Olsen",
        "sessions": [
            {
                "mentor": {"ratings": [4, 5, 3], "well": "We drew it", "change": "Shorter demos"},
                "mentee": {"ratings": [1, 1, 1], "well": "the wombat", "kept": True},
            }
        ],
        "canaries": ["wombat"],
        "asked": {1: {"mentor": ["shorter-demos"]}},
        "done": {1: {"mentor": True}},
    }
)
SITUATION = Situation(CASE, "judges")


def line(text: str, question: str = "went_well", *, quote: bool = True, session: int = 1, by: str = "mentor") -> Any:
    return {"text": text, "quote": quote, "rests_on": [{"session": session, "by": by, "question": question}]}


def told(**changed: Any) -> Told:
    asked = {"by": "mentor", "wish": "shorter-demos", "text": "Priya asked for shorter demos", "done": True, "how": ""}
    session = {"number": 1, "what_works": [line("We drew it")], "what_to_change": [], "asked_for": [asked]}
    points = {"usefulness": 4, "safety": 5, "progress": 3}
    content: dict[str, Any] = {
        "sessions": [session | changed.pop("session", {})],
        "series": {
            "what_works": [],
            "what_to_change": [line("Priya asked for shorter demos in session 1.", "to_change", quote=False)],
            "ratings": [
                {"name": name, "movement": "", "points": [{"session": 1, "by": "mentor", "value": value}]}
                for name, value in points.items()
            ],
        }
        | changed.pop("series", {}),
        "try_next": [{"title": "Say it back", "sources": ["k1"]}],
        "sources": [{"id": "k1"}],
    }
    content |= changed
    return Told(content, content, "", frozenset({"k1"}))


@pytest.mark.parametrize("metric", METRICS)
def test_a_good_summary_has_no_fault(metric: type[Metric[Situation, Told]]) -> None:
    assert not metric().faults(SITUATION, told())


@pytest.mark.parametrize(
    ("metric", "output"),
    [
        (Faithful(), told(session={"what_works": [line("We drew it well")]})),
        (Faithful(), told(session={"what_works": [line("We drew it", by="mentee")]})),
        (Faithful(), told(session={"what_works": [line("We drew it", session=2)]})),
        (Faithful(), told(session={"what_works": [line("We drew it") | {"rests_on": []}]})),
        (Faithful(), told(series={"what_works": [line("Priya drew in session 2.", quote=False)]})),
        (Faithful(), told(series={"what_works": [line("Martin drew in session 1.", quote=False)]})),
        (NothingUnshared(), told(session={"what_works": [line("the Wombat")]})),
        (NothingUnshared(), replace(told(), sent="the wombat")),
        (NothingUnshared(), replace(told(), without_kept={})),
        (AskedForFound(), told(session={"asked_for": []})),
        (RatingsRight(), told(series={"ratings": []})),
        (NoFeelingInferred(), told(series={"what_works": [line("Priya seems proud in session 1.", quote=False)]})),
        (CitationsExist(), told(sources=[])),
        (CitationsExist(), told(try_next=[{"title": "x", "sources": []}])),
        (CitationsExist(), replace(told(), passages=frozenset())),
        (BadWordsKept(), told(session={"what_works": [line("We drew it. That was rude and unprofessional.")]})),
        (NamesRedacted(), replace(told(), sent='# User\n<data name="answers">\nPriya drew it\n</data>')),
    ],
)
def test_each_fault_is_found(metric: Metric[Situation, Told], output: Told) -> None:
    assert metric.faults(SITUATION, output)


def test_a_wish_that_nobody_stated_and_a_wrong_outcome_are_faults() -> None:
    (asked,) = told().content["sessions"][0]["asked_for"]
    for wrong in ({"wish": "slower"}, {"by": "mentee"}, {"done": False}, {"done": None}):
        assert AskedForFound().faults(SITUATION, told(session={"asked_for": [asked | wrong]}))


def test_a_rating_that_moved_is_a_fault() -> None:
    rows = told().content["series"]["ratings"]
    moved = [rows[0] | {"points": [{"session": 1, "by": "mentor", "value": 5}]}, *rows[1:]]
    kept = [rows[0] | {"points": [*rows[0]["points"], {"session": 1, "by": "mentee", "value": 1}]}, *rows[1:]]
    assert RatingsRight().faults(SITUATION, told(series={"ratings": moved}))
    assert RatingsRight().faults(SITUATION, told(series={"ratings": kept}))


def test_there_are_enough_cases_and_every_habit_is_met() -> None:
    cases = read_cases()
    assert len(cases) >= 30
    assert sum(bool(case.canaries) for case in cases) >= 4
    assert {situation.habit for situation in situations().values()} == {None, *HABITS}


def test_a_broken_case_is_named(tmp_path: Any) -> None:
    (tmp_path / "x.yaml").write_text("- {name: x, mentor: a, mentee: b, sessions: []}\n")
    with pytest.raises(PartNotRun, match=r"x\.yaml"):
        read_cases(tmp_path)
