"""The library as it is searched: its index brought up to date and healed, and what programs add for themselves."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
import structlog

from coach.english import english_words
from coach.errors import CoachError, IndexUnavailable
from coach.retrieval.chunk import Embeddable, Passage, asked_lines, chunk, chunk_document
from coach.retrieval.embed import Embedder, Progress, SentenceTransformerEncoder
from coach.retrieval.find import Finder
from coach.retrieval.index import Index, IndexStatus, version_of
from coach.retrieval.library import Document, Library, Topic, read_library
from coach.retrieval.own import OwnPassages, PerProgram, ProgramPassages
from coach.retrieval.rank import Ranker
from coach.retrieval.spelling import Spelling
from coach.retrieval.standing import StandingQuestions
from coach.settings import Settings

log = structlog.get_logger(__name__)

# So many of the library's nearest texts say what a program's own passage is about.
_NEIGHBORS = 10


class Search(Finder):
    """The library in memory, its vectors in Chroma, and the embedding model between them."""

    def __init__(self, library: Library, index: Index, embedder: Embedder) -> None:
        passages = chunk(library)
        typed = chain.from_iterable(document.asked.lines for document in library.documents)
        spelling = Spelling((passage.embedded_text for passage in passages), english_words(), typed)
        asked = asked_lines(library, passages, spelling.mender())
        ranker = Ranker(passages, index, embedder.fingerprint, asked)
        # Among the nearest of a large list, what people ask would leave no place for the passages.
        indexed: list[Embeddable] = [*passages, *(asked if ranker.in_memory else ())]
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chroma")
        super().__init__(passages, ranker, embedder, thread, spelling)
        self.library = library
        self.own = OwnPassages(index, embedder)
        self._standing = StandingQuestions(index, embedder.fingerprint)
        self._index = index
        self.texts = indexed
        self._version = version_of(self.texts, embedder.fingerprint)
        self._programs = PerProgram[Finder]()
        self._for_agendas = PerProgram[ProgramPassages]()

    @classmethod
    def open(cls, library: Library, embedder: Embedder, *, chroma_dir: Path, chroma_url: str | None = None) -> Self:
        """Open or connect to the index; it may still be stale or empty. Blocks.

        Raises IndexInUse, IndexUnavailable.
        """
        return cls(library, Index.open(folder=chroma_dir, url=chroma_url), embedder)

    def build(self, progress: Progress | None = None, *, load: bool = True) -> int:
        """Bring the index up to the library; return how many passages were embedded. Blocks.

        With `load` its vectors are read for searches to come. An embedded index that cannot even be read is begun anew.
        Raises IndexUnavailable, EmbeddingError.
        """
        try:
            embedded = self._index.build(self.texts, self._embedder, progress)
        except IndexUnavailable as error:
            log.warning("index.start_over", reason=str(error))
            self._index.start_over()
            embedded = self._index.build(self.texts, self._embedder, progress)
        if load:
            self._ranker.load()
        self._rankings.clear()
        self._programs.forget()
        self._for_agendas.forget()
        self._broken = None
        return embedded

    def status(self) -> tuple[IndexStatus, bool]:
        """What is in the index, and whether it is this library's under this model. Blocks.

        Raises IndexUnavailable.
        """
        status = self._index.status()
        return status, status.version == self._version and status.passages == len(self.texts)

    def check(self) -> str | None:
        """None when the index serves this library; otherwise what is wrong, as a sentence. Blocks."""
        try:
            self._index.check()
            _, current = self.status()
        except IndexUnavailable as error:
            return str(error)
        if not current:
            return "The index is stale: the library or the embedding model has changed. Run `coach index build`."
        return self._broken

    async def heal(self) -> None:
        """Build again what broke while the service runs; searches go on by words meanwhile."""
        await self.in_thread(self.build)

    async def recall_standing(self, texts: Sequence[str]) -> bool:
        """Know these questions, which the coach asks for everybody, by what `keep_standing` left in the index.

        Returns whether it knows all of them.
        """
        asked = self._each_as_asked(texts)
        try:
            known = await self.in_thread(partial(self._standing.known, asked))
        except IndexUnavailable:
            return False
        self._embedder.stand(known)
        return len(known) == len(asked)

    async def keep_standing(self, texts: Sequence[str]) -> None:
        """Leave the vectors of these questions in the index, for the next start. Raises IndexUnavailable,
        EmbeddingError.
        """
        asked = self._each_as_asked(texts)
        vectors = dict(zip(asked, await self._embedder.embed(asked), strict=True))
        self._embedder.stand(vectors)
        await self.in_thread(partial(self._standing.keep, vectors))

    async def within(self, program_id: str, documents: Sequence[Document]) -> Finder:
        """The library together with what a program added for itself, which nobody else's search finds.

        The vectors of a document are made when it is first searched. Raises IndexUnavailable, EmbeddingError.
        """
        ids = [document.front.id for document in documents]
        known = self._programs.get(program_id, ids)
        if known is None:
            chunked = [own for document in documents if (own := list(chunk_document(document)))]
            made = await self.in_thread(partial(self._beside, chunked)) if chunked else self
            known = self._programs.keep(program_id, ids, made)
        return known

    def known_within(self, program_id: str, document_ids: Sequence[str]) -> Finder | None:
        """What `within` gave last for exactly these documents, if it is still held."""
        return self._programs.get(program_id, document_ids)

    async def for_agendas(self, program_id: str, documents: Sequence[Document]) -> ProgramPassages:
        """What agendas of this program may use of its own documents.

        The vectors of a document are made when it is first needed. Raises IndexUnavailable, EmbeddingError.
        """
        made = await self.in_thread(partial(self.own.for_agendas, documents))
        return self._for_agendas.keep(program_id, [document.front.id for document in documents], made)

    def known_for_agendas(self, program_id: str, document_ids: Sequence[str]) -> ProgramPassages | None:
        """What `for_agendas` gave last for exactly these documents, if it is still held."""
        return self._for_agendas.get(program_id, document_ids)

    async def fitting(
        self, questions: Sequence[str], own: ProgramPassages, least: float
    ) -> list[tuple[int, Passage, float]]:
        """Which question, by its number, comes how near to which of these passages: cosine similarities from `least`
        on, the nearest first.

        Raises EmbeddingError.
        """
        vectors = np.stack(await self._embedder.embed([self._as_asked(question) for question in questions]))
        similarities = vectors @ own.vectors.T
        near = (
            (int(number), own.passages[place], float(similarities[number, place]))
            for number, place in np.argwhere(similarities >= least)
        )
        return sorted(near, key=lambda one: one[2], reverse=True)

    async def topics_near(self, passage: Passage, own: ProgramPassages) -> frozenset[Topic]:
        """What one of these passages is about, as far as the library knows: the topics of what is nearest to it there.

        Raises IndexUnavailable.
        """
        vector = own.vectors[own.passages.index(passage)]
        (nearest,) = await self.in_thread(partial(self._index.query, [vector], _NEIGHBORS))
        documents = {text.id: text.document_id for text in self.texts}
        found = (self.passages_of(documents[key])[:1] for key, _ in nearest if key in documents)
        return frozenset(topic for (first,) in found if (topic := first.document.front.topic) is not None)

    async def forget(self, program_id: str, document_id: str) -> int:
        """Take a program's document out of the index; return how many of its passages are left, which is 0.

        Raises IndexUnavailable.
        """
        self._programs.forget(program_id)
        self._for_agendas.forget(program_id)
        return await self.in_thread(partial(self.own.forget, document_id))

    async def documents_left(self) -> set[str]:
        """Ids of the programs' documents of which something is in the index. Raises IndexUnavailable."""
        return await self.in_thread(self.own.documents)

    async def drop(self, document_id: str) -> None:
        """Take out what was left of a document that is no more. Raises IndexUnavailable."""
        await self.in_thread(partial(self.own.forget, document_id))

    def forget_texts(self) -> None:
        """Let go of all that was ever asked: questions hold people's goals in their own words."""
        self._embedder.forget_texts()
        self._rankings.clear()
        self._programs.forget()
        self._ranker.forget_words()

    def _beside(self, chunked: list[list[Passage]]) -> Finder:
        passages = [passage for own in chunked for passage in own]
        ranker = self._ranker.beside(passages, np.concatenate([self.own.vectors(own) for own in chunked]))
        return Finder([*self.passages, *passages], ranker, self._embedder, self._thread, self._spelling)

    def close(self) -> None:
        """Close the index and the worker threads."""
        self._thread.shutdown(wait=True)
        self._embedder.close()
        try:
            self._index.close()
        except IndexUnavailable as error:
            log.info("index.close_failed", reason=str(error))


def open_search(
    settings: Settings, *, build: bool = True, load: bool = True, progress: Progress | None = None
) -> Search:
    """The search of these settings; with `build`, its index is first brought up to the library, and with `load` read.

    Blocks.

    Raises LibraryError, IndexInUse, IndexUnavailable, EmbeddingError.
    """
    library = read_library(settings.knowledge_dir)
    embedder = Embedder(SentenceTransformerEncoder(settings.embedding_model))
    search = Search.open(library, embedder, chroma_dir=settings.chroma_dir, chroma_url=settings.chroma_url)
    if build:
        try:
            search.build(progress, load=load)
        except CoachError:
            search.close()
            raise
    return search


def show_progress(done: int, total: int) -> None:
    """Tell on standard error how far the indexing has come."""
    end = "\n" if done == total else ""
    sys.stderr.write(f"\rindexing the library: {done} of {total} texts{end}")
    sys.stderr.flush()
