"""Vectors of questions that the coach asks for everybody: a collection beside the library's, in the same Chroma."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from coach.retrieval.embed import Vector
from coach.retrieval.index import Index


class StandingQuestions:
    """Those of one embedding model. Methods block, and raise IndexUnavailable."""

    def __init__(self, index: Index, fingerprint: str) -> None:
        self._index = index
        self._name = f"standing-questions-{fingerprint[:16]}"

    def known(self, texts: Sequence[str]) -> dict[str, Vector]:
        """Unit vectors of those of these texts that are in the index."""
        ids = {_id(text): text for text in texts}
        with self._index.aside(self._name) as collection:
            found = collection.get(ids=list(ids), include=["embeddings"])
            vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return {ids[key]: vector for key, vector in zip(found["ids"], vectors, strict=True)}

    def keep(self, vectors: Mapping[str, Vector]) -> None:
        """Put them into the index, for starts to come; what is no longer asked goes."""
        with self._index.aside(self._name) as collection:
            stale = set(collection.get(include=[])["ids"]) - set(map(_id, vectors))
            if stale:
                collection.delete(ids=sorted(stale))
            collection.upsert(ids=list(map(_id, vectors)), embeddings=np.stack(list(vectors.values())))


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
