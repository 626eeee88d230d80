"""The parts of the eval suite: each registers itself with what it measures and how it runs."""

import asyncio
import re
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext
from pydantic_evals.reporting import EvaluationReport

from evals.progress import done, expect

InputsT = TypeVar("InputsT", contravariant=True)
OutputT = TypeVar("OutputT", contravariant=True)
In = TypeVar("In")
Out = TypeVar("Out")

# The modules that register a part when they are imported, in the order in which the parts run.
_MODULES = (
    "evals.retrieval",
    "evals.agendas",
    "evals.prompts",
    "evals.personal",
    "evals.lives",
    "evals.starters",
    "evals.plants",
    "evals.sound_pages",
    "evals.worst",
    "evals.injection",
    "evals.own_documents",
    "evals.themes",
    "evals.typed",
    "evals.told",
    "evals.reports",
    "evals.red_team",
    "evals.summaries",
)

# Other names by which a part may be called for.
ALIASES = {"guards": "plants", "red-team": "disclosure", "novelty": "series"}

# What follows a metric's name where a case has a weight of its own.
WEIGHT = " weight"


class PartNotRun(Exception):
    """A part could not run, so nothing is known about what it measures. The message says what to do."""


class Metric(Evaluator[InputsT, OutputT, Any]):
    """An evaluator that finds faults: a case passes when it has none. Its docstring says why the faults matter.

    The metric is called by the name of its class in lower case with hyphens, in reports and in `gates.toml`.
    """

    @classmethod
    def metric(cls) -> str:
        """The metric's name, such as `minutes-sum` for MinutesSum."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    def get_default_evaluation_name(self) -> str:
        """The metric's name."""
        return self.metric()

    @abstractmethod
    def faults(self, inputs: InputsT, output: OutputT) -> list[str] | None:
        """What is wrong, one line each; None where the case has nothing that this metric could judge."""

    def evaluate(self, ctx: EvaluatorContext[Any, Any, Any]) -> dict[str, EvaluationReason]:
        """Pass or fail with the faults as the reason; no result at all where there is nothing to judge."""
        found = self.faults(ctx.inputs, ctx.output)
        if found is None:
            return {}
        return {self.metric(): EvaluationReason(value=not found, reason="; ".join(found) or None)}


class Graded(Metric[InputsT, OutputT]):
    """An evaluator that gives each case a grade from 0 to 1; its gate is on the mean."""

    @abstractmethod
    def grade(self, inputs: InputsT, output: OutputT) -> float | None:
        """The grade; None where the case has nothing that this metric could judge."""

    def faults(self, inputs: InputsT, output: OutputT) -> list[str] | None:
        """What falls short of a full grade."""
        grade = self.grade(inputs, output)
        return None if grade is None else [] if grade >= 1 else [f"{grade:.2f}"]

    def evaluate(self, ctx: EvaluatorContext[Any, Any, Any]) -> Any:
        """The grade, or no result."""
        grade = self.grade(ctx.inputs, ctx.output)
        return {} if grade is None else {self.metric(): grade}


class Pooled(Metric[InputsT, OutputT]):
    """An evaluator that sees a part of a whole in each case: so much was reached of so much that could be.

    Its gate is on all that was reached of all that could be, as for a precision over many comments: a case weighs as
    much as it could reach.
    """

    @abstractmethod
    def portion(self, inputs: InputsT, output: OutputT) -> tuple[float, float]:
        """What was reached, and what could be; where nothing could be, the case is not judged."""

    def faults(self, inputs: InputsT, output: OutputT) -> list[str] | None:
        """What falls short of all that could be reached."""
        reached, possible = self.portion(inputs, output)
        return None if possible == 0 else [] if reached >= possible else [f"{reached:g} of {possible:g}"]

    def evaluate(self, ctx: EvaluatorContext[Any, Any, Any]) -> Any:
        """The share that was reached, and its weight under the metric's name followed by `WEIGHT`."""
        reached, possible = self.portion(ctx.inputs, ctx.output)
        return {} if possible == 0 else {self.metric(): reached / possible, f"{self.metric()}{WEIGHT}": possible}


async def carried_out(
    part: str,
    cases: Mapping[str, In],
    metrics: Sequence[type[Metric[In, Out]]],
    task: Callable[[str], Awaitable[Out]],
) -> EvaluationReport[In, Out, Any]:
    """The task for each case by its name, one at a time, and what the metrics say of what comes of it.

    `cases` are inputs by name, each an object of its own. A case whose task breaks off is reported as one that did.
    """
    expect(len(cases))

    async def timed(name: str) -> Out:
        began = time.monotonic()
        try:
            return await task(name)
        finally:
            done(name, time.monotonic() - began)

    return await _evaluated(part, cases, metrics, timed)


def judged(
    part: str,
    cases: Mapping[str, In],
    metrics: Sequence[type[Metric[In, Out]]],
    outputs: Mapping[str, Out],
) -> EvaluationReport[In, Out, Any]:
    """What the metrics say of outputs that are made already, by the name of the case. `cases` as for `carried_out`."""

    async def look_up(name: str) -> Out:
        return outputs[name]

    return asyncio.run(_evaluated(part, cases, metrics, look_up))


async def _evaluated(
    part: str,
    cases: Mapping[str, In],
    metrics: Sequence[type[Metric[In, Out]]],
    task: Callable[[str], Awaitable[Out]],
) -> EvaluationReport[In, Out, Any]:
    # A task is told its input alone.
    names = {id(inputs): name for name, inputs in cases.items()}

    async def one(inputs: In) -> Out:
        return await task(names[id(inputs)])

    dataset: Dataset[In, Out, Any] = Dataset(
        name=part,
        cases=[Case(name=name, inputs=inputs) for name, inputs in cases.items()],
        evaluators=[metric() for metric in metrics],
    )
    return await dataset.evaluate(one, name=part, max_concurrency=1, progress=False)


@dataclass(frozen=True)
class Part:
    """One part of the suite. `run` raises PartNotRun or a CoachError where it cannot."""

    name: str
    about: str
    metrics: tuple[type[Metric[Any, Any]], ...]
    run: Callable[[], EvaluationReport[Any, Any, Any]]


_PARTS: dict[str, Part] = {}


def register(part: Part) -> None:
    """Make a part known by its name. Raises ValueError where the name is taken."""
    if part.name in _PARTS:
        raise ValueError(f"There are two parts named {part.name!r}.")
    _PARTS[part.name] = part


def registered() -> dict[str, Part]:
    """All parts by name, in the order in which they run."""
    for module in _MODULES:
        import_module(module)
    return dict(_PARTS)
