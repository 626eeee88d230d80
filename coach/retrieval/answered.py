"""Whether the library has an answer to a question: three signs of it, weighed by a logistic regression.

The weights are fitted by `python -m evals.fit_answered` and stand in `answered.toml`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

BAR_FILE = Path(__file__).with_name("answered.toml")
# Where nobody wrote down what people ask, there is closeness alone. On the tuning half of the gold set, in steps of
# 0.005, the two error rates added up to the least here.
_CLOSE = 0.44


class Signs(NamedTuple):
    """What is known of a question besides what it finds."""

    closeness: float
    """The mean of the cosines of the closest passage and of the closest of what people ask, from -1 to 1."""
    subject: float | None
    """The mean cosine of all that people ask: near 0 where the question is of another subject. None without lines."""
    known_words: float
    """The share of its words that the library has, from 0 to 1; 1 where it has no words."""


@dataclass(frozen=True)
class Bar:
    """How much each sign counts, by its name, and how much there must be of all."""

    weights: Mapping[str, float]
    least: float

    def above(self, signs: Signs) -> float:
        """How far the question is above the bar: from 0 on there is an answer."""
        if signs.subject is None:
            return signs.closeness - _CLOSE
        values = signs._asdict()
        return float(sum(weight * values[name] for name, weight in self.weights.items())) - self.least


def read_bar(path: Path = BAR_FILE) -> Bar:
    """The bar of a file as `python -m evals.fit_answered` writes it."""
    values = tomllib.loads(path.read_text("utf-8"))
    return Bar(values["signs"], values["least"])
