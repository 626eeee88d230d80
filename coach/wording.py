"""Wording to keep away from: what shuts people out, what is said of a whole age, closed questions.

Wording that shuts people out is the list of retext-equality, kept in `wording.yaml` beside this module. The rest is
our own.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import yaml

# Terms of that list which have a plain sense at work, where it is nearly always the one meant.
_PLAIN = frozenset({"add", "easily", "easy", "failed attempt", "hang", "just", "miss.", "simple", "simply", "special"})
# Terms that the list lacks, in the same form.
_OURS: dict[str, list[str]] = {
    "guys": ["everyone"],
    "normal person": ["person"],
    "normal people": ["people"],
    "coolie": ["worker"],
    "coolies": ["workers"],
    "handicap": ["disability"],
    "handicaps": ["disabilities"],
    "new blood": ["new colleagues"],
    "old hands": ["experienced colleagues"],
    "native speaker": ["fluent speaker"],
    "native speakers": ["fluent speakers"],
}
_CLOSED = re.compile(
    r"\W*(?:(?:so|and|but|well)\W+)?(?:can['’]t|won['’]t|cannot"
    r"|(?:do|does|did|is|are|was|were|have|has|had|can|could|will|would|should|shall|may|might|must|am)(?:n['’]t)?)\b",
    re.IGNORECASE,
)
_AGE = r"(?:young(?:er)?|old(?:er)?|middle-aged|millennials?|boomers?|gen(?:eration)?[ -][xyz]\w*|zoomers?)"
_PEOPLE = r"(?:people|workers?|colleagues?|employees?|leaders?|staff|folks?)"
_SAID_OF_ALL = r"""(?:can['’]t|won['’]t|(?:are|is|do|does)(?:n['’]t|\ not)?|always|never|cannot|prefers?|wants?|loves?
    |hates?|struggles?|lacks?|needs?|expects?)"""
# Every stereotype holds one of these words.
_OF_AN_AGE_WORDS = """
digital boomer boomers snowflake snowflakes dog dogs hill savvy illiterate young younger old older aged
millennial millennials gen generation zoomer zoomers
"""
_OF_AN_AGE = frozenset(_OF_AN_AGE_WORDS.split())
_STEREOTYPES = re.compile(
    rf"""\bdigital[ -](?:natives?|immigrants?)\b | \bok(?:ay)?\ boomer\b | \bsnowflakes?\b | \bold\ dogs?\b
    | \bover\ the\ hill\b | \b(?:tech|computer)[ -](?:savvy|illiterate)\ (?:youth|{_AGE})\b
    | \b(?:all|most|every|typical)\ {_AGE}\s+{_PEOPLE}\b
    | \b{_AGE}\s+{_PEOPLE}\s+{_SAID_OF_ALL}\b
    | \b(?:millennials|boomers|zoomers|gen(?:eration)?[ -][xyz]\w*)\s+{_SAID_OF_ALL}\b""",
    re.IGNORECASE | re.VERBOSE,
)


def exclusive_terms(text: str) -> Iterator[tuple[str, list[str]]]:
    """Terms in the text that shut people out, each with what to write instead; nothing where it is best left out."""
    for match in _exclusive().finditer(text):
        yield match.group(), _instead()[match.group().casefold()]


def exclusive_terms_among(words: frozenset[str], text: str) -> Iterator[str]:
    """The terms in a text that have something to write instead; `words` are the text's, without case.

    Far quicker than `exclusive_terms`, as most texts hold none. Terms without anything instead, such as “clearly”, are
    a matter of style.
    """
    by_word = _exclusive_by_word()
    for word in by_word.keys() & words:
        for match in by_word[word].finditer(text):
            yield match.group()


def stereotypes(text: str) -> Iterator[str]:
    """Phrases in the text that speak of an age or a generation as if all of it were alike."""
    for match in _STEREOTYPES.finditer(text):
        yield match.group()


def stereotypes_among(words: frozenset[str], text: str) -> Iterator[str]:
    """The same, for a text whose words, without case, are known: most texts hold none that matters here."""
    return iter(()) if _OF_AN_AGE.isdisjoint(words) else stereotypes(text)


def is_closed_question(text: str) -> bool:
    """Whether the question can be answered with yes or no."""
    return _CLOSED.match(text) is not None


@cache
def _instead() -> dict[str, list[str]]:
    rows = yaml.load((Path(__file__).parent / "wording.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    terms = {term.casefold(): row.get("instead", []) for row in rows for term in row["avoid"]}
    return {term: instead for term, instead in (_OURS | terms).items() if term not in _PLAIN}


@cache
def _exclusive() -> re.Pattern[str]:
    return _any_of(_instead())


@cache
def _exclusive_by_word() -> dict[str, re.Pattern[str]]:
    """Patterns of the terms, by the longest word of each term."""
    terms: dict[str, list[str]] = {}
    for term in (term for term, instead in _instead().items() if instead):
        terms.setdefault(max(re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", term), key=len), []).append(term)
    return {word: _any_of(found) for word, found in terms.items()}


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
