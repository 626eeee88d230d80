"""What a guard on a subject looks for: words that must come from the plan or the brief, and turns of phrase."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml

from coach.vocabulary import plain_stems, stems

_FILE = Path(__file__).with_name("subjects.yaml")
_PART = re.compile(r"<([\w ]+)>")
_CAPITAL = re.compile(r"(?<!\\)[A-Z]")


class Read(Protocol):
    """The part of a text that is read here."""

    @property
    def word_set(self) -> frozenset[str]:
        """Its words, without case."""

    @property
    def foreign(self) -> Collection[str]:
        """The stems that what it may rest on does not hold."""

    @property
    def cast(self) -> str:
        """The text as shown, with “the mentor” and “the mentee” for their names."""

    @property
    def known(self) -> str:
        """All that it may rest on, without case."""


@dataclass(frozen=True)
class _Turn:
    """A turn of phrase of a subject; where `beside` has words, a text must hold one of these, too.

    One that is `cased` tells "IT" from "it". What is `meant` for one of the two is read as one of them.
    """

    subject: str
    pattern: re.Pattern[str]
    beside: frozenset[str]
    cased: bool
    meant: re.Pattern[str] | None


@dataclass(frozen=True)
class _Index:
    """The subjects by what a text must hold: nearly every text holds nothing of nearly all of them.

    `by_word` has the numbers of turns.
    """

    by_stem: Mapping[str, frozenset[str]]
    turns: tuple[_Turn, ...]
    by_word: Mapping[str, frozenset[int]]
    all_stems: frozenset[str]
    all_words: frozenset[str]


def subjects_in(text: Read) -> frozenset[str]:
    """The subjects of `subjects.yaml` that a text is on, by name, all found in one reading.

    A text is on a subject where it holds a word of it that it rests on nowhere, or a turn of phrase that neither the
    brief nor its passages say.
    """
    index = _index()
    found: set[str] = set()
    for stem in index.all_stems.intersection(text.foreign):
        found |= index.by_stem[stem]
    # A pattern that minds no case takes half as long on a text that has none.
    folded = text.cast.casefold()
    named: dict[str, str] = {}
    # Each turn once, however many of its words are there.
    for number in frozenset().union(*(index.by_word[word] for word in index.all_words & text.word_set)):
        turn = index.turns[number]
        if turn.subject in found or (turn.beside and turn.beside.isdisjoint(text.word_set)):
            continue
        read = text.cast if turn.cased else folded
        # Nearly none is there at all.
        if turn.pattern.search(read) is not None and _unsaid(turn, read, text):
            found.add(turn.subject)
        elif turn.meant is not None:
            if turn.subject not in named:
                named[turn.subject] = turn.meant.sub("the mentee", folded) if turn.meant.search(folded) else ""
            if named[turn.subject] and _unsaid(turn, named[turn.subject], text):
                found.add(turn.subject)
    return frozenset(found)


def _unsaid(turn: _Turn, read: str, text: Read) -> bool:
    """Whether a turn is there that neither the brief nor the passages say."""
    return any(match.group().casefold() not in text.known for match in turn.pattern.finditer(read))


@cache
def _index() -> _Index:
    by_stem: dict[str, set[str]] = {}
    turns: list[_Turn] = []
    by_word: dict[str, set[int]] = {}
    subjects: dict[str, dict[str, Any]] = yaml.load(_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    for name, subject in subjects.items():
        for stem in set(stems(subject.get("words", "").split())) - plain_stems():
            by_stem.setdefault(stem, set()).add(name)
        meant = re.compile(subject["meant"]) if "meant" in subject else None
        for turn in subject["turns"]:
            says = _read_fast(_whole(turn["says"], subject.get("parts", {})))
            cased = _CAPITAL.search(says) is not None
            for word in turn["if"].split():
                by_word.setdefault(word, set()).add(len(turns))
            pattern = re.compile(says, re.IGNORECASE if cased else 0)
            turns.append(_Turn(name, pattern, frozenset(turn.get("and", "").split()), cased, None if cased else meant))
    return _Index(
        {stem: frozenset(names) for stem, names in by_stem.items()},
        tuple(turns),
        {word: frozenset(numbers) for word, numbers in by_word.items()},
        frozenset(by_stem),
        frozenset(by_word),
    )


def _read_fast(says: str) -> str:
    """The same pattern, begun with letters where it begins with one of the two: these are found at once."""
    says = says.replace("(?:the mentor|the mentee)", "the ment(?:or|ee)")
    return re.sub(r"\A\\b(?=the )|(?<=\|)\\b(?=the )", "", says)


def _whole(says: str, parts: Mapping[str, str]) -> str:
    return _PART.sub(lambda part: _whole(parts[part.group(1)], parts), says)
