"""What people said in so many words, or as surely: what they name as working, and what they ask for.

Nothing is read between the lines here, and no rating is turned into a wish: both people will read what comes of it.
"""

import re
from typing import Literal

from coach.feedback.comments import part_spans
from coach.learned import learned
from coach.wish_words import Wish
from coach.wishes import ASKED, is_content, worded

Worked = Literal["trying", "explaining", "listening", "openness", "plan", "real-work", "use", "ease"]

# How each is named, at the beginning of a sentence.
WORKED: dict[Worked, str] = {
    "trying": "Trying things out yourselves",
    "explaining": "Clear explanations",
    "listening": "Questions and listening",
    "openness": "Saying openly how things are",
    "plan": "Having a plan and keeping to it",
    "real-work": "Working on something real",
    "use": "Using it at work afterwards",
    "ease": "An easy tone",
}
_WORKED_WORDS: dict[Worked, str] = {
    "trying": r"""\b(?:hands[\s-]on|tried|trying|practi[cs](?:e|ed|ing)|did\sit\s(?:myself|ourselves|together)
            |my\sown\shands|(?:built|drew|made|wrote|set)\s(?:\w+\s){0,4}(?:together|myself|ourselves|up))\b""",
    "explaining": r"""\b(?:expla(?:in|ined|ining|nation|nations)|clear\s(?:examples?|steps?|words)|plain\swords
            |step\sby\sstep|made\sit\s(?:clear|obvious|simple)|finally\sunderst(?:and|ood))\b""",
    "listening": r"""\b(?:listen(?:ed|s|ing)?|questions|heard\sme\sout|let\sme\sfinish|took\snotes
            |said\s(?:it\s)?back)\b""",
    "openness": r"""\b(?:honest(?:y|ly)?|open(?:ly|ness)|candid(?:ly)?|frank(?:ly)?|spoke\s(?:freely|openly)
            |admitted)\b""",
    "plan": r"""\b(?:agenda|timer?box\w*|on\stime|kept\sto\s(?:the\s)?(?:plan|time|topic)
            |clear\s(?:plan|structure|goal)
            |well\s(?:prepared|structured|organi[sz]ed)|structure)\b""",
    "real-work": r"""\b(?:real\s(?:\w+\s)?(?:work|case|cases|example|examples|data|report|problem|task|numbers|file)
            |my\sown\s(?:data|report|work|file|team|numbers)|our\s(?:own\s)?(?:dashboard|report|data))\b""",
    "use": r"""\b(?:(?:used|applied|using)\s(?:it|this|that)|with\smy\steam|back\sat\s(?:work|my\sdesk))\b""",
    "ease": r"""\b(?:laugh(?:ed|s|ing|ter)?|fun|relaxed|friendly|easy[\s-]?going|good\sfun|warm|calm(?:er)?)\b""",
}
_WORKED_PATTERNS = {kind: re.compile(words, re.IGNORECASE | re.VERBOSE) for kind, words in _WORKED_WORDS.items()}
_TURNED = re.compile(
    r"\b(?:no|not|never|nothing|nobody|without|hardly|barely|too|less|lack\w*|wish|\w+n['’]t)\b", re.IGNORECASE
)
# With these words a piece goes on from the one before, which is not quoted beside it.
_TURN = re.compile(r"^\s*(?:but|and|though|although|however|yet)\b[\s,]*", re.IGNORECASE)


def named_as_working(text: str) -> tuple[Worked, ...]:
    """What a text names as having worked, each once."""
    found: dict[Worked, None] = {}
    for piece in _pieces(text):
        if not _TURNED.search(piece):
            found |= dict.fromkeys(kind for kind, pattern in _WORKED_PATTERNS.items() if pattern.search(piece))
    return tuple(found)


def asked_in(text: str, role: str = "mentor", stated: frozenset[Wish] | None = None) -> tuple[tuple[Wish, str], ...]:
    """Each wish that a text of the mentor or the mentee states, once, with the piece of the text that states it.

    A piece that calls something good as it is asks for nothing. Where it is known what is `stated`, these are all of
    them, each with the piece whose words speak most for it, or all of
    it where none does.
    """
    found: dict[Wish, str] = {}
    asking = [piece for piece in _pieces(text) if not is_content(piece)]
    for piece in asking:
        for wish in worded(piece, role):
            if stated is None or wish in stated:
                found.setdefault(wish, _TURN.sub("", piece))
    for wish in ASKED:
        if asking and stated is not None and wish in stated and wish not in found:
            likeliest = learned("wishes").likeliest(wish, [f"{role} {piece}" for piece in asking])
            found[wish] = text if likeliest is None else _TURN.sub("", asking[likeliest])
    return tuple(found.items())


def asks_for_nothing(text: str) -> bool:
    """Whether all of a text says that things are good as they are."""
    return all(is_content(piece) for piece in _pieces(text))


def _pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in part_spans(text)]
