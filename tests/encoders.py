"""An embedding model that costs nothing, for tests of what happens around one."""

import hashlib
import re
from collections import deque
from collections.abc import Sequence

import numpy as np

from coach.retrieval.embed import Vector

DIMENSIONS = 64


class WordHashEncoder:
    """Counts words into 64 buckets: texts that share words are near each other, and equal texts are equal.

    `batches` records what was asked. Errors put into `script` are raised by the next calls, one each; None raises none.
    """

    def __init__(self, fingerprint: str = "word-hash") -> None:
        self.fingerprint = fingerprint
        self.batches: list[list[str]] = []
        self.script: deque[Exception | None] = deque()

    @property
    def texts(self) -> list[str]:
        """Everything that was asked, in order."""
        return [text for batch in self.batches for text in batch]

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, shape (len(texts), 64)."""
        self.batches.append(list(texts))
        if self.script and (error := self.script.popleft()):
            raise error
        return np.array([self._vector(text) for text in texts], dtype=np.float32)

    def _vector(self, text: str) -> Vector:
        vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
        for word in re.findall(r"\w+", text.casefold()):
            digest = hashlib.blake2b(f"{self.fingerprint} {word}".encode(errors="replace"), digest_size=4).digest()
            vector[int.from_bytes(digest, "big") % DIMENSIONS] += 1
        return vector / np.float32(np.linalg.norm(vector))
