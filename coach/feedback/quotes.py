"""Whether words of ours repeat a comment: nothing that a coordinator reads holds a run of somebody's words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from coach.feedback.disclosure import QUOTE_WORDS

Run = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
_INSIDE_WORDS = str.maketrans("", "", "'’ʼ‘`´")


def folded_words(text: str) -> list[str]:
    """The words of a text without case, accents, punctuation and characters that do not show."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in apart if unicodedata.category(char) not in {"Mn", "Cf"})
    return _WORD.findall(text.casefold().translate(_INSIDE_WORDS))


def runs(text: str) -> Iterator[Run]:
    """Every run of QUOTE_WORDS words of the text."""
    words = folded_words(text)
    return zip(*(words[start:] for start in range(QUOTE_WORDS)), strict=False)


def quotes(text: str, comments: Iterable[str]) -> bool:
    """Whether the text holds a run of QUOTE_WORDS words of one of the comments."""
    return bool(Quoted([text], comments).among(text))


class Quoted:
    """Which runs of our words some comment holds, too. Costs one look at each word of the comments.

    `ours` are all texts that may be asked for.
    """

    def __init__(self, ours: Iterable[str], comments: Iterable[str]) -> None:
        wanted = {run for text in ours for run in runs(text)}
        self._found = {run for comment in comments for run in runs(comment) if run in wanted} if wanted else set()

    def among(self, text: str) -> bool:
        """Whether this text of ours repeats a comment."""
        return not self._found.isdisjoint(runs(text))
