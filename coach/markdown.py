"""Text of people and models for a page of Markdown, where it can bring in no markup of its own."""

import re

# Besides the signs of Markdown: what would begin an entity, and what common readers make a link of.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;)|(?<=\w):(?=//)|(?<=www)\.|(?<=\w)@(?=\w))", re.IGNORECASE)
# Control characters, halves of characters, and marks that would turn round or hide what comes after them. Joiners stay:
# emoji and several scripts need them.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# What begins a heading, a list, a line or a block of code at the start of a text.
_LEADING = re.compile(r"^(\d*)(#+(?=\s|$)|[+-](?=\s|$)|(?<=\d)[.)](?=\s|$)|-{2,}|~{3,}|=+$)")


def visible(text: str) -> str:
    """The text without characters that nobody can see; its lines stay."""
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """The text as one line, without characters that nobody can see."""
    return " ".join(visible(text).split())


def escaped(text: str) -> str:
    """One line of text in which no character is markup."""
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", one_line(text)))
