"""What people bring up beside the themes of the taxonomy: a fixed list of subjects, so that each is the same in every
period and one comment more or less changes no other's.

The tuned model draws comments on one theme together and loses much of what else they are about. Its vectors are
whitened before they are compared: centered and scaled so that comments spread alike in all directions (Su and others,
2021, "Whitening sentence representations"). `subjects.npz` beside this module keeps the whitening, and is written by
`python -m evals.fit_subjects`.
"""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from coach.errors import EmbeddingError
from coach.feedback.head import Matrix
from coach.retrieval.embed import Encoder

SUBJECTS_FILE = Path(__file__).with_name("subjects.yaml")
WHITENING_FILE = Path(__file__).with_name("subjects.npz")
# What begins the id of a subject wherever it stands among themes.
PREFIX = "subject:"

# A comment without a theme counts for the subject whose nearest sentence is at least so near (cosine, whitened), one
# with a theme where it is clearly about the subject, too. Tried on 80 comments on these subjects in other words, and on
# the held-out comments of the themes with 400 that the classifier learned from: of the first, 31 get their
# subject and 5 another one (the classifier takes 21 of them for a theme). Of 516 others without a theme, 41 get one,
# most of them rightly ("They've put the heating on"), and of 344 with a theme 1. The model as it is, without tuning,
# does no better, and would have to read every comment once more.
NEAR, NEAR_BESIDE_A_THEME = 0.38, 0.55
# The same for a model that was not tuned, whose vectors are compared as they are.
_PLAIN_NEAR, _PLAIN_BESIDE = 0.54, 0.66
# So much is added to a cosine to compare with the certainty of themes: those that count lie between 0.8 and 1 then.
_CERTAINTY = 0.45


class _Subject(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
    said: Annotated[tuple[str, ...], Field(min_length=3)]


@dataclass(frozen=True)
class SubjectFound:
    """A subject that a comment is about; `certainty` is from 0 to 1."""

    id: str
    certainty: float


@cache
def _subjects() -> Mapping[str, _Subject]:
    return TypeAdapter(dict[str, _Subject]).validate_python(yaml.safe_load(SUBJECTS_FILE.read_text("utf-8")))


def subject_labels() -> dict[str, str]:
    """The label of each subject, by the id that it has among themes."""
    return {f"{PREFIX}{name}": subject.label for name, subject in _subjects().items()}


def subject_sentences() -> list[str]:
    """What people say of the subjects, in the order of the file."""
    return [sentence for subject in _subjects().values() for sentence in subject.said]


@cache
def subjects_version() -> str:
    """Changes when the same comment may be found to be about something else."""
    parts = [SUBJECTS_FILE.read_bytes(), WHITENING_FILE.read_bytes(), repr((NEAR, NEAR_BESIDE_A_THEME)).encode()]
    return hashlib.blake2b(b"".join(parts), digest_size=6).hexdigest()


@dataclass(frozen=True, eq=False)
class Whitening:
    """Vectors less `center`, times `matrix`: shapes (dimensions,) and (dimensions, dimensions).

    `model` is the fingerprint of the model whose vectors they are.
    """

    model: str
    center: Matrix
    matrix: Matrix

    def of(self, vectors: Matrix) -> Matrix:
        """The vectors whitened, of length 1."""
        # Not by BLAS, which sums up in another order for another number of rows.
        white = np.einsum("nd,dk->nk", vectors - self.center, self.matrix)
        return np.asarray(white / np.maximum(np.linalg.norm(white, axis=1, keepdims=True), 1e-9), np.float32)


def read_whitening(file: Path = WHITENING_FILE) -> Whitening:
    """Raises EmbeddingError where the file is missing or broken."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            center, matrix = (arrays[name].astype(np.float32) for name in ("center", "matrix"))
            return Whitening(arrays["model"].tobytes().decode(), center, matrix)
    except (OSError, KeyError, ValueError) as error:
        raise EmbeddingError(f"{file} cannot be read ({type(error).__name__}). Install the coach again.") from error


class SubjectFinder:
    """Finds what comments are about beside themes. The sentences are embedded when it is first asked; may be shared by
    threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._ready: tuple[Matrix, Whitening | None] | None = None
        self._one_at_a_time = threading.Lock()

    def find(self, vectors: Matrix, with_theme: Sequence[bool]) -> list[SubjectFound | None]:
        """For each comment's unit vector the subject that it is about, or None. Shape (comments, dimensions).

        `with_theme` says which of them raise a theme of the taxonomy. Raises EmbeddingError.
        """
        if not len(vectors):
            return []
        sentences, whitening = self._sentences()
        asked = vectors if whitening is None else whitening.of(vectors)
        near, beside = (NEAR, NEAR_BESIDE_A_THEME) if whitening else (_PLAIN_NEAR, _PLAIN_BESIDE)
        cosines = np.round(np.einsum("nd,sd->ns", asked, sentences), 3)
        names = [name for name, subject in _subjects().items() for _ in subject.said]
        found: list[SubjectFound | None] = []
        for row, themed in zip(cosines, with_theme, strict=True):
            best = int(row.argmax())
            enough = float(row[best]) >= (beside if themed else near)
            certainty = min(1.0, round(float(row[best]) + _CERTAINTY, 3))
            found.append(SubjectFound(f"{PREFIX}{names[best]}", certainty) if enough else None)
        return found

    def _sentences(self) -> tuple[Matrix, Whitening | None]:
        with self._one_at_a_time:
            if self._ready is None:
                vectors = self._encoder.encode(subject_sentences())
                whitening = read_whitening()
                if whitening.model == self._encoder.fingerprint:
                    self._ready = whitening.of(vectors), whitening
                else:
                    self._ready = vectors, None
            return self._ready
