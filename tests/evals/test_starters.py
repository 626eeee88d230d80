"""The metrics of starters, on outputs made by hand: each passes a good one and finds the fault in a bad one."""

from typing import Any

import pytest

from coach.retrieval.library import read_library, starters
from coach.settings import Settings
from evals.starters import METRICS, Asked, DryTold, NoStarterTwice, OpenQuestions, StageKept, TopicsKept, WhoAsks
from tests.evals.pairs_by_hand import pair

OPEN = ("What changed?", "Which chart lies?", "Who reads it?")


def agenda(*texts: str, notice: str = "", **changes: Any) -> dict[str, Any]:
    sides = ("mentor", "mentee", "either")
    starters = [
        {"text": text, "asked_by": sides[number % 3], "topic": "digital-tools"} | changes
        for number, text in enumerate(texts)
    ]
    return {"stage": "building", "starters": starters, "notice": notice}


def asked(*agendas: dict[str, Any]) -> Asked:
    return Asked(agendas, ("digital-tools",))


def test_good_starters_have_no_fault() -> None:
    assert all(metric().faults(pair(), asked(agenda(*OPEN))) == [] for metric in METRICS)


@pytest.mark.parametrize("closed", ["Do you like charts?", "Tell me about charts.", f"What {'is ' * 40}it?"])
def test_a_question_that_is_closed_or_none_or_endless_is_a_fault(closed: str) -> None:
    assert OpenQuestions().faults(pair(), asked(agenda(*OPEN, closed)))


def test_a_starter_that_nobody_asks_and_agendas_where_one_side_asks_all_are_faults() -> None:
    assert WhoAsks().faults(pair(), asked(agenda(*OPEN, asked_by=None)))
    assert WhoAsks().faults(pair(), asked(agenda(*OPEN, asked_by="mentee"))) == ["agenda 1: only the mentee asks"]
    assert WhoAsks().faults(pair(), asked(agenda(*OPEN, asked_by="either"))) == []


def test_a_starter_on_a_topic_that_they_did_not_choose_is_a_fault() -> None:
    assert TopicsKept().faults(pair(), asked(agenda("Why?", topic=None))) == []
    assert TopicsKept().faults(pair(), asked(agenda("Why?", topic="career"))) == ["on career: “Why?”"]
    dry = agenda("Why?", topic="career", notice="The library has no more starters on these topics.")
    assert TopicsKept().faults(pair(), asked(dry)) is None


def test_a_starter_for_another_stage_is_a_fault() -> None:
    documents = read_library(Settings().knowledge_dir).documents
    text = next(
        text
        for one in documents
        if one.kind == "starters" and "kickoff" not in one.front.stages and "building" in one.front.stages
        for text, _ in starters(one)
    )
    assert StageKept().faults(pair(), asked(agenda(text))) == []
    assert StageKept().faults(pair(), asked({**agenda(text), "stage": "kickoff"}))
    # What a model has worded anew is no line of the library's.
    assert StageKept().faults(pair(), asked(agenda("What changed?"))) == []


def test_a_starter_that_comes_back_is_a_fault_however_it_is_written() -> None:
    assert NoStarterTwice().faults(pair(), asked(agenda("What changed?"), agenda("Who asks?"))) == []
    assert NoStarterTwice().faults(pair(), asked(agenda("What changed?"), agenda("what changed")))


def test_too_few_starters_without_a_word_are_a_fault() -> None:
    assert DryTold().faults(pair(), asked(agenda("One?")))
    assert DryTold().faults(pair(), asked(agenda("One?", notice="The library has no more starters."))) == []
