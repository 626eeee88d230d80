"""Ranking by meaning and by words: two scores for each passage, brought to one scale and added.

The dense leg is the cosine similarity of MiniLM vectors, the lexical leg BM25 over stemmed words (bm25s, Lù 2024). A
third leg compares the question with what people say when they need a document, as its author wrote it down. Not ranks
are added but scores, since ranks forget how far apart two passages are (Bruch, Gai and Ingber, "An Analysis of Fusion
Functions for Hybrid Retrieval", 2023).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

from coach.retrieval.chunk import Embeddable
from coach.retrieval.embed import Vector
from coach.retrieval.index import Index

Scores = npt.NDArray[np.float32]

# The dense leg's share of what meaning and words make together, and the share of needs in the whole: the best pair on
# the tuning half of the gold set, in steps of 0.1 (`python -m evals retrieval` shows the line through each).
DENSE_SHARE = 0.4
NEEDS_SHARE = 0.3


# Up to so many passages their vectors are kept in memory beside Chroma: to look at every one is then exact, and quicker
# than to ask Chroma for the nearest.
_IN_MEMORY = 20_000
_NEAREST = 200
# A leg's best passage counts 1, and the one at this rank 0, as does all that is behind it.
_DEPTH = 100


def fuse(dense: Scores, lexical: Scores, dense_share: float = DENSE_SHARE) -> Scores:
    """One score from 0 to 1 for each passage, comparable within one question only.

    `dense_share` goes from 0, words alone, to 1, meaning alone.
    """
    share = np.float32(dense_share)
    return share * _scaled(dense) + (1 - share) * _scaled(lexical)


def with_needs(fused: Scores, needs: Scores | None, share: float = NEEDS_SHARE) -> Scores:
    """The fused scores with those of needs, which count for `share` of the whole; as they are where none are known."""
    if needs is None:
        return fused
    return np.float32(1 - share) * fused + np.float32(share) * _scaled(needs)


class Lexical:
    """BM25 over the words of a list of texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._index: Any = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._size = len(texts)
        words = self._words(texts)
        self._vocabulary = frozenset(word for text in words for word in text)
        # Texts without a single word leave bm25s nothing to index.
        if self._vocabulary:
            self._index.index(words, show_progress=False)

    def scores(self, question: str) -> Scores:
        """BM25 of each text, shape (texts,); all 0 where no word of the question occurs."""
        words = [word for word in self._words([question])[0] if word in self._vocabulary]
        if not words:
            return np.zeros(self._size, np.float32)
        scores: Scores = self._index.get_scores(words)
        return scores

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        words: list[list[str]] = bm25s.tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return words


@dataclass(frozen=True)
class Ranking:
    """Places of passages in their list, best first; `scores` are fused, `similarities` cosines.

    In few bytes, since many are kept.
    """

    places: npt.NDArray[np.integer[Any]]
    scores: npt.NDArray[np.float16]
    similarities: npt.NDArray[np.float16]

    def among(self, allowed: npt.NDArray[np.bool_]) -> Iterator[tuple[int, float, float]]:
        """Place, score and similarity of what is allowed, best first."""
        kept = allowed[self.places]
        columns = (self.places, self.scores, self.similarities)
        return zip(*(column[kept].tolist() for column in columns), strict=True)


class Ranker:
    """Ranks a list of passages for a question. Their vectors are read from the index by `load`.

    `needs` are texts of documents that are indexed beside the passages, and never ranked themselves.
    """

    def __init__(
        self, passages: Sequence[Embeddable], index: Index, fingerprint: str, needs: Sequence[Embeddable] = ()
    ) -> None:
        self._passages = passages
        self._needs = needs
        documents = {key: number for number, key in enumerate({passage.document_id: None for passage in passages})}
        self._document_of = np.array([documents[passage.document_id] for passage in passages], np.intp)
        self._document_of_need = np.array([documents[need.document_id] for need in needs], np.intp)
        self._index = index
        self._fingerprint = fingerprint
        self._places = {passage.id: place for place, passage in enumerate(passages)}
        self._lexical = Lexical([passage.lexical_text for passage in passages])
        self._vectors: npt.NDArray[np.float32] | None = None
        self._need_vectors: npt.NDArray[np.float32] | None = None
        self.in_memory = len(passages) <= _IN_MEMORY

    def load(self) -> None:
        """Read the vectors of a small list, once the index holds them. Raises IndexUnavailable."""
        if self.in_memory and self._vectors is None:
            vectors = self._index.vectors([*self._passages, *self._needs], self._fingerprint)
            self._vectors, self._need_vectors = np.split(vectors, [len(self._passages)])

    def beside(self, passages: Sequence[Embeddable], vectors: npt.NDArray[np.float32]) -> "Ranker":
        """A ranker of these passages too, behind those of this one; `vectors` are theirs.

        Raises IndexUnavailable.
        """
        self.load()
        both = Ranker([*self._passages, *passages], self._index, self._fingerprint, self._needs)
        if self._vectors is not None:
            both._vectors = np.concatenate([self._vectors, vectors])
            both._need_vectors = self._need_vectors
        return both

    def rank(self, question: str, vector: Vector, allowed: npt.NDArray[np.bool_] | None = None) -> Ranking:
        """Every passage of a small list; of a large one the nearest by either leg, among those that are allowed.

        Raises IndexUnavailable.
        """
        similarities, words = self.legs(question, vector, allowed)
        return self._sorted(similarities, words, self.closest_needs(vector))

    def legs(
        self, question: str, vector: Vector, allowed: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Scores, Scores]:
        """Cosine similarity and BM25 of every passage, shape (passages,) each; where the list is large, -1 for what is
        not among the nearest.

        Raises IndexUnavailable.
        """
        words = self._lexical.scores(question)
        if self.in_memory:
            self.load()
            assert self._vectors is not None
            return self._vectors @ vector, words
        similarities = np.full(len(self._passages), -1, np.float32)
        for place, similarity in self._nearest(vector, allowed):
            similarities[place] = similarity
        return similarities, words if allowed is None else np.where(allowed, words, np.float32(0))

    def closest_needs(self, vector: Vector) -> Scores | None:
        """For each passage the cosine of the closest need of its document, 0 where none is known; shape (passages,).

        None for a list without needs.
        """
        if self._need_vectors is None or not len(self._need_vectors):
            return None
        closest = np.zeros(len(self._passages), np.float32)
        np.maximum.at(closest, self._document_of_need, self._need_vectors @ vector)
        of_passages: Scores = closest[self._document_of]
        return of_passages

    def rank_by_words(self, question: str) -> Ranking:
        """The ranking where no vector can be had; all similarities are 0."""
        words = self._lexical.scores(question)
        return self._sorted(np.zeros_like(words), words, None)

    def _nearest(self, vector: Vector, allowed: npt.NDArray[np.bool_] | None) -> list[tuple[int, float]]:
        ids = None if allowed is None else [self._passages[int(place)].id for place in np.flatnonzero(allowed)]
        if ids == []:
            return []
        (pairs,) = self._index.query([vector], min(_NEAREST, len(self._passages if ids is None else ids)), ids)
        # Another process may have moved the pointer to passages that this one does not know.
        return [(self._places[key], similarity) for key, similarity in pairs if key in self._places]

    def _sorted(self, similarities: Scores, words: Scores, needs: Scores | None) -> Ranking:
        """Best first, equal scores in the order of the list, so that the same question always has the same answer."""
        scores = with_needs(fuse(similarities, words), needs)
        places = np.arange(len(scores)) if self.in_memory else np.flatnonzero((similarities > -1) | (words > 0))
        # What no leg tells apart comes by similarity, since the scores of most passages are 0.
        order = np.lexsort((-similarities[places].round(6), -scores[places].round(6)))
        places = places[order].astype(np.min_scalar_type(len(scores)))
        return Ranking(places, scores[places].astype(np.float16), similarities[places].astype(np.float16))


def _scaled(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    best, depth = scores.max(), min(_DEPTH, len(scores))
    last = np.partition(scores, -depth)[-depth]
    if best - last < 1e-6:
        return np.zeros_like(scores)
    scaled: Scores = ((scores - last) / (best - last)).clip(0, 1)
    return scaled
