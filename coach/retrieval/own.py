"""Passages of documents that programs added for themselves: a collection beside the library's, in the same Chroma."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from coach.retrieval.chunk import Passage, chunk_document
from coach.retrieval.embed import Embedder
from coach.retrieval.index import Index
from coach.retrieval.library import Document
from coach.untrusted import gives_orders

T = TypeVar("T")

_PROGRAMS_IN_MEMORY = 16


class PerProgram(Generic[T]):
    """What was made of the documents of programs, for as long as these are the program's documents; the programs that
    were asked for last are held.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[tuple[str, ...], T]] = OrderedDict()

    def get(self, program_id: str, document_ids: Sequence[str]) -> T | None:
        """What was kept last, if it was of exactly these documents."""
        held = self._held.get(program_id)
        if held is None or held[0] != tuple(document_ids):
            return None
        self._held.move_to_end(program_id)
        return held[1]

    def keep(self, program_id: str, document_ids: Sequence[str], made: T) -> T:
        """Keep what was made, and return it."""
        self._held[program_id] = (tuple(document_ids), made)
        self._held.move_to_end(program_id)
        while len(self._held) > _PROGRAMS_IN_MEMORY:
            self._held.popitem(last=False)
        return made

    def forget(self, program_id: str | None = None) -> None:
        """Let go of what is held of a program, or of all."""
        if program_id is None:
            self._held.clear()
        else:
            self._held.pop(program_id, None)


@dataclass(frozen=True, eq=False)
class ProgramPassages:
    """What one program's documents say, as far as an agenda may use it; `vectors` are unit vectors, shape (passages,
    dimensions).
    """

    passages: tuple[Passage, ...]
    vectors: npt.NDArray[np.float32]


class OwnPassages:
    """Their vectors. Methods block, and raise IndexUnavailable."""

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder

    def vectors(self, passages: Sequence[Passage]) -> npt.NDArray[np.float32]:
        """Unit vectors of one document's passages, shape (passages, dimensions); made where the index lacks them.

        Raises EmbeddingError.
        """
        document = passages[0].document.front.id
        # Two programs may add the same text: each has passages of its own.
        ids = [f"{document}/{passage.id}" for passage in passages]
        with self._index.aside(self._name) as collection:
            found = collection.get(ids=ids, include=["embeddings"])
        if len(found["ids"]) == len(ids):
            known = dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))
            return np.stack([known[key] for key in ids])
        made = np.concatenate(list(self._embedder.encode_passages([passage.embedded_text for passage in passages])))
        with self._index.aside(self._name) as collection:
            collection.upsert(ids=ids, embeddings=made, metadatas=[{"document": document}] * len(ids))
        return made

    def for_agendas(self, documents: Sequence[Document]) -> ProgramPassages:
        """What agendas may use of a program's documents.

        A document in which any sentence gives orders to a model is left out whole: its title and its headings would
        stand in agendas too. Raises IndexUnavailable, EmbeddingError.
        """
        honest = (one for one in documents if not gives_orders(f"{one.front.title}\n{one.body}"))
        chunked = [passages for document in honest if (passages := tuple(chunk_document(document)))]
        if not chunked:
            return ProgramPassages((), np.zeros((0, 0), np.float32))
        every = tuple(passage for passages in chunked for passage in passages)
        return ProgramPassages(every, np.concatenate([self.vectors(passages) for passages in chunked]))

    def forget(self, document_id: str) -> int:
        """Take a document out; return how many of its passages are left, which is 0."""
        with self._index.aside(self._name) as collection:
            collection.delete(where={"document": document_id})
            return self.count(document_id)

    def documents(self) -> set[str]:
        """Ids of the documents of which something is in the index."""
        with self._index.aside(self._name) as collection:
            return {str(key).partition("/")[0] for key in collection.get(include=[])["ids"]}

    def count(self, document_id: str | None = None) -> int:
        """How many passages of a document are in the index; without one, of all documents."""
        with self._index.aside(self._name) as collection:
            if document_id is None:
                return int(collection.count())
            return len(collection.get(where={"document": document_id}, include=[])["ids"])

    @property
    def _name(self) -> str:
        return f"own-passages-{self._embedder.fingerprint[:16]}"
