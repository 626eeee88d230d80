"""What people asked to keep out of their agendas, and whether a text touches it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from coach.agenda.kindred import abouts, meant
from coach.agenda.kindred import subjects as all_subjects
from coach.retrieval.library import TOPICS, Topic


class Avoidance:
    """What the two asked to keep out, either of them, also in other words; neither learns what the other asked.

    `subjects` are names of private subjects that the phrases were understood to be about (`kindred.subjects`), and
    `passages` ids of passages of the library that come near to them.
    """

    def __init__(
        self, phrases: Sequence[str], subjects: Iterable[str] = (), passages: frozenset[str] = frozenset()
    ) -> None:
        self.passages = passages
        phrases = [unicodedata.normalize("NFC", phrase) for phrase in phrases]
        named = {about for phrase in phrases for about in abouts(phrase)}
        self.topics: frozenset[Topic] = frozenset(topic for topic in TOPICS if " ".join(_words(topic)) in named)
        kept_out = dict.fromkeys(
            tuple(_words(one))
            for one in [
                *self.topics,
                *(one for phrase in phrases for one in meant(phrase)),
                *(word for name in subjects for word in all_subjects().get(name, ())),
            ]
        )
        # The last word may carry another ending: who avoids "layoffs" avoids "layoff" too.
        spelled = [([*map(re.escape, words[:-1])], _endings(words[-1])) for words in kept_out if words]
        self._begins = frozenset(word for first, last in spelled for word in first[:1] or last)
        patterns = [r"\W+".join([*first, f"(?:{'|'.join(map(re.escape, last))})"]) for first, last in spelled]
        self._pattern = (
            re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?:'s|’s)?(?!\w)", re.IGNORECASE) if patterns else None
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked to be kept out."""
        return self._pattern is None

    def touches(self, text: str) -> bool:
        """Whether the text names something to keep out."""
        if self._pattern is None:
            return False
        text = unicodedata.normalize("NFC", text)
        # Most texts hold no word with which anything begins, and that is known much sooner.
        return not self._begins.isdisjoint(_words(text)) and self._pattern.search(text) is not None


def _endings(word: str) -> tuple[str, ...]:
    """The word in the singular and the plural."""
    stem = word
    if len(word) > 3:
        stem = word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
    if stem.endswith("y") and len(stem) > 3:
        return stem, f"{stem[:-1]}ies"
    return stem, f"{stem}s", f"{stem}es"


def _words(phrase: str) -> list[str]:
    return re.findall(r"\w+", phrase.lower())
