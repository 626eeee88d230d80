"""Which words are plain English, as far as guards need to know it: those of the knowledge library, and of a list."""

import calendar
import re
from collections.abc import Iterable, Sequence
from copy import copy
from functools import cache
from pathlib import Path

import Stemmer

from coach.english import strange_words
from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CALENDAR = frozenset(
    name.casefold() for names in (calendar.month_name, calendar.day_name, calendar.month_abbr) for name in names if name
)
# No cache of its own: what models make up must not pile up in memory.
_STEMMER = Stemmer.Stemmer("english", 0)


class Vocabulary:
    """The words of the knowledge library: plain English, as far as guards need to know it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        words = [frozenset(words_of(passage.embedded_text)) for passage in passages]
        self._by_passage = {passage.id: own for passage, own in zip(passages, words, strict=True)}
        # What both are asked to do and to prepare belongs to every passage of an activity.
        prepared = {
            id(document): words_of(f"{front.prep.mentor} {front.prep.mentee} {front.agenda}")
            for document in {id(passage.document): passage.document for passage in passages}.values()
            if isinstance(front := document.front, TopicFrontMatter)
        }
        self._words = frozenset(_CALENDAR.union(*words, *prepared.values()))
        self._stems_by_passage = {
            passage.id: frozenset(stems(own.union(prepared.get(id(passage.document), ()))))
            for passage, own in zip(passages, words, strict=True)
        }

    def beside(self, passages: Sequence[Passage]) -> "Vocabulary":
        """The same with the words of these passages, which a program added for itself.

        Of words that are no English only those of the title and the heading count, which agendas show anyway: a made-up
        word in the text may be there for somebody to see it again.
        """
        both = copy(self)
        words: dict[str, frozenset[str]] = {}
        for passage in passages:
            said = frozenset(words_of(passage.text))
            words[passage.id] = (said - set(strange_words(said))).union(words_of(f"{passage.title} {passage.section}"))
        both._by_passage = self._by_passage | words
        both._words = self._words.union(*words.values())
        both._stems_by_passage = self._stems_by_passage | {key: frozenset(stems(own)) for key, own in words.items()}
        return both

    def __contains__(self, word: str) -> bool:
        word = word.casefold()
        return word in self._words or word.removesuffix("s").removesuffix("'").removesuffix("’") in self._words

    def unknown(self, words: Iterable[str]) -> set[str]:
        """Those of the words, given without case, that are not plain English."""
        return {word for word in set(words) - self._words if word not in self}

    def words_in(self, passages: Iterable[Passage]) -> set[str]:
        """All words of these passages of the library, without case."""
        return set().union(*(self._by_passage[passage.id] for passage in passages))

    def stems_of(self, passage: Passage) -> frozenset[str]:
        """The stems of all words of this passage of the library, and of the agenda and prep of its document."""
        return self._stems_by_passage[passage.id]


def stems(words: Iterable[str]) -> list[str]:
    """The English stems (Porter's second stemmer) of words without case."""
    bare = [word if word.isalpha() else word.replace("’", "'").removesuffix("'s").removesuffix("'") for word in words]
    return _STEMMER.stemWords(bare)  # type: ignore[no-any-return]


def words_of(text: str) -> list[str]:
    """The words of a text, without case."""
    return WORD.findall(text.casefold())


@cache
def plain_stems() -> frozenset[str]:
    """The stems of the words that any text may use, from `plain_words.txt`."""
    return _stems_in("plain_words.txt")


@cache
def everyday_stems() -> frozenset[str]:
    """The stems of the words in which an agenda may tell what the two do, from `plain_words.txt` and
    `everyday_words.txt`.
    """
    return plain_stems() | _stems_in("everyday_words.txt")


def _stems_in(file: str) -> frozenset[str]:
    lines = Path(__file__).with_name(file).read_text("utf-8").splitlines()
    return frozenset(stems(" ".join(line for line in lines if not line.startswith("#")).split()))
