"""A guard on how a text is put to paper: no list of subjects, only what a colleague's note always has."""

import re
from collections.abc import Iterator

from coach.agenda.guard.draft import Draft, Text, Violation
from coach.english import is_english

# What Latin text is written with. The rest is pictures, hidden or turned signs, and what only looks like letters.
_OTHER_SIGN = re.compile(
    r"[^\n -~\u00a0-\u00ac\u00ae-\u024f\u1e00-\u1eff\u2009\u2010-\u2027\u202f\u2030-\u2044\u20ac\u2200-\u22ff]"
)
_GAP = re.compile(r"\[[^\]\n]*\]|_{3,}")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_FIRST_WORD = re.compile(r"\A\W*([^\W\d_][\w'’-]*)")
_ENDED = re.compile(r"[.!?…:;][”\"'’)]*\Z")
_TWICE = re.compile(r"(?<![\w-])(?!(?:that|had|is|so|very|bye|no|now) )([a-z]{2,}) \1(?![\w-])")
# What stands behind an article is named by it; none of these words names anything.
_NAMES_NOTHING = re.compile(
    r"(?<![\w'’-])(?:[Tt]he|[Aa]n|a) (?:of|and|or|the|an?|is|are|was|were|it|they|you|for|by|at|if|but|because|to|with"
    r"|from|in|on)(?![\w'’”\"-])"
)
# A shorter line may be a caption, which has no stop.
_LINE_CHARACTERS = 60
_FEWEST_WORDS = 3
_FEW_LONG_WORDS, _MANY_LONG_WORDS = 4, 6


def broken(draft: Draft) -> Iterator[Violation]:
    """Sentences are whole and look like sentences: a director who reads shouting, pictures, gaps to fill in or half a
    sentence reads nothing else on that page.
    """
    for text in draft.places:
        reason = None if text.is_the_librarys else _wrong_with(text, draft)
        if reason is not None:
            yield Violation("broken", text.where, reason)


def _wrong_with(text: Text, draft: Draft) -> str | None:
    if any(sign not in text.brief for sign in _OTHER_SIGN.findall(text.text)):
        return "It holds signs that are no letters. Write plain words."
    if any(gap not in text.brief for gap in _GAP.findall(text.text)):
        return "It leaves a gap to fill in. Write out what belongs there."
    if _TWICE.search(text.shown) or _NAMES_NOTHING.search(text.shown):
        return "It is no sentence. Read it once more."
    heading, _, told = text.text.partition("\n") if text.slot is not None else ("", "", text.text)
    if text.where == "title":
        heading, told = told, ""
    lines = [line for line in (heading, told) if line]
    people = draft.briefing.brief
    names = (people.mentor.first_name, people.mentee.first_name)
    # Somebody may write the own name small.
    if any(_begins_small(line, text.brief) for line in lines if not line.lstrip("“\"'").startswith(names)) or any(
        _shouts(line, text.brief) for line in lines
    ):
        return "Begin each sentence with a capital, and write no others than names have."
    if _shouts(told, text.brief, share=0.7, fewest=_MANY_LONG_WORDS, first_letter=True):
        return "Begin each sentence with a capital, and write no others than names have."
    if told and len(told.split()) < _FEWEST_WORDS:
        return "It is no sentence. Say what to do."
    if len(told) >= _LINE_CHARACTERS and not _ENDED.search(told.rstrip()):
        return "It breaks off. End the sentence."
    return None


def _begins_small(line: str, brief: str) -> bool:
    first = _FIRST_WORD.match(line)
    if first is None or not first.group(1)[0].islower():
        return False
    # A product may be written so: "npm", "iPad".
    return first.group(1) not in brief or is_english(first.group(1))


def _shouts(
    line: str, brief: str, *, share: float = 0.5, fewest: int = _FEW_LONG_WORDS, first_letter: bool = False
) -> bool:
    """Whether more than a share of the longer words, without those of the brief, is in capitals, or begins with one."""
    words: list[str] = [word for word in _LONG_WORD.findall(line) if word not in brief]
    if len(words) < fewest:
        return False
    return sum((word[0] if first_letter else word).isupper() for word in words) > share * len(words)
