"""Ranking by meaning and by words: several scores for each passage, brought to one scale, weighed and added.

A document is found first, and its best section within: so besides the passage itself its document has a say, and so has
what people ask when they need either (`library.Asked`). Words are compared by BM25 over stems (bm25s, Lù 2024), meaning
by the cosine similarity of MiniLM vectors, and by what a regression learned from all lines of a document or a section
(`learned`). Not ranks are added but scores, since ranks forget how far apart two passages are (Bruch, Gai and Ingber,
"An Analysis of Fusion Functions for Hybrid Retrieval", 2023). How much each score counts is fitted to the tuning halves
of two sets of questions, by `python -m evals.fit`, and stands in `weights.toml`.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from coach.retrieval.answered import Signs, read_bar
from coach.retrieval.chunk import Embeddable, IndexedText, Passage
from coach.retrieval.embed import Vector
from coach.retrieval.index import Index
from coach.retrieval.learned import Learned
from coach.retrieval.lexical import Lexical, Scores, Stems
from coach.retrieval.parts import Numbers, Parts

# A question takes some products of a matrix and a vector, of a tenth of a millisecond each. Shared among threads they
# end no sooner, and OpenBLAS has each thread spin for 40 ms afterwards, in wait of the next one.
threadpool_limits(limits=1, user_api="blas")

WEIGHTS_FILE = Path(__file__).with_name("weights.toml")
# Up to so many passages their vectors are kept in memory beside Chroma: to look at every one is then exact, and quicker
# than to ask Chroma for the nearest.
_IN_MEMORY = 20_000
_NEAREST = 200
# A leg's best passage counts 1, and the one at this rank 0, as does all that is behind it.
_DEPTH = 100
# On the library without its lines, asked 700 of them, nDCG@10 rose from 0.177 to 0.181 by this.
_WIDENED_BY = 10
_WIDENED = np.float32(0.5)


class Legs(NamedTuple):
    """How well each passage fits a question, seen from several sides; shape (passages,) each.

    Where nobody wrote down what people ask, the text itself stands for it; in a collection without a single such line,
    what is found at first widens the question.
    """

    words: Scores
    """BM25 of the passage, with what people ask of it and of its whole document."""
    whole_words: Scores
    """BM25 of what people ask of its whole document."""
    document_words: Scores
    """BM25 of what people ask of its document or of any part."""
    similarity: Scores
    """Cosine of the passage, from -1 to 1; -1 where a large index was not asked for it."""
    document_similarity: Scores
    """The highest cosine in its document."""
    document_asked: Scores
    """The highest cosine of what people ask of its document or of any part."""
    section_asked: Scores
    """The highest cosine of what people ask of its section."""
    document_learned: Scores
    """How far the question points to its document, by all that people ask (`learned.Learned`)."""
    section_learned: Scores
    """How far it points to its section."""


@dataclass(frozen=True)
class Weights:
    """How much each leg counts, by its name, and what a passage gains by the place that it has in its document."""

    legs: Mapping[str, float]
    sections: Mapping[str, float]

    def prior(self, passage: Passage) -> float:
        """What is added for the kind of passage: one that says what to do helps more people than one on sources."""
        return self.sections.get(section_kind(passage), 0.0)


def read_weights(path: Path = WEIGHTS_FILE) -> Weights:
    """The weights of a file as `python -m evals.fit` writes it."""
    values = tomllib.loads(path.read_text("utf-8"))
    return Weights(values["legs"], values["sections"])


def section_kind(passage: Passage) -> str:
    """Passages that play the same part in their documents: `exercise: Remote`, `guidance`."""
    fixed = passage.kind in {"exercise", "topic", "theme"}
    return f"{passage.kind}: {passage.section}" if fixed else passage.kind


def scaled(scores: Scores) -> Scores:
    """From 0, at the hundredth best and behind it, to 1, at the best."""
    if not len(scores):
        return scores
    best, depth = scores.max(), min(_DEPTH, len(scores))
    last = np.partition(scores, -depth)[-depth]
    if best - last < 1e-6:
        return np.zeros_like(scores)
    result: Scores = ((scores - last) / (best - last)).clip(0, 1)
    return result


def fuse(legs: Legs, weights: Mapping[str, float]) -> Scores:
    """One score from 0 to 1 for each passage, comparable within one question only."""
    total = np.zeros_like(legs.words)
    for name, weight in weights.items():
        if weight:
            total += np.float32(weight) * scaled(getattr(legs, name))
    return total / np.float32(sum(weights.values()) or 1)


@dataclass(frozen=True)
class Ranking:
    """Places of passages in their list, best first; `scores` are fused, `similarities` cosines.

    `above_bar` is how far the question is above the bar of an answer (`answered.Bar`), None where nothing is known of
    that. In few bytes, since many are kept.
    """

    places: npt.NDArray[np.integer[Any]]
    scores: npt.NDArray[np.float16]
    similarities: npt.NDArray[np.float16]
    above_bar: float | None = None

    def in_order(self, order: Numbers) -> "Ranking":
        """The same in another order, given as numbers of the rows."""
        return Ranking(self.places[order], self.scores[order], self.similarities[order], self.above_bar)

    def among(
        self, allowed: npt.NDArray[np.bool_], gains: npt.NDArray[np.float64] | None = None
    ) -> Iterator[tuple[int, float, float]]:
        """Place, score and similarity of what is allowed, best first; `gains`, by place, move what has one forward."""
        kept = np.flatnonzero(allowed[self.places])
        if gains is not None:
            worth = self.scores[kept] + gains[self.places[kept]]
            kept = kept[np.argsort(-worth, kind="stable")]
        columns = (self.places, self.scores, self.similarities)
        return zip(*(column[kept].tolist() for column in columns), strict=True)


class Ranker:
    """Ranks a list of passages for a question. Their vectors are read from the index by `load`.

    `asked` is what people ask of documents and sections: indexed beside the passages, and never ranked itself.
    """

    def __init__(
        self,
        passages: Sequence[Embeddable],
        index: Index,
        fingerprint: str,
        asked: Sequence[IndexedText] = (),
        weights: Weights | None = None,
    ) -> None:
        self._passages = passages
        self._asked = asked
        self._index = index
        self._fingerprint = fingerprint
        self._weights = weights or read_weights()
        self._bar = read_bar()
        self._places = {passage.id: place for place, passage in enumerate(passages)}
        self._stems = Stems()
        self._parts = Parts(passages, asked)
        priors = [self._weights.prior(passage) if isinstance(passage, Passage) else 0.0 for passage in passages]
        self._priors = np.array(priors, np.float32) / np.float32(sum(self._weights.legs.values()))
        self._vectors: npt.NDArray[np.float32] | None = None
        self._asked_vectors: npt.NDArray[np.float32] | None = None
        self.in_memory = len(passages) <= _IN_MEMORY

    def load(self) -> None:
        """Make ready what questions need: the words, and the vectors of a small list, once the index holds them.

        Blocks for a while the first time. Raises IndexUnavailable.
        """
        _ = self._lexicals
        if self.in_memory and self._vectors is None:
            vectors = self._index.vectors([*self._passages, *self._asked], self._fingerprint)
            self._vectors, self._asked_vectors = np.split(vectors, [len(self._passages)])
        if self.in_memory and self._asked:
            _ = self._learned

    def beside(self, passages: Sequence[Embeddable], vectors: npt.NDArray[np.float32]) -> "Ranker":
        """A ranker of these passages too, behind those of this one; `vectors` are theirs.

        Raises IndexUnavailable.
        """
        self.load()
        both = Ranker([*self._passages, *passages], self._index, self._fingerprint, self._asked, self._weights)
        if self._vectors is not None:
            both._vectors = np.concatenate([self._vectors, vectors])
            both._asked_vectors = self._asked_vectors
        both.load()
        return both

    def forget_words(self) -> None:
        """Let go of the words of the questions ranked so far."""
        self._stems.forget()

    def rank(self, question: str, vector: Vector, allowed: npt.NDArray[np.bool_] | None = None) -> Ranking:
        """Every passage of a small list; of a large one the nearest by any leg, among those that are allowed.

        Raises IndexUnavailable.
        """
        legs = self.legs(question, vector, allowed)
        return self._sorted(legs, self.scores(legs), self._bar.above(self.signs(question, vector, legs)))

    def rank_by_words(self, question: str) -> Ranking:
        """The ranking where no vector can be had; all similarities are 0."""
        nothing = np.zeros(len(self._passages), np.float32)
        legs = Legs(*self._by_words(question), *[nothing] * (len(Legs._fields) - 3))
        by_words = {name: self._weights.legs[name] for name in Legs._fields[:3]}
        return self._sorted(legs, self._with_priors(fuse(legs, by_words)), None)

    def legs(self, question: str, vector: Vector, allowed: npt.NDArray[np.bool_] | None = None) -> Legs:
        """How well each passage fits; what is not allowed gets nothing where the list is large.

        Raises IndexUnavailable.
        """
        words = self._by_words(question)
        if self.in_memory:
            self.load()
            assert self._vectors is not None
            assert self._asked_vectors is not None
            similarity: Scores = self._vectors @ vector
            meaning = self._parts.by_meaning(similarity, self._asked_vectors @ vector)
            if len(self._asked):
                return Legs(*words, *meaning, *self._by_learning(vector))
            if len(similarity) < _DEPTH:
                return Legs(*words, *meaning, *meaning[2:])
            wider = self._vectors @ self._widened(vector, words[0], similarity)
            return Legs(*words, *meaning[:2], wider, wider, wider, wider)
        similarity = np.full(len(self._passages), -1, np.float32)
        for place, value in self._nearest(vector, allowed):
            similarity[place] = value
        if allowed is not None:
            own, whole, document = (np.where(allowed, leg, np.float32(0)) for leg in words)
            words = own, whole, document
        meaning = self._parts.by_meaning(similarity, None)
        return Legs(*words, *meaning, *meaning[2:])

    def nearness(self, vector: Vector) -> Scores:
        """How much a text is about each passage's document, shape (passages,): the highest cosine to what people ask of
        it, and twice how far the text points to it by all of that; of a starter its own cosine. -1 for all passages of
        a large list.

        Raises IndexUnavailable.
        """
        if not self.in_memory:
            return np.full(len(self._passages), -1, np.float32)
        self.load()
        assert self._vectors is not None
        assert self._asked_vectors is not None
        similarity: Scores = self._vectors @ vector
        asked = self._parts.by_meaning(similarity, self._asked_vectors @ vector)[2]
        pointed = self._by_learning(vector)[0] if len(self._asked) else np.float32(0)
        return np.where(self._asking, similarity, asked + 2 * pointed)

    @cached_property
    def _asking(self) -> npt.NDArray[np.bool_]:
        """Which passages are starters: each is about something of its own."""
        asking = (isinstance(passage, Passage) and passage.asked_by is not None for passage in self._passages)
        return np.fromiter(asking, np.bool_, len(self._passages))

    def signs(self, question: str, vector: Vector, legs: Legs) -> Signs:
        """What tells whether the question has an answer here; `legs` are its own."""
        closest = float(legs.similarity.max() + legs.document_asked.max()) / 2 if len(legs.similarity) else -1.0
        subject = float(self._middle @ vector) if self.in_memory and self._asked else None
        (stems,) = self._stems.of([question])
        return Signs(closest, subject, self._lexicals[0].known(stems))

    @cached_property
    def _middle(self) -> Vector:
        """The mean of the vectors of all that people ask."""
        assert self._asked_vectors is not None
        mean: Vector = self._asked_vectors.mean(axis=0)
        return mean

    @cached_property
    def _learned(self) -> tuple[Learned, Learned]:
        """Of documents and of sections, from all vectors in memory."""
        assert self._vectors is not None
        assert self._asked_vectors is not None
        vectors, parts = np.concatenate([self._vectors, self._asked_vectors]), self._parts
        documents = np.concatenate([parts.document_of, parts.document_of_line])
        return (
            Learned.of(vectors, documents),
            Learned.of(vectors, np.concatenate([parts.section_of, parts.section_of_line])),
        )

    def _by_learning(self, vector: Vector) -> tuple[Scores, Scores]:
        of_documents, of_sections = self._learned
        parts = self._parts
        return of_documents.scores(vector)[parts.document_of], of_sections.scores(vector)[parts.section_of]

    def _widened(self, vector: Vector, words: Scores, similarity: Scores) -> Vector:
        """The question moved towards what it finds at first (Rocchio, 1971)."""
        assert self._vectors is not None
        first = np.argpartition(-(scaled(words) + scaled(similarity)), _WIDENED_BY)[:_WIDENED_BY]
        moved = vector + _WIDENED * self._vectors[first].mean(axis=0)
        widened: Vector = (moved / np.linalg.norm(moved)).astype(np.float32)
        return widened

    def scores(self, legs: Legs) -> Scores:
        """The fused score of each passage, from 0 to 1, with what it gains by its place in its document."""
        return self._with_priors(fuse(legs, self._weights.legs))

    def _with_priors(self, fused: Scores) -> Scores:
        scores: Scores = (fused + self._priors).clip(0, 1)
        return scores

    @cached_property
    def _lexicals(self) -> tuple[Lexical, Lexical, Lexical]:
        """BM25 of passages, of whole documents, and of documents with all parts; made when first asked for."""
        own = self._stems.of([passage.embedded_text for passage in self._passages])
        lines = self._stems.of([line.embedded_text for line in self._asked])
        parts = self._parts

        def joined(numbers: Iterable[int]) -> list[str]:
            return list(chain.from_iterable(lines[number] for number in numbers))

        words = [
            stems + joined(parts.lines_of_section(place)) + joined(parts.lines_of_whole(document))
            for place, (stems, document) in enumerate(zip(own, parts.document_of.tolist(), strict=True))
        ]
        of_passages = Lexical(words)
        if not self._asked and parts.documents == len(own):
            return of_passages, of_passages, of_passages
        text: list[list[str]] = [[] for _ in range(parts.documents)]
        for stems, document in zip(own, parts.document_of.tolist(), strict=True):
            text[document] += stems
        whole = [joined(parts.lines_of_whole(document)) or text[document] for document in range(parts.documents)]
        every = [joined(parts.lines_of_document(document)) or text[document] for document in range(parts.documents)]
        return of_passages, Lexical(whole), Lexical(every)

    def _by_words(self, question: str) -> tuple[Scores, Scores, Scores]:
        (stems,) = self._stems.of([question])
        of_passages, of_whole, of_documents = self._lexicals
        words = of_passages.scores(stems)
        if of_whole is of_passages:
            return words, words, words
        document_of = self._parts.document_of
        return words, of_whole.scores(stems)[document_of], of_documents.scores(stems)[document_of]

    def _nearest(self, vector: Vector, allowed: npt.NDArray[np.bool_] | None) -> list[tuple[int, float]]:
        ids = None if allowed is None else [self._passages[int(place)].id for place in np.flatnonzero(allowed)]
        if ids == []:
            return []
        (pairs,) = self._index.query([vector], min(_NEAREST, len(self._passages if ids is None else ids)), ids)
        # Another process may have moved the pointer to passages that this one does not know.
        return [(self._places[key], similarity) for key, similarity in pairs if key in self._places]

    def _sorted(self, legs: Legs, scores: Scores, above_bar: float | None) -> Ranking:
        """Best first, equal scores in the order of the list, so that the same question always has the same answer."""
        places = np.arange(len(scores))
        if not self.in_memory:
            places = np.flatnonzero((legs.similarity > -1) | (legs.words > 0))
        # What no leg tells apart comes by similarity, since the scores of most passages are 0.
        order = np.lexsort((-legs.similarity[places].round(6), -scores[places].round(6)))
        places = places[order].astype(np.min_scalar_type(len(scores)))
        similarities = legs.similarity[places].astype(np.float16)
        return Ranking(places, scores[places].astype(np.float16), similarities, above_bar)
