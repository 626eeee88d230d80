"""What came of the parts: each metric against its gate and the accepted baseline, as a table for reading.

A metric that judged no case was not run, and what was not run has not passed.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_evals.reporting import EvaluationReport, ReportCase

from evals.baseline import Baseline, change
from evals.bootstrap import interval, score
from evals.parts import WEIGHT, Metric, Part, PartNotRun
from evals.results import CaseResult, Change, Fault, Gate, Judged, PartResult, Score, Shown, Tokens, digest, plain

GATES = Path(__file__).with_name("gates.toml")

# Of grades, only the worst are named; so many cases are shown in full.
_MOST_NAMED = 12
_MOST_SHOWN = 12
_LEAST_SHOWN = 3

NOT_KEPT = (
    "The model's replies were not kept. With --record FILE they are, and --recorded FILE shows these cases without "
    "asking again; --html FILE has the worst of them in full."
)

Gates = Mapping[str, Mapping[str, Gate]]


def read_gates(file: Path = GATES) -> Gates:
    """The gates by part and metric. Raises PartNotRun where the file is missing or broken."""
    try:
        return TypeAdapter(dict[str, dict[str, Gate]]).validate_python(tomllib.loads(file.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise PartNotRun(f"The gates cannot be read from {file}: {error}") from error


def judge(
    part: Part,
    report: EvaluationReport[Any, Any, Any],
    gates: Gates,
    baseline: Baseline | None = None,
    show: str | None = None,
    *,
    some_cases: bool = False,
) -> PartResult:
    """Each metric of the part against its gate, and against the baseline where one is given.

    Cases that the baseline has and this run does not were not run, so nothing has passed, unless `some_cases` were
    enough. A case whose task or evaluator broke off counts as judged and not passed. `show` is a metric or a piece of a
    case's name: all cases that it did not pass, or that it names, are then shown in full.
    """
    metrics = [kind.metric() for kind in part.metrics]
    cases, reasons = _cases(metrics, report)
    result = PartResult(part=part.name, about=part.about, cases=cases)
    before = baseline.parts.get(part.name, {}) if baseline is not None else {}
    missing = [] if some_cases else [name for name in before if name not in cases]
    scores = tuple(
        _score(kind, result, reasons, gates.get(part.name, {}).get(kind.metric()), before, missing)
        for kind in part.metrics
    )
    notes = (report.experiment_metadata or {}).get("notes")
    return result.model_copy(update={"scores": scores, "notes": notes, "shown": _shown(result, report, reasons, show)})


def not_run(part: Part, error: Exception, gates: Gates) -> PartResult:
    """The result of a part that could not run: none of its metrics is known."""
    gated = gates.get(part.name, {})
    scores = tuple(
        Score(
            metric=kind.metric(),
            why=_why(kind),
            score=None,
            passed=0,
            cases=0,
            gate=gated.get(kind.metric()),
            verdict="not run",
        )
        for kind in part.metrics
    )
    return PartResult(part=part.name, about=part.about, error=str(error), scores=scores)


_Reasons = dict[str, dict[str, str]]


def _cases(metrics: Sequence[str], report: EvaluationReport[Any, Any, Any]) -> tuple[dict[str, CaseResult], _Reasons]:
    """The value of each case by metric, and for each metric why a case did not pass."""
    reasons: _Reasons = {metric: {} for metric in metrics}
    cases = {}
    for case in report.cases:
        judged = {}
        for metric in metrics:
            if metric in case.scores:
                weight = case.scores.get(f"{metric}{WEIGHT}")
                value = round(float(case.scores[metric].value), 9)
                judged[metric] = Judged(value=value, weight=float(weight.value) if weight else 1.0)
                if not 0 <= value <= 1:
                    # One beyond 1 would make up for what fell short elsewhere.
                    judged[metric] = judged[metric].model_copy(update={"value": 0.0})
                    reasons[metric][case.name] = f"a grade of {value:g}, which is none from 0 to 1"
                elif value < 1:
                    reasons[metric][case.name] = f"{value:.2f}"
            elif metric in case.assertions:
                result = case.assertions[metric]
                judged[metric] = Judged(value=float(result.value))
                if not result.value:
                    reasons[metric][case.name] = result.reason or "no reason given"
        for failure in case.evaluator_failures:
            if failure.name in reasons:
                judged[failure.name] = Judged(value=0)
                reasons[failure.name][case.name] = f"the evaluator broke off: {failure.error_message}"
        tokens = Tokens(
            prompt=int(case.metrics.get("prompt_tokens", 0)), completion=int(case.metrics.get("completion_tokens", 0))
        )
        cases[case.name] = CaseResult(input=digest(case.inputs), groups=_groups(case), judged=judged, tokens=tokens)
    for broken in report.failures:
        cases[broken.name] = CaseResult(
            input=digest(broken.inputs), judged={metric: Judged(value=0) for metric in metrics}
        )
        for metric in metrics:
            reasons[metric][broken.name] = f"the task broke off: {broken.error_message}"
    return cases, reasons


def _groups(case: ReportCase[Any, Any, Any]) -> dict[str, tuple[str, ...]]:
    """What the input says of itself with a method `groups`: its stage, topics and the like."""
    groups = getattr(case.inputs, "groups", None)
    return {key: tuple(values) for key, values in groups().items()} if callable(groups) else {}


def _score(
    kind: type[Metric[Any, Any]],
    result: PartResult,
    reasons: _Reasons,
    gate: Gate | None,
    before: Mapping[str, CaseResult],
    missing: Sequence[str],
) -> Score:
    metric = kind.metric()
    values = result.values(metric)
    judged = list(values.values())
    reached = score(judged) if judged else None
    changed = change(result, metric, before) if judged else None
    red = None if reached is None else _red(reached, gate, changed) or _red_of_missing(missing, result.part)
    # Faults by what they cost; those of one cost in the order of the cases.
    named = sorted(reasons[metric], key=lambda case: values[case][0])
    graded = any(0 < value < 1 for value, _ in judged)
    faults = [Fault(case=case, reason=reasons[metric][case]) for case in named]
    return Score(
        metric=metric,
        why=_why(kind),
        score=reached,
        interval=interval(judged) if judged else None,
        passed=round(sum(value for value, _ in judged), 6),
        cases=len(judged),
        gate=gate,
        change=changed,
        verdict="not run" if reached is None else "failed" if red else "passed",
        red=red,
        faults=tuple(faults[:_MOST_NAMED] if graded else faults),
    )


def _red(reached: float, gate: Gate | None, changed: Change | None) -> str | None:
    """Why the gate is not reached, in words; None where it is.

    A drop against the baseline is red where the score fell by more than `drop` and the whole interval of the paired
    change lies below 0: it is then larger than was allowed, and not the luck of a few cases. To ask that the whole
    interval lie below -`drop` would let through drops of up to `drop` and half an interval: on 85 questions, 0.05 more.
    """
    if gate is None:
        return "it has no gate in gates.toml"
    if reached < gate.floor - 1e-9:
        return f"the gate asks for {gate.floor:.0%}"
    if changed is None:
        return None
    if changed.difference < -gate.drop - 1e-9 and changed.interval[1] < 0:
        low, high = changed.interval
        return (
            f"it fell by {-changed.difference:.3f} against the baseline ({changed.before:.3f}; 95 % of the change "
            f"{low:+.3f} to {high:+.3f}, {changed.cases} shared cases), the gate allows {gate.drop:g}"
        )
    if gate.case_drop is not None and changed.worst is not None and changed.worst[1] > gate.case_drop + 1e-9:
        case, loss = changed.worst
        return f"the case “{case}” fell by {loss:.3f} against the baseline, the gate allows {gate.case_drop:g} for any"
    return None


def _red_of_missing(missing: Sequence[str], part: str) -> str | None:
    """Whoever takes out the cases that fall short must not pass by it, and who means to has to say so."""
    if not missing:
        return None
    return (
        f"{len(missing)} of the baseline's cases were not run, such as “{missing[0]}”; where that is meant: "
        f'python -m evals accept {part} --because "why"'
    )


def _shown(
    result: PartResult, report: EvaluationReport[Any, Any, Any], reasons: _Reasons, show: str | None
) -> tuple[Shown, ...]:
    """The worst cases in full, by what they lost over all metrics; where none lost anything, the first ones."""
    losses = {
        name: sum((1 - one.value) * one.weight for one in case.judged.values()) for name, case in result.cases.items()
    }
    worst = sorted(losses, key=lambda name: -losses[name])
    chosen = [name for name in worst if losses[name] > 0][:_MOST_SHOWN] or worst[:_LEAST_SHOWN]
    if show is not None:
        named = reasons.get(show, {})
        chosen = [name for name in worst if name in named or (show not in reasons and show in name)]
    whole = {case.name: (case.inputs, case.output) for case in report.cases}
    whole |= {broken.name: (broken.inputs, None) for broken in report.failures}
    return tuple(
        Shown(
            case=name,
            input=plain(whole[name][0]),
            output=plain(whole[name][1]),
            faults=tuple(f"{metric}: {found[name]}" for metric, found in reasons.items() if name in found),
        )
        for name in chosen
    )


def _why(kind: type[Metric[Any, Any]]) -> str:
    return " ".join((kind.__doc__ or "").split())


def table(results: Sequence[PartResult], again: str | None = "") -> str:
    """The results for reading: a table for each part, and below it what did not pass, with the cases and the command
    that shows them; `again` as in `Run`.
    """
    return "\n\n".join("\n".join(_lines(result, again)) for result in results)


def _lines(result: PartResult, again: str | None) -> Iterator[str]:
    wide = max([len("metric"), *(len(one.metric) for one in result.scores)])
    yield f"{result.part}: {len(result.cases)} cases"
    yield (
        f"{'metric':<{wide}}  {'passed':>9}  {'score':>6}  {'95 % interval':<13}  {'floor':>5}  {'change':>7}  verdict"
    )
    for one in result.scores:
        passed = f"{one.passed:.4g}/{one.cases}" if one.cases else "-"
        reached = "-" if one.score is None else f"{one.score:.3f}"
        around = "-" if one.interval is None else f"{one.interval[0]:.3f} – {one.interval[1]:.3f}"
        floor = f"{one.gate.floor:.0%}" if one.gate else "none"
        against = "-" if one.change is None else f"{one.change.difference:+.3f}"
        yield (
            f"{one.metric:<{wide}}  {passed:>9}  {reached:>6}  {around:<13}  {floor:>5}  {against:>7}  {one.verdict}"
        )
    if result.notes:
        yield result.notes
    if result.error:
        yield f"Not run: {result.error}"
    for one in result.scores:
        if one.verdict == "failed":
            yield f"{result.part} {one.metric} failed: {one.passed:.4g} of {one.cases} cases passed, {one.red}."
        elif one.verdict == "not run" and not result.error:
            yield f"{result.part} {one.metric} was not run: no case gave it anything to judge."
        yield from (f"  {fault.case}: {fault.reason}" for fault in one.faults)
        if one.verdict == "failed" and again is not None:
            yield f"To see these cases in full: python -m evals {result.part}{again} --show {one.metric}"
    if gone := sorted({case for one in result.scores if one.change for case in one.change.gone}):
        yield f"{len(gone)} cases of the baseline are gone, such as {gone[0]}."
    if not result.passed:
        yield NOT_KEPT if again is None else f"To see this again: python -m evals {result.part}{again}"
