"""Small plots as inline SVG: no script, no font and no color of their own; the page's style says how they look."""

from collections.abc import Sequence
from html import escape

_WIDE, _HIGH = 240.0, 26.0
# Half a diamond, which stands at either end as well.
_EDGE = 8.0


def dot_plot(
    score: float, interval: tuple[float, float], floor: float | None, before: float | None, verdict: str
) -> str:
    """A score from 0 to 1 with its interval, the gate's floor as a stroke and the baseline as an open diamond."""
    middle = _HIGH / 2
    low, high, at = _x(interval[0]), _x(interval[1]), _x(score)
    told = f"score {score:.3f}, 95 % interval {interval[0]:.3f} to {interval[1]:.3f}"
    marks = [
        f'<line class="axis" x1="{_x(0):.1f}" y1="{middle}" x2="{_x(1):.1f}" y2="{middle}"/>',
        f'<line class="span" x1="{low:.1f}" y1="{middle}" x2="{max(high, low + 1):.1f}" y2="{middle}"/>',
    ]
    if floor is not None:
        told += f", floor {floor:.2f}"
        marks.append(f'<line class="floor" x1="{_x(floor):.1f}" y1="3" x2="{_x(floor):.1f}" y2="{_HIGH - 3}"/>')
    if before is not None:
        told += f", baseline {before:.3f}"
        there = _x(before)
        marks.append(
            f'<path class="before" d="M{there - 7:.1f} {middle}L{there:.1f} {middle - 7}L{there + 7:.1f} {middle}'
            f'L{there:.1f} {middle + 7}Z"/>'
        )
    kind = "good" if verdict == "passed" else "bad"
    marks.append(f'<circle class="dot {kind}" cx="{at:.1f}" cy="{middle}" r="4"/>')
    return _drawing(_WIDE, _HIGH, told, marks)


def bar(share: float, told: str) -> str:
    """A share from 0 to 1 as a bar."""
    width = 64.0
    return _drawing(
        width,
        6.0,
        told,
        [
            f'<rect class="track" width="{width}" height="6" rx="3"/>',
            f'<rect class="fill" width="{max(0.0, min(1.0, share)) * width:.1f}" height="6" rx="3"/>',
        ],
    )


def histogram(values: Sequence[float], told: str, bins: int = 24) -> str:
    """How often each size occurs, from 0 to the largest value."""
    top = max(values, default=0.0)
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(bins * value / top)) if top > 0 else 0] += 1
    most, step, high = max(counts, default=0) or 1, _WIDE / bins, 48.0
    marks = [
        f'<rect class="fill" x="{place * step:.1f}" y="{high - high * count / most:.1f}" '
        f'width="{step - 1:.1f}" height="{high * count / most:.1f}"/>'
        for place, count in enumerate(counts)
        if count
    ]
    return _drawing(_WIDE, high, told, marks)


def _drawing(wide: float, high: float, told: str, marks: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" height="{high:g}" role="img" '
        f'aria-label="{escape(told, quote=True)}">{"".join(marks)}</svg>'
    )


def _x(value: float) -> float:
    return _EDGE + max(0.0, min(1.0, value)) * (_WIDE - 2 * _EDGE)
