"""What came of the parts: each metric against its gate, as a table or as JSON.

A metric that judged no case was not run, and what was not run has not passed.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_evals.reporting import EvaluationReport

from evals.parts import Part, PartNotRun

GATES = Path(__file__).with_name("gates.toml")

Verdict = Literal["passed", "failed", "not run"]

# Of grades, only the worst are shown.
_MOST_SHOWN = 12


class Gate(BaseModel):
    """What a metric must reach: `floor` is the share of its cases that must pass, or the mean grade, from 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: Annotated[float, Field(gt=0, le=1)]


Gates = Mapping[str, Mapping[str, Gate]]


@dataclass(frozen=True)
class Fault:
    """A case that a metric did not pass, and why."""

    case: str
    reason: str


@dataclass(frozen=True)
class Score:
    """One metric: what it gave the `cases` that it judged, against its gate; None where it has none.

    `passed` counts the cases that passed, or sums up their grades.
    """

    metric: str
    passed: float
    cases: int
    gate: Gate | None
    faults: tuple[Fault, ...]

    @property
    def verdict(self) -> Verdict:
        """Passed only where cases were judged, and enough of them passed for the metric's own gate."""
        if self.cases == 0:
            return "not run"
        return "passed" if self.gate is not None and self.passed >= self.gate.floor * self.cases - 1e-9 else "failed"


@dataclass(frozen=True)
class PartResult:
    """What came of one part; `error` says why it could not run."""

    part: str
    cases: int
    error: str | None
    scores: tuple[Score, ...]
    notes: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the part has metrics, and all of them passed."""
        return bool(self.scores) and all(score.verdict == "passed" for score in self.scores)


def read_gates(file: Path = GATES) -> Gates:
    """The gates by part and metric. Raises PartNotRun where the file is missing or broken."""
    try:
        return TypeAdapter(dict[str, dict[str, Gate]]).validate_python(tomllib.loads(file.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise PartNotRun(f"The gates cannot be read from {file}: {error}") from error


def judge(part: Part, report: EvaluationReport[Any, Any, Any], gates: Gates) -> PartResult:
    """Each metric of the part against its gate.

    A case whose task or evaluator broke off counts as judged and not passed.
    """
    scores = []
    for metric in (kind.metric() for kind in part.metrics):
        shortfalls: list[tuple[float, Fault]] = []
        faults = [Fault(failure.name, f"the task broke off: {failure.error_message}") for failure in report.failures]
        passed, judged = 0.0, 0
        for case in report.cases:
            if metric in case.scores:
                grade = float(case.scores[metric].value)
                passed, judged = passed + grade, judged + 1
                if grade < 1:
                    shortfalls.append((grade, Fault(case.name, f"{grade:.2f}")))
            if metric in case.assertions:
                result = case.assertions[metric]
                passed, judged = passed + result.value, judged + 1
                if not result.value:
                    faults.append(Fault(case.name, result.reason or "no reason given"))
            faults += [
                Fault(case.name, f"the evaluator broke off: {failure.error_message}")
                for failure in case.evaluator_failures
                if failure.name == metric
            ]
        gate = gates.get(part.name, {}).get(metric)
        broken = len(report.failures) + sum(
            failure.name == metric for case in report.cases for failure in case.evaluator_failures
        )
        worst = [fault for _, fault in sorted(shortfalls, key=lambda shortfall: shortfall[0])]
        scores.append(Score(metric, passed, judged + broken, gate, (*faults, *worst[:_MOST_SHOWN])))
    notes = (report.experiment_metadata or {}).get("notes")
    return PartResult(part.name, len(report.cases) + len(report.failures), None, tuple(scores), notes)


def not_run(part: Part, error: Exception, gates: Gates) -> PartResult:
    """The result of a part that could not run: none of its metrics is known."""
    gated = gates.get(part.name, {})
    scores = tuple(Score(kind.metric(), 0, 0, gated.get(kind.metric()), ()) for kind in part.metrics)
    return PartResult(part.name, 0, str(error), scores)


def table(results: Sequence[PartResult]) -> str:
    """The results for reading: a table for each part, and below it what did not pass, with the cases."""
    return "\n\n".join("\n".join(_lines(result)) for result in results)


def as_json(results: Sequence[PartResult]) -> dict[str, Any]:
    """The results for programs."""
    return {
        "passed": all(result.passed for result in results),
        "parts": [
            {
                "part": result.part,
                "passed": result.passed,
                "cases": result.cases,
                "error": result.error,
                "metrics": [
                    {
                        "metric": score.metric,
                        "verdict": score.verdict,
                        "passed": score.passed,
                        "cases": score.cases,
                        "floor": score.gate.floor if score.gate else None,
                        "faults": [{"case": fault.case, "reason": fault.reason} for fault in score.faults],
                    }
                    for score in result.scores
                ],
            }
            for result in results
        ],
    }


def _lines(result: PartResult) -> Iterator[str]:
    wide = max([len("metric"), *(len(score.metric) for score in result.scores)])
    yield f"{result.part}: {result.cases} cases"
    yield f"{'metric':<{wide}}  {'passed':>7}  {'floor':>5}  verdict"
    for score in result.scores:
        passed = f"{score.passed:.4g}/{score.cases}" if score.cases else "-"
        floor = f"{score.gate.floor:.0%}" if score.gate else "none"
        yield f"{score.metric:<{wide}}  {passed:>7}  {floor:>5}  {score.verdict}"
    if result.notes:
        yield result.notes
    if result.error:
        yield f"Not run: {result.error}"
    for score in result.scores:
        if score.verdict == "failed":
            wanted = f"the gate asks for {score.gate.floor:.0%}" if score.gate else "it has no gate in gates.toml"
            yield f"{result.part} {score.metric} failed: {score.passed:.4g} of {score.cases} cases passed, {wanted}."
        elif score.verdict == "not run" and not result.error:
            yield f"{result.part} {score.metric} was not run: no case gave it anything to judge."
        yield from (f"  {fault.case}: {fault.reason}" for fault in score.faults)
    if not result.passed:
        yield f"To see this again: python -m evals {result.part}"
