"""The accepted baseline: the value of every case at the last run that somebody accepted, in composer mode.

`python -m evals accept` writes it; a metric is then held against it by the `drop` of its gate (`evals.report`).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.bootstrap import paired, score
from evals.parts import PartNotRun
from evals.results import CaseResult, Change, PartResult, Run
from evals.rows import in_words, read_text
from evals.whole_files import write_whole

ACCEPTED = Path(__file__).with_name("baselines") / "accepted.json"


class Baseline(BaseModel):
    """The cases of each part as they were accepted; `because` says why a drop was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[2] = 2
    because: str | None = None
    parts: dict[str, dict[str, CaseResult]] = {}


def read_baseline(file: Path = ACCEPTED, *, required: bool = False) -> Baseline:
    """The accepted baseline; an empty one where none was accepted yet, unless it is `required`.

    Raises PartNotRun where it is broken, or missing and required: without it no drop is noticed.
    """
    if not file.exists():
        if required:
            raise PartNotRun(f"{file} is missing, so no drop would be noticed; `python -m evals accept` writes it.")
        return Baseline()
    try:
        baseline = Baseline.model_validate_json(read_text(file))
    except ValidationError as error:
        raise PartNotRun(
            f"{file} is not a baseline ({in_words(error)}). Restore it from version control, or delete it and let "
            "`python -m evals accept` write one."
        ) from error
    if required and not baseline.parts:
        raise PartNotRun(f"{file} holds no part, so no drop would be noticed; `python -m evals accept` writes it.")
    return baseline


def accept(run: Run, before: Baseline, because: str | None = None) -> Baseline:
    """The baseline with the run's parts; parts that the run does not have stay as they were.

    Raises PartNotRun where the run is not the composer's or did not pass. With `because`, parts may have failed by
    their drop alone.
    """
    if run.mode != "composer":
        raise PartNotRun(f"A baseline is the composer's; this run was {run.mode}.")
    failed = [
        f"{part.part} {one.metric}" for part in run.parts for one in part.scores if not _acceptable(one, bool(because))
    ]
    failed += [f"{part.part} ({part.error})" for part in run.parts if part.error]
    if failed or not run.parts:
        raise PartNotRun(
            f"Only a run that passed is accepted; not passed: {', '.join(failed) or 'it has no parts'}. "
            'A drop that is meant is accepted with --because "why".'
        )
    kept = {part.part: {name: _bare(case) for name, case in part.cases.items()} for part in run.parts}
    return Baseline(because=because, parts={**before.parts, **kept})


def write_baseline(baseline: Baseline, file: Path = ACCEPTED) -> None:
    """Write it, one case a line, so that a review sees which cases changed."""
    parts = []
    for part, cases in sorted(baseline.parts.items()):
        lines = [
            f"   {json.dumps(name, ensure_ascii=False)}: {case.model_dump_json(exclude_defaults=True)}"
            for name, case in sorted(cases.items())
        ]
        parts.append(f"  {json.dumps(part)}: {{\n" + ",\n".join(lines) + "\n  }")
    head = f' "format": 2,\n "because": {json.dumps(baseline.because, ensure_ascii=False)},\n "parts": {{\n'
    file.parent.mkdir(exist_ok=True)
    write_whole(file, "{\n" + head + ",\n".join(parts) + "\n }\n}\n")


def change(now: PartResult, metric: str, before: Mapping[str, CaseResult]) -> Change | None:
    """How the metric changed over the cases that both have with the same input; None where there is none."""
    here = now.values(metric)
    there = {name: case.judged[metric] for name, case in before.items() if metric in case.judged}
    shared = [name for name in here if name in there and now.cases[name].input == before[name].input]
    if not shared:
        return None
    values = [here[name] for name in shared]
    accepted = [(there[name].value, there[name].weight) for name in shared]
    losses = {name: there[name].value - here[name][0] for name in shared}
    lost = max(losses, key=lambda name: losses[name])
    return Change(
        before=score(accepted),
        difference=round(score(values) - score(accepted), 6),
        interval=paired(values, accepted),
        cases=len(shared),
        worst=(lost, round(losses[lost], 6)) if losses[lost] > 0 else None,
        gone=tuple(sorted(there.keys() - here.keys())),
        altered=tuple(name for name in here if name in there and name not in shared),
    )


def _acceptable(one: object, drops: bool) -> bool:
    verdict, gate = getattr(one, "verdict", None), getattr(one, "gate", None)
    if verdict == "passed":
        return True
    reached = getattr(one, "score", None)
    return drops and verdict == "failed" and gate is not None and reached is not None and reached >= gate.floor


def _bare(case: CaseResult) -> CaseResult:
    """Without groups and tokens, which are no values."""
    judged = {
        metric: one.model_copy(update={"value": round(one.value, 6)}) for metric, one in sorted(case.judged.items())
    }
    return CaseResult(input=case.input, judged=judged)
