"""A run as Markdown, short enough for the summary of a pull request."""

from collections.abc import Iterator

from evals.report import NOT_KEPT, not_compared, red_without_cases
from evals.results import PartResult, Run, Score

_MOST_FAULTS = 5
_LONGEST, _LONGEST_WHY = 200, 800


def as_markdown(run: Run) -> str:
    """The verdict, a row for each metric, what is red with its cases, and what it cost."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    judged = [(part, one) for part in run.parts for one in part.scores]
    reached = sum(one.verdict == "passed" for _, one in judged)
    yield f"## Evals: {'passed' if run.passed else 'not passed'}"
    yield ""
    writer = f", {run.writer}" if run.writer else ""
    cases = sum(len(part.cases) for part in run.parts)
    yield f"{reached} of {len(judged)} gates reached, {cases} cases, agendas by: {run.mode}{writer}."
    yield ""
    yield "| part | metric | score | 95 % interval | floor | against the baseline | cases | verdict |"
    yield "|---|---|--:|:-:|--:|--:|--:|---|"
    for part, one in judged:
        yield _row(part, one)
    for part, one in judged:
        if one.faults and one.verdict != "passed":
            yield from _red(part, one, run.again)
    for part in run.parts:
        for metrics, why in red_without_cases(part):
            yield f"\n**{part.part} {metrics}** {_safe(why, _LONGEST_WHY)}"
        told = [*not_compared(part), *((part.notes or "").splitlines() if run.mode != "composer" else [])]
        yield from (f"\n{part.part}: {_safe(line)}" for line in told)
    yield ""
    tokens = [part.tokens for part in run.parts]
    seconds = ", ".join(f"{name} {times.whole:.0f} s" for name, times in run.times.items())
    yield (
        f"Model tokens: {sum(one.prompt for one in tokens)} in, {sum(one.completion for one in tokens)} out. "
        f"Time: {seconds or 'not measured'}."
    )


def _row(part: PartResult, one: Score) -> str:
    score = "–" if one.score is None else f"{one.score:.3f}"
    around = "–" if one.interval is None else f"{one.interval[0]:.3f} to {one.interval[1]:.3f}"
    floor = f"{one.gate.floor:.2f}" if one.gate else "none"
    against = "no baseline" if one.change is None else f"{one.change.difference:+.3f}"
    verdict = "passed" if one.verdict == "passed" else f"**{one.verdict}**"
    return f"| {part.part} | {one.metric} | {score} | {around} | {floor} | {against} | {one.cases} | {verdict} |"


def _red(part: PartResult, one: Score, again: str | None) -> Iterator[str]:
    yield ""
    yield f"**{part.part} {one.metric}** {one.verdict}: {_safe(one.red or '')}"
    yield ""
    yield from (f"- {_safe(fault.case)}: {_safe(fault.reason)}" for fault in one.faults[:_MOST_FAULTS])
    if len(one.faults) > _MOST_FAULTS:
        yield f"- and {len(one.faults) - _MOST_FAULTS} more"
    yield ""
    yield NOT_KEPT if again is None else f"`python -m evals {part.part}{again} --show {one.metric}`"


def _safe(text: str, longest: int = _LONGEST) -> str:
    """As one line that Markdown and HTML leave as it is: what people typed stands in these texts."""
    line = " ".join(text.split())
    line = line if len(line) <= longest else f"{line[: longest - 1]}…"
    for sign in "\\`*_[]<>|#~@":
        line = line.replace(sign, "&lt;" if sign == "<" else "&gt;" if sign == ">" else f"\\{sign}")
    return line
