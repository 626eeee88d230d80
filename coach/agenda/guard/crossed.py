"""Whether a text has the two do each other's part, told by comparison with what its passages have each of them do.

No list of deeds is needed for it: the passage says that the mentor opens a task and the mentee takes the keyboard,
and a text in which the mentee opens the task and the mentor takes the keyboard shares its words with the other one's
part. Measured on 2026-11-23 on 164 items with an activity, written by a large language model: 1 was found crossed as
it was written, and 151 with the two names exchanged.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter
from coach.vocabulary import stems, words_of

_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
# A possessive names whose thing it is, and not who does something.
_ONE_OF_THEM = re.compile(r"\bthe (mentor|mentee)\b(?!['’]s)", re.IGNORECASE)
# What somebody does stands right behind the name.
_REACH = 6
# Stems that tell nothing of what is done, whatever is done.
SAYS_NOTHING = frozenset(
    stems(
        words_of(
            """
            a an the and or but of to in on at by for from with as is are was were be been it its this that these
            those they them their there then than so if when where which who what how both each one two other another
            not no nor own same more most less first next last also only into out up down over again all any some may
            can could will would should do does did done has have had you your yours together say says said ask asks
            asked tell tells told thing things way
            """
        )
    )
)


class _Part(NamedTuple):
    who: str
    does: frozenset[str]


def crossed(cast: str, passages: Sequence[Passage]) -> bool:
    """Whether more of the parts in a text belong, by the passages, to the other one than to the one who has them.

    `cast` names the two “the mentor” and “the mentee”. Where the passages give neither a part, nothing is said of it.
    """
    known = [part for passage in passages if passage.kind != "program" for part in _parts_of_passage(passage)]
    balance = 0
    for who, does in _parts(cast):
        own = max((len(does & part.does) for part in known if part.who == who), default=0)
        others = max((len(does & part.does) for part in known if part.who != who), default=0)
        balance += (others > own) - (own > others)
    return balance > 0


@lru_cache(maxsize=2_048)
def _parts_of_passage(passage: Passage) -> tuple[_Part, ...]:
    front = passage.document.front
    agenda = front.agenda_for("the mentor", "the mentee") if isinstance(front, TopicFrontMatter) else ""
    return _parts(f"{passage.text}\n{agenda}")


def _parts(text: str) -> tuple[_Part, ...]:
    found = []
    for sentence in _SENTENCE.split(text):
        named = list(_ONE_OF_THEM.finditer(sentence))
        ends = [*(one.start() for one in named[1:]), len(sentence)]
        for one, end in zip(named, ends, strict=False):
            does = frozenset(stems(words_of(sentence[one.end() : end])[:_REACH])) - SAYS_NOTHING
            if does:
                found.append(_Part(one.group(1).lower(), does))
    return tuple(found)
