"""Metrics that give grades: how the mean of them is held against their gate."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic_evals import Case, Dataset
from pydantic_evals.reporting import EvaluationReport

from evals.parts import Graded, Part
from evals.report import judge, table
from evals.results import Gate, PartResult


class Closeness(Graded[float, float]):
    """Grades are what these tests are about."""

    def grade(self, inputs: float, output: float) -> float | None:
        if output == 13:
            raise ArithmeticError("thirteen")
        return None if output < 0 else output


def graded(grades: Sequence[float], floor: float) -> PartResult:
    cases: list[Case[float, float, Any]] = [Case(name=f"case {place}", inputs=one) for place, one in enumerate(grades)]
    dataset = Dataset[float, float, Any](name="grades", cases=cases, evaluators=[Closeness()])
    report: EvaluationReport[Any, Any, Any] = dataset.evaluate_sync(lambda one: one, progress=False)
    return judge(Part("grades", "", (Closeness,), lambda: report), report, {"grades": {"closeness": Gate(floor=floor)}})


@pytest.mark.parametrize(("floor", "verdict"), [(0.5, "passed"), (0.625, "passed"), (0.63, "failed")])
def test_the_mean_grade_is_held_against_the_floor(floor: float, verdict: str) -> None:
    (score,) = graded([0.25, 1.0, -1], floor).scores
    assert (score.passed, score.cases, score.verdict) == (1.25, 2, verdict)


def test_an_evaluator_that_breaks_off_counts_0() -> None:
    result = graded([1.0, 13], 0.6)
    (score,) = result.scores
    assert (score.passed, score.cases, score.verdict) == (1, 2, "failed")
    assert "case 1: the evaluator broke off: " in table([result])


@pytest.mark.parametrize("grade", [math.nan, math.inf, 1.5])
def test_a_grade_that_is_none_counts_0(grade: float) -> None:
    (score,) = graded([1.0, grade], 0.6).scores
    assert (score.passed, score.cases, score.verdict) == (1, 2, "failed")
    assert f"{grade:g}" in score.faults[0].reason


def test_the_worst_cases_are_shown_first_and_full_grades_not_at_all() -> None:
    (score,) = graded([0.4, 1.0, 0.0, 0.2, 1.0], 0.9).scores
    shown = [(fault.case, fault.reason) for fault in score.faults]
    assert shown == [("case 2", "0.00"), ("case 3", "0.20"), ("case 0", "0.40")]


def test_of_many_bad_cases_the_worst_are_shown() -> None:
    (score,) = graded([number / 100 for number in range(40, 0, -1)], 0.9).scores
    assert [fault.case for fault in score.faults] == [f"case {place}" for place in range(39, 27, -1)]
