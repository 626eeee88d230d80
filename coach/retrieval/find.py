"""Finding passages: a question and what it may be answered from, in; ranked passages, out."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import structlog

from coach.errors import EmbeddingError, IndexUnavailable
from coach.retrieval.answered import Signs
from coach.retrieval.chunk import AT_A_GLANCE, Passage
from coach.retrieval.embed import Embedder, Vector
from coach.retrieval.kept import holds_exactly, packed, unpacked
from coach.retrieval.lexical import Scores
from coach.retrieval.library import TOPICS, Kind, Stage, Topic
from coach.retrieval.rank import Legs, Ranker, Ranking
from coach.retrieval.seeking import seeks_starters
from coach.retrieval.spelling import Spelling
from coach.tracing import span

T = TypeVar("T")

log = structlog.get_logger(__name__)

# Of one exercise, or of one list of starters, no more passages than this come before those of other documents. What is
# known of a question, and guidance, come as they are ranked.
_VARIED: frozenset[Kind] = frozenset({"exercise", "starters"})
_OF_ONE_DOCUMENT = 2
# Who narrows to a topic is there for its documents, and takes those that serve any topic beside them: measured on the
# narrowed questions of the tuning half, nDCG@5 0.72 without and 0.73 with it, recall@10 0.47 and 0.50.
_OF_TOPIC = 0.2
# A starter does not name its topic, but what comes nearest beside starters does: of so many passages so many must be on
# one topic, and this share of those that have a topic. Measured on the tuning half of the questions that seek starters.
_TELL_TOPIC = 10
_TOLD_BY = 4
_TOLD_SHARE = 0.7
# The ten stand among so many, as a rule.
_AMONG = 60
_CACHED_RANKINGS = 2_048
_LONGEST_QUERY = 2_000


@dataclass(frozen=True)
class Narrowing:
    """What passages may come from. None leaves a property open; a passage without a topic serves every topic."""

    kinds: frozenset[Kind] | None = None
    topics: frozenset[Topic] | None = None
    stage: Stage | None = None
    audience: str | None = None
    at_a_glance: bool | None = None

    def admits(self, passage: Passage) -> bool:
        """Whether the passage may come."""
        front = passage.document.front
        return (
            (self.kinds is None or passage.kind in self.kinds)
            and (self.topics is None or front.topic is None or front.topic in self.topics)
            and (self.stage is None or self.stage in front.stages)
            and (self.audience is None or self.audience in front.audience)
            and (self.at_a_glance is None or (passage.section == AT_A_GLANCE) is self.at_a_glance)
        )


class Hit(NamedTuple):
    """A passage and how well it answers.

    `score` is the fused one, from 0 to 1 and comparable within one question; `similarity` the cosine similarity from -1
    to 1, comparable between questions, and 0 where the embedding model or the index could not be asked.
    """

    passage: Passage
    score: float
    similarity: float


class Finder:
    """Finds passages: a question and what it may be answered from, in; ranked passages, out.

    When the model or the index fails, the passages come ranked by shared words instead, and `healthy` turns false.
    """

    def __init__(
        self,
        passages: list[Passage],
        ranker: Ranker,
        embedder: Embedder,
        thread: ThreadPoolExecutor,
        spelling: Spelling,
    ) -> None:
        self.passages = passages
        self._by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            self._by_document.setdefault(passage.document.front.id, []).append(passage)
        self._ranker = ranker
        self._embedder = embedder
        self._thread = thread
        self._spelling = spelling
        self._of_topic = np.array([_OF_TOPIC * (p.document.front.topic is not None) for p in passages], np.float64)
        # Where starters are sought on a topic, or on any, they come first: how far each passage stands behind.
        starters = np.array([passage.kind == "starters" for passage in passages], np.int8)
        topics = np.array([passage.document.front.topic or "" for passage in passages], np.str_)
        self._behind: dict[Topic | None, npt.NDArray[np.int8]] = {None: -starters}
        self._behind |= {topic: -starters * (1 + (topics == topic)).astype(np.int8) for topic in TOPICS}
        self._narrowed: dict[Narrowing, npt.NDArray[np.bool_]] = {}
        self._rankings: OrderedDict[str, Ranking] = OrderedDict()
        self._broken: str | None = None

    async def warm(self, texts: Sequence[str]) -> None:
        """Embed and rank these questions ahead of need; failing is no harm."""
        await self._rank([self._as_asked(text) for text in texts])

    @property
    def model(self) -> str:
        """Names the weights of the embedding model."""
        return self._embedder.fingerprint

    async def embedded(self, texts: Sequence[str]) -> list[Vector]:
        """The vector of each of these questions, in order. Raises EmbeddingError."""
        return await self._embedder.embed([self._as_asked(text) for text in texts])

    async def vectors_of(self, texts: Sequence[str]) -> bytes:
        """The vectors of these questions, for `recall`. Raises EmbeddingError."""
        asked = self._each_as_asked(texts)
        return packed(dict(zip(asked, await self._embedder.embed(asked), strict=True)))

    def recall(self, texts: Sequence[str], model: str, kept: bytes) -> bool:
        """Know these questions by what `vectors_of` gave under this model, so that the model need not be asked.

        What is of other words or of another model is not used. Returns whether it was of exactly these questions.
        """
        if model != self.model:
            return False
        asked = self._each_as_asked(texts)
        self._embedder.take(unpacked(kept, [text for text in asked if text not in self._rankings]))
        return holds_exactly(kept, asked)

    async def load_model(self) -> None:
        """Have the embedding model in memory before somebody asks what is not known. Raises EmbeddingError."""
        await self._embedder.load()

    @property
    def healthy(self) -> bool:
        """False after a search that the index failed, until it is healed."""
        return self._broken is None

    async def in_thread(self, blocking: Callable[[], T]) -> T:
        """Run a blocking method of this object on the thread that asks Chroma."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, blocking)

    def find_now(self, query: str, count: int, narrowing: Narrowing = Narrowing()) -> list[Hit]:
        """What `find` finds, for callers without an event loop. Blocks; raises IndexUnavailable, EmbeddingError."""
        if count < 1:
            return []
        text, allowed = self._as_asked(query), self._allowed(narrowing)
        (vectors,) = self._embedder.encode_passages([text])
        return list(
            islice(_varied(self._hits(text, self._ranker.rank(text, vectors[0], allowed), narrowing, allowed)), count)
        )

    async def find(
        self, query: str, count: int, narrowing: Narrowing = Narrowing(), *, without: Collection[str] = ()
    ) -> list[Hit]:
        """The `count` best passages for `query`, best first; never those of the documents in `without`."""
        (hits,) = await self.find_all([query], [narrowing])
        kept = (hit for hit in hits if hit.passage.document.front.id not in without)
        return list(islice(_varied(kept), count))

    async def find_all(self, queries: Sequence[str], narrowings: Sequence[Narrowing]) -> list[Iterator[Hit]]:
        """For each query and its narrowing the ranked passages, best first; equal queries are embedded and asked once.

        When the index fails, the passages come ranked by shared words instead, and `healthy` turns false.
        """
        asked = {query: self._as_asked(query) for query in dict.fromkeys(queries)}
        texts = [asked[query] for query in queries]
        with span("search", questions=len(asked)) as under_way:
            rankings = await self._rank(texts)
            under_way.tell(by_words_alone=not self.healthy)
        results: list[Iterator[Hit]] = []
        for text, narrowing in zip(texts, narrowings, strict=True):
            allowed, ranking = self._allowed(narrowing), rankings[text]
            if not self._ranker.in_memory and not allowed.all():
                # The nearest of a large library may hold few that are allowed.
                ranking = (await self._rank([text], allowed))[text]
            results.append(self._hits(text, ranking, narrowing, allowed))
        return results

    def legs(self, query: str) -> tuple[Legs, Scores]:
        """What is said of each passage from every side, and the scores made of it, for whoever measures them.

        Blocks; raises as `find_now`.
        """
        text = self._as_asked(query)
        (vectors,) = self._embedder.encode_passages([text])
        legs = self._ranker.legs(text, vectors[0])
        return legs, self._ranker.scores(legs)

    def signs(self, query: str) -> Signs:
        """What tells whether there is an answer, for whoever fits the bar. Blocks; raises as `find_now`."""
        text = self._as_asked(query)
        (vectors,) = self._embedder.encode_passages([text])
        return self._ranker.signs(text, vectors[0], self._ranker.legs(text, vectors[0]))

    async def answers(self, query: str) -> bool:
        """Whether the question has an answer here, by its signs (`answered.Signs`).

        Where the model or the index fails, nothing is known of that, and it passes.
        """
        text = self._as_asked(query)
        above_bar = (await self._rank([text]))[text].above_bar
        return above_bar is None or above_bar >= 0

    async def close_to(self, texts: Sequence[str], least: float) -> list[frozenset[str]]:
        """For each text the ids of the passages that are about it, from `least` on (`Ranker.nearness`); of a large
        library nothing is known.

        Raises IndexUnavailable, EmbeddingError.
        """
        vectors = await self.embedded(texts)
        near = (np.flatnonzero(self._ranker.nearness(vector) >= least) for vector in vectors)
        return [frozenset(self.passages[place].id for place in places) for places in near]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of a document in its order; none where there is no such document."""
        return self._by_document.get(document_id, [])

    def _each_as_asked(self, queries: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(map(self._as_asked, queries)))

    def _as_asked(self, query: str) -> str:
        """What is embedded, looked for and cached: the beginning of a long query, spelt as it was meant."""
        return self._spelling.mended(query[:_LONGEST_QUERY])

    def _allowed(self, narrowing: Narrowing) -> npt.NDArray[np.bool_]:
        allowed = self._narrowed.get(narrowing)
        if allowed is None:
            allowed = np.fromiter(map(narrowing.admits, self.passages), np.bool_, len(self.passages))
            self._narrowed[narrowing] = allowed
        return allowed

    async def _rank(self, texts: Sequence[str], allowed: npt.NDArray[np.bool_] | None = None) -> dict[str, Ranking]:
        """A ranking for each text; kept, unless it is of what is allowed only."""
        ranked = {text: self._rankings[text] for text in texts if text in self._rankings and allowed is None}
        missing = [text for text in dict.fromkeys(texts) if text not in ranked]
        if not missing:
            return ranked
        try:
            vectors = await self._embedder.embed(missing)
            rank = partial(self._rank_each, missing, vectors, allowed)
            found = rank() if self._ranker.in_memory else await self.in_thread(rank)
        except (IndexUnavailable, EmbeddingError) as error:
            self._note_broken(error)
            return ranked | {text: self._ranker.rank_by_words(text) for text in missing}
        if allowed is None:
            self._rankings |= found
        while len(self._rankings) > _CACHED_RANKINGS:
            self._rankings.popitem(last=False)
        return ranked | found

    def _rank_each(
        self, texts: Sequence[str], vectors: Sequence[Vector], allowed: npt.NDArray[np.bool_] | None
    ) -> dict[str, Ranking]:
        return {text: self._ranker.rank(text, vector, allowed) for text, vector in zip(texts, vectors, strict=True)}

    def _hits(self, text: str, ranking: Ranking, narrowing: Narrowing, allowed: npt.NDArray[np.bool_]) -> Iterator[Hit]:
        """What is allowed, best first; nothing is looked at before the first one is asked for."""
        gains = None if narrowing.topics is None else self._of_topic
        # Who narrows to a kind has said which.
        if narrowing.kinds is None and seeks_starters(text):
            behind = self._behind[self._topic_sought(ranking)]
            if gains is None:
                ranking = ranking.in_order(np.argsort(behind[ranking.places], kind="stable"))
            else:
                gains = gains - behind
        for place, score, similarity in ranking.among(allowed, gains):
            yield Hit(self.passages[place], score, similarity)

    def _topic_sought(self, ranking: Ranking) -> Topic | None:
        """The topic that a question for starters is about, as far as what comes nearest beside starters tells it."""
        near: Iterator[Passage] = (self.passages[place] for place in ranking.places[:_AMONG].tolist())
        topics = islice((passage.document.front.topic for passage in near if passage.kind != "starters"), _TELL_TOPIC)
        named = Counter(topic for topic in topics if topic is not None)
        for topic, times in named.most_common(1):
            if times >= max(_TOLD_BY, _TOLD_SHARE * named.total()):
                return topic
        return None

    def _note_broken(self, error: IndexUnavailable | EmbeddingError) -> None:
        if self._broken is None:
            log.warning("search.by_words", reason=str(error))
        self._broken = str(error)


def _varied(hits: Iterator[Hit]) -> Iterator[Hit]:
    """The hits in their order, with what is too much of one exercise or list of starters behind all others."""
    held_back: list[Hit] = []
    seen: Counter[str] = Counter()
    for hit in hits:
        if hit.passage.kind in _VARIED and seen[hit.passage.document_id] == _OF_ONE_DOCUMENT:
            held_back.append(hit)
            continue
        seen[hit.passage.document_id] += 1
        yield hit
    yield from held_back
