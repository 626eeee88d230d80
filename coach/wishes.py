"""What feedback asks for, as far as an agenda can do something about it.

Only what was shared with the partner and shown to both is read, by patterns for what people say in so many words, and
by a reader that learned from examples (`coach.learned`) for what they say otherwise. A wish is a kind, never a
quotation: the next agenda does it and says so in the coach's words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog

from coach.errors import EmbeddingError
from coach.feedback.comments import clean
from coach.learned import learned
from coach.wish_refusals import CONTENT, ELSEWHERE, GOOD_ALREADY, NOT_ASKED, OPPOSITES, OWNS_IT, WANTING
from coach.wish_words import LEADS, PATTERNS, TILTED, Wish

log = structlog.get_logger(__name__)


class Said(Protocol):
    """The part of shared feedback that is read here; `themes` are ids of the taxonomy."""

    @property
    def session_number(self) -> int:
        """Which meeting it is on."""

    @property
    def role(self) -> str:
        """Who says it: mentor or mentee."""

    @property
    def safety(self) -> int | None:
        """From 1 to 5, or None where it was not rated."""

    @property
    def went_well(self) -> str | None:
        """The answer to what went well."""

    @property
    def to_change(self) -> str | None:
        """The answer to what should change."""

    @property
    def themes(self) -> tuple[str, ...]:
        """What the comments raise."""

    @property
    def change_vector(self) -> bytes:
        """What `change_reader` keeps of the answer to what should change; empty where it was not read."""

    @property
    def change_reader(self) -> str:
        """Which version of which reader read it."""


@dataclass(frozen=True)
class Heard:
    """Shared feedback, read once for all that is asked of it.

    `stated` are the wishes of its words, and `meant` those of its meaning; None where it was not read for that. What is
    `refused` is asked for the other way round, or somebody is glad of it.
    """

    session_number: int
    role: str
    safety: int | None
    went_well: str | None
    to_change: str | None
    themes: tuple[str, ...]
    stated: frozenset[Wish]
    meant: frozenset[Wish] | None
    refused: frozenset[Wish]


# How each wish is named after "asked"; what answers one in an agenda begins with these words, so that it can be found.
ASKED: dict[Wish, str] = {
    "level-the-table": "for more equal footing",
    "safer-ground": "for safer ground to learn on",
    "shorter-demos": "for shorter demos",
    "no-slides": "to do without slides",
    "more-doing": "for more doing",
    "own-work": "for examples from your own work",
    "more-talk": "for more room to talk",
    "write-first": "to write before you speak",
    "slower": "for an easier pace or plainer words",
    "quicker": "for a quicker pace",
    "less-at-once": "for less at once",
    "deeper": "to go deeper",
    "clear-structure": "for a clearer structure",
    "start-on-time": "to start on time",
    "end-on-time": "to keep to the time",
    "breaks": "for a break",
    "undisturbed": "to be undisturbed",
    "look-back": "to look back at what you agreed",
    "recap": "for a recap of last time",
    "firm-next-steps": "for firmer next steps",
    "back-to-goals": "what it is all for",
    "less-of-one-story": "for less weight on one person's story",
    "get-to-know": "to get to know each other better",
    "something-new": "for something different",
    "what-helped": "for feedback on what helps",
    "agenda-ahead": "to have the agenda earlier",
    "prepare-ahead": "for more notice",
    "test-the-tools": "for tools that work",
    "see-and-hear": "to see and hear better",
    "dates-that-hold": "for dates that hold",
    "other-arrangement": "for another time, place, length or rhythm",
    "somebody-else": "for somebody else to join",
}

YOU_ASKED, YOU_SHARED, ONE_ASKED = "You asked", "After what you shared", "One of you asked"
# An answer that begins so says what the two can do themselves, because no plan can do it for them.
FOR_YOU = "that is for the two of you"

# What stays good for the meetings behind the one that took it up: how long a demonstration is, and who leads the talk.
# The others are things to do once; after that they wait for new feedback.
LASTING: frozenset[Wish] = frozenset({"shorter-demos", "level-the-table"})

# From this rating of safety downward, the next plan makes it safer for whoever gave it, whatever the words say.
LOW_SAFETY = 2

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
# What a classifier of comments read between the lines stands in where the words say nothing.
_OF_THEME: dict[str, Wish] = {
    "power-dynamics": "level-the-table",
    "emotional-load": "less-of-one-story",
    "communication-style": "slower",
    "session-structure": "clear-structure",
    "time-and-scheduling": "end-on-time",
    "goals-and-progress": "back-to-goals",
    "tools-and-access": "test-the-tools",
    "mentor-preparation": "prepare-ahead",
}
# Whether the two are on one footing: a word on that is never weighed against what else may be meant.
_FOOTING: frozenset[Wish] = frozenset({"level-the-table", "safer-ground"})
_OPPOSITE: frozenset[Wish] = frozenset({"slower", "quicker"})
# From this chance on, what is meant is called asked for: of such wishes of writers whom the reader had not learned from
# 19 in 20 are right. Below the other one, what the words seem to ask for is not taken up: of such, 17 in 169 are right.
_AS_IF_STATED, _AGAINST = 0.9, 0.01
# More than this an agenda cannot take up without becoming an agenda about feedback.
MOST_WISHES = 3
# Characters; who writes more has said by then what should change.
_LONGEST_READ = 2_000


def answer_begins(wish: Wish, *, stated: bool = True, opposed: bool = False) -> str:
    """The words with which an agenda says that it answers a wish.

    That they asked, only where one of them did; and where the other one asked for the opposite, that, too.
    """
    if opposed:
        return f"{ONE_ASKED} {ASKED[wish]}, the other for the opposite:"
    return f"{YOU_ASKED} {ASKED[wish]}:" if stated else f"{YOU_SHARED}, {ASKED[wish]}:"


def worded(text: str, role: str = "mentor") -> tuple[Wish, ...]:
    """What a text asks for in so many words, the most important first; `role` is the author's."""
    wanted = GOOD_ALREADY.sub(" ", text)
    found = {wish for wish, pattern in PATTERNS.items() if pattern.search(_asking(wish, wanted))}
    tilted = (LEADS if role == "mentor" else TILTED).search(_asking("level-the-table", wanted))
    if tilted:
        found.add("level-the-table")
    if "shorter-demos" in found:
        found.discard("less-at-once")
    if "quicker" in found:
        # "Move quicker through the demo" is one wish; so is the basics that somebody knows by now.
        found -= {"slower"}
    if "look-back" in found:
        found.discard("firm-next-steps")
    if "agenda-ahead" in found:
        found.discard("prepare-ahead")
    if "test-the-tools" in found:
        found.discard("see-and-hear")
    if "level-the-table" in found and role == "mentee" and not (tilted or OWNS_IT.search(text)):
        found = (found - {"level-the-table"}) | {"safer-ground"}
    return tuple(wish for wish in ASKED if wish in found)


def is_content(piece: str) -> bool:
    """Whether a piece of a text calls something good as it is, or tells of somewhere else, and wants nothing."""
    if ELSEWHERE.match(piece):
        return True
    content = CONTENT.search(piece)
    return content is not None and not WANTING.search(f"{piece[: content.start()]} {piece[content.end() :]}")


def _asking(wish: Wish, wanted: str) -> str:
    """What is wanted without what asks for the opposite of the wish, or only shares a word with it."""
    return NOT_ASKED[wish].sub(" … ", wanted) if wish in NOT_ASKED else wanted


def hear(said: Said | Heard) -> Heard:
    """Read this feedback, unless that was done."""
    if isinstance(said, Heard):
        return said
    text, chances = (said.to_change or "")[:_LONGEST_READ], _chances(said)
    refused = _refused(said)
    meant = set(learned("wishes").found(chances) if chances else ()) - refused
    if meant >= _OPPOSITE:
        meant -= {min(_OPPOSITE, key=lambda wish: chances[wish])}
    worded_so = {wish for one in _SENTENCE.split(text) if not is_content(one) for wish in worded(one, said.role)}
    stated = {wish for wish in worded_so if wish in _FOOTING or chances.get(wish, 1.0) >= _AGAINST}
    if stated & _OPPOSITE:
        meant -= _OPPOSITE
    stated |= {wish for wish in meant if chances[wish] >= _AS_IF_STATED}
    return Heard(
        session_number=said.session_number,
        role=said.role,
        safety=said.safety,
        went_well=said.went_well,
        to_change=said.to_change,
        themes=said.themes,
        stated=frozenset(stated),
        meant=frozenset(meant) if chances else None,
        refused=frozenset(refused),
    )


def stated_wishes(feedback: Iterable[Said | Heard]) -> frozenset[Wish]:
    """What these people asked for in so many words, or as surely: nothing from a rating, nothing from between the
    lines.
    """
    return frozenset(wish for said in map(hear, feedback) for wish in said.stated)


def opposed_wishes(feedback: Iterable[Said | Heard]) -> frozenset[Wish]:
    """What one of these people asked for, and another one the opposite of."""
    said_by = {said.role: said for said in map(hear, feedback)}
    return frozenset(
        wish
        for role, said in said_by.items()
        for wish in said.stated
        for other in said_by.values()
        if other.role != role and _asks_for_opposite(other, wish)
    )


def _asks_for_opposite(said: Heard, wish: Wish) -> bool:
    text = (said.to_change or "")[:_LONGEST_READ]
    in_words = wish in OPPOSITES and OPPOSITES[wish].search(text) is not None
    return in_words or (wish == "slower" and "quicker" in said.stated)


def weighed_on(feedback: Iterable[Said | Heard]) -> frozenset[str]:
    """Whose own story has been the subject too often, as they say or as it was read between the lines: roles."""
    return frozenset(said.role for said in map(hear, feedback) if "less-of-one-story" in _wishes_of(said))


def read_wishes(feedback: Iterable[Said | Heard]) -> tuple[Wish, ...]:
    """What these people asked for, the most important first, at most `MOST_WISHES`."""
    heard = [hear(said) for said in feedback]
    found = {wish for said in heard for wish in _wishes_of(said)}
    if "slower" in found:
        # Where the two want it both ways, it is told once.
        found.discard("quicker")
    stated = {wish for said in heard for wish in said.stated}
    # What somebody asked for comes before what may be meant.
    chosen = [wish for wish in ASKED if wish in found & stated] + [wish for wish in ASKED if wish in found - stated]
    return tuple(wish for wish in ASKED if wish in chosen[:MOST_WISHES])


def _wishes_of(said: Heard) -> set[Wish]:
    """All that one person asks for: in words, by their meaning, by a low rating, between the lines."""
    text, stated = (said.to_change or "")[:_LONGEST_READ], set(said.stated)
    if "shorter-demos" in stated:
        # The same words mostly; what the other one wants less of is another matter.
        stated -= {"less-at-once"}
    # Where nothing is asked to change there are no such lines: what went well, or goes wrong elsewhere, is no wish.
    asks = any(not is_content(one) for one in _SENTENCE.split(text) if one.strip())
    # What the answer means is read more surely than what stands between the lines of both.
    themes = said.themes if asks and said.meant is None else ()
    found = stated | (said.meant or set())
    found = found or {_OF_THEME[theme] for theme in themes if theme in _OF_THEME} - said.refused
    weighty = {"power-dynamics"} if said.meant is not None else {"power-dynamics", "emotional-load"}
    if "safer-ground" in found:
        # What a senior says of having been silenced is no reason to give the junior more of the floor.
        weighty -= {"power-dynamics"}
    found = found | ({_OF_THEME[theme] for theme in said.themes if theme in weighty} - said.refused)
    if said.safety is not None and said.safety <= LOW_SAFETY and not found & _FOOTING:
        # Whose safety is low decides what changes: a junior needs the first word, a senior room for not knowing.
        found = found | {"level-the-table" if said.role == "mentor" else "safer-ground"}
    return found


def _refused(said: Said) -> set[Wish]:
    """What somebody asks for the opposite of, or is glad of, in the same words as those who ask for it."""
    both = f"{(said.went_well or '')[:_LONGEST_READ]}\n{(said.to_change or '')[:_LONGEST_READ]}"
    return {wish for wish, pattern in NOT_ASKED.items() if pattern.search(both)}


def _chances(said: Said) -> dict[Wish, float]:
    """How likely the answer asks for each wish by its meaning; empty where it was not read or is not in English."""
    text = said.to_change or ""
    if not said.change_vector or clean(text).kind != "comment":
        return {}
    try:
        reader = learned("wishes")
    except EmbeddingError as error:
        # What the words say is left, and an agenda always comes.
        log.warning("wishes.unread", error=str(error))
        return {}
    if not said.change_reader.startswith(reader.model):
        return {}
    vector = np.frombuffer(said.change_vector, np.float16).astype(np.float32)
    # Whose words they are matters: who has no turn is not who should give one.
    chances = reader.chances(f"{said.role} {text[:_LONGEST_READ]}", vector)
    return {wish: chances[wish] for wish in ASKED}
