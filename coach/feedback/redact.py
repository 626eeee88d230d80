"""Feedback as a model may read it: without anything that says who, where, when or how much.

Names of the two become their roles; every other name, title, department, address, link, number and date becomes a
placeholder in square brackets. What the coach writes holds none of these, so that nothing has to be put back.
"""

import re
from collections.abc import Callable, Collection, Iterable

from coach.models import Participant
from coach.store.pairs import PairPeople
from coach.vocabulary import plain_stems, stems

_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ai|edu|gov|info|app|dev|co|eu|de|uk|us|example|test)\b\S*",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,}\d")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b\d{{4}}-\d{{1,2}}-\d{{1,2}}\b|\b\d{{1,2}}[./]\d{{1,2}}(?:[./]\d{{2,4}})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b\.?|\b{_MONTH}\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b",
    re.IGNORECASE,
)
# Words that belong to codes: letters with digits, or with a capital inside.
_CODE = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*\d)[\w-]+\b|\b[a-z]+[A-Z]\w*\b|\b[A-Z]{2,}(?:[-_][A-Z0-9]+)*\b")
_NUMBER = re.compile(r"\d(?:[\d.,:%/]*[\d%])?")
_CAPITALIZED = re.compile(r"\b[^\W\d_a-z][^\W\d_]*(?:[-'’][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;]\s{0,2})$")
_SPACES = re.compile(r"\s+")
_WRITTEN_SMALL = re.compile(r"\b[a-z]+(?:['’][a-z]+)?\b")
_PRONOUNS = "i he she his her him hers we you they it the a an and but so if"
_SMALL = frozenset(_PRONOUNS.split())
_FEWEST_LETTERS = 2

Redact = Callable[[str], str]


def redactor(people: PairPeople, known: Collection[str] = ()) -> Redact:
    """What makes the feedback of these two fit for a model.

    `known` are stems of words that are no names; they may begin a sentence.
    """
    own = [*_of(people.mentor, "the mentor"), *_of(people.mentee, "the mentee")]
    # The longest first: a whole name before its parts.
    own.sort(key=lambda each: -len(each[0]))
    patterns = [(_whole(words), instead) for words, instead in own]

    def name(match: re.Match[str]) -> str:
        """A word with a capital that is not an everyday one may be anybody's name."""
        word = match.group()
        begins = _BEGINS.search(match.string[: match.start()][-3:]) is not None
        is_known = _is_plain(word) or (begins and stems([word.casefold()])[0] in known)
        return word if is_known else "[name]"

    def redact(text: str) -> str:
        text = _MAIL.sub("[address]", text)
        text = _LINK.sub("[link]", text)
        for pattern, instead in patterns:
            text = pattern.sub(instead, text)
        text = _DATE.sub("[date]", text)
        text = _PHONE.sub("[number]", text)
        text = _CODE.sub(_code, text)
        text = _NUMBER.sub("[number]", text)
        return _SPACES.sub(" ", _CAPITALIZED.sub(name, text)).strip()

    return redact


def written_small(texts: Iterable[str]) -> frozenset[str]:
    """Stems of the words that these texts, the library's, write small: its other words may be names."""
    return frozenset(stems({word for text in texts for word in _WRITTEN_SMALL.findall(text)}))


def _of(person: Participant, role: str) -> list[tuple[str, str]]:
    parts = [part for part in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", person.name) if len(part) >= _FEWEST_LETTERS]
    texts = [(person.name, role), *((part, role) for part in parts)]
    texts += [(text, instead) for text, instead in ((person.role_title, role), (person.department, "[place]")) if text]
    return [(text.strip(), instead) for text, instead in texts if text and text.strip()]


def _whole(words: str) -> re.Pattern[str]:
    """The words wherever they stand alone; those of everyday English, such as Will or Grace, only with a capital."""
    everyday = all(stem in plain_stems() for stem in stems(words.casefold().split()))
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){pattern}(?!\w)", 0 if everyday else re.IGNORECASE)


def _code(match: re.Match[str]) -> str:
    word = match.group()
    # A plain word that is shouted is no code.
    return word.casefold() if word.isalpha() and _is_plain(word) else "[name]"


def _is_plain(word: str) -> bool:
    folded = word.casefold()
    return folded in _SMALL or len(folded) == 1 or stems([folded])[0] in plain_stems()
