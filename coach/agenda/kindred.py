"""What people mean who keep a subject out: who avoids layoffs means redundancies as well, and who writes "nothing about
my divorce please" means the divorce.

`kindred.yaml` holds the subjects and the words for each.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from coach.vocabulary import plain_stems, stems

_FILE = Path(__file__).with_name("kindred.yaml")
# A longer phrase says something of its own, "pay for suppliers in the north" is no wish about salaries; unless it is of
# oneself.
_MOST_WORDS, _MOST_OF_ONESELF = 3, 8
_OF_ONESELF = frozenset(["i", "me", "my", "mine", "myself", "our", "we"])
_ARTICLES = frozenset(["my", "our", "own", "the", "a", "an", "any", "some"])
_OF_MINE = re.compile(r"^(?:my|our)\s(?:own\s)?")
# Whose it is besides: "my health" is kept out as "your health" where the coach speaks to who asked.
_WHOSE = ("our", "your", "his", "her", "their")

_BETWEEN = re.compile(r"[/,;&+|\n]+|\b(?:and|or|nor|plus|as well as)\b", re.IGNORECASE)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Row(_Strict):
    name: str
    said: tuple[str, ...]
    words: tuple[str, ...]
    also: tuple[str, ...] = ()


class _File(_Strict):
    leading: frozenset[str]
    wishes: frozenset[str]
    following: frozenset[str]
    refusals: frozenset[str]
    subjects: tuple[_Row, ...]


@dataclass(frozen=True)
class _Subject:
    """One subject: what names it without doubt, what may name it, and all that is kept out with it."""

    names: re.Pattern[str]
    said: re.Pattern[str]
    kept_out: tuple[str, ...]


@lru_cache(maxsize=2_048)
def meant(phrase: str) -> tuple[str, ...]:
    """What to keep out where somebody asks it of this phrase: that, what it is about, and other words in the singular.

    Who says "mental health" does not mean all health, and who says "my health" not all health either.
    """
    about, wished = _about(phrase)
    found = [phrase]
    if wished and not plain_stems().issuperset(stems(about.split())):
        found.append(about)
    for part in dict.fromkeys([_said(phrase), about, *(_about(one)[0] for one in _BETWEEN.split(phrase))]):
        if kindred := _kindred(part):
            # "Your partner" is the other one of the two.
            owned = part.startswith("my ") and _kindred(part[3:])
            found += [part, *(f"{whose} {part[3:]}" for whose in _WHOSE if owned), *kindred]
        elif part != about and len(part.split()) <= _MOST_WORDS and not plain_stems().issuperset(stems(part.split())):
            # One of several that are kept out in one line.
            found += [part, _OF_MINE.sub("", part)]
        elif (its := _OF_MINE.sub("", part)) != part and not plain_stems().issuperset(stems(its.split())):
            # Who keeps "my stutter" out means stutters; "my team" does not mean teams.
            found += [its, part]
    return tuple(dict.fromkeys(found))


def forget_phrases() -> None:
    """Let go of what people asked to keep out."""
    meant.cache_clear()


def about(phrase: str) -> str:
    """The phrase without what only says that it is to stay out; all of it where nothing else is left."""
    return _about(phrase)[0] or phrase


def abouts(phrase: str) -> tuple[str, ...]:
    """The phrase without what only says that it is to stay out, whole and in its parts."""
    return tuple(dict.fromkeys([_said(phrase), *(_about(one)[0] for one in (phrase, *_BETWEEN.split(phrase)))]))


@cache
def subjects() -> Mapping[str, tuple[str, ...]]:
    """For each subject that is known, by its name, all words that are kept out with it."""
    return {row.name: (*row.words, *row.also) for row in _file().subjects}


def _said(phrase: str) -> str:
    return " ".join(re.findall(r"\w+", phrase.lower()))


def _about(phrase: str) -> tuple[str, bool]:
    """What a phrase is about without what says that it is to stay out, and whether that was said in as many words."""
    words, file = _said(phrase).split(), _file()
    begins, ends = 0, len(words)
    while begins < ends and words[begins] in file.leading:
        begins += 1
    while ends > begins and words[ends - 1] in file.following:
        ends -= 1
    wished = not file.wishes.isdisjoint(words[:begins]) or not file.refusals.isdisjoint(words[ends:])
    return " ".join(words[begins:ends]), wished


def _kindred(said: str) -> tuple[str, ...]:
    """All words for the subjects of a short text, in the singular; none where no subject is known in it."""
    words = [word for word in said.split() if word not in _ARTICLES]
    of_oneself = not _OF_ONESELF.isdisjoint(said.split())
    if not words or len(words) > (_MOST_OF_ONESELF if of_oneself else _MOST_WORDS):
        return ()
    named = [subject for subject in _subjects() if subject.names.search(said)]
    rest = said
    for subject in named:
        rest = subject.names.sub(" … ", rest)
    if len(words) <= _MOST_WORDS:
        named += [subject for subject in _subjects() if subject.said.search(rest)]
    return tuple(dict.fromkeys(word for subject in named for word in subject.kept_out))


@cache
def _file() -> _File:
    return _File.model_validate(yaml.safe_load(_FILE.read_text("utf-8")))


@cache
def _subjects() -> tuple[_Subject, ...]:
    return tuple(_Subject(_any_of(row.words), _any_of(row.said), (*row.words, *row.also)) for row in _file().subjects)


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of these texts, in the singular or the plural; for none of them, one that is never found."""
    stems_of = (
        re.escape(one.removesuffix("y")) + "(?:y|ies)" if one.endswith("y") else re.escape(one) + "(?:s|es)?"
        for one in sorted(texts, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{'|'.join(stems_of) or '(?!)'})\b")
