"""Every metric has a gate, and a gate that was not reached, or judged nothing, is not passed."""

from collections.abc import Iterator
from dataclasses import replace
from inspect import isabstract
from pathlib import Path
from typing import Any

import pytest
from pydantic_evals import Case, Dataset

from evals import parts
from evals.parts import Metric, PartNotRun, register, registered
from evals.report import judge, read_gates, table
from tests.evals.small_numbers import IsSmall, Numbers, gates_at, small


def test_every_metric_has_a_gate_and_every_gate_a_metric() -> None:
    measured = {(part.name, metric.metric()) for part in registered().values() for metric in part.metrics}
    gated = {(part, metric) for part, gates in read_gates().items() for metric in gates}
    assert measured == gated


def test_every_metric_says_why_it_matters() -> None:
    metrics = [metric for part in registered().values() for metric in part.metrics]
    assert metrics
    for metric in metrics:
        assert len((metric.__doc__ or "").split()) >= 10, metric
        assert metric.__doc__ != Metric.__doc__


def test_every_evaluator_is_registered() -> None:
    registered_kinds = {metric for part in registered().values() for metric in part.metrics}
    written = {kind for kind in _kinds(Metric) if kind.__module__.startswith("evals.") and not isabstract(kind)}
    assert written
    assert written == registered_kinds


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)


def test_every_module_that_registers_a_part_is_run() -> None:
    folder = Path(parts.__file__).parent
    registering = {f"evals.{file.stem}" for file in folder.glob("*.py") if "\nregister(" in file.read_text("utf-8")}
    assert registering == set(parts._MODULES)


def test_two_parts_cannot_have_one_name(only: Any) -> None:
    only(small(1))
    with pytest.raises(ValueError, match="numbers"):
        register(small(2))


@pytest.mark.parametrize(("floor", "verdict"), [(0.5, "passed"), (0.66, "passed"), (0.67, "failed"), (1.0, "failed")])
def test_the_share_of_passed_cases_is_held_against_the_floor(floor: float, verdict: str) -> None:
    (score,) = judge(small(), Numbers([1, 2, 3]).run(), gates_at(floor)).scores
    assert (score.passed, score.cases, score.verdict) == (2, 3, verdict)
    assert [fault.case for fault in score.faults] == ["number 3"]


def test_a_case_that_gives_nothing_to_judge_is_not_counted() -> None:
    (score,) = judge(small(), Numbers([1, -1]).run(), gates_at(1.0)).scores
    assert (score.passed, score.cases) == (1, 1)


def test_a_metric_that_judged_no_case_was_not_run_and_has_not_passed() -> None:
    result = judge(small(), Numbers([-1]).run(), gates_at(0.5))
    assert result.scores[0].verdict == "not run"
    assert not result.passed
    assert "numbers is-small was not run" in table([result])


def test_a_part_without_cases_has_not_passed() -> None:
    assert not judge(small(), Numbers([]).run(), gates_at(0.5)).passed


def test_a_part_without_metrics_has_not_passed() -> None:
    assert not judge(replace(small(), metrics=()), Numbers([1]).run(), gates_at(0.5)).passed


def test_a_task_that_breaks_off_is_a_case_not_passed() -> None:
    (score,) = judge(small(), Numbers([1, 40]).run(), gates_at(1.0)).scores
    assert (score.passed, score.cases, score.verdict) == (1, 2, "failed")
    assert "forty" in score.faults[0].reason


def test_an_evaluator_that_breaks_off_is_a_case_not_passed() -> None:
    def thirteen(number: int) -> int:
        return 13

    report = Dataset[int, int, Any](
        name="numbers", cases=[Case(name="one", inputs=1)], evaluators=[IsSmall()]
    ).evaluate_sync(thirteen, progress=False)
    (score,) = judge(small(), report, gates_at(1.0)).scores
    assert (score.passed, score.cases, score.verdict) == (0, 1, "failed")
    assert "thirteen" in score.faults[0].reason


def test_a_metric_without_a_gate_has_not_passed() -> None:
    result = judge(small(), Numbers([1]).run(), {})
    assert result.scores[0].verdict == "failed"
    assert "no gate" in table([result])


@pytest.mark.parametrize("text", ["[numbers.is-small]\nfloor = 2", "[numbers.is-small]\nroof = 1", "floor =", "# \xfc"])
def test_broken_gates_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "gates.toml"
    file.write_text(text, "latin-1")
    with pytest.raises(PartNotRun, match=r"gates\.toml") as caught:
        read_gates(file)
    assert "pydantic" not in str(caught.value)
