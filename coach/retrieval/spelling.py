"""Misspelt words of a question, replaced by words of the library."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from functools import cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_APOSTROPHE = re.compile("['’]")
# Shorter words have too many neighbors, and a longer one may be two slips away from what was meant.
_SHORTEST = 3
_TWO_SLIPS = 7
# A word that the library holds less often may itself be a rare name.
_SEEN = 2


class Spelling:
    """The words of some texts, and which of them a misspelt one was meant to be; `english` words are left alone.

    What people typed, `typed`, has slips of its own: of its words those count that are English, or in `texts` as well.
    A slip is a letter too many, too few, another one, or two that changed places (optimal string alignment).
    """

    def __init__(self, texts: Iterable[str], english: Container[str], typed: Iterable[str] = ()) -> None:
        self._english = english
        self._seen = _words(texts)
        known = self._seen.keys()
        self._seen += Counter({word: n for word, n in _words(typed).items() if word in known or word in english})
        self._by_first: dict[str, list[str]] = {}
        for word, times in self._seen.items():
            if times >= _SEEN and len(word) >= _SHORTEST:
                self._by_first.setdefault(word[0], []).append(word)

    def mended(self, question: str) -> str:
        """The question, with each unknown word replaced by the closest known one that begins with the same letter.

        A word that is close to none stays as it is.
        """
        return _WORD.sub(lambda match: self._mended_word(match.group()), question)

    def mender(self) -> Callable[[str], str]:
        """`mended`, for many texts: what it finds for a word it knows for as long as it is kept itself."""
        word = cache(self._mended_word)
        return lambda text: _WORD.sub(lambda match: word(match.group()), text)

    def _mended_word(self, word: str) -> str:
        plain = word.casefold()
        if self._is_word(plain):
            return word
        if apostrophe := _APOSTROPHE.search(word):
            # Of “the mentro's” and “we're” the ending is no part of the slip.
            return self._mended_word(word[: apostrophe.start()]) + word[apostrophe.start() :]
        slips = 2 if len(plain) >= _TWO_SLIPS else 1
        known = self._by_first.get(plain[0], ())
        near = [
            (_APOSTROPHE.sub("", other) != plain, distance, -self._seen[other], other)
            for other, distance, _ in extract(plain, known, scorer=OSA.distance, score_cutoff=slips, limit=None)
        ]
        return min(near)[-1] if near else word

    def _is_word(self, plain: str) -> bool:
        seen = self._seen
        return len(plain) < _SHORTEST or plain in self._english or bool(seen[plain] or seen[plain.removesuffix("s")])


def _words(texts: Iterable[str]) -> Counter[str]:
    return Counter(_WORD.findall("\n".join(texts).casefold()))
