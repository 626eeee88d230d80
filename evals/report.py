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
from evals.rows import in_words, read_text

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
        return TypeAdapter(dict[str, dict[str, Gate]]).validate_python(tomllib.loads(read_text(file)))
    except ValidationError as error:
        raise PartNotRun(f"The gates cannot be read from {file}: {in_words(error)}") from error
    except ValueError as error:
        raise PartNotRun(
            f"The gates cannot be read from {file}: {error}. A gate is a line [part.metric], and below it floor = 0.90."
        ) from error


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

    What the baseline holds and this run does not was not run, so it has not passed, unless `some_cases` were enough. A
    case whose task or evaluator broke off counts as judged and not passed. `show` is a metric or a piece of a case's
    name: all cases that it did not pass, or that it names, are then shown in full.
    """
    metrics = [kind.metric() for kind in part.metrics]
    cases, reasons = _cases(metrics, report)
    result = PartResult(part=part.name, about=part.about, cases=cases)
    before = baseline.parts.get(part.name, {}) if baseline is not None else {}
    scores = tuple(
        _score(kind, result, reasons, gates.get(part.name, {}).get(kind.metric()), before) for kind in part.metrics
    )
    if baseline is not None and baseline.parts and not some_cases:
        scores = tuple(_held(one, result, before) for one in scores)
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
                # One beyond 1 would make up for what fell short elsewhere.
                counted = value if 0 <= value <= 1 else 0.0
                judged[metric] = Judged(value=counted, weight=float(weight.value) if weight else 1.0)
                if not 0 <= value <= 1:
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
) -> Score:
    metric = kind.metric()
    values = result.values(metric)
    judged = list(values.values())
    reached = score(judged) if judged else None
    changed = change(result, metric, before) if judged else None
    red = None if reached is None else _red(reached, gate, changed)
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
        return "it has no gate; it gets one in gates.toml, [part.metric] and floor = …"
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


def _held(one: Score, result: PartResult, before: Mapping[str, CaseResult]) -> Score:
    """Red where the baseline can no longer hold it: whoever takes out the cases that fall short must not pass by it,
    and who means to has to say so.
    """
    lost = _no_longer_held(one, result, before) if one.verdict == "passed" else None
    if lost is None:
        return one
    red = f'{lost}; where that is meant: python -m evals accept {result.part} --because "why"'
    return one.model_copy(update={"verdict": "failed", "red": red})


def _no_longer_held(one: Score, result: PartResult, before: Mapping[str, CaseResult]) -> str | None:
    if missing := [name for name in before if name not in result.cases]:
        return f"{len(missing)} of the baseline's cases were not run, such as “{missing[0]}”"
    if one.change is None:
        return "the baseline holds no case of it with the same input, so no drop would be noticed"
    unjudged = [name for name in one.change.gone if before[name].input == result.cases[name].input]
    if one.gate is not None and len(unjudged) > one.gate.drop * (len(unjudged) + one.change.cases):
        return f"{len(unjudged)} cases that it judged in the baseline it no longer judges, such as “{unjudged[0]}”"
    return None


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
        if one.faults and one.verdict == "failed":
            yield f"{result.part} {one.metric} failed: {one.passed:.4g} of {one.cases} cases passed, {one.red}."
        yield from (f"  {fault.case}: {fault.reason}" for fault in one.faults)
        if one.faults and one.verdict == "failed" and again is not None:
            yield f"To see these cases in full: python -m evals {result.part}{again} --show {one.metric}"
    if not result.error:
        yield from (f"{result.part} {metrics} {why}." for metrics, why in red_without_cases(result))
    yield from not_compared(result)
    if not result.passed:
        yield NOT_KEPT if again is None else f"To see this again: python -m evals {result.part}{again}"


def red_without_cases(result: PartResult) -> Iterator[tuple[str, str]]:
    """Metrics that did not pass though no case of theirs fell short, and why; those of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for one in result.scores:
        if one.verdict != "passed" and not one.faults:
            why = result.error or one.red or "no case gave it anything to judge"
            by_reason.setdefault(f"{'failed' if one.verdict == 'failed' else 'was not run'}: {why}", []).append(
                one.metric
            )
    yield from ((", ".join(metrics), why) for why, metrics in by_reason.items())


def not_compared(result: PartResult) -> Iterator[str]:
    """What of the baseline this run was not held against, a line for each reason."""
    changes = [(one.metric, one.change) for one in result.scores if one.change]
    gone = {case for _, found in changes for case in found.gone}
    if missing := sorted(gone - result.cases.keys()):
        yield f"{_cases_such_as(missing)} of the baseline not run."
    for metric, found in changes:
        if unjudged := [case for case in found.gone if case in result.cases]:
            yield f"{_cases_such_as(unjudged)} no longer judged by {metric}."
    if altered := sorted({case for _, found in changes for case in found.altered}):
        yield f"{_cases_such_as(altered)} with another input than in the baseline, so not held against it."


def _cases_such_as(names: Sequence[str]) -> str:
    return f"1 case ({names[0]})" if len(names) == 1 else f"{len(names)} cases (such as {names[0]})"
