"""The part `told`: its evaluators on outputs made by hand, and its rows."""

from pathlib import Path
from typing import get_args

import pytest

from coach.agenda.circumstances import Need
from coach.agenda.kindred import subjects
from evals.parts import PartNotRun
from evals.told import (
    HarmlessLeftAlone,
    KeptOut,
    LibraryLeft,
    NeedsRight,
    NeedsUnderstood,
    NoNeedInvented,
    Read,
    SubjectsKeptOut,
    SubjectsRight,
    ToldNeed,
    Touched,
    TouchedPassedOver,
    read_kept_out,
    read_needs,
    read_touched,
)

HEARS = ToldNeed(text="come to my good side", needs=("hearing", "noise"), writer="first")
FINE = ToldNeed(text="my son is deaf", needs=(), writer="first")
GRIEF = KeptOut(text="the empty chair", subjects=("death",), writer="first")
GOLF = KeptOut(text="golf", subjects=(), writer="first")
TOUCHES = Touched(text="robots that write", documents=("one", "two"))
NOTHING = Read(frozenset())


def _read(*found: str, others: int = 0) -> Read:
    return Read(frozenset(found), others)


def test_a_need_is_understood_where_one_of_its_kinds_is_read() -> None:
    metric = NeedsUnderstood()

    assert metric.faults(HEARS, _read("noise")) == []
    assert metric.faults(HEARS, _read("sight")) == ["hearing, noise was not read"]
    assert metric.faults(FINE, NOTHING) is None
    assert metric.faults(GRIEF, NOTHING) is None


def test_needs_read_count_by_how_many_are_there() -> None:
    metric = NeedsRight()

    assert metric.portion(HEARS, _read("noise", "sight")) == (1, 2)
    assert metric.portion(FINE, _read("hearing")) == (0, 1)
    assert metric.portion(GOLF, _read("weight")) == (0, 0)


def test_who_needs_nothing_is_left_alone() -> None:
    metric = NoNeedInvented()

    assert metric.faults(FINE, NOTHING) == []
    assert metric.faults(FINE, _read("hearing")) == ["hearing was read"]
    assert metric.faults(HEARS, NOTHING) is None


def test_a_subject_is_kept_out_where_it_is_understood() -> None:
    kept_out, right, harmless = SubjectsKeptOut(), SubjectsRight(), HarmlessLeftAlone()

    assert kept_out.faults(GRIEF, _read("death", "family")) == []
    assert kept_out.faults(GRIEF, _read("family")) == ["death was not read"]
    assert kept_out.faults(GOLF, NOTHING) is None
    assert kept_out.faults(HEARS, NOTHING) is None
    assert right.portion(GRIEF, _read("death", "family")) == (1, 2)
    assert right.portion(GOLF, _read("weight")) == (0, 1)
    assert right.portion(HEARS, _read("noise")) == (0, 0)
    assert harmless.faults(GOLF, _read("weight")) == ["weight was read"]
    assert harmless.faults(GOLF, NOTHING) == []
    assert harmless.faults(GRIEF, NOTHING) is None


def test_documents_that_touch_it_are_passed_over_and_others_are_not() -> None:
    passed_over, left = TouchedPassedOver(), LibraryLeft()

    assert passed_over.portion(TOUCHES, _read("one", "three", others=10)) == (1, 2)
    assert left.portion(TOUCHES, _read("one", "three", others=10)) == (9, 10)
    assert left.portion(TOUCHES, _read("one", others=10)) == (10, 10)
    assert passed_over.portion(GRIEF, _read("death")) == (0, 0)
    assert left.portion(GRIEF, _read("death")) == (0, 0)


def test_the_rows_have_every_need_and_every_subject() -> None:
    needs, kept_out = read_needs(), read_kept_out()

    assert {need for one in needs for need in one.needs} == set(get_args(Need))
    # What is said of women as such is kept out by its words alone.
    assert {name for one in kept_out for name in one.subjects} == subjects().keys() - {"women"}
    assert sum(not one.needs for one in needs) > 80
    assert sum(not one.subjects for one in kept_out) > 80
    assert sum(not one.documents for one in read_touched()) == 30


def test_a_subject_that_there_is_not_is_told(tmp_path: Path) -> None:
    file = tmp_path / "kept_out.jsonl"
    file.write_text('{"text": "x", "subjects": ["cake"], "writer": "first"}\n', "utf-8")

    with pytest.raises(PartNotRun, match="no subject is called cake"):
        read_kept_out(file)
