"""Readers of short texts that learned from examples: what somebody asks for in feedback, which goals belong elsewhere,
what helps somebody to work well in a meeting, and which private subjects somebody keeps out.

Patterns know the words that somebody thought of; most people use others. A reader is one linear layer on a text's
vector and one on its words and pairs of words, whose evidence is added up. Each is a file beside this module that
`python -m evals.train_learned` writes from `examples/`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from coach.feedback.head import Matrix, read_whole
from coach.feedback.phrases import Phrases
from coach.retrieval.embed import Vector

Subject = Literal["wishes", "matters", "needs", "taboos"]
EXAMPLES_FOLDER = Path(__file__).with_name("examples")


LabelT = TypeVar("LabelT", bound=str)
# The name of having no label, in readers of texts that have one at most.
NOTHING = "nothing"


@dataclass(frozen=True, eq=False)
class Learned:
    """What one reader learned; `model` is the fingerprint of the model whose vectors it reads.

    Shapes: weights (labels, dimensions). `phrases` holds the labels, as its themes, the layer on words, the bias of
    both, and the chance from which on something is found.
    """

    model: str
    weights: Matrix
    phrases: Phrases

    @property
    def threshold(self) -> float:
        """From which chance on something is found."""
        return self.phrases.threshold

    def chances(self, text: str, vector: Vector) -> dict[str, float]:
        """How likely each label is, from 0 to 1: each by itself, or all together 1 where a text has one at most.

        `vector` is the text's, of length 1.
        """
        # Not by BLAS, which may sum up in another order on another machine.
        evidence = np.einsum("kd,d->k", self.weights, vector) + self.phrases.logits([text])[0]
        names = self.phrases.themes
        return dict(zip(names, map(float, chances_of(evidence[None], names)[0]), strict=True))

    def found(self, chances: Mapping[LabelT, float]) -> tuple[LabelT, ...]:
        """The labels of a text with these chances, the likeliest first; one at most where texts have no more."""
        ordered = sorted(chances, key=lambda label: -chances[label])
        if NOTHING not in ordered:
            return tuple(label for label in ordered if chances[label] >= self.threshold)
        nothing = next(label for label in ordered if label == NOTHING)
        ordered.remove(nothing)
        return tuple(ordered[:1]) if 1 - chances[nothing] >= self.threshold else ()

    def likeliest(self, label: str, texts: Sequence[str]) -> int | None:
        """Which of these texts speaks most for a label by its words; None where none speaks for it."""
        column = self.phrases.themes.index(label)
        evidence = self.phrases.logits(texts)[:, column] - self.phrases.bias[column]
        best = int(evidence.argmax())
        return best if evidence[best] > 0 else None


def chances_of(evidence: Matrix, names: Sequence[str]) -> Matrix:
    """Evidence as probabilities, shape (texts, names), rounded to three decimals."""
    if NOTHING not in names:
        return np.asarray(np.round(1 / (1 + np.exp(-evidence)), 3), np.float32)
    shared = np.exp(evidence - evidence.max(axis=1, keepdims=True))
    return np.asarray(np.round(shared / shared.sum(axis=1, keepdims=True), 3), np.float32)


def learned_file(subject: Subject) -> Path:
    """Where a reader is kept."""
    return Path(__file__).with_name(f"{subject}.npz")


@cache
def learned(subject: Subject) -> Learned:
    """The reader of this subject. Raises EmbeddingError where its file is missing or broken."""
    return read_learned(learned_file(subject))


def write_learned(reader: Learned, file: Path) -> None:
    """Write the file; numbers are kept in 16 bits."""
    phrases = reader.phrases
    about = {
        "model": reader.model,
        "labels": phrases.themes,
        "vocabulary": phrases.vocabulary,
        "threshold": phrases.threshold,
    }
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        weights=reader.weights.astype(np.float16),
        rarity=phrases.rarity.astype(np.float16),
        of_words=phrases.weights.astype(np.float16),
        bias=phrases.bias.astype(np.float16),
    )


def read_learned(file: Path) -> Learned:
    """Read what `write_learned` wrote. Raises EmbeddingError where it is missing or broken."""
    with read_whole(file, "reader", "evals.train_learned") as arrays:
        about = json.loads(arrays["about"].tobytes())
        whole = {name: arrays[name].astype(np.float32) for name in ("weights", "rarity", "of_words", "bias")}
        labels, vocabulary = tuple(about["labels"]), tuple(about["vocabulary"])
        if whole["of_words"].shape != (len(vocabulary), len(labels)) or len(whole["weights"]) != len(labels):
            raise ValueError("shapes")
        phrases = Phrases(
            labels, vocabulary, whole["rarity"], whole["of_words"], whole["bias"],
            share=1.0, threshold=float(about["threshold"]), least=0.0,
        )  # fmt: skip
        return Learned(str(about["model"]), whole["weights"], phrases)
