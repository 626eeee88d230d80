"""The metrics of how an agenda reads: each passes a good one made by hand and finds the fault in a bad one."""

from typing import Any

import pytest

from evals.parts import Metric
from evals.wording import Inclusive, NoRepetition, ReadingLevel, ShortEnough, Specific, lix, own
from tests.evals.pairs_by_hand import item, made, pair

GOAL = "Ask better questions of our dashboards"
GOOD = item(description=f"Priya opens a chart on “{GOAL}”. Martin reads two of the notes back.")
METRICS: tuple[Metric[Any, Any], ...] = (Specific(), ReadingLevel(), Inclusive(), ShortEnough(), NoRepetition())


@pytest.mark.parametrize("metric", METRICS)
def test_an_agenda_that_reads_well_has_no_fault(metric: Metric[Any, Any]) -> None:
    assert metric.faults(pair(), made(pair(), [GOOD])) == []


def test_an_item_that_tells_nobody_what_to_do_is_a_fault() -> None:
    vague = item(id="2", description="Discuss the topic and share some thoughts.")
    assert Specific().faults(pair(), made(pair(), [GOOD, vague])) == [
        "item 2 says nobody: Discuss the topic and share some thoughts."
    ]


def test_items_that_could_be_anybodys_are_a_fault() -> None:
    assert Specific().faults(pair(), made(pair(), [item(description="Priya shows a chart to Martin.")])) == [
        "no item takes up a goal, an action or the focus in what is to be done"
    ]


def test_officialese_is_a_fault() -> None:
    hard = (
        "Subsequent to the establishment of organizational prerequisites, participants collaboratively operationalize "
        "strategic transformation initiatives, notwithstanding departmental interdependencies and administrative "
        "considerations regarding implementation methodologies."
    )
    assert ReadingLevel().faults(pair(), made(pair(), [item(description=hard, because=hard)], summary=hard))


def test_readability_is_counted_in_words_a_sentence_and_long_words() -> None:
    # Ten words in two sentences, two of them of more than six letters: 10 / 2 + 100 * 2 / 10.
    assert lix(["Martin opens a chart now. Both discuss anything they notice."]) == pytest.approx(5 + 20)
    assert lix([]) == 0


def test_what_somebody_typed_is_not_taken_for_the_coachs_words() -> None:
    assert own("Take “the guys in sales”, please.") == "Take this, please."
    quoted = item(description=f"{GOOD['description']} Priya reads out “hey guys”.")
    assert Inclusive().faults(pair(), made(pair(), [quoted])) == []


@pytest.mark.parametrize("bad", ["Ask the guys.", "A sanity check helps.", "What do millennials want?"])
def test_a_word_that_shuts_people_out_is_a_fault_wherever_it_stands(bad: str) -> None:
    for shown in (
        made(pair(), [item(description=f"{GOOD['description']} {bad}")]),
        made(pair(), [GOOD], starters=[{"text": bad}]),
        made(pair(), [GOOD], prep_of_mentee=bad),
    ):
        assert Inclusive().faults(pair(), shown)


def test_two_minutes_with_a_page_to_read_are_a_fault_and_twenty_are_not() -> None:
    long = f"{GOOD['description']} {'Read on and on. ' * 40}"
    assert ShortEnough().faults(pair(), made(pair(), [item(description=long, minutes=2)]))
    assert ShortEnough().faults(pair(), made(pair(), [item(description=long, minutes=20)])) == []


def test_a_sentence_that_comes_twice_is_a_fault() -> None:
    again = "Both use the same shared document on the screen."
    twice = [item(description=f"{GOOD['description']} {again}"), item(id="2", description=f"Priya waits. {again}")]
    assert NoRepetition().faults(pair(), made(pair(), twice)) is not None
    assert f"2 times: {again}" in (NoRepetition().faults(pair(), made(pair(), twice)) or [])


def test_a_long_clause_that_opens_two_reasons_is_a_fault() -> None:
    where = "Meeting 3 of 6, in the first half of your series"
    reasons = [
        item(because=f"{where}: it helps."),
        item(id="2", description="Both stop.", because=f"{where}: it is fun."),
    ]
    assert NoRepetition().faults(pair(), made(pair(), reasons)) == [f"2 times: {where}"]
