"""Words: BM25 of texts for the words of a question."""

from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer

Scores = npt.NDArray[np.float32]


class Stems:
    """English words without their endings and without stop words."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")

    def of(self, texts: Sequence[str]) -> list[list[str]]:
        """The stems of each text, in order."""
        stems: list[list[str]] = bm25s.tokenize(
            list(texts), stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return stems


class Lexical:
    """BM25 over a list of texts, each given as its stems."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._index: Any = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._size = len(texts)
        self._vocabulary = frozenset(word for text in texts for word in text)
        # Texts without a single word leave bm25s nothing to index.
        if self._vocabulary:
            self._index.index(list(texts), show_progress=False)

    def scores(self, stems: Sequence[str]) -> Scores:
        """BM25 of each text for the stems of a question, shape (texts,); all 0 where none of them occurs."""
        known = [stem for stem in stems if stem in self._vocabulary]
        if not known:
            return np.zeros(self._size, np.float32)
        scores: Scores = self._index.get_scores(known)
        return scores
