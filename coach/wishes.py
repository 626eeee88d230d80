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
    "slower": "for an easier pace or plainer words",
    "less-at-once": "for less at once",
    "clear-structure": "for a clearer structure",
    "end-on-time": "to keep to the time",
    "firm-next-steps": "for firmer next steps",
    "back-to-goals": "what it is all for",
    "less-of-one-story": "for less weight on one person's story",
    "prepare-ahead": "for more notice",
    "test-the-tools": "for tools that work",
}

YOU_ASKED, YOU_SHARED = "You asked", "After what you shared"

# From this rating of safety downward, the next plan levels the table whatever the words say.
LOW_SAFETY = 2

# What is said to be good already, and what nobody needs, is no wish: "the pace was right", "no need to slow down".
_GOOD_ALREADY = re.compile(
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
_DOES_NOT = r"(?:(?:did|does|do|was|is|would|could|can)(?:n.t|\snot)|cannot|never)"
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
        |hard\sto\sfollow|simpler|pace\b[^.!?]{0,30}\b(?:fast|high|quick|hectic|hard|much)|(?:hectic|lower|gentler
        |calmer|different)\space|at\s(?:the|a)\space\sof|keep\sup|could\s(?:you|we)\srepeat|step\sby\sstep)\b""",
    "less-at-once": r"""\b(?:too\s(?:much|many)\s(?:things|topics|items|points|at\sonce|in\sone|for\sone)
        |fewer\s(?:topics|things|items|points)|one\s(?:thing|topic)\s(?:at|per|a)
        |overload\w*|crammed|packed|less\son\sthe\sagenda|squeez\w+)\b""",
    "clear-structure": r"""\b(?:drift\w*|structure\w*|all\sover\sthe\splace|no\sagenda|wander\w*|off[\s-]?topic
        |ramble\w*|rambl\w+|lost\sthe\sthread|unfocuss?ed
        |stick\sto\sthe\s(?:plan|agenda)|clear(?:er)?\s(?:plan|agenda))\b""",
    "end-on-time": r"""\b(?:end\son\stime|finish\son\stime|(?:end|finish|stop)\s(?:\w+\s){0,3}(?:earlier|early|sooner)
        |ran\sover|(?:ran|runs?|running|went|go(?:es|ing)?|was|were|minutes|always)\s(?:\w+\s)?over\stime
        |overran|start(?:ed)?\s(?:late
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
    "test-the-tools": rf"""\b{_TOOL}\b[^.!?]{{0,40}}\b(?:{_FAILS}|{_DOES_NOT})\b|\b{_FAILS}\b[^.!?]{{0,30}}\b{_TOOL}\b
        |\b(?:wi-?fi|screen\s(?:froze|share)|log[\s-]?in|licen[cs]es?|blocked|access\sto|technical
        |tech\s(?:issues|problems)|didn.t\sload|tools\sthat\swork)\b""",
}
_PATTERNS = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _WORDS.items()}
# What is asked to stop, or to be less, is not asked for, nor is a word that means something else here: both are left
# out before wishes are looked for. "We don't …" is a complaint that it is missing, so only requests are taken.
_NOT = (
    r"(?:(?<!we\s)(?<!you\s)(?<!they\s)(?<!i\s)(?:don.t|do\snot)|let.s\snot|(?:should|must|need)(?:n.t|\snot)"
    r"|no\sneed\sto)"
)
_FEWER = rf"""(?:(?:less|fewer|no\smore|stop|(?<!we\s)(?<!always\s)(?:skip|drop)|reduce|rather\snot
        |no\sneed\sfor|too\s(?:much|many)|not\s(?:so|as|too)\s(?:much|many)|cut\s(?:down|back)
        |(?:don.t|do\snot)\s(?:want|need|like)|{_NOT})
        (?:\s(?:of|the|these|those|this|that|on|for|to|time|spent|a|an|any|more|my|our|your|such|so|be|do|doing
        |have|with|formal|rigid|strict|detailed|fixed|long|written|weekly|group|practical))*\s)"""
_REFUSED: dict[Wish, str] = {
    "level-the-table": r"""\b(?:was|were|felt|been|am|is|are)\s(?:never|not|no\slonger)\s(?:\w+\s)?(?:afraid|scared
        |intimidat\w+)\b
        |\b(?:wasn|weren|isn|aren).t\s(?:\w+\s)?(?:afraid|scared|intimidat\w+)\b
        |\bnever\s(?:felt\s|was\s|been\s)?(?:afraid|scared|intimidated)\b
        |\b(?:is|was|felt)\sno\s(?:sense\sof\s)?hierarchy\b""",
    "shorter-demos": rf"""\b(?:longer|more|extra|additional)\s(?:time\s(?:on|for)\s)?
        (?:(?!short|brief|few)\w+\s)?{_DEMO}\b
        |\b(?:not|never|no)\s(?:\w+\s)?{_SHORTER}\s(?:\w+\s)?{_DEMO}\b
        |\b{_DEMO}\b[^.!?]{{0,20}}\b(?:not|n.t)\stoo\s(?:long|many|much)\b""",
    "more-doing": rf"""\b{_FEWER}(?:hands[\s-]on|practi[cs]\w+|exercises?|real\s(?:work|example|case)s?|try\w*)\b
        |\bnot\stoo\stheoretical\b""",
    "more-talk": r"""\b(?:no|(?:want|need)(?:\sany)?)\smore\s(?:talk|talking|discussion|conversation|questions)\b
        |\b(?:we|not|than|of|only|is)\sjust\stalk\b|\bmore\squestions\sthan\b""",
    "slower": rf"""\b(?:{_NOT}|not\sany|without)\s(?:(?:go|going|be|get|any|so|too|have\sto|need\sto)\s)*
        (?:slow(?:er|ly|\sdown)|repeat|simpler|step\sby\sstep)\b
        |\brepeat\s(?:ourselves|yourself|himself|herself|themselves|myself|the\ssame)\b
        |\b(?:too|so|bit)\sslow(?:ly)?\b(?!\sdown)|\bslow\space\b|\bmore\space\b
        |\b(?:faster|quicker|higher|pick(?:ed|ing)?\s(?:\w+\s)?up|speed(?:ed|ing)?\s(?:\w+\s)?up|too\sslow)\b
        [^.!?]{{0,40}}\bpace\b
        |\bpace\b[^.!?]{{0,40}}\b(?:faster|quicker|higher|(?:sped|speed|pick(?:ed|s)?)\sup|slow(?!\sdown))\b""",
    "less-at-once": r"""\b(?:was|were|is|are|felt)(?:n.t|\snot|\snever)\s(?:\w+\s)?too\s(?:much|many)\s\w+
        |\bone\s(?:thing|topic)\s(?:at|per|a)\b[^.!?]{0,40}\b(?:too\s(?:little|few|slow)|not\senough)\b
        |\bmore\sthan\sone\s(?:thing|topic)\b""",
    "clear-structure": rf"""\b(?:{_FEWER}|over[\s-])(?:structure\w*|(?:stick\sto\sthe|clear(?:er)?)\s(?:plan|agenda))\b
        |\btoo\s(?:\w+ly\s)?structured\b
        |\bstructure\b[^.!?]{{0,20}}\btoo\s(?:rigid|tight|strict|stiff|formal|heavy|detailed|fixed)\b
        |\btoo\s(?:rigid|tight|strict|stiff|formal|heavy|detailed|fixed)\s(?:a\s)?structure\b
        |\b(?:org\w*|company|team|data|report\w*|pay|salary|file|folder|committee|group)\sstructures?\b
        |\bstructures?\sof\s(?:the|our|your|my)\s(?:company|teams?|departments?|organi[sz]ation|group|board|data)\b""",
    "end-on-time": rf"""\b(?:{_NOT}|rather\sthan|instead\sof)\s(?:always\s|have\sto\s)?(?:end|finish|stop)\s
        (?:\w+\s){{0,3}}(?:earlier|early|sooner)\b
        |\b(?:not|no|than)\s(?:\w+\s)?shorter\s(?:meeting|session)s?\b""",
    "firm-next-steps": rf"""\b{_FEWER}(?:next\ssteps?|follow[\s-]?up\w*|action\s(?:items?|points?)|deadlines?|homework
        |commit\w*)\b
        |\b(?:no|without|a\slittle)\shomework\b|\bhomework\b[^.!?]{{0,20}}\b(?:so|too)\smuch\b|\bcommittees?\b""",
    "back-to-goals": rf"\b{_FEWER}(?:talk\w*\s)?(?:about\s)?(?:goals?|progress|purpose)\b",
    "prepare-ahead": rf"""\b{_FEWER}prepar\w+|\b{_NOT}\ssend\b
        |\bsend\s(?:me\s)?(?:the|it|something)\b[^.!?]{{0,40}}\b(?:after|afterwards|later)\b""",
    "test-the-tools": r"""(?<!the\s)(?<!a\s)(?<!my\s)(?<!your\s)(?<!video\s)
        \blink\s(?:it|this|that|them|to|the|what|back|up|with)\b
        |\b(?:personal|human|deeper|emotional|closer)\sconnection\b|\bconnection\sbetween\b
        |\bsound\s(?:advice|good|great|right|fine)\b|\bcameras?\s(?:off|on)\b(?=,?\s*(?:please|next|[.!]|$))
        |\b(?:fewer|less|without|rather\sthan)\s(?:\w+\s)?(?:video|audio|camera)\b
        |\baccess\sto\s(?:\w+\s){0,3}(?:people|persons?|leader\w*|executives?|managers?|management|boards?|network\w*
        |meetings?|decisions?|information|him|her|them|opportunities|projects?)\b""",
}
_NOT_ASKED = {wish: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for wish, pattern in _REFUSED.items()}
# Who says that something is fine as it is asks for nothing by naming it.
_CONTENT = re.compile(
    r"""\b(?:nothing(?!\s(?:came|comes|happen\w*|moved|changed|worked|gets?|got))|no\s(?:complaints?|changes?|need)
    |(?<!not\s)perfect(?:ly)?|(?:just|about)\sright|spot\son|keep\s(?:it|this|that|going|up)
    |don['’]t\schange|would(?:n['’]t|\snot)\schange
    |(?:was|were|is|are|felt|seemed)\s(?:(?!not\b|never\b|hardly\b|far\b)\w+\s)?(?:fine|good|great|ok(?:ay)?|lovely
    |right|helpful|enough)
    |as\s(?:it|they)\s(?:is|are|was|were)|works?\s(?:well|fine|for\sme)|happy\swith|glad(?!\sif))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_WANTING = re.compile(r"\b(?:more|less|fewer|too|but|please|could|should|would\slike|next\stime|wish)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
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


def answer_begins(wish: Wish, *, stated: bool = True) -> str:
    """The words with which an agenda says that it answers a wish; that they asked, only where one of them did."""
    return f"{YOU_ASKED} {ASKED[wish]}:" if stated else f"{YOU_SHARED}, {ASKED[wish]}:"


def worded(text: str) -> tuple[Wish, ...]:
    """What a text asks for in so many words, the most important first."""
    found = {wish for wish, pattern in _PATTERNS.items() if pattern.search(_asking(wish, text))}
    if "shorter-demos" in found:
        found.discard("less-at-once")
    return tuple(wish for wish in _WORDS if wish in found)


def is_content(piece: str) -> bool:
    """Whether a piece of a text calls something good as it is, and wants nothing."""
    content = _CONTENT.search(piece)
    return content is not None and not _WANTING.search(f"{piece[: content.start()]} {piece[content.end() :]}")


def _asking(wish: Wish, text: str) -> str:
    """The text without what is good already, asks for the opposite of the wish, or only shares a word with it."""
    wanted = _GOOD_ALREADY.sub(" ", text)
    return _NOT_ASKED[wish].sub(" … ", wanted) if wish in _NOT_ASKED else wanted


def stated_wishes(feedback: Iterable[Said]) -> frozenset[Wish]:
    """What these people asked for in so many words: nothing from a rating, nothing from between the lines."""
    return frozenset(wish for said in feedback for wish in _stated(said.to_change or ""))


def read_wishes(feedback: Iterable[Said]) -> tuple[Wish, ...]:
    """What these people asked for, the most important first, at most `MOST_WISHES`."""
    found: set[Wish] = set()
    for said in feedback:
        if said.safety is not None and said.safety <= LOW_SAFETY:
            found.add("level-the-table")
        text = said.to_change or ""
        # Who asks for the opposite raises the same theme.
        refused = {wish for wish, pattern in _NOT_ASKED.items() if pattern.search(text)}
        found |= _stated(text) or {_OF_THEME[theme] for theme in said.themes if theme in _OF_THEME} - refused
        found |= {_OF_THEME[theme] for theme in said.themes if theme in {"power-dynamics", "emotional-load"}}
    if "shorter-demos" in found:
        found.discard("less-at-once")
    return tuple(wish for wish in _WORDS if wish in found)[:MOST_WISHES]


def _stated(text: str) -> set[Wish]:
    return {wish for one in _SENTENCE.split(text) if not is_content(one) for wish in worded(one)}
