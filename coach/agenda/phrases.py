"""Small turns of phrase that the composer's modules share."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date

from coach.agenda.brief import Briefing, OpenAction, SessionBrief
from coach.untrusted import shorten

# Not after an initial or a title: "J. K. Adams", "Dr. Okafor".
_SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\bDr\.)(?<!\bProf\.)(?<!\bMrs\.)(?<!\bM[rsx]\.)\s+(?=[“\"A-Z0-9])"
)

# An action that was open at so many meetings before will not get done as it is.
_STALE_FROM = 2

_TWO_ENDS = re.compile(r"([.!?])”\.(?=\s)")


# Words that two texts may share without having anything in common.
_COMMON = frozenset(
    {
        "what",
        "with",
        "without",
        "that",
        "thi",
        "from",
        "into",
        "your",
        "their",
        "them",
        "have",
        "when",
        "where",
        "which",
        "about",
        "more",
        "people",
        "work",
        "working",
        "make",
        "each",
        "they",
        "than",
    }
)


def quoted(texts: Sequence[str]) -> str:
    """The texts in quotation marks, as a list in a sentence."""
    return listed([f"“{clause(text, 120)}”" for text in texts])


def clause(text: str, limit: int) -> str:
    """The text where it fits into `limit` characters, or else its beginning, cut where a sentence or a clause ends."""
    if len(text) <= limit:
        return text
    ends = [cut.start() for cut in re.finditer(r"(?<=\w)[.!?;:](?=\s)|,(?=\s)|\s[-–—](?=\s)", text[:limit])]
    best = max((end for end in ends if 3 * end >= 2 * limit), default=None)
    return f"{text[:best]} …" if best is not None else shorten(text, limit)


def curled(text: str) -> str:
    """The text with the quotation marks that agendas have, where the library has straight ones."""
    return re.sub(r'"([^"]*)"', r"“\1”", text)


def listed(texts: Sequence[str]) -> str:
    """One text or more as a list in a sentence."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def due(action: OpenAction, today: date) -> str:
    """When an action is or was due, on the day of the meeting, to follow its text; empty without a date."""
    if action.due_on is None:
        return ""
    return f" ({'was due' if action.due_on < today else 'due'} {day(action.due_on, today)})"


def due_this_year(action: OpenAction, today: date) -> str:
    """The same where it is in the year of the meeting; the others are named together, with their years."""
    return due(action, today) if not is_of_another_year(action, today) else ""


def is_of_another_year(action: OpenAction, today: date) -> bool:
    """Whether an action is due in another year than that of the meeting."""
    return action.due_on is not None and action.due_on.year != today.year


def day(on: date, today: date) -> str:
    """A day as people read it; its year only where that is not the year of the meeting."""
    return f"{on.day} {on:%B}" if on.year == today.year else f"{on.day} {on:%B} {on.year}"


def ended(text: str) -> str:
    """The text with one full stop where a quotation ends a sentence and brings its own; the last sentence keeps both,
    so that every text ends like one.
    """
    return _TWO_ENDS.sub(r"\1”", text)


def headline(text: str, limit: int) -> str:
    """The text as a title: its first clause where all of it is longer than `limit`, with a capital."""
    if len(text) > limit:
        clause = re.split(r"(?<=\w{3})[.;:,?!](?=\s)|\s[-–/]\s", text, maxsplit=1)[0]
        text = clause if 8 <= len(clause) <= limit else shorten(text, limit)
    return text[:1].upper() + text[1:].removesuffix(".")


def number(count: int) -> str:
    """A count in words, as far as words are shorter to read."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[count] if count < len(words) else str(count)


def ordinal(count: int) -> str:
    """The place of a count in words, as far as words are shorter to read."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[count - 1] if count <= len(words) else f"{count}th"


def stalest(brief: SessionBrief) -> OpenAction | None:
    """The action that has been open for most meetings; None where all of them are new, or were open at one alone."""
    oldest = max(brief.actions, key=lambda action: action.carried, default=None)
    return oldest if oldest is not None and oldest.carried >= _STALE_FROM else None


def pick(options: Sequence[str], brief: SessionBrief, salt: str) -> str:
    """One of the options: the same for the same session, another for the next one."""
    digest = hashlib.sha256(f"{brief.mentor.first_name}{brief.mentee.first_name}{salt}".encode()).digest()
    return options[(digest[0] + brief.position) % len(options)]


def spare(text: str, briefing: Briefing) -> str:
    """The text without the sentences that touch what either person asked to keep out."""
    if not briefing.avoid.touches(text):
        return text
    kept = [part for part in _SENTENCE_END.split(text) if not briefing.avoid.touches(part)]
    return " ".join(kept)


def fit(text: str, limit: int) -> str:
    """The text in at most `limit` characters: whole sentences go before half ones."""
    if len(text) <= limit:
        return text
    kept = ""
    for part in _SENTENCE_END.split(text):
        if len(kept) + len(part) + 1 > limit:
            break
        kept = f"{kept} {part}".strip()
    return kept or shorten(text, limit)


def long_words(text: str) -> set[str]:
    """The words that say what a text is about, without the endings of their plurals."""
    return {word.removesuffix("s") for word in re.findall(r"\w{4,}", text.casefold())} - _COMMON
