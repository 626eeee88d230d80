"""Guards on the form of a text: plain English sentences, for these two, that say something, and nothing else.

How a sentence is put to paper has a module of its own, `written`.
"""

import re
from collections.abc import Iterator

from coach.agenda.guard.draft import Draft, Text, Violation, without_quotes
from coach.english import is_english, strange_words
from coach.untrusted import Lookout, folded, orders_a_model
from coach.vocabulary import WORD, stems, words_of

_MARKUP = re.compile(
    r"<[^>\s][^>]*>|&[a-z]+;|&#\d+;|```|`[^`]+`|\*\*|__|!?\[[^\]]*\]\([^)]*\)|^\s*(?:#{1,6}\s|[-*+]\s|\||>\s)"
    r"|\{\{|\}\}|\{%|\$\{|\\[a-z]+\{|\$[^$\s][^$]*\$|%[A-Z_]{3,}\d*%|\[/?[a-z]{1,6}\]|\[\^\d+\]|\[[ xX]\]"
    r"|\[[A-Z][A-Z0-9 _-]{2,}\]|\|\s*\w+\s*\||^\s*[\[{]|\"\s*:\s*[\[{\"\d]"
    r"|(?<![\w*])\*[^\s*][^*\n]*\*(?!\w)|(?<!\w)_[^\s_][^_\n]*_(?!\w)|\|\s*-{3}|~~",
    re.MULTILINE,
)
_MARKS = re.compile(r"[<&`*_\[#|>{}$%\\~+-]|\":")
_PLUMBING = (
    Lookout(
        "data|json|slot |as a|system prompt",
        r"""</?data | ‹/?data | \bjson\b | \bslot\ \d | \bas\ an?\ (?:ai|language\ model|assistant)\b
        | \bsystem\ prompt\b""",
    ),
    Lookout("k", r"\bk[0-9a-f]{12}\b"),
)
# A field's name before its value: the answer's own form, copied into its words.
_LABEL = re.compile(r"^(?:title|description|summary|starter|slot|item)(?: \d+)?\s*:", re.IGNORECASE | re.MULTILINE)
_ASSISTANT = re.compile(r"\bassistants?\b", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’|(?<!\w)'[^']*'(?!\w)")
_FIRST = """
me i i'm i’m i'd i’d i'll i’ll i've i’ve myself we us our ours we're we’re we'll we’ll we've we’ve
"""
# "How do we say stop?" is a question that the two are given; "we suggest" is not.
_WE = re.compile(r"(?:\w+ )?\b(?:we|us|our|ours)\b(?: \w+)?", re.IGNORECASE)
# A question after a colon is theirs, "Priya opens: when did I explain?", and so is what they say or write, "Finish the
# line: I noticed". A note or a tip is nobody's, and the machine's own would read "You asked for it: I kept it short."
_SPOKEN = re.compile(
    r"""\b(?:the\ (?:mentor|mentee)|each|both|anyone|everyone|asks?|questions?)\b[^.!?:\n]*:(?:[^.!?\n]|\.\.\.)*\?
    |\b(?:says?|tells?|answers?|writes?|types?|reads?|finish(?:es)?|completes?
    |begins?\ (?:with|by|the|a|each|every|your))\b[^.!?:\n]*:(?:[^.!?\n]|\.\.\.)*""",
    re.IGNORECASE | re.VERBOSE,
)
# A heading may ask what one of the two will ask, "What I saw you do", but not tell what was done for them.
_ASKING_HEADING = re.compile(
    r"\A(?:What|When|Where|Which|How|Why|Who)\b"
    r"(?![^\n]*\b(?:for you|help|suggest|recommend|propose|plan(?:ned)?|prepared?|chose)\b)[^\n]*\n",
    re.IGNORECASE,
)
_TOLD = re.compile(r"[^.!?\n]+(?:[.!\n]|$)")
_I = re.compile(r"(?:\w+ )?\b(?:I['’](?:m|d|ll|ve)|I|[Mm]yself)\b(?: \w+)?")
_ME = re.compile(r"(?:\w+ )\bme\b(?: \w+)?", re.IGNORECASE)
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufeff]")
_FOREIGN_WORDS = """
und der das ist nicht mit ein eine auf für von zu les des est dans avec une pour que qui et vous nous el los las
una por con para muy más che della sono per il gli zijn een het voor niet och att det som är för jest nie się
jak ich co bir ve için bu ile não uma com você na de la le di
"""
# A sentence that says one of these so often goes round in a circle.
_TOO_OFTEN = 3
_SAYS_NOTHING = frozenset({"matter", "good", "thing", "import", "better", "great"})
_PRIVATE_RUN = 4
# What every agenda may call this service: who says it in a note has told no secret.
_OURS = frozenset({"coach"})
_KNOWN_SHARE = 0.6
_OWNED = re.compile(r"['’]s?$")


def markup(draft: Draft) -> Iterator[Violation]:
    """Plain text only: pages, mails and calendars would show the signs, or obey them."""
    for text in draft.places:
        if _MARKS.search(text.text) and _MARKUP.search(text.text):
            yield Violation("markup", text.where, "It holds markup. Write plain sentences.")


def private_words(draft: Draft) -> Iterator[Violation]:
    """Nothing that one of the two told in private stands where the other can read it."""
    reader = draft.private if draft.prep is not None else None
    for private in (draft.briefing.mentor, draft.briefing.mentee):
        if private is reader:
            continue
        said = words_of(f"{private.note} {private.accessibility}")
        runs = {tuple(said[i : i + _PRIVATE_RUN]) for i in range(len(said) - _PRIVATE_RUN + 1)}
        # "at the end of" is nobody's secret.
        runs = {run for run in runs if sum(len(word) > 3 for word in run) > 1}
        known = draft.known_words
        telling = {word for word in said if len(word) > 3 and word not in known and word not in draft.vocabulary}
        telling -= _OURS
        if not telling and not runs:
            continue
        for text in draft.places:
            found = text.words
            if (
                "allusions" in text.subjects
                or not telling.isdisjoint(found)
                or any(tuple(found[i : i + _PRIVATE_RUN]) in runs for i in range(len(found)))
            ):
                yield Violation(
                    "private words",
                    text.where,
                    "It holds words that are not in the brief. Write it from the brief alone.",
                )


def plumbing(draft: Draft) -> Iterator[Violation]:
    """No order to a model, no marker, no id and no talk of the machine reaches the two."""
    for text in draft.places:
        without_case = folded(text.shown)
        marked = any(found.search(text.shown, without_case) for found in _PLUMBING)
        marked = marked or _LABEL.search(text.shown) is not None
        if marked or "machine" in text.subjects or orders_a_model(_at_work(text)):
            yield Violation("plumbing", text.where, "It speaks of the machine instead of the meeting.")


def _at_work(text: Text) -> str:
    """The text as shown. An assistant that the brief or the passages speak of is a tool that the two try, no reader."""
    return _ASSISTANT.sub("tool", text.shown) if "assistant" in text.known else text.shown


def first_person(draft: Draft) -> Iterator[Violation]:
    """Nobody speaks in an agenda but the two, in quotation marks and starters: another "I" would be the machine's."""
    first = frozenset(_FIRST.split())
    for text in draft.places:
        if text.where.startswith("starter"):
            continue
        if first.isdisjoint(text.word_set):
            continue
        spoken = _ASKING_HEADING.sub("\n", _SPOKEN.sub(" ", _QUOTED.sub(" ", text.in_roles)))
        # A heading may be the two's own: "What stays between us".
        told = "" if text.where == "title" else spoken if text.slot is None else spoken.partition("\n")[2]
        mine = () if text.where == "title" or draft.prep is not None else _ME.finditer(told)
        said = [*_I.finditer(spoken), *mine, *(we for sentence in _TOLD.findall(told) for we in _WE.finditer(sentence))]
        if any(not _said_there(found.group().casefold(), text) for found in said):
            yield Violation("first person", text.where, "It says “I”. Write to the two, not as one of them.")


def other_language(draft: Draft) -> Iterator[Violation]:
    """The words are plain English, like the rest of the agenda: sentence by sentence, and no word that is none."""
    foreign_words = frozenset(_FOREIGN_WORDS.split())
    for text in draft.places:
        if not text.words or (_OTHER_SCRIPT.search(text.text) and not _OTHER_SCRIPT.search(draft.brief_text)):
            yield Violation("other language", text.where, "It is not plain English.")
            continue
        unknown = draft.vocabulary.unknown({_without_owner(word) for word in text.word_set} - draft.known_words)
        if not unknown:
            continue
        if strange_words(set(WORD.findall(text.shown)) & unknown):
            yield Violation("other language", text.where, "It holds a word that is no English. Use plain words.")
            continue
        unknown = {word for word in unknown if not is_english(word)}
        for sentence in text.sentences:
            found = words_of(without_quotes(sentence, draft.brief_text))
            strange = sum(_without_owner(word) in unknown for word in found)
            foreign = sum(word in foreign_words and word not in draft.known_words for word in found)
            if strange > (1 - _KNOWN_SHARE) * len(found) or (strange > 1 and foreign > 1):
                yield Violation("other language", text.where, "It is not plain English.")
                break


def _without_owner(word: str) -> str:
    # Most words own nothing, and to look for it takes its time.
    return word if word.isalpha() else _OWNED.sub("", word)


def empty_words(draft: Draft) -> Iterator[Violation]:
    """No grand words that ask nothing of anybody, and no word in a circle: two busy people stop reading there."""
    for text in draft.places:
        if not text.is_the_librarys and ("empty words" in text.subjects or _in_a_circle(text)):
            yield Violation("empty words", text.where, "It holds grand words. Say what the two do.")


def _in_a_circle(text: Text) -> bool:
    # What the activity is called by it may come back to: "Two good things".
    activity = text.slot.activity if text.slot is not None else None
    empty = _SAYS_NOTHING.difference(stems(words_of(activity.front.title)) if activity is not None else ())
    if empty.isdisjoint(text.stems):
        return False
    for sentence in text.own_sentences:
        said = stems(words_of(sentence))
        if sum(stem in empty for stem in said) >= _TOO_OFTEN:
            return True
    return False


def _said_there(phrase: str, text: Text) -> bool:
    """Whether the brief or the passages say the phrase; a word alone says too little to be told."""
    return " " in phrase and phrase in text.known
