"""What the coach calls people."""

import re

from coach.untrusted import orders_a_model, plain

# What follows a name: a pronoun, a title, a remark.
_ADDED = re.compile(r"(?<=[\w.-])\s*[(\[{<\"“”„,;:|]")
# What stands inside of one: "Captain (ret.) Ada Lund", "Robert “Bob” Lund".
_INSIDE = re.compile(r"\([^()]*\)(?=\s*\w)|(?<=\s)[\"“„][^\"“”„]*[\"”“](?=\s+\w)")
_HONORIFICS = {
    "dr", "mr", "mrs", "ms", "mx", "miss", "prof", "professor", "captain",
    "capt", "cpt", "sergeant", "sgt", "lieutenant", "lt", "major", "colonel", "col", "general", "admiral",
    "commander", "chief", "judge", "justice", "reverend", "rev", "father", "sister", "brother", "pastor",
    "rabbi", "imam", "sheikh", "nurse", "doctor", "engineer", "dipl", "herr", "frau",
    "cllr", "councillor", "maître", "maitre", "monsieur", "madame", "mme", "mlle", "señor", "señora", "sr", "sra",
    "signor", "signora", "ing", "emer", "hon", "honourable", "honorable", "the", "very", "right", "most",
    "sir", "dame", "lady", "lord",
}  # fmt: skip
# These stand before a first name, never before a family name alone.
_BEFORE_FIRST_NAMES = {"sir", "dame", "lady", "lord"}
# What no one is addressed with by itself.
_NO_ADDRESS = {"the", "very", "right", "most", "hon", "honourable", "honorable", "ing", "emer", "dipl"}
# Where a family name begins before its last word, and what follows one.
_PARTICLES = {"von", "van", "zu", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "bin", "ibn", "ter", "ten"}
_AFTER_NAMES = {"jr", "sr", "ii", "iii", "iv"}
# First words of a first name that is two words long.
_HALF_A_NAME = {"عبد", "أبو", "ابو", "أم", "abd", "abdul", "abdel", "abu", "umm"}
# Up to this length a name with its title is said whole; a longer one stands in every second sentence otherwise.
_LONGEST_WITH_TITLE = 20


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
    shown = _ADDED.split(" ".join(_INSIDE.sub(" ", shown).split()), maxsplit=1)[0].rstrip(" -")
    shown = " ".join(shown.split()[:2]) if orders_a_model(shown) else shown
    # Whole names in capitals come from a list; a screen reader may spell them out.
    return " ".join(map(_small, shown.split())) if shown.isupper() else shown


def _first_name(name: str) -> str:
    if name in NAMELESS:
        return name
    words = name.split()
    titles = next((place for place, word in enumerate(words) if _bare(word) not in _HONORIFICS), len(words))
    if titles:
        return name if titles == len(words) else _with_title(words[:titles], words[titles:])
    if _bare(words[0]) in _HALF_A_NAME and len(words) > 2:
        return " ".join(words[:2])
    # In many places a family name that stands first is told by its capitals: TANAKA Yuki.
    if len(words) > 1 and len(words[0]) > 2 and words[0].isupper() and not words[1].isupper():
        words = words[1:]
    return words[0].rstrip(",") if len(words[0].rstrip(".")) > 1 else name


def _with_title(titles: list[str], names: list[str]) -> str:
    """Short names whole; of long ones the title and what it stands before."""
    for title in titles:
        if _bare(title) in _BEFORE_FIRST_NAMES:
            return f"{title} {names[0]}"
    whole = " ".join([*titles, *names])
    if len(whole) <= _LONGEST_WITH_TITLE:
        return whole
    while len(names) > 1 and _bare(names[-1]) in _AFTER_NAMES:
        names = names[:-1]
    particle = (place for place, word in enumerate(names) if place and word.casefold() in _PARTICLES)
    title = next((title for title in titles if _bare(title) not in _NO_ADDRESS), "")
    return " ".join([title, *names[next(particle, len(names) - 1) :]]).strip()


def _bare(word: str) -> str:
    return word.rstrip(".,").casefold()


def _small(word: str) -> str:
    return word.title() if len(word) > 2 and "." not in word else word
