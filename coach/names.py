"""What the coach calls people."""

import re

from coach.untrusted import orders_a_model, plain

# What follows a name: a pronoun, a title, a remark.
_ADDED = re.compile(r"(?<=\w)\s*[(\[{<\"“”„,;:|]")
_HONORIFICS = {
    "dr", "mr", "mrs", "ms", "mx", "miss", "prof", "professor", "sir", "dame", "lady", "lord", "captain",
    "capt", "cpt", "sergeant", "sgt", "lieutenant", "lt", "major", "colonel", "col", "general", "admiral",
    "commander", "chief", "judge", "justice", "reverend", "rev", "father", "sister", "brother", "pastor",
    "rabbi", "imam", "sheikh", "nurse", "doctor", "engineer", "dipl", "herr", "frau",
}  # fmt: skip


# What the two are called who have no name that can be shown.
NAMELESS = ("The mentor", "The mentee")


def first_names_of(mentor: str, mentee: str) -> tuple[str, str]:
    """What the coach calls the two: their first names, or more of the name where those are the same."""
    names = _shown_name(mentor) or NAMELESS[0], _shown_name(mentee) or NAMELESS[1]
    first = _first_name(names[0]), _first_name(names[1])
    if first[0].casefold() != first[1].casefold():
        return first
    if names[0].casefold() != names[1].casefold():
        return names
    return f"{names[0]} (mentor)", f"{names[1]} (mentee)"


def named(text: str, mentor: str, mentee: str) -> str:
    """A text of the library with the two names where it speaks of the mentor and the mentee."""
    for role, name in (("mentor", mentor), ("mentee", mentee)):
        # Doubled, since a backslash begins a group of the pattern there.
        text = re.sub(rf"\b(?:[Tt]he|[Yy]our) {role}\b", name.replace("\\", r"\\"), text)
    return text


def _shown_name(name: str) -> str:
    """The name as it may be shown, without what is added to it; of one that gives orders only the beginning."""
    shown = plain("\n".join(name.strip().splitlines()[:1]), 80)
    shown = _ADDED.split(shown, maxsplit=1)[0]
    return " ".join(shown.split()[:2]) if orders_a_model(shown) else shown


def _first_name(name: str) -> str:
    if name in NAMELESS:
        return name
    words = name.split()
    if words[0].rstrip(".").casefold() in _HONORIFICS:
        return name
    return words[0].rstrip(",") if len(words[0].rstrip(".")) > 1 else name
