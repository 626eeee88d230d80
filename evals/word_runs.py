"""Runs of words that two texts share."""

import re
from collections.abc import Iterator, Sequence


def words_in(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return re.findall(r"\w+", text.casefold())


def runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    """Every run of so many words."""
    return (tuple(words[place : place + length]) for place in range(len(words) - length + 1))


def common_runs(first: Sequence[str], second: Sequence[str], length: int) -> list[tuple[str, ...]]:
    """The runs of the first that the second has too."""
    there = set(runs(second, length))
    return [run for run in runs(first, length) if run in there]
