"""How much of what a text says stands in what it cites: by its words, whatever guards say of it."""

import re
from collections.abc import Iterable

from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter

# The ends of words change with grammar; so many letters at the beginning tell one word from another.
_STEM = 5


def supported(text: str, cited: Iterable[Passage], told: str) -> tuple[float, list[str]]:
    """The share of the words of four letters and more that stand in the cited documents or in what was told, from 0 to
    1, and those that stand in neither.
    """
    known = _stems(told)
    for passage in cited:
        front = passage.document.front
        known |= _stems(f"{passage.text} {passage.document.body}")
        known |= _stems(front.agenda) if isinstance(front, TopicFrontMatter) else set()
    words = _stems(text)
    return (len(words & known) / len(words) if words else 1.0), sorted(words - known)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]{4,}", text.casefold())}
