"""What words about feedback must not do before the two read them: each check says what it found.

A statement is held to the answers that it names. It may shorten and join them; it may not add a person, a feeling, a
figure, a judgement or a word from nowhere, and may not turn round what was said.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from coach.untrusted import orders_a_model
from coach.vocabulary import plain_stems, stems, words_of
from coach.wording import exclusive_terms, stereotypes

STATEMENT_CHARACTERS = 180
MOST_STATEMENTS = 4


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StatementWords(_Words):
    """One statement and the ids of the answers that say it."""

    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=8, max_length=STATEMENT_CHARACTERS),
        Field(description="one short plain sentence about the meetings"),
    ]
    rests_on: Annotated[tuple[str, ...], Field(min_length=1, max_length=12, description="ids of answers")]


_Statements = Annotated[tuple[StatementWords, ...], Field(max_length=MOST_STATEMENTS)]


class ListWords(_Words):
    """What works and what to change."""

    what_works: _Statements
    what_to_change: _Statements


class SessionWords(ListWords):
    """The two lists of one session."""

    session: Annotated[int, Field(ge=1, description="number of the session")]


class PairWords(_Words):
    """All that a model writes of a summary."""

    sessions: Annotated[tuple[SessionWords, ...], Field(max_length=20)]
    series: ListWords


@dataclass(frozen=True)
class Violation:
    """What was found: which check, where, and a reason fit for the writer of the words."""

    check: str
    where: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """An answer as the model was given it."""

    id: str
    session: int
    question: str
    text: str


_MARKUP = re.compile(r"[<>\[\]{}|*_#`~=\\^@“”\"«»]|https?:|www\.|\w\.\w{2,}/?\b(?<!e\.g)(?<!i\.e)")
_NUMBER_WORDS = re.compile(
    r"\b(?:percent|per cent|hundreds?|thousands?|dozens?|twice|thrice|score[sd]?|average\w*|rating\w*"
    r"|(?:one|two|three|four|five)\s(?:out\s)?of\s(?:one|two|three|four|five|ten))\b",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"\b(?:(?:the\s)?(mentor|mentee)|he|she|him|her|his|hers|himself|herself|partner|partner['’]s|boss|senior|junior|leader"
    r"|director|manager|colleague|person|someone|somebody|one of you|I|me|my|we)\b",
    re.IGNORECASE,
)
_FEELINGS_WORDS = """
feel feels feeling felt happy happier sad angry anger annoyed anxious anxiety afraid fear scared frustrated
frustration frustrating disappointed upset comfortable uncomfortable intimidated hurt enjoy enjoyed love loved
hate hated trust confident confidence insecure nervous stressed stress lonely proud pride worried worry excited
excitement bored tired overwhelmed embarrassed ashamed guilty jealous resent grateful gratitude relieved tense
tension shy awkward motivated ignored undervalued unheard disrespected safe unsafe seem seems seemed appear
appears apparently probably obviously clearly surely presumably secretly think thinks thought believe believes
want wants wanted hope hopes wish wishes afraid mood emotion emotional attitude personality character
"""
_FEELINGS = frozenset(stems(_FEELINGS_WORDS.split()))
_JUDGING_WORDS = """
lazy rude arrogant incompetent stupid clever smart weak strong poor bad difficult dominant bossy stubborn
unprepared unprofessional careless impatient defensive lack lacks lacking fail fails failed failing fault blame
struggle struggles struggled unable unwilling dismissive talented gifted brilliant slowest
"""
_JUDGING = frozenset(stems(_JUDGING_WORDS.split()))
_NEGATION = re.compile(
    r"\b(?:no|not|never|nothing|nobody|none|without|hardly|barely|\w+n['’]t|cannot)\b", re.IGNORECASE
)
_INSTEAD = re.compile(r"\b(?:more|less|fewer|instead|stop|avoid|missing|missed|lack\w*|rather)\b", re.IGNORECASE)
# Words that turn a statement one way, each with what must be said for it besides the word itself.
_WAYS: dict[str, str] = {
    "more": r"more|not enough|too (?:little|few|short)|longer|extra|another|missing|lack\w*|would like|wish\w*",
    "less": r"less|fewer|too (?:much|many|long)|shorter|cut",
    "fewer": r"less|fewer|too (?:much|many|long)|shorter|cut",
    "longer": r"longer|too short|more time|not enough time|out of time",
    "shorter": r"shorter|too long|less|briefer|cut",
    "faster": r"faster|quicker|too slow\w*|speed\w*",
    "slower": r"slow\w*|too (?:fast|quick\w*)|lost|pace",
    "earlier": r"earlier|sooner|late|before\w*|advance|ahead",
    "later": r"later|too early",
    "better": r"better|improve\w*|clearer",
    "worse": r"worse",
    "always": r"always|every",
    "never": r"never",
    "again": r"again|once more|still|back",
}
_LIGHT_WORDS = """
with that this than then them they their there these those have having been being were what when which while
about from into over more most some such very much many also just only even each both your yours would could
should will were does done make made making meeting meetings session sessions time times work works worked going
good great help helped helpful next last wanted keep more less fewer please well
"""
_LIGHT = frozenset(stems(_LIGHT_WORDS.split()))
# Plain words that the list of plain words lacks; `_WAYS` sees to what they say.
_PLAIN_TOO = frozenset(stems([*_WAYS, "nobody", "none", "demo", "demos"]))
# This share of a statement's own words must stand in the answers that it names.
_SUPPORTED = 0.5
_CAPITALIZED = re.compile(r"(?<=[\w,;:] )[^\W\d_a-z][^\W\d_]+")


def check_summary(words: PairWords, answers: Collection[Answer], known: Collection[str]) -> list[Violation]:
    """All that is wrong with the words. `known` are stems of the library, of which any may be used."""
    by_id = {answer.id: answer for answer in answers}
    return [*_structure(words, by_id), *_texts(words, by_id, frozenset(known))]


def _lists(words: PairWords) -> Iterator[tuple[str, int | None, str, tuple[StatementWords, ...]]]:
    """Where, the session or None for the series, the question, and the statements."""
    for part in (*words.sessions, words.series):
        number = part.session if isinstance(part, SessionWords) else None
        place = "series" if number is None else f"session {number}"
        yield f"{place} what_works", number, "went_well", part.what_works
        yield f"{place} what_to_change", number, "to_change", part.what_to_change


def _structure(words: PairWords, answers: Mapping[str, Answer]) -> Iterator[Violation]:
    """Every session and every answer is there, once and in its place."""
    numbers = [part.session for part in words.sessions]
    wanted = {answer.session for answer in answers.values()}
    if set(numbers) != wanted or len(numbers) != len(set(numbers)):
        yield Violation("structure", "sessions", f"It needs exactly the sessions {sorted(wanted)}, each once.")
    for where, number, question, statements in _lists(words):
        rests = {key for statement in statements for key in statement.rests_on}
        for key in sorted(rests - answers.keys()):
            yield Violation("structure", where, f"There is no answer {key[:40]!r}.")
        for key in sorted(rests & answers.keys()):
            if answers[key].question != question or number not in {None, answers[key].session}:
                yield Violation("structure", where, f"Answer {key} does not belong here.")
        missing = {key for key, one in answers.items() if one.session == number and one.question == question} - rests
        if missing:
            yield Violation("structure", where, f"It leaves out {', '.join(sorted(missing))}.")
        texts = [statement.text.casefold() for statement in statements]
        if len(texts) != len(set(texts)):
            yield Violation("repetition", where, "It says the same twice.")


def _texts(words: PairWords, answers: Mapping[str, Answer], known: frozenset[str]) -> Iterator[Violation]:
    shared = frozenset(stem for answer in answers.values() for stem in stems(words_of(answer.text)))
    for place, _, question, statements in _lists(words):
        for number, statement in enumerate(statements, start=1):
            where, text = f"{place} {number}", statement.text
            said = " ".join(answers[key].text for key in statement.rests_on if key in answers)
            yield from _form(where, text)
            yield from _people(where, text, said)
            yield from _inferred(where, text, said)
            yield from _grounded(where, text, said, shared | known)
            yield from _turned(where, text, said, question)


def _form(where: str, text: str) -> Iterator[Violation]:
    """A plain sentence: no markup, no link, no figure, no order to a model."""
    if _MARKUP.search(text):
        yield Violation("markup", where, "It holds markup, a bracket, a quotation mark or a link. Write plain words.")
    if any(char.isdigit() for char in text) or _NUMBER_WORDS.search(text):
        yield Violation("figures", where, "It holds a figure. Leave it out.")
    if orders_a_model(text):
        yield Violation("orders", where, "It passes on an order. Write what the answers say of the meeting.")


def _people(where: str, text: str, said: str) -> Iterator[Violation]:
    """Nobody is named or pointed to but as the answers do, and the two are never swapped."""
    roles = [match.group(1).casefold() for match in _PERSON.finditer(text) if match.group(1)]
    told = [match.group(1).casefold() for match in _PERSON.finditer(said) if match.group(1)]
    others = {match.group().casefold() for match in _PERSON.finditer(text) if not match.group(1)}
    first = {"i", "me", "my", "we"}
    if others & first or not others <= set(words_of(said)) or not set(roles) <= set(told):
        yield Violation("people", where, "It speaks of a person. Speak of the meeting; the coach adds who said it.")
    elif len(set(roles)) > 1 and list(dict.fromkeys(roles)) != list(dict.fromkeys(told)):
        yield Violation("roles", where, "It swaps mentor and mentee.")
    capitals = (match.group().casefold() for match in _CAPITALIZED.finditer(text))
    if any(stems([word])[0] not in plain_stems() for word in capitals):
        yield Violation("names", where, "It holds a name.")
    exclusive = any(term.casefold() not in said.casefold() for term, _ in exclusive_terms(text))
    if exclusive or any(True for _ in stereotypes(text)):
        yield Violation("stereotypes", where, "It shuts people out, or says what people of some kind are like.")


def _inferred(where: str, text: str, said: str) -> Iterator[Violation]:
    """No feeling, no guess and no judgement that is not written there."""
    added = set(stems(words_of(text))) - set(stems(words_of(said)))
    if added & _FEELINGS:
        yield Violation("feelings", where, "It tells a feeling, a wish or a guess that is not written there.")
    if added & _JUDGING:
        yield Violation("judging", where, "It judges. Say what was said of the meeting.")


def _grounded(where: str, text: str, said: str, known: frozenset[str]) -> Iterator[Violation]:
    """Its words are plain ones or the answers' own, and enough of them are those of the answers that it names."""
    found = [stem for stem in stems(words_of(text)) if len(stem) > 2]
    told = set(stems(words_of(said)))
    foreign = {stem for stem in found if stem not in known and stem not in told} - plain_stems() - _PLAIN_TOO
    if foreign:
        yield Violation("grounding", where, "It uses words that nobody used. Stay close to the answers.")
    own = {stem for stem in found if len(stem) > 3 and stem not in _LIGHT}
    if len(own & told) < max(_SUPPORTED * len(own), 1):
        yield Violation("support", where, "The answers that it names do not say this. Use their words.")


def _turned(where: str, text: str, said: str, question: str) -> Iterator[Violation]:
    """It says it in the direction in which it was said."""
    for word in set(words_of(text)) & _WAYS.keys():
        if not re.search(rf"\b(?:{_WAYS[word]})\b", said, re.IGNORECASE):
            yield Violation("turned", where, f"The answers do not say {word!r}.")
    denies, denied = _NEGATION.search(text), _NEGATION.search(said)
    if denies and not denied:
        yield Violation("turned", where, "It says no where the answers do not.")
    if denied and not denies and (question == "went_well" or not _INSTEAD.search(text)):
        yield Violation("turned", where, "The answers say no, and this does not.")
