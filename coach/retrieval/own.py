"""Passages of documents that programs added for themselves: a collection beside the library's, in the same Chroma."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Embedder
from coach.retrieval.index import Index


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
