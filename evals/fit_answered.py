"""Fit the bar of an answer: `python -m evals.fit_answered` writes `answered.toml` anew.

Logistic regression on the tuning halves: questions that the library answers (gold set, and those with one right
document) against those it does not; both sides count the same. The bar is the lowest that tells `_TOLD` of those
without an answer that there is none.
"""

import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from coach.retrieval.answered import BAR_FILE, Bar, Signs
from coach.settings import Settings
from evals.gold import read_gold, read_known, read_unanswered
from evals.library_index import library_index
from evals.parts import PartNotRun

# The bar of closeness alone told 0.71.
_TOLD = 0.73
_PENALTY = 0.01
_TOLERANCE = 1e-10
_FOLDS = 5

Numbers = npt.NDArray[np.float64]


def fit_bar(answered: Sequence[Signs], unanswered: Sequence[Signs], told: float = _TOLD) -> Bar:
    """The weights that tell the two apart, and the lowest bar that at least this share of the second stays below."""
    signs = np.array([*answered, *unanswered], np.float64)
    wanted = np.repeat([1, 0], [len(answered), len(unanswered)])
    counting = np.where(wanted == 1, 0.5 / len(answered), 0.5 / len(unanswered))
    middle, spread = signs.mean(axis=0), signs.std(axis=0).clip(1e-9)
    fitted = LogisticRegression(C=1 / _PENALTY, solver="newton-cholesky", tol=_TOLERANCE)
    fitted.fit((signs - middle) / spread, wanted, sample_weight=counting)
    weights: Numbers = np.round(fitted.coef_[0] / spread, 3)
    below = np.sort(np.array(unanswered, np.float64) @ weights)
    # Just above the last of those that are to be told.
    least = below[max(0, int(np.ceil(told * len(below))) - 1)] + 0.001
    return Bar(dict(zip(Signs._fields, weights.tolist(), strict=True)), round(float(least), 3))


def errors(bar: Bar, answered: Sequence[Signs], unanswered: Sequence[Signs]) -> tuple[int, int]:
    """How many with an answer are turned away, and how many without one are answered."""
    return sum(bar.above(one) < 0 for one in answered), sum(bar.above(one) >= 0 for one in unanswered)


def main() -> int:
    """Fit, cross-check within the tuning halves, and write."""
    gold = [one for one in read_gold() if one.split == "tune"]
    known = [one for one in read_known() if one.split == "tune"]
    without = [one for one in read_unanswered() if one.split == "tune"]
    with library_index(Settings()) as search:
        texts = [*(one.text for one in gold if one.relevant), *(one.text for one in known)]
        answered = [search.signs(text) for text in texts]
        texts = [*(one.text for one in gold if not one.relevant), *(one.text for one in without)]
        unanswered = [search.signs(text) for text in texts]
    turned_away, let_in = 0, 0
    for fold in range(_FOLDS):
        others = [
            [one for number, one in enumerate(side) if number % _FOLDS != fold] for side in (answered, unanswered)
        ]
        more = errors(fit_bar(others[0], others[1]), answered[fold::_FOLDS], unanswered[fold::_FOLDS])
        turned_away, let_in = turned_away + more[0], let_in + more[1]
    bar = fit_bar(answered, unanswered)
    fully = errors(bar, answered, unanswered)
    sys.stdout.write(
        f"turned away {fully[0]} of {len(answered)}, answered without an answer {fully[1]} of {len(unanswered)}; "
        f"each fifth by the weights of the others: {turned_away} and {let_in}\n"
    )
    BAR_FILE.write_text(as_toml(bar), "utf-8")
    return 0


def as_toml(bar: Bar) -> str:
    """The file that `coach.retrieval.answered.read_bar` reads."""
    head = "# Written by `python -m evals.fit_answered` from the tuning halves. Not to be edited by hand."
    signs = [f'"{name}" = {weight:.3f}' for name, weight in bar.weights.items()]
    return "\n".join([head, "", f"least = {bar.least:.3f}", "", "[signs]", *signs, ""])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PartNotRun as error:
        sys.exit(str(error))
