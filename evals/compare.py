"""Two runs side by side: by metric, how the second differs from the first over the cases that both have.

The interval is of the paired bootstrap: both scores of the same draws of cases.
"""

from collections.abc import Collection, Iterator, Sequence
from textwrap import shorten
from typing import NamedTuple

from evals.baseline import change
from evals.bootstrap import Interval
from evals.parts import PartNotRun
from evals.results import PartResult, Run

# Of the cases that changed so many are named, on either side.
_MOST_NAMED = 5
_MOST_QUOTED = 60


class _Row(NamedTuple):
    """A metric over the cases that both runs judged; `moved` says which of them it gave another value."""

    metric: str
    was: float
    difference: float
    interval: Interval
    cases: int
    moved: str


def comparison(first: Run, second: Run) -> str:
    """A table, and below it which cases changed and what cannot be compared.

    Raises PartNotRun with that where nothing can be.
    """
    rows, apart = _compared(first, second)
    told = list(_listed("Not comparable", apart))
    if not rows:
        raise PartNotRun("\n".join(["The runs have nothing that can be compared.", *told]))
    moved = [f"{row.metric}: {row.moved}." for row in rows if row.moved]
    return "\n".join([*_table(rows), *_listed("Cases that changed, the largest change first", moved), *told])


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines)


def _compared(first: Run, second: Run) -> tuple[list[_Row], list[str]]:
    before = {part.part: part for part in first.parts}
    now = {part.part: part for part in second.parts}
    apart: list[str] = []
    if (first.mode, first.writer) != (second.mode, second.writer):
        apart.append(f"The agendas of A are by {_writer(first)}, those of B by {_writer(second)}.")
    rows: list[_Row] = []
    for name in [*before, *(name for name in now if name not in before)]:
        if name not in before or name not in now:
            apart.append(f"{name}: only {'A' if name in before else 'B'} has this part.")
            continue
        rows += _rows(before[name], now[name], apart)
    return rows, apart


def _table(rows: Sequence[_Row]) -> Iterator[str]:
    wide = max([len("metric"), *(len(row.metric) for row in rows)])
    yield f"{'metric':<{wide}}  {'A':>6}  {'B':>6}  {'B - A':>7}  {'95 % interval':<17}  cases"
    for metric, was, difference, (low, high), cases, _ in rows:
        sign = "" if low <= 0 <= high else "  *"
        yield (
            f"{metric:<{wide}}  {was:>6.3f}  {was + difference:>6.3f}  {difference:>+7.3f}  "
            f"{f'{low:+.3f} to {high:+.3f}':<17}  {cases:>5}{sign}"
        )
    yield "* the whole interval lies on one side of 0"


def _rows(before: PartResult, now: PartResult, apart: list[str]) -> Iterator[_Row]:
    for side, part in (("A", before), ("B", now)):
        if part.error:
            apart.append(f"{part.part}: not run in {side}: {part.error}")
    if before.error or now.error:
        return
    both = {case for case, one in before.cases.items() if case in now.cases and one.input == now.cases[case].input}
    apart += _cases_apart(before, now, both)
    metrics, others = ([one.metric for one in part.scores] for part in (before, now))
    # What is true of many metrics is said once.
    odd: dict[str, list[str]] = {}
    for metric in [*metrics, *(metric for metric in others if metric not in metrics)]:
        if metric not in metrics or metric not in others:
            odd.setdefault(f"only {'A' if metric in metrics else 'B'} has this metric", []).append(metric)
            continue
        found = change(now, metric, before.cases)
        if found is None:
            odd.setdefault("no case that both judged has the same input", []).append(metric)
            continue
        was, new = (part.values(metric).keys() & both for part in (before, now))
        for side, alone in (("A", was - new), ("B", new - was)):
            if alone:
                odd.setdefault(f"judged in {side} alone: {_count(len(alone))}", []).append(metric)
        moved = _moved(before, now, metric, both)
        yield _Row(f"{now.part} {metric}", found.before, found.difference, found.interval, found.cases, moved)
    apart += [f"{now.part} {', '.join(named)}: {what}." for what, named in odd.items()]


def _moved(before: PartResult, now: PartResult, metric: str, both: Collection[str]) -> str:
    was, new = before.values(metric), now.values(metric)
    changes = {case: new[case][0] - was[case][0] for case in now.cases if case in both and case in was and case in new}
    told = []
    for way, sign in (("lower", -1), ("higher", 1)):
        moved = sorted((case for case, by in changes.items() if sign * by > 0), key=lambda case: -sign * changes[case])
        if moved:
            named = ", ".join(
                f"“{shorten(case, _MOST_QUOTED, placeholder='…')}” ({was[case][0]:.2f}, {new[case][0]:.2f})"
                for case in moved[:_MOST_NAMED]
            )
            more = f" and {len(moved) - _MOST_NAMED} more" if len(moved) > _MOST_NAMED else ""
            told.append(f"{way} in B: {named}{more}")
    return "; ".join(told)


def _cases_apart(before: PartResult, now: PartResult, both: set[str]) -> Iterator[str]:
    """The cases that only one run has, or that are no longer the same."""
    alone = [
        ("in A alone", before.cases.keys() - now.cases.keys()),
        ("in B alone", now.cases.keys() - before.cases.keys()),
    ]
    altered = ("with another input", (before.cases.keys() & now.cases.keys()) - both)
    if told := [f"{_count(len(cases))} {where}" for where, cases in (*alone, altered) if cases]:
        yield f"{now.part}: {', '.join(told)}."


def _count(cases: int) -> str:
    return "1 case" if cases == 1 else f"{cases} cases"


def _writer(run: Run) -> str:
    return f"{run.mode} ({run.writer})" if run.writer else run.mode
