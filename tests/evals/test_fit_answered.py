"""Fitting the bar of an answer."""

from pathlib import Path

import numpy as np
import pytest

from coach.retrieval.answered import Signs, read_bar
from evals.fit_answered import as_toml, errors, fit_bar


def drawn(count: int, closeness: float, seed: int) -> list[Signs]:
    chance = np.random.default_rng(seed)
    return [
        Signs(float(chance.normal(closeness, 0.1)), float(chance.normal(0.1, 0.03)), float(chance.uniform(0.5, 1)))
        for _ in range(count)
    ]


def test_the_sign_that_tells_them_apart_gets_the_weight() -> None:
    weights = fit_bar(drawn(200, 0.7, 1), drawn(100, 0.4, 2)).weights
    spread = {"closeness": 0.18, "subject": 0.03, "known_words": 0.14}
    told = {name: abs(weights[name] * spread[name]) for name in spread}
    assert told["closeness"] > 4 * max(told["subject"], told["known_words"])


@pytest.mark.parametrize("told", [0.5, 0.73, 1.0])
def test_the_bar_tells_the_share_that_was_asked_for_and_hardly_more(told: float) -> None:
    answered, unanswered = drawn(200, 0.6, 1), drawn(100, 0.5, 2)
    _, let_in = errors(fit_bar(answered, unanswered, told), answered, unanswered)
    assert told * 100 <= 100 - let_in <= told * 100 + 2


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    bar = fit_bar(drawn(50, 0.7, 1), drawn(50, 0.4, 2))
    file = tmp_path / "answered.toml"
    file.write_text(as_toml(bar))
    assert read_bar(file) == bar
