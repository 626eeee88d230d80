"""Which words are plain English, as far as the guards need to know it: those of the knowledge library."""

import calendar
import re
from collections.abc import Iterable, Sequence

from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CALENDAR = frozenset(
    name.casefold() for names in (calendar.month_name, calendar.day_name, calendar.month_abbr) for name in names if name
)


class Vocabulary:
    """The words of the knowledge library: plain English, as far as guards need to know it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        words = [frozenset(words_of(passage.embedded_text)) for passage in passages]
        self._by_passage = {passage.id: own for passage, own in zip(passages, words, strict=True)}
        known = set(_CALENDAR).union(*words)
        for front in {id(passage.document): passage.document.front for passage in passages}.values():
            if isinstance(front, TopicFrontMatter):
                known.update(words_of(f"{front.prep.mentor} {front.prep.mentee}"))
        self._words = frozenset(known)

    def __contains__(self, word: str) -> bool:
        word = word.casefold()
        return word in self._words or word.removesuffix("s").removesuffix("'").removesuffix("’") in self._words

    def unknown(self, words: Iterable[str]) -> set[str]:
        """Those of the words, given without case, that are not plain English."""
        return {word for word in set(words) - self._words if word not in self}

    def words_in(self, passages: Iterable[Passage]) -> set[str]:
        """All words of these passages of the library, without case."""
        return set().union(*(self._by_passage[passage.id] for passage in passages))


def words_of(text: str) -> list[str]:
    """The words of a text, without case."""
    return WORD.findall(text.casefold())
