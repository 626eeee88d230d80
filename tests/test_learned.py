"""What readers of short texts learned, as it is kept and read."""

from pathlib import Path

import numpy as np
import pytest

from coach.errors import EmbeddingError
from coach.feedback.phrases import Phrases
from coach.learned import NOTHING, Learned, learned, read_learned, write_learned

VECTOR = np.array([1, 0], np.float32)


def _reader(*labels: str, threshold: float = 0.6) -> Learned:
    """The vector speaks for the first label, the word “now” for the second."""
    words = np.zeros((2, len(labels)), np.float32)
    words[1, 1] = 4
    phrases = Phrases(
        labels, ("later", "now"), np.ones(2, np.float32), words, np.full(len(labels), -1, np.float32),
        share=1.0, threshold=threshold, least=0.0,
    )  # fmt: skip
    weights = np.zeros((len(labels), 2), np.float32)
    weights[0, 0] = 3
    return Learned("model", weights, phrases)


def test_vector_and_words_are_weighed_together() -> None:
    reader = _reader("break", "start", "end")

    assert reader.found(reader.chances("Later", VECTOR)) == ("break",)
    assert reader.found(reader.chances("Now!", VECTOR)) == ("start", "break")
    assert reader.found(reader.chances("Later", -VECTOR)) == ()


def test_a_text_that_may_have_one_label_has_the_likeliest_or_none() -> None:
    reader = _reader("pay", "law", NOTHING)

    assert reader.found(reader.chances("now", VECTOR)) == ("law",)
    assert reader.found(reader.chances("later", VECTOR)) == ("pay",)
    assert reader.found(reader.chances("later", -VECTOR)) == ()
    assert sum(reader.chances("now", VECTOR).values()) == pytest.approx(1, abs=0.002)


def test_a_reader_is_kept_as_it_is(tmp_path: Path) -> None:
    write_learned(_reader("pay", "law", NOTHING), tmp_path / "kept.npz")
    kept = read_learned(tmp_path / "kept.npz")

    assert (kept.model, kept.threshold) == ("model", 0.6)
    assert kept.chances("now", VECTOR) == _reader("pay", "law", NOTHING).chances("now", VECTOR)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_a_broken_file_says_how_to_make_it_anew(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(content)

    with pytest.raises(EmbeddingError, match=r"python -m evals\.train_learned"):
        read_learned(tmp_path / "broken.npz")


def test_both_readers_come_with_the_coach() -> None:
    assert NOTHING not in learned("wishes").phrases.themes
    assert learned("matters").phrases.themes[-1] == NOTHING
