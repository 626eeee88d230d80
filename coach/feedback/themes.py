"""Which themes of the taxonomy a comment raises.

The taxonomy is the library's folder of themes. The reader is the packaged MiniLM, tuned on the comments in `examples/`,
and beside it a linear layer on words and pairs of words; under another embedding model it is a linear head that learns
from the same comments when it is first used.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from coach.feedback.comments import Kind, clean, parts
from coach.feedback.head import (
    POLARITIES,
    TUNING_FILE,
    Head,
    Matrix,
    Polarity,
    fit_head,
    read_examples,
    read_tuning,
)
from coach.feedback.phrases import PHRASES_FILE, Phrases, read_phrases
from coach.retrieval.embed import Encoder, Progress, SentenceTransformerEncoder, Vector
from coach.retrieval.library import Library, ThemeFrontMatter

# So many texts are given to the model at a time, and the memory that they took is free after each; progress is told.
_AT_A_TIME = 2_048


@dataclass(frozen=True)
class Theme:
    """A theme of the taxonomy."""

    id: str
    title: str
    polarity: Literal["concern", "gain"]


@dataclass(frozen=True)
class ThemeFound:
    """A theme that a comment raises; `score` is its probability, from its threshold to 1, three decimals."""

    id: str
    score: float


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read in one comment.

    `vector` has length 1 and is the tuned model's, so near each other are comments on one theme; None where nothing is
    said. A comment in another language has a vector and no themes. `chances` are the probabilities of all themes of
    the reader, in their order, also where one half of it is against a theme; None where it was not looked for themes.
    """

    kind: Kind
    themes: tuple[ThemeFound, ...]
    polarity: Polarity
    vector: Vector | None
    chances: Vector | None = None


_Found = tuple[tuple[ThemeFound, ...], Polarity, Vector | None]
_NOTHING: _Found = ((), "neutral", None)


def taxonomy(library: Library) -> tuple[Theme, ...]:
    """The library's themes, in the order of their ids."""
    fronts = (document.front for document in library.documents)
    found = (Theme(one.id, one.title, one.polarity) for one in fronts if isinstance(one, ThemeFrontMatter))
    return tuple(sorted(found, key=lambda theme: theme.id))


class ThemeReader:
    """Reads comments for themes. Nothing heavy is loaded before the first comment; may be shared by threads."""

    def __init__(
        self,
        encoder: Encoder,
        head: Callable[[], Head],
        themes: Sequence[Theme],
        phrases: Phrases | None = None,
    ) -> None:
        self._encoder = encoder
        self._phrases = phrases
        self._make_head = head if phrases is None else lambda: phrases.beside(head())
        self._head: Head | None = None
        self._sides = {theme.id: theme.polarity for theme in themes}
        self._one_at_a_time = threading.Lock()

    @classmethod
    def open(
        cls, embedding_model: str, themes: Sequence[Theme], file: Path = TUNING_FILE, phrases: Path = PHRASES_FILE
    ) -> "ThemeReader":
        """The reader for an embedding model as COACH_EMBEDDING_MODEL names it. Raises EmbeddingError."""
        plain = SentenceTransformerEncoder(embedding_model)
        tuning = read_tuning(file)
        if plain.fingerprint == tuning.base:
            tuned = SentenceTransformerEncoder(embedding_model, tuning.changes)
            return cls(tuned, lambda: tuning.head, themes, read_phrases(phrases))
        return cls(plain, lambda: fit_head(plain, read_examples(), [theme.id for theme in themes]), themes)

    @property
    def encoder(self) -> Encoder:
        """The model whose vectors readings hold."""
        return self._encoder

    @property
    def fingerprint(self) -> str:
        """Names the classifier; vectors and themes that were kept under another one must be made anew."""
        return "+".join([self._encoder.fingerprint, *([self._phrases.digest] if self._phrases else [])])

    @property
    def bars(self) -> dict[str, float]:
        """From which probability on each theme is found, by id, in the order of a reading's chances."""
        head = self._ready()
        return dict(zip(head.themes, map(float, head.thresholds), strict=True))

    def read(self, texts: Sequence[str], progress: Progress | None = None) -> list[Reading]:
        """What each text says, in order. The same texts in another order give exactly the same readings.

        Costs one pass of the model over each distinct text and the pieces of those that turn. Raises EmbeddingError.
        """
        comments = [clean(text) for text in texts]
        pieces = {one.text: parts(one.text) for one in comments if one.kind == "comment"}
        said = {one.text for one in comments if one.kind != "nothing said"}
        # In an order of their own, so that the same texts share batches however they came.
        distinct = sorted(said.union(*pieces.values()), key=lambda text: (len(text), text))
        vectors = self._vectors(distinct, progress)
        places = {text: place for place, text in enumerate(distinct)}
        found = self._found(
            vectors, distinct, {places[text]: [places[one] for one in own] for text, own in pieces.items()}
        )
        readings = []
        for comment in comments:
            if comment.kind == "nothing said":
                readings.append(Reading(comment.kind, (), "neutral", None))
                continue
            place = places[comment.text]
            themes, polarity, chances = found.get(place, _NOTHING)
            readings.append(Reading(comment.kind, themes, polarity, vectors[place], chances))
        return readings

    def _found(self, vectors: Matrix, texts: Sequence[str], pieces: Mapping[int, Sequence[int]]) -> dict[int, _Found]:
        """Themes, the surest first, and polarity for the rows that `pieces` names, each with the rows of its pieces.

        The model's evidence for a theme is the mean of what the whole says and the most that it or any piece of it
        says; what the words of the whole say is added to it.
        """
        if not pieces:
            return {}
        head = self._ready()
        logits = head.logits(vectors)
        rows = list(pieces)
        whole = logits[rows]
        most = np.stack([logits[[row, *pieces[row]]].max(axis=0) for row in rows])
        whole[:, : len(head.themes)] = (whole + most)[:, : len(head.themes)] / 2
        possible = whole
        if self._phrases is not None:
            of_model = whole[:, : len(head.themes)]
            both = of_model + self._phrases.logits([texts[row] for row in rows])
            possible = np.hstack([both, whole[:, len(head.themes) :]])
            whole[:, : len(head.themes)] = self._phrases.doubted(of_model, both)
        own, shared = head.probabilities(whole)
        likely, _ = head.probabilities(possible)
        found: dict[int, _Found] = {}
        for row, sure, chances, sides in zip(rows, own, likely, shared, strict=True):
            themes = [
                ThemeFound(head.themes[place], round(float(sure[place]), 3))
                for place in np.flatnonzero(sure >= head.thresholds)
                if head.themes[place] in self._sides
            ]
            themes.sort(key=lambda theme: (-theme.score, theme.id))
            found[row] = tuple(themes), self._polarity(themes, sides), chances
        return found

    def _polarity(self, themes: Sequence[ThemeFound], sides: Vector) -> Polarity:
        """The likeliest polarity among those that the themes found allow."""
        of_themes = {self._sides[theme.id] for theme in themes}
        if len(of_themes) > 1:
            return "mixed"
        allowed: Sequence[Polarity] = POLARITIES if not of_themes else ("mixed", *of_themes)
        return max(allowed, key=lambda side: float(sides[POLARITIES.index(side)]))

    def _vectors(self, texts: Sequence[str], progress: Progress | None) -> Matrix:
        made = []
        for start in range(0, len(texts), _AT_A_TIME):
            made.append(self._encoder.encode(texts[start : start + _AT_A_TIME]))
            if progress:
                progress(min(start + _AT_A_TIME, len(texts)), len(texts))
        return np.concatenate(made) if made else np.zeros((0, 0), np.float32)

    def _ready(self) -> Head:
        with self._one_at_a_time:
            if self._head is None:
                self._head = self._make_head()
            return self._head
