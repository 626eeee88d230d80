"""Intervals by resampling cases: how far a score, or its change, may owe to which cases were drawn.

All draws are seeded and taken from the cases by their value, so that the same cases give the same interval twice, in
whatever order they stand. Where every case has the same value the
interval has no width: it speaks of these cases, and of others like them only as far as they stand for them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

RESAMPLES = 2_000
# Results are rounded to so many places, so that they are the same wherever they are worked out.
_PLACES = 6

Weighted = Sequence[tuple[float, float]]
Interval = tuple[float, float]


def score(cases: Weighted) -> float:
    """The mean of values by their weights, from (value, weight); 0 where the weights sum to none."""
    whole = sum(weight for _, weight in cases)
    return round(sum(value * weight for value, weight in cases) / whole, _PLACES) if whole else 0.0


def interval(cases: Weighted, seed: int = 7) -> Interval:
    """The 95 % interval of `score`, by the percentile bootstrap. Raises ValueError where there are no cases."""
    if not cases:
        raise ValueError("No cases, no interval.")
    return _percentiles(_scores(np.asarray(sorted(cases), float), _draws(len(cases), seed)))


def paired(now: Weighted, before: Weighted, seed: int = 7) -> Interval:
    """The 95 % interval of the change of the score, now less before, over the same cases, those of both in one order.

    Both scores are of the same draws, so what is hard for both cancels out. Raises ValueError where the cases are not
    as many, or none.
    """
    if not now or len(now) != len(before):
        raise ValueError("A change needs the same cases twice.")
    both = np.asarray(sorted(zip(now, before, strict=True)), float)
    draws = _draws(len(both), seed)
    return _percentiles(_scores(both[:, 0], draws) - _scores(both[:, 1], draws))


def _draws(count: int, seed: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))


def _scores(cases: npt.NDArray[Any], draws: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    reached, possible = (cases[:, 0] * cases[:, 1])[draws].sum(axis=1), cases[:, 1][draws].sum(axis=1)
    return np.where(possible > 0, reached / np.where(possible > 0, possible, 1), 0.0)


def _percentiles(values: npt.NDArray[Any]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return round(float(low), _PLACES), round(float(high), _PLACES)
