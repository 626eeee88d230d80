"""Words: BM25 of texts for the words of a question."""

import re
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

Scores = npt.NDArray[np.float32]

# What bm25s.tokenize does, without what it adds for many texts: a question takes a tenth of the time.
_WORD = re.compile(r"\b\w\w+\b")
_STOP_WORDS = frozenset(STOPWORDS_EN)


class Stems:
    """English words without their endings and without stop words."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("english")

    def of(self, texts: Sequence[str]) -> list[list[str]]:
        """The stems of each text, in order."""
        return [
            self._stemmer.stemWords([word for word in _WORD.findall(text.lower()) if word not in _STOP_WORDS])
            for text in texts
        ]

    def forget(self) -> None:
        """Let go of the words seen so far, which the stemmer keeps to be quicker."""
        kept, self._stemmer.maxCacheSize = self._stemmer.maxCacheSize, 0
        self._stemmer.maxCacheSize = kept


class Lexical:
    """BM25 over a list of texts, each given as its stems."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._index: Any = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        self._size = len(texts)
        self._vocabulary = frozenset(word for text in texts for word in text)
        # Texts without a single word leave bm25s nothing to index.
        if self._vocabulary:
            self._index.index(list(texts), show_progress=False)

    def known(self, stems: Sequence[str]) -> float:
        """The share of these stems that any text has, from 0 to 1, each counted once; 1 where there are none."""
        different = set(stems)
        return len(different & self._vocabulary) / len(different) if different else 1.0

    def scores(self, stems: Sequence[str]) -> Scores:
        """BM25 of each text for the stems of a question, shape (texts,); all 0 where none of them occurs."""
        known = [stem for stem in stems if stem in self._vocabulary]
        if not known:
            return np.zeros(self._size, np.float32)
        scores: Scores = self._index.get_scores(known)
        return scores
