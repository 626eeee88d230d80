"""What a question's vector points to, by all that people ask."""

import numpy as np
import numpy.typing as npt
import pytest

from coach.retrieval.learned import Learned


def unit(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    values = np.array(rows, np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / lengths, np.float32)


def test_what_the_lines_of_a_group_have_in_common_draws_the_question() -> None:
    chance = np.random.default_rng(4)
    common, noise = np.eye(20, dtype=np.float32)[:3], chance.normal(0, 0.3, (60, 20)).astype(np.float32)
    groups = np.arange(60) % 3
    rows = common[groups] + noise
    learned = Learned.of(rows / np.linalg.norm(rows, axis=1, keepdims=True), groups)
    for group in range(3):
        assert learned.scores(common[group]).argmax() == group


def test_a_group_of_few_lines_is_heard_beside_one_of_many() -> None:
    many, few = unit((1, 0.1, 0.2)), unit((0.1, 1, 0.2))
    learned = Learned.of(np.concatenate([many] * 400 + [few] * 2), np.array([0] * 400 + [1] * 2))
    assert learned.scores(few[0])[1] > 0.5


def test_rows_of_no_group_teach_nothing() -> None:
    rows = unit((1, 0, 0), (0, 1, 0), (0, 0, 1))
    with_stray = Learned.of(rows, np.array([0, 1, -1]))
    without = Learned.of(rows[:2], np.array([0, 1]))
    assert with_stray.directions == pytest.approx(without.directions)
    assert with_stray.scores(rows[0]).shape == (2,)
