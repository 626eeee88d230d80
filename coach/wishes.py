"""What feedback asks for, as far as an agenda can do something about it.

Only what was shared with the partner and shown to both is read. A wish is a kind, never a quotation: the next agenda
does it and says so in the coach's words.
"""

import re
from collections.abc import Iterable
from typing import Literal, Protocol

Wish = Literal[
    "level-the-table",
    "shorter-demos",
    "more-doing",
    "more-talk",
    "slower",
    "less-at-once",
    "clear-structure",
    "end-on-time",
    "firm-next-steps",
    "back-to-goals",
    "less-of-one-story",
    "prepare-ahead",
    "test-the-tools",
]


class Said(Protocol):
    """The part of shared feedback that is read here; `themes` are ids of the taxonomy."""

    @property
    def session_number(self) -> int:
        """Which meeting it is on."""

    @property
    def safety(self) -> int | None:
        """From 1 to 5, or None where it was not rated."""

    @property
    def to_change(self) -> str | None:
        """The answer to what should change."""

    @property
    def themes(self) -> tuple[str, ...]:
        """What the comments raise."""


# How each wish is named after "asked"; what answers one in an agenda begins with these words, so that it can be found.
ASKED: dict[Wish, str] = {
    "level-the-table": "for more equal footing",
    "shorter-demos": "for shorter demos",
    "more-doing": "for more doing",
    "more-talk": "for more room to talk",
    "slower": "to go more slowly",
    "less-at-once": "for less at once",
    "clear-structure": "for a clearer structure",
    "end-on-time": "to keep to the time",
    "firm-next-steps": "for firmer next steps",
    "back-to-goals": "what it is all for",
    "less-of-one-story": "for less weight on one person's story",
    "prepare-ahead": "for more notice",
    "test-the-tools": "for tools that work",
}

# From this rating of safety downward, the next plan levels the table whatever the words say.
LOW_SAFETY = 2

# What is said to be good already, and what nobody needs, is no wish: "the pace was right", "no need to slow down".
_CONTENT = re.compile(
    r"""(?:(?!\bbut\b)[^.!?;,])*\b(?:was|were|is|are)\s(?:(?:just|about|really|very|all|quite|so|always)\s)?
        (?:right|perfect|fine|good|great|ok|okay|excellent|helpful|useful)\b
        (?!\s(?:if|to)\b)(?:(?!\bbut\b|\bthough\b|\bonly\b)[^.!?;,])*+
        (?!,?\s?(?:but|though|only)\s(?:too|a\sbit|a\slittle|rather|way|much|so|it|they|that|still)\b)
    |\b(?:no\sneed\s(?:to|for)|(?:do\snot|don.t)\s(?:slow|shorten|change|cut|stop|drop))\b[^.!?;,]*""",
    re.IGNORECASE | re.VERBOSE,
)
_SHORTER = r"""(?:shorter|briefer|shorten\w*|trim\w*|less\stime\s(?:on|for)|fewer|too\slong|too\smany|too\smuch
        |cut\sdown|not\sso\slong|half\sas\slong|(?<!too\s)(?<!bit\s)short|drag(?:s|ged|ging)?
        |went\son|for\sages|takes?\sforever
        |(?:no\smore|not\slonger)\sthan|at\smost|under\s\w+\sminutes)"""
# Between the two stands nothing that turns the wish round: "less time for small talk, more time for demos".
_NEAR = r"(?:(?!\b(?:more|longer|instead|enough)\b)[^.!?]){0,40}"
_DEMO = r"""(?:demos?|demonstrations?|presentations?|slides?|screen[\s-]?shar\w*|walk[\s-]?throughs?|showing
        |lectur\w+|explanations?|explaining)"""
_TOOL = r"(?:video|audio|sound|camera|microphone|mic|link|connection|laptop|line|call)"
_FAILS = r"""(?:fail\w*|broke\w*|froze\w*|freez\w+|drop(?:s|ped|ping)|bad|poor|terrible|lag\w*|unstable|trouble
        |problems?|issues?|crackl\w*|cut(?:s|ting)?\sout|test\w*|check\w*|stable)"""
_NOT = r"(?:(?:did|does|do|was|is|would|could|can)(?:n.t|\snot)|cannot|never)"
_WORDS: dict[Wish, str] = {
    "level-the-table": r"""\b(?:hierarch\w+|rank|seniority|pecking\sorder|talk(?:ed|ing|s)?\sover|interrupt\w*
        |spoke?n?\sover
        |(?:cut|cuts|cutting)\s(?:me|them|her|him)\soff|intimidat\w+|the\sboss|afraid\sto|scared\sto
        |dared?\s(?:not|to)|didn.t\sdare
        |(?:did|do|could)(?:n.t|\snot)\sget\sa\sword\sin|word\sin\sedgeways?|did\s(?:most
        |all)\sof\sthe\stalking|took\sover|equals?\b
        |as\san\sequal|speak\sfreely|be\scandid|nodded|deferr?\w*|one[\s-]sided|let\sme\sfinish)\b""",
    "shorter-demos": rf"""\b{_SHORTER}\b{_NEAR}\b{_DEMO}\b|(?<!more\s)(?<!longer\s)\b{_DEMO}\b{_NEAR}\b{_SHORTER}\b""",
    "more-doing": r"""\b(?:(?<!less\s)(?<!fewer\s)hands[\s-]on|more\spractice|practi[cs]e\smore
        |try\s(?:it|things|more|out)
        |(?:try|do)\s(?:\w+\s){1,3}(?:myself|ourselves)|do\s(?:it
        |more)\s(?:myself|ourselves|together)
        |less\s(?:theory|talk(?:ing)?(?!\sover))|more\sexercises?|learn\sby\sdoing|my\sown\shands|too\stheoretical
        |real\s(?:work|example|case)s?)\b""",
    "more-talk": r"""\b(?:more\s(?:time\s(?:to|for)\s)?(?:talk|talking|discussion|conversation|questions)
        |time\sto\stalk|less\srushed\stalk
        |just\stalk|talk\sit\sthrough|room\sfor\squestions)\b""",
    "slower": r"""\b(?:(?<!too\s)(?<!so\s)slow(?:er|ly|\sdown)|too\s(?:fast|quick(?:ly)?)|jargon|acronyms?
        |abbreviations?
        |plain(?:er)?\swords|lost\sme|couldn.t\sfollow
        |hard\sto\sfollow|simpler|(?:lower|gentler|calmer|different)\space|pace\s(?:was|is)\stoo\s(?:high|much)
        |could\s(?:you|we)\srepeat|step\sby\sstep)\b""",
    "less-at-once": r"""\b(?:too\s(?:much|many)\s(?:things|topics|items|points|at\sonce|in\sone|for\sone)
        |fewer\s(?:topics|things|items|points)|one\s(?:thing|topic)\s(?:at|per|a)
        |overload\w*|crammed|packed|less\son\sthe\sagenda|squeez\w+)\b""",
    "clear-structure": r"""\b(?:drift\w*|structure\w*|all\sover\sthe\splace|no\sagenda|wander\w*|off[\s-]?topic
        |ramble\w*|rambl\w+|lost\sthe\sthread|unfocuss?ed
        |stick\sto\sthe\s(?:plan|agenda)|clear(?:er)?\s(?:plan|agenda))\b""",
    "end-on-time": r"""\b(?:end\son\stime|finish\son\stime|(?:end|finish|stop)\s(?:\w+\s){0,3}(?:earlier|early|sooner)
        |ran\sover|over\stime|overran|start(?:ed)?\s(?:late
        |on\stime)|late\sagain|(?<!no\s)rush(?:ed)?|out\sof\stime|watch\sthe\sclock
        |keep\sto\stime|shorter\s(?:meeting|session)s?)\b""",
    "firm-next-steps": r"""\b(?:next\ssteps?|follow[\s-]?up\w*|action\s(?:items?|points?)|who\sdoes\swhat
        |deadlines?|homework|nothing\scame\sof|commit(?!tee)\w*|concrete\s(?:steps|actions))\b""",
    "back-to-goals": r"""\b(?:goals?|what\s(?:this|it)\sis\s(?:for|all\sabout)|progress|point\sof\sit
        |going\snowhere|in\scircles|purpose)\b""",
    "less-of-one-story": r"""\b(?:speak\sfor\s(?:all|every|my|the)|spokes\w+|token\w*|represent\w*\s(?:all
        |every|my|a\swhole)|my\swhole\s(?:generation|community|group)
        |always\sabout\sme|my\s(?:own\s)?story\sagain|educate\sthem|explain\smy\s(?:background|culture|identity
        |disability|religion))\b""",
    "prepare-ahead": r"""\b(?:(?<!well\s)prepar\w+|in\sadvance|beforehand|ahead\sof\s(?:time|the\smeeting)
        |send\s(?:me\s)?(?:the|it|something)|know\swhat\sto\sexpect|read\sbefore)\b""",
    "test-the-tools": rf"""\b{_TOOL}\b[^.!?]{{0,40}}\b(?:{_FAILS}|{_NOT})\b|\b{_FAILS}\b[^.!?]{{0,30}}\b{_TOOL}\b
        |\b(?:wi-?fi|screen\s(?:froze|share)|log[\s-]?in|licen[cs]es?|blocked|access\sto|technical
        |tech\s(?:issues|problems)|didn.t\sload|tools\sthat\swork)\b""",
}
_PATTERNS = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _WORDS.items()}
# What a classifier of comments read between the lines stands in where the words say nothing.
_OF_THEME: dict[str, Wish] = {
    "power-dynamics": "level-the-table",
    "emotional-load": "less-of-one-story",
    "communication-style": "slower",
    "session-structure": "clear-structure",
    "time-and-scheduling": "end-on-time",
    "goals-and-progress": "back-to-goals",
    "tools-and-access": "test-the-tools",
    "mentor-preparation": "prepare-ahead",
}
# More than this an agenda cannot take up without becoming an agenda about feedback.
MOST_WISHES = 3


def answer_begins(wish: Wish) -> str:
    """The words with which an agenda says that it answers a wish."""
    return f"You asked {ASKED[wish]}:"


def worded(text: str) -> tuple[Wish, ...]:
    """What a text asks for in so many words, the most important first."""
    found = _found(text)
    if "shorter-demos" in found:
        found.discard("less-at-once")
    return tuple(wish for wish in _WORDS if wish in found)


def _found(text: str) -> set[Wish]:
    wanted = _CONTENT.sub(" ", text)
    return {wish for wish, pattern in _PATTERNS.items() if pattern.search(wanted)}


def read_wishes(feedback: Iterable[Said]) -> tuple[Wish, ...]:
    """What these people asked for, the most important first, at most `MOST_WISHES`."""
    found: set[Wish] = set()
    for said in feedback:
        if said.safety is not None and said.safety <= LOW_SAFETY:
            found.add("level-the-table")
        worded = _found(said.to_change or "")
        found |= worded or {_OF_THEME[theme] for theme in said.themes if theme in _OF_THEME}
        found |= {_OF_THEME[theme] for theme in said.themes if theme in {"power-dynamics", "emotional-load"}}
    if "shorter-demos" in found:
        found.discard("less-at-once")
    return tuple(wish for wish in _WORDS if wish in found)[:MOST_WISHES]
