"""A run as one HTML file that needs nothing else: no network, no script, plots drawn inline, every text escaped.

It reads on a phone and with a keyboard alone, in light and in dark: cases open and close as `<details>`.
"""

import json
import statistics
from collections.abc import Iterator
from html import escape
from typing import Any

from evals.plots import bar, dot_plot, histogram
from evals.report import not_compared, red_without_cases
from evals.results import PartResult, Run, Score, Shown, Times

# Nothing is loaded from anywhere, whatever a text in it may say.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1f24; --soft: #5b6470; --line: #d5dae1; --card: #f5f7f9;
  --good: #16703c; --bad: #b3261e; --blue: #2458a6; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e8eaed; --soft: #a5adb8; --line: #3a414b;
  --card: #1d2126; --good: #6fcf97; --bad: #ff8a80; --blue: #8ab4f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin-top: 1.5rem; }
a { color: var(--blue); } :focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .4rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; }
th .why { font-weight: normal; min-width: 13rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.why, .quiet { color: var(--soft); font-size: .85rem; } .why { display: block; max-width: 34rem; }
.good { color: var(--good); fill: var(--good); } .bad { color: var(--bad); fill: var(--bad); font-weight: 600; }
svg { display: block; } .axis { stroke: var(--line); } .span { stroke: var(--blue); stroke-width: 5; opacity: .45; }
.floor { stroke: var(--ink); stroke-width: 2; } .before { fill: none; stroke: var(--soft); stroke-width: 1.5; }
.track { fill: var(--line); } .fill { fill: var(--blue); }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .4rem; background: var(--card); }
summary { padding: .6rem .8rem; cursor: pointer; overflow-wrap: anywhere; } details > div { padding: 0 .8rem .8rem; }
.sides { display: grid; gap: 1rem; } @media (min-width: 56rem) { .sides { grid-template-columns: 1fr 1fr; } }
.sides > div { min-width: 0; }
pre { margin: 0; padding: .6rem; max-height: 40rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--paper); border: 1px solid var(--line); border-radius: .3rem; font-size: .8rem; }
@page { size: A4 landscape; margin: 12mm; }
@media print { body { max-width: none; padding: 0; font-size: .7rem; } nav { display: none; }
  .wide { overflow: visible; } .wide table { width: 100%; font-size: .65rem; } th, td { padding: .2rem .3rem; }
  .why, .quiet { font-size: inherit; } tr { break-inside: avoid; } summary, h2, h3, h4 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; } .sides { grid-template-columns: 1fr 1fr; }
  pre { max-height: none; overflow: visible; font-size: .6rem; } }
"""


def as_page(run: Run) -> str:
    """The page."""
    return "\n".join(_page(run))


def _page(run: Run) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY, quote=True)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    verdict = "passed" if run.passed else "not passed"
    yield f"<title>Evals of the session coach: {verdict}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    writer = f" ({escape(run.writer)})" if run.writer else ""
    yield f"<h1>Evals of the session coach: {_verdict(verdict)}</h1>"
    yield (
        f"<p>Agendas by: {escape(run.mode)}{writer}. A dot is a score from 0 to 1, the band and the figures below the "
        "score its 95 % interval from resampling the cases, the stroke the gate’s floor, the open diamond the accepted "
        "baseline.</p>"
    )
    yield from _in_short(run)
    if run.mode != "composer":
        yield from (f"<p>{escape(part.notes)}</p>" for part in run.parts if part.notes)
    yield "<nav aria-label='Parts'><ul>"
    for part in run.parts:
        verdict = "not run" if part.error else "passed" if part.passed else "failed"
        yield f'<li><a href="#{escape(part.part)}">{escape(part.part)}</a> {_verdict(verdict)}</li>'
    yield '<li><a href="#cost">Cost and latency</a></li></ul></nav>'
    for part in run.parts:
        yield from _part(part, run.again)
    yield from _cost(run)
    yield "</main>\n</body>\n</html>\n"


def _in_short(run: Run) -> Iterator[str]:
    judged = [(part, one) for part in run.parts for one in part.scores]
    reached = sum(one.verdict == "passed" for _, one in judged)
    whole = f", {sum(times.whole for times in run.times.values()):.0f} s" if run.times else ""
    yield f"<p>{reached} of {len(judged)} gates reached, {sum(len(part.cases) for part in run.parts)} cases{whole}.</p>"
    red = [
        f'<a href="#{escape(part.part)}">{escape(f"{part.part} {one.metric}")}</a> {_verdict(one.verdict)}'
        for part, one in judged
        if one.verdict != "passed"
    ]
    if red:
        yield f"<ul aria-label='Gates that were not reached'>{''.join(f'<li>{one}</li>' for one in red)}</ul>"


def _part(part: PartResult, again: str | None) -> Iterator[str]:
    yield f'<section id="{escape(part.part)}" aria-label="{escape(part.part)}">'
    yield f"<h2>{escape(part.part)}</h2>\n<p class='quiet'>{escape(part.about)}; {len(part.cases)} cases</p>"
    if part.error:
        yield f"<p class='bad'>Not run: {escape(part.error)}</p>"
    heads = ("metric", "score", "from 0 to 1", "floor", "against the baseline", "cases", "verdict")
    yield from _table(heads, (_score_row(one) for one in part.scores), f"Scores of {part.part}")
    for one in part.scores:
        if one.red and one.faults:
            command = f"python -m evals {part.part}{again} --show {one.metric}" if again is not None else ""
            yield f"<p class='bad'>{escape(one.metric)}: {escape(one.red)}. <code>{escape(command)}</code></p>"
            yield from _fell_short(one)
    for metrics, why in () if part.error else red_without_cases(part):
        yield f"<p class='bad'>{escape(metrics)} {escape(why)}.</p>"
    yield from (f"<p class='quiet'>{escape(line)}</p>" for line in not_compared(part))
    for key in sorted({key for case in part.cases.values() for key in case.groups}):
        yield f"<h3>By {escape(key)}</h3>"
        yield from _groups(part, key)
    if part.shown:
        lost = any(case.faults for case in part.shown)
        yield f"<h3>{'Worst cases' if lost else 'Nothing was found wrong; the first cases'}, in full</h3>"
        for case in part.shown:
            yield from _case(case)
    if part.notes:
        notes = _pre(part.notes, "Notes")
        yield f"<details><summary>Notes of {escape(part.part)}</summary><div>{notes}</div></details>"
    yield "</section>"


def _fell_short(one: Score) -> Iterator[str]:
    cases = f"{len(one.faults)} cases" if len(one.faults) > 1 else "1 case"
    yield f"<details><summary>{cases} that fell short of {escape(one.metric)}</summary><div><ul>"
    yield from (f"<li>{escape(fault.case)}: {escape(fault.reason)}</li>" for fault in one.faults)
    yield "</ul></div></details>"


def _score_row(one: Score) -> str:
    plot = ""
    if one.score is not None and one.interval is not None:
        floor, before = one.gate.floor if one.gate else None, one.change.before if one.change else None
        plot = dot_plot(one.score, one.interval, floor, before, one.verdict)
    against = "no baseline"
    if one.change is not None:
        low, high = one.change.interval
        against = _over(f"{one.change.difference:+.3f}", f"{low:+.3f} to {high:+.3f}")
    reached = "–" if one.score is None else f"{one.score:.3f}"
    if one.interval is not None:
        low, high = one.interval
        reached = _over(reached, f"{low:.3f} to {high:.3f}")
    metric = escape(one.metric)
    cells = [
        f"<th scope='row' abbr='{metric}'>{metric}<span class='why'>{escape(one.why)}</span></th>",
        _number(reached),
        f"<td>{plot}</td>",
        _number(f"{one.gate.floor:.2f}" if one.gate else "none"),
        _number(against),
        _number(f"{one.cases}"),
        f"<td>{_verdict(one.verdict)}</td>",
    ]
    return "".join(cells)


def _groups(part: PartResult, key: str) -> Iterator[str]:
    by_metric = {one.metric: part.by_group(one.metric, key) for one in part.scores}
    groups = sorted({group for found in by_metric.values() for group in found})

    def row(group: str) -> str:
        cells = [f"<th scope='row'>{escape(group)}</th>"]
        for metric, found in by_metric.items():
            if group in found:
                score, cases = found[group]
                drawn = bar(score, f"{metric} of {group}: {score:.2f}")
                cells.append(f"<td>{score:.2f} <span class='quiet'>of {cases}</span>{drawn}</td>")
            else:
                cells.append("<td class='quiet'>–</td>")
        return "".join(cells)

    yield from _table((key, *by_metric), map(row, groups), f"Scores of {part.part} by {key}")


def _case(one: Shown) -> Iterator[str]:
    found = f" <span class='bad'>{len(one.faults)} wrong</span>" if one.faults else ""
    yield f"<details><summary>{escape(one.case)}{found}</summary><div>"
    if one.faults:
        yield f"<ul>{''.join(f'<li>{escape(fault)}</li>' for fault in one.faults)}</ul>"
    yield f"<div class='sides'><div><h4>Input</h4>{_pre(_readable(one.input), 'Input')}</div>"
    yield f"<div><h4>Output</h4>{_pre(_readable(one.output), 'Output')}</div></div></div></details>"


def _cost(run: Run) -> Iterator[str]:
    yield "<section id='cost' aria-label='Cost and latency'><h2>Cost and latency</h2>"
    heads = ("part", "tokens in", "tokens out", "seconds", "median case", "95 % within", "cases by time")
    rows = (_cost_row(part, run.times.get(part.part)) for part in run.parts)
    yield from _table(heads, rows, "Cost and latency by part")
    yield "</section>"


def _cost_row(part: PartResult, times: Times | None) -> str:
    cells = [f"<th scope='row'>{escape(part.part)}</th>", _number(f"{part.tokens.prompt}")]
    cells.append(_number(f"{part.tokens.completion}"))
    cells.append(_number(f"{times.whole:.1f}" if times else "–"))
    seconds = sorted(times.cases.values()) if times else []
    if seconds:
        late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
        cells += [_number(_duration(statistics.median(seconds))), _number(_duration(late))]
        drawn = histogram(seconds, f"{len(seconds)} cases by time, up to {_duration(seconds[-1])}")
        cells.append(f"<td>{drawn}<span class='quiet'>up to {_duration(seconds[-1])}</span></td>")
    else:
        untimed = "made together, not timed one by one" if times else ""
        cells += [_number("–"), _number("–"), f"<td class='quiet'>{untimed}</td>"]
    return "".join(cells)


def _table(heads: tuple[str, ...], rows: Iterator[str], title: str) -> Iterator[str]:
    # Wider than a phone, a table scrolls by itself, also by keyboard.
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{escape(title)}"><table><thead><tr>'
    yield "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    yield "</tr></thead><tbody>"
    yield "\n".join(f"<tr>{row}</tr>" for row in rows)
    yield "</tbody></table></div>"


def _over(figure: str, interval: str) -> str:
    return f"{figure}<br><span class='quiet'>{interval}</span>"


def _number(html: str) -> str:
    return f"<td class='number'>{html}</td>"


def _verdict(verdict: str) -> str:
    return f"<span class='{'good' if verdict == 'passed' else 'bad'}'>{escape(verdict)}</span>"


def _readable(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)


def _pre(text: str, title: str) -> str:
    # Where it is longer than it is high, the keys scroll it.
    return f"<pre tabindex='0' role='group' aria-label='{title}'>{escape(text)}</pre>"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"
