"""The words and pairs of words of a comment, as evidence for its themes beside what the tuned model makes of it.

The model reads the sense and misses sayings; a linear layer on words and pairs of words knows the sayings alone. Their
evidence is added up. `phrases.npz` beside this module is written by `python -m evals.train_phrases`.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from coach.errors import EmbeddingError
from coach.feedback.head import Head, Matrix, read_whole

PHRASES_FILE = Path(__file__).with_name("phrases.npz")
# The logit of what is not found, whatever else is.
_NEVER = -20.0
_WORD = re.compile(r"\w[\w']*")


@dataclass(frozen=True, eq=False)
class Phrases:
    """A linear layer on the words and pairs of words in `vocabulary`, weighed by how rare they are.

    Shapes: rarity (vocabulary,), weights (vocabulary, themes), bias (themes,). `share` is what the model's evidence
    counts beside this one's, and a theme is found from the probability `threshold` on, from 0 to 1, unless the model by
    itself takes it for less likely than `least`: words that come with a theme often are not yet said of it.
    """

    themes: tuple[str, ...]
    vocabulary: tuple[str, ...]
    rarity: Matrix
    weights: Matrix
    bias: Matrix
    share: float
    threshold: float
    least: float

    @cached_property
    def _places(self) -> dict[str, int]:
        return {phrase: place for place, phrase in enumerate(self.vocabulary)}

    @cached_property
    def digest(self) -> str:
        """Changes when the same comment may be found to raise something else."""
        about = json.dumps([self.themes, self.vocabulary, self.share, self.threshold, self.least]).encode()
        values = [np.ascontiguousarray(one, np.float32).tobytes() for one in (self.rarity, self.weights, self.bias)]
        return hashlib.blake2b(b"".join([about, *values]), digest_size=6).hexdigest()

    def features(self, text: str) -> tuple[list[int], Matrix]:
        """The places in the vocabulary of what is in the text, in order, and how much each counts: a unit vector."""
        counts = Counter(place for phrase in phrases_in(text) if (place := self._places.get(phrase)) is not None)
        places = sorted(counts)
        values = np.array([1 + math.log(counts[place]) for place in places], np.float32) * self.rarity[places]
        return places, values / max(float(np.linalg.norm(values)), 1e-9)

    def logits(self, texts: Sequence[str]) -> Matrix:
        """The evidence for each theme in each text, shape (texts, themes); what is beside a text changes nothing."""
        found = np.repeat(self.bias[None], len(texts), axis=0)
        for row, text in enumerate(texts):
            places, values = self.features(text)
            found[row] += (self.weights[places] * values[:, None]).sum(axis=0)
        return found

    def doubted(self, model: Matrix, evidence: Matrix) -> Matrix:
        """The evidence of both halves without what the model takes for too unlikely; shapes (texts, themes).

        `model` is what the head that `beside` made gives, and `evidence` that and `logits` together.
        """
        least = self.share * math.log(self.least / (1 - self.least)) if self.least else -math.inf
        return np.where(model < least, np.float32(_NEVER), evidence)

    def beside(self, head: Head) -> Head:
        """The head whose logits this layer's can be added to. Raises EmbeddingError where it knows other themes."""
        if head.themes != self.themes:
            raise EmbeddingError("The two halves of the theme classifier do not fit. Install the coach again.")
        shares = np.where(np.arange(len(head.bias)) < len(self.themes), self.share, 1.0).astype(np.float32)
        thresholds = np.full(len(self.themes), self.threshold, np.float32)
        return replace(head, weights=head.weights * shares[:, None], bias=head.bias * shares, thresholds=thresholds)


def phrases_in(text: str) -> list[str]:
    """The words of a text and each two that stand side by side, in lower case."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]


def write_phrases(phrases: Phrases, file: Path = PHRASES_FILE) -> None:
    """Write the file; numbers are kept in 16 bits."""
    about = {
        "themes": phrases.themes,
        "vocabulary": phrases.vocabulary,
        "share": phrases.share,
        "threshold": phrases.threshold,
        "least": phrases.least,
    }
    np.savez_compressed(
        file,
        about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        rarity=phrases.rarity.astype(np.float16),
        weights=phrases.weights.astype(np.float16),
        bias=phrases.bias.astype(np.float16),
    )


def read_phrases(file: Path = PHRASES_FILE) -> Phrases:
    """Read what `write_phrases` wrote. Raises EmbeddingError where it is missing or broken."""
    with read_whole(file, "theme classifier", "evals.train_phrases") as arrays:
        about = json.loads(arrays["about"].tobytes())
        rarity, weights, bias = (arrays[name].astype(np.float32) for name in ("rarity", "weights", "bias"))
        if weights.shape != (len(about["vocabulary"]), len(about["themes"])) or len(rarity) != len(weights):
            raise ValueError("shapes")
        return Phrases(
            tuple(about["themes"]), tuple(about["vocabulary"]), rarity, weights, bias,
            float(about["share"]), float(about["threshold"]), float(about["least"]),
        )  # fmt: skip
