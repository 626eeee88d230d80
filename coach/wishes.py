"""What feedback asks for, as far as an agenda can do something about it.

Only what was shared with the partner and shown to both is read. A wish is a kind, never a quotation: the next agenda
does it and says so in the coach's words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from coach.wish_refusals import CONTENT, ELSEWHERE, GOOD_ALREADY, NOT_ASKED, OPPOSITES, OWNS_IT, WANTING
from coach.wish_words import LEADS, PATTERNS, TILTED, Wish


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


@dataclass(frozen=True)
class Heard:
    """Shared feedback whose words were read once for all that is asked of them; `stated` are its wishes in words."""

    session_number: int
    role: str
    safety: int | None
    went_well: str | None
    to_change: str | None
    themes: tuple[str, ...]
    stated: frozenset[Wish]


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


def hear(said: Said) -> Heard:
    """Read the words of this feedback."""
    number, change = said.session_number, said.to_change
    return Heard(number, said.role, said.safety, said.went_well, change, said.themes, frozenset(_stated(said)))


def stated_wishes(feedback: Iterable[Said]) -> frozenset[Wish]:
    """What these people asked for in so many words: nothing from a rating, nothing from between the lines."""
    return frozenset(wish for said in feedback for wish in _stated(said))


def opposed_wishes(feedback: Iterable[Said]) -> frozenset[Wish]:
    """What one of these people asked for, and another one the opposite of."""
    said_by = {said.role: said for said in feedback}
    return frozenset(
        wish
        for role, said in said_by.items()
        for wish in _stated(said)
        for other in said_by.values()
        if other.role != role and _asks_for_opposite(other, wish)
    )


def _asks_for_opposite(said: Said, wish: Wish) -> bool:
    text = (said.to_change or "")[:_LONGEST_READ]
    in_words = wish in OPPOSITES and OPPOSITES[wish].search(text) is not None
    return in_words or (wish == "slower" and "quicker" in _stated(said))


def weighed_on(feedback: Iterable[Said]) -> frozenset[str]:
    """Whose own story has been the subject too often, as they say or as it was read between the lines: roles."""
    return frozenset(said.role for said in feedback if "less-of-one-story" in _wishes_of(said))


def read_wishes(feedback: Iterable[Said]) -> tuple[Wish, ...]:
    """What these people asked for, the most important first, at most `MOST_WISHES`."""
    found = {wish for said in feedback for wish in _wishes_of(said)}
    if "slower" in found:
        # Where the two want it both ways, it is told once.
        found.discard("quicker")
    return tuple(wish for wish in ASKED if wish in found)[:MOST_WISHES]


def _wishes_of(said: Said) -> set[Wish]:
    """All that one person asks for: in words, by a low rating, between the lines."""
    text, stated = (said.to_change or "")[:_LONGEST_READ], _stated(said)
    # Who asks for the opposite raises the same theme, and so does who is glad that it is no matter.
    both = f"{(said.went_well or '')[:_LONGEST_READ]}\n{text}"
    refused = {wish for wish, pattern in NOT_ASKED.items() if pattern.search(both)}
    if "shorter-demos" in stated:
        # The same words mostly; what the other one wants less of is another matter.
        stated = stated - {"less-at-once"}
    # Where nothing is asked to change there are no such lines: what went well, or goes wrong elsewhere, is no wish.
    asks = any(not is_content(one) for one in _SENTENCE.split(text) if one.strip())
    themes = said.themes if asks else ()
    found = stated or {_OF_THEME[theme] for theme in themes if theme in _OF_THEME} - refused
    # What a senior says of having been silenced is no reason to give the junior more of the floor.
    weighty = {"emotional-load"} if "safer-ground" in found else {"power-dynamics", "emotional-load"}
    found = found | ({_OF_THEME[theme] for theme in said.themes if theme in weighty} - refused)
    if said.safety is not None and said.safety <= LOW_SAFETY and not found & {"level-the-table", "safer-ground"}:
        # Whose safety is low decides what changes: a junior needs the first word, a senior room for not knowing.
        found = found | {"level-the-table" if said.role == "mentor" else "safer-ground"}
    return found


def _stated(said: Said) -> set[Wish]:
    if isinstance(said, Heard):
        return set(said.stated)
    text = (said.to_change or "")[:_LONGEST_READ]
    return {wish for one in _SENTENCE.split(text) if not is_content(one) for wish in worded(one, said.role)}
