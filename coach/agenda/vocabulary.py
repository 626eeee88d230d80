"""Which words are plain English, as far as the guards need to know it: those of the knowledge library."""

import calendar
import re
from collections.abc import Sequence

from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CALENDAR = frozenset(
    name.casefold() for names in (calendar.month_name, calendar.day_name, calendar.month_abbr) for name in names if name
)


class Vocabulary:
    """The words of the knowledge library: plain English, as far as guards need to know it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        known = {word for passage in passages for word in words_of(passage.embedded_text)}
        for front in {id(passage.document): passage.document.front for passage in passages}.values():
            if isinstance(front, TopicFrontMatter):
                known |= set(words_of(f"{front.prep.mentor} {front.prep.mentee}"))
        self._words = frozenset(known | _CALENDAR)

    def __contains__(self, word: str) -> bool:
        word = word.casefold()
        return any(
            form in self._words for form in (word, word.removesuffix("'s").removesuffix("’s"), word.removesuffix("s"))
        )


def words_of(text: str) -> list[str]:
    """The words of a text, without case."""
    return [word.casefold() for word in WORD.findall(text)]
