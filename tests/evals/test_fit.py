"""Fitting the weights of search."""

from pathlib import Path

import numpy as np
import pytest

from coach.retrieval.chunk import chunk
from coach.retrieval.library import read_library
from coach.retrieval.rank import Weights, read_weights
from coach.settings import Settings
from evals.fit import LEGS, as_toml, fit, gains_of
from evals.gold import read_known


def test_the_leg_that_tells_what_is_relevant_gets_the_weight() -> None:
    chance = np.random.default_rng(5)
    seen, gains = [], []
    for _ in range(30):
        columns = chance.random((40, len(LEGS) + 1)).astype(np.float32)
        gain = np.zeros(40, np.float32)
        gain[columns[:, 2].argmax()] = 3
        seen.append(columns)
        gains.append(gain)
    weights = fit(seen, gains, [1.0] * 30)
    assert weights.argmax() == 2
    assert weights[2] > 4 * np.abs(np.delete(weights, 2)).max()


def test_a_leg_that_misleads_counts_nothing_but_a_kind_may_lose() -> None:
    columns = np.zeros((1, 40, len(LEGS) + 1), np.float32)
    gain = np.zeros((1, 40), np.float32)
    gain[0, :5] = 1
    columns[0, 5:, 0] = columns[0, 5:, -1] = 1
    weights = fit(list(columns), list(gain), [1.0])
    assert weights[0] == 0
    assert weights[-1] < 0


def test_a_question_that_counts_little_moves_the_weights_less() -> None:
    columns = np.zeros((2, 40, len(LEGS)), np.float32)
    gain = np.zeros((2, 40), np.float32)
    gain[:, 0] = 1
    columns[0, 0, 0] = columns[1, 0, 1] = 1
    alike = fit(list(columns), list(gain), [1.0, 1.0])
    weights = fit(list(columns), list(gain), [1.0, 0.1])
    assert alike[0] == pytest.approx(alike[1])
    assert weights[0] > alike[0] > weights[1]


def test_a_question_with_one_right_document_values_its_section_before_the_rest_of_it() -> None:
    library = read_library(Settings().knowledge_dir)
    passages = chunk(library)
    known = read_known()[0]
    gains = gains_of(known, passages)
    section = [gain for gain, one in zip(gains, passages, strict=True) if one.section == known.section and gain]
    others = {one.document_id for gain, one in zip(gains, passages, strict=True) if gain}
    assert others == {known.document}
    assert min(section) > min(gain for gain in gains if gain)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    weights = Weights({"words": 0.25, "similarity": 0.5}, {"guidance": 0.125, "exercise: Remote": -0.25})
    file = tmp_path / "weights.toml"
    file.write_text(as_toml(weights))
    again = read_weights(file)
    assert again.legs == weights.legs
    assert again.sections == {**weights.sections, "program": 0.125}


def test_the_weights_in_use_are_of_the_legs_that_are_fitted() -> None:
    assert set(read_weights().legs) == set(LEGS)
