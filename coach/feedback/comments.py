"""Comments made ready to be read for themes: what says nothing is set aside, what is in another language is known.

Nothing here is lost: a comment that says nothing, or that is not in English, is still counted by whoever asks.
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rapidfuzz import fuzz

from coach.english import english_words

QUESTIONS = ("What went well?", "What would you change?")

Language = Literal["english", "other"]
Kind = Literal["comment", "nothing said", "other language"]

# MiniLM reads 256 word pieces; a comment of 20,000 characters is read as far as this.
LONGEST_READ = 2_000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOTHING = frozenset(
    """
    n a|na|none|non|nothing|nil|null|no|nope|no comment|no comments|nothing to add|nothing to say|nothing really
    |nothing much|nothing special|nothing in particular|nothing else|nothing at all|nothing comes to mind|not much
    |not really|not applicable|not sure|no idea|dont know|i dont know|idk|see above|as above|same as above|same
    |same as last time|ditto|as before|test|testing|this is a test|tbd|tba|blank|empty|skip|pass|x|xx|xxx|ok|okay
    |no answer|no feedback|no changes|no change|nothing to change|nothing to report|nothing to mention|all|yes
    """.replace("\n", " ")
    .replace("  ", "")
    .strip()
    .split("|")
)
_QUESTION_WORDS = ("what went well", "went well", "what would you change", "would you change", "to change")
# So alike is an answer that only repeats the question, from 0 to 100.
_ECHO = 88

_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn")
_NOISE_FROM = 3
_VOWELS = frozenset("aeiouyáàâäãåéèêëíìîïóòôöõúùûüæøœ")

# The words that hold sentences together, by language; a word of two languages tells neither from the other.
_HOLDING = {
    "english": """the a an and or but of to in on at for with from by as is was are were be been am do did does done
        have has had i you he she we they it me him her us them my your his our their its this that these those not
        no so if when what which who how why there here then than too very just about up out again never always still
        can could would should will would all some any one would more most much only every each after before until
        i'd i'm i've it's that's don't didn't can't wasn't couldn't won't he's she's we're they're because nobody""",
    "german": """der die das den dem des ein eine einen einem einer und oder aber nicht ich du er sie wir ihr es ist
        war sind waren hat habe haben hatte hatten mit für auf von zu zum zur im am bei nach aus wie was wenn dass
        auch noch nur schon sehr mehr immer nie mir mich uns ihm ihn sein seine ihre kein keine wird wurde mein""",
    "french": """le la les un une des du de et ou mais ne pas je tu il elle nous vous ils elles est était sont ont
        avait avec pour sur dans par au aux ce cette ces que qui quoi si très plus trop bien mon ma mes son sa ses
        notre nos leur leurs on y en été fait être avoir c'est j'ai n'a d'une qu'il""",
    "spanish": """el la los las un una unos unas y o pero no yo tú él ella nosotros ellos es era fue son con para por
        en de del al que qué se su sus mi mis me te lo le les muy más bien como cuando porque ya hay está estaba
        están ha han había nos todo todos también sin sobre fueron""",
    "italian": """il lo la gli le un uno una e o ma non io tu lui lei noi voi loro è era sono con per in di del della
        dei delle al alla che chi cosa si suo sua mio mia ci mi ti molto più bene come quando perché già ha hanno
        abbiamo aveva anche sempre mai nel nella stato stata questo questa""",
    "portuguese": """o a os as um uma uns umas e ou mas não eu tu ele ela nós eles é era foi são com para por em de do
        da dos das no na nos nas que se seu sua meu minha me muito mais bem como quando porque já há está estava tem
        tinha também sempre nunca isso""",
    "dutch": """de het een en of maar niet ik jij je hij zij ze wij we jullie is was zijn waren heeft heb hebben had met
        voor op van naar bij uit aan te als wat dat die dit deze ook nog maar al zeer meer altijd nooit mij ons hem
        haar mijn geen wordt werd er""",
    "swedish and its neighbors": """och eller men inte jag du han hon vi ni de det den en ett är var har hade med för på
        av till från som att om när vad också mycket mer alltid aldrig mig oss honom henne min mitt sin ikke jeg og
        af til fra hun dere deres ikkje på nå bare""",
    "polish": """i oraz lub ale nie ja ty on ona my wy oni jest był była było są z ze dla na w we do od po przez że co
        to ten ta jak kiedy się już tylko bardzo też zawsze nigdy mnie nas mu jego jej mój moja""",
    "turkish": """ve veya ama değil ben sen o biz siz onlar bir bu şu ile için çok daha her gibi ne var yok mi da de
        olarak oldu olan sonra kadar hiç benim bizim""",
}
_FEWEST_WORDS = 3
_MOSTLY_KNOWN, _HALF_KNOWN = 0.8, 0.5


@dataclass(frozen=True)
class Comment:
    """A comment made ready. `text` is clean and, where something is said, without an echo of the question."""

    text: str
    kind: Kind


def clean(text: str) -> Comment:
    """The comment with spaces and control characters set right, and whether it says anything, and in English.

    Never fails: whatever cannot be read says nothing.
    """
    plain = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    plain = " ".join(_CONTROL.sub(" ", plain).split())
    plain = _without_echo(plain)
    if _says_nothing(plain):
        return Comment(plain, "nothing said")
    return Comment(_cut(plain), "comment" if language(plain) == "english" else "other language")


def parts(text: str) -> tuple[str, ...]:
    """The pieces of a comment that turns on its way ("nice chat, but no agenda"), at the turns and between sentences.

    One piece, the whole, where it does not turn. Pieces of fewer than three words stay with what is before them.
    """
    return tuple(text[start:end] for start, end in part_spans(text)) if _TURN.search(text) else (text,)


def part_spans(text: str) -> list[tuple[int, int]]:
    """Where the parts of a comment begin and end, in characters; together they are the whole but for spaces."""
    ends = sorted({match.end() for match in _SENTENCE_END.finditer(text)} | {m.start() for m in _TURN.finditer(text)})
    spans: list[tuple[int, int]] = []
    start = 0
    for end in (*ends, len(text)):
        piece = text[start:end]
        if not piece.strip():
            continue
        if spans and min(_words_in(piece), _words_in(text[slice(*spans[-1])])) < _FEWEST_WORDS:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        start = end
    return [_trimmed(text, span) for span in spans] or [(0, len(text))]


def language(text: str) -> Language:
    """Whether a text is in English, told from its letters, then from its small words, then from all its words.

    Where letters other than Latin ones make up more than half, it is another language. Otherwise the small words that
    hold sentences together are counted ("the", "und", "pas"): a text is in another language if that has more of them
    than English has, and more than one, or one beside words of which fewer than eight in ten are in the packaged
    model's vocabulary, which is English. Where no small word is found, it is another language if fewer than half of its
    words are in that vocabulary, and there are six of them or more, or three with an accent among them. Which language
    it is nobody needs to know.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if letters and sum(not _is_latin(letter) for letter in letters) > len(letters) / 2:
        return "other"
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    counts = {name: sum(word in own for word in words) for name, own in _telling_words().items()}
    others = max(value for name, value in counts.items() if name != "english")
    known = _known(words) if words else 1.0
    if others > counts["english"] and (others > 1 or known < _MOSTLY_KNOWN):
        return "other"
    enough = len(words) >= _FEWEST_WORDS if not text.isascii() else len(words) >= 2 * _FEWEST_WORDS
    return "other" if enough and not counts["english"] and known < _HALF_KNOWN else "english"


_SENTENCE_END = re.compile(r"[.!?…;]+[\"'”’)\]]*(?=\s)|\s[–—-]{1,2}(?=\s)")
_TURN = re.compile(
    r"(?<=[\w,.;:!?)\"”’])\s+"
    r"(?=(?:but|though|although|however|yet|except|still|while|whereas|on the other hand)\b(?!,))",
    re.IGNORECASE,
)


def _words_in(text: str) -> int:
    return len(_WORD.findall(text))


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    piece = text[slice(*span)]
    left = len(piece) - len(piece.lstrip())
    return span[0] + left, span[0] + len(piece.rstrip())


def _cut(text: str) -> str:
    """As much as is read, up to the end of a word."""
    return text if len(text) <= LONGEST_READ else text[:LONGEST_READ].rsplit(" ", 1)[0]


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold().replace("'", "").replace("’", "")))


def _without_echo(text: str) -> str:
    """The answer alone, where the question was copied before it."""
    for question in QUESTIONS:
        pattern = r"\W+".join(map(re.escape, question.rstrip("?").split()))
        found = re.match(rf"\W*{pattern}\s*[?:.!–—-]+\s*", text, re.IGNORECASE)
        if found:
            return text[found.end() :]
    return text


def _says_nothing(text: str) -> bool:
    bare = _bare(text)
    if not bare or bare in _NOTHING:
        return True
    if len(bare) <= 40 and any(fuzz.ratio(bare, question) >= _ECHO for question in _QUESTION_WORDS):
        return True
    return all(_is_noise(word, english_words()) for word in bare.split())


def _is_noise(word: str, known: Container[str]) -> bool:
    """Whether no hand meant this word: one letter again and again, a run along the keyboard, no vowel at all."""
    if len(word) < _NOISE_FROM or not word.isascii():
        return False
    if len(set(word)) == 1 or len(set(word)) <= len(word) / 4:
        return True
    if any(word in row or word[::-1] in row for row in _KEY_ROWS) and (len(word) > _NOISE_FROM or word not in known):
        return word not in {"pop", "top", "were", "tree", "poi", "rew"}
    if word in known:
        return False
    home = sum(any(word[place : place + 3] in row for row in _KEY_ROWS) for place in range(len(word) - 2))
    return (len(word) > _NOISE_FROM and not _VOWELS & set(word)) or (home >= 2 and home > len(word) / 3)


def _is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def _known(words: list[str]) -> float:
    vocabulary = english_words()
    return sum(word in vocabulary or word.split("'")[0] in vocabulary for word in words) / len(words)


@cache
def _telling_words() -> dict[str, frozenset[str]]:
    """The small words of each language that no other of them has, but for English, which keeps all it has.

    A word that English has, too, is none of another language.
    """
    lists = {name: frozenset(words.split()) for name, words in _HOLDING.items()}
    english = lists["english"]
    return {name: words if name == "english" else words - english for name, words in lists.items()}


def count_kinds(comments: Iterable[Comment]) -> dict[Kind, int]:
    """How many comments say something, nothing, or something in another language."""
    counts: dict[Kind, int] = {"comment": 0, "nothing said": 0, "other language": 0}
    for comment in comments:
        counts[comment.kind] += 1
    return counts
