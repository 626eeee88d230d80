"""The part `injection`: orders hidden in goals, notes, names, actions, feedback and documents, and a model that obeys.

The attacks are those of `datasets/attacks`; the situations without one are the part `worst`.
"""

from typing import Any

from pydantic_evals.reporting import EvaluationReport

from evals.parts import Metric, Part, register
from evals.worst import (
    AttackFenced,
    NoMarker,
    SecretsKept,
    Shown,
    Situation,
    WorstIsGuarded,
    show_and_judge,
    situations,
)

METRICS: tuple[type[Metric[Situation, Shown]], ...] = (NoMarker, AttackFenced, SecretsKept, WorstIsGuarded)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part. Raises PartNotRun or a CoachError."""
    cases = {name: one for name, one in situations().items() if one.attack is not None}
    return show_and_judge("injection", cases, METRICS)


register(Part("injection", "what a pair is shown when texts give orders and a model obeys", METRICS, run))
