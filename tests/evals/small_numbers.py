"""A part that doubles numbers and wants them small, for tests of how parts are judged and run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_evals import Case, Dataset
from pydantic_evals.reporting import EvaluationReport

from evals.parts import Metric, Part
from evals.report import Gates
from evals.results import Gate


class IsSmall(Metric[int, int]):
    """Small numbers are what this test is about."""

    def faults(self, inputs: int, output: int) -> list[str] | None:
        if inputs < 0:
            return None
        if output == 13:
            raise ArithmeticError("thirteen")
        return [f"{output} is not small"] if output > 5 else []


def _double(number: int) -> int:
    if number == 40:
        raise ArithmeticError("forty")
    return 2 * number


@dataclass(frozen=True)
class Numbers:
    """The part of the test: it doubles numbers and wants them small."""

    numbers: Sequence[int]

    def run(self) -> EvaluationReport[Any, Any, Any]:
        cases: list[Case[int, int, Any]] = [Case(name=f"number {n}", inputs=n) for n in self.numbers]
        dataset = Dataset[int, int, Any](name="numbers", cases=cases, evaluators=[IsSmall()])
        return dataset.evaluate_sync(_double, progress=False)


def small(*numbers: int) -> Part:
    """The part on these numbers."""
    return Part("numbers", "doubles of numbers", (IsSmall,), Numbers(numbers).run)


def gates_at(floor: float) -> Gates:
    """Its gate, with this floor."""
    return {"numbers": {"is-small": Gate(floor=floor)}}
