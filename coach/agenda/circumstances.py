"""Where and how two people meet: read from what they typed, so that activities come in the form that fits.

What somebody said of their own accessibility stays theirs. Only the kind of need leaves this module, without whose
it is, and the agenda words it as a way of working for both.
"""

import re
from collections.abc import Iterable
from typing import Literal

from coach.agenda.zones import FAR_HOURS, hours_apart

Place = Literal["remote", "hybrid", "in person"]
# A call without a picture, or one without a voice.
Channel = Literal["voice", "text"]
Need = Literal[
    "sight",
    "screen-reader",
    "color",
    "light",
    "hearing",
    "noise",
    "signing",
    "speech",
    "camera",
    "calm",
    "reading",
    "movement",
    "hands",
    "rest",
    "language",
    "connection",
    "devices",
]

_HYBRID = re.compile(r"\bhybrid\b|\b(?:half|partly|mixed|part|semi)[\s-](?:remote|online|virtual)\b", re.IGNORECASE)
# Who is where: of one place that both can be in, nobody says so.
_EACH_ELSEWHERE = re.compile(
    r"\b(?:one\sof\sus|the\sother|I['’]?m|I\sam|(?:he|she)(?:['’]s|\sis)"
    r"|(?:dials|joins|calls|zooms|connects)\s(?:in|from|by|via|remotely))\b|\s[+&/]\s|\band\b",
    re.IGNORECASE,
)
_REMOTE = re.compile(
    r"""\b(?:remote(?:ly)?|online|virtual(?:ly)?|video|zoom|teams|webex|skype|calls?|phone|telephone
    |google\smeet|gmeet|facetime|jitsi|huddle|whatsapp|(?:from|at)\shome|home[\s-]?office|dial(?:s|ing)?[\s-]?in
    |digital(?:ly)?|gotomeeting|bluejeans|chime|signal|distance)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_PERSON = re.compile(
    r"\b(?:in[\s-]person|face[\s-]to[\s-]face|f2f|on[\s-]?site|co-?located|same\s(?:room|place|building)|(?:his|her|my|our)\s(?:place|desk|flat|house)|at\sthe\sdesk|physical(?:ly)?"
    r"|offices?|(?:board|meeting[\s-]?|class|break|conference\s)?rooms?|canteen|cafeteria|kitchen|lobby|library|restaurant|pub|bar|garden|campus"
    r"|headquarters|hq|building|(?:shop|ground|first|second|third|fourth|top)[\s-]floor|lab|workshop|warehouse|plant|caf[eé]|coffee|lunch|breakfast"
    r"|dinner|tea|walk(?:ing)?|park)\b",
    re.IGNORECASE,
)
# Not a business park, a car park, a walk-in room or a walk-through.
_WALKING = re.compile(
    r"\b(?:walk(?:ing)?(?![\s-](?:in|through)\b)|stroll(?:ing)?|(?:in|through|round|around|across)\sthe\spark)\b",
    re.IGNORECASE,
)
_CHANNELS: dict[Channel, re.Pattern[str]] = {
    "text": re.compile(
        r"\b(?:text|written)[\s-](?:chat|messages?)\b|\b(?:chat|messages?) only\b|\b(?:by|in|over|via) chat\b"
        r"|\b(?:slack|whatsapp|signal|teams|telegram)\s(?:chat|messages?)\b|\bby e-?mail\b|\basync\w*",
        re.IGNORECASE,
    ),
    "voice": re.compile(
        r"\b(?:phone|telephone|radio|walkie[\s-]?talkie)\b|\b(?:sound|audio|voice)[\s-](?:only|call|chat|channel)\b"
        r"|\bdiscord voice\b|\bno (?:video|screens?)\b",
        re.IGNORECASE,
    ),
}
_FAR_APART = re.compile(
    r"\btime[\s-]?(?:zones?|differences?)\b|\bhours?[’']?\s(?:apart|ahead|behind|difference|earlier|later|off)\b"
    r"|\bjet[\s-]?lag\b|\b(?:UTC|GMT)\s?[+−-]\s?\d",
    re.IGNORECASE,
)
_WHOLE_BODY = r"""(?:pain|arthritis|weakness)\sin\s(?:my|the|both)\s\w+|multiple\ssclerosis
        |(?-i:MS)\b(?!\s(?:teams|office|word))|cerebral\spalsy|muscular\sdystrophy|paraly\w+|prosthe\w+|amput\w+"""
_NEED_PATTERNS: dict[Need, str] = {
    "sight": r"""\b(?:(?<!color\s)(?<!colour\s)(?<!color-)(?<!colour-)blind|sight|sighted|eyesight
            |vision|visual(?:ly)?|magnif\w+|contrast
            |small\sprint|(?:large|larger|big|bigger)\s(?:text|print|type|font|letters)
            |macular|glaucoma|cataracts?|retin\w+|nystagmus|albinism|partially\ssighted|tunnel\svision
            |(?:cannot|can['’]?t|can\snot|hard\sto|trouble|difficult\w*)\s(?:to\s)?(?:see(?:ing)?
            |read(?:ing)?)\s(?:the\s|what\s)?(?!long|fast)\w+
            |\d{2}[\s-]?(?:pt|point)|fonts?|see\s(?:only|just)|(?:eye|eyes)\b(?!\scontact)|(?:zoom(?:ed)?|blow\w*
            |enlarge\w*)\s(?:in|up|text|the\sscreen)|enlarged?)\b""",
    "screen-reader": r"\b(?:screen[\s-]?readers?|braille|jaws|nvda|voiceover)\b",
    "color": r"""\bcolou?r[\s-]?blind\w*|\bcolou?r\s(?:vision|deficien\w+)|\bred[\s-](?:and[\s-]|from\s|or\s)?green\b
    |\bgreen\s(?:and|from|or)\sred\b
    |\btell\scolou?rs\b|\b(?:distinguish|confuse|mix\sup|see)\s(?:\w+\s)?colou?rs\b|\bcolou?rs\s(?:apart
    |look\salike)|\bdaltoni\w+""",
    "light": r"""\b(?:bright(?:ness)?|glare|flash(?:es|ing)?|flicker\w*|strob\w+|fluorescent|neon\slight\w*
    |lights?\s(?:hurts?|triggers?|bothers?|is\stoo)|screens?\s(?:hurt|trigger)\w*|photosensitiv\w*|photophobi\w+
            |light[\s-]?sensitiv\w*|sensitive\sto\slight|migraines?|epilep\w+)\b""",
    "hearing": r"""\b(?:deaf\w*|hearing|hear\s(?:badly|poorly|little)|(?:do\snot|don.t|cannot|can.t)\shear
            |captions?|captioned|captioning|subtitles?
            |(?:talk|speak)(?:s|ing)?\s(?:at\sonce|at\sthe\ssame\stime|over\seach\sother)|one\s(?:voice\s|person\s
            |speaker\s)?at\sa\stime|lips\b
            |miss\s(?:a\slot|half|much)\sof\swhat|lip[\s-]?read\w*|cochlear|transcri\w+|tinnitus|hard\sof\shearing
            |background\snoise|auditory|(?:two|several|many)\speople\s(?:talk|speak)\w*)\b""",
    "noise": r"""\b(?:nois[ey]\w*|loud|headphones?|sounds?\ssensitiv\w*|sensory|overwhelmed\sby\s(?:\w+\s)?sounds?
    |echo(?:es|ing)?|crowds?|crowded|quiet\s(?:room|place|space)|misophoni\w+|hyperacus\w+)\b""",
    "signing": r"\b(?:sign(?:s|er|ing|ed)?\s?(?:language)?\b|bsl|asl|dgs|auslan|lsf|interpreters?)",
    "speech": r"""\b(?:stammer\w*|stutter\w*|(?<!to[\s-])speech(?![\s-]to[\s-]text)|aphasia|dysfluen\w+
        |clutter\w*|vocal\s(?:cords?|folds?)|i\swhisper|(?:speak|talk)\s(?:with|through|via)\sa\s(?:device|tablet)
        |(?:get|getting)\s(?:my\s|the\s)?words\sout|finish\smy\s(?:sentences?|words)|words\s(?:get\sstuck|stick
        |don.t\scome)
        |time\sto\s(?:speak|talk|say|answer|finish)|dysarthria|apraxia|no\svoice|(?:i|i.ll)\stype\severything|communication\sdevice|voice\s(?:box|output)
        |words\scome\sslowly|lose\smy\svoice|(?:quiet|weak|soft)\svoice|voice\sis\s(?:quiet|weak|soft|hoarse)
        |(?:type|typing|write|writing)\s(?:rather\sthan|instead\sof|over|not)\s(?:talk|speak)\w*
        |(?:rather|prefer\sto|like\sto)\s(?:type|write)|(?:everything|all)\s(?:\w+\s)?(?:in|by|through)\s(?:the\s)?chat
        |speak\sslowly|non[\s-]?speaking|mute)\b""",
    "camera": r"""\b(?:no|without|not\son|off|hate|dislike|avoid)\s(?:the\s|my\s|a\s)?cameras?\b
        |\bcameras?\s(?:off|shy)\b|\bno\svideo\b|\bcameras?\b[^.!?]{0,25}\b(?:uncomfortable|anxious|hard|stress\w*
        |tir(?:es|ing)|exhaust\w*|not\sfor\sme)\b
        |\b(?:can.?t|cannot|can\snot|not|won.?t)\s(?:\w+\s){0,4}cameras?\son\b
        |\b(?:do\snot|don.t)\s(?:like|want)\s(?:the\s|my\s|a\s)?(?:camera|being\s(?:filmed|on\scamera))\b""",
    "calm": r"""\b(?:anxi(?:ous|ety)|called\son|calling\son|on\sthe\sspot|shy|time\sto\sthink|i\sfreeze
    |asked\sdirectly|no\ssurprises|ptsd|pressure|panic\w*|nervous|cold[\s-]call\w*
        |selective(?:ly)?\smut\w+|(?:minutes?|moment)\s(?:before\si|to)\s(?:answer|reply|respond|think)
        |(?:think|process|answer|react)\s(?:\w+\s){0,2}slowly|slow\sto\s(?:answer|reply|respond|react))\b""",
    "reading": r"""\b(?:dyslexi\w+|adhd|(?-i:ADD)\b|autis\w+|attention|concentrat\w+|neurodiver\w+|asperger\w*
            |processing|brain\sfog|concussion|memory|one\s(?:thing|task)\sat\sa\stime|(?:know|told)\swhat\s(?:comes
            |happens|is)\s(?:next|coming)
            |written\sinstructions|dyspraxi\w+|long\stexts?|overload\w*|dyscalculia)\b""",
    "movement": rf"""\b(?:wheelchair|stairs|steps?[\s-]free|mobility|crutch\w*|walking\sstick|power\s?chair|scooter
        |(?:space|room)\s(?:at|under)\s(?:the\s|a\s)?table|my\s(?:legs?|back|knees?|hips?|feet|foot)|{_WHOLE_BODY}
        |(?:broken|injured|sprained)\s(?:leg|foot|ankle)|lift\s(?:access|needed)|ramps?|elevator|back\spain
        |(?:hard|difficult|trouble|unable)\s(?:for\sme\s)?(?:to\s)?(?:walk|stand|climb|sit)\w*
        |(?:cannot|can.?t)\s(?:stand|walk|sit)|walking\sis\s(?:not|hard|difficult))\b""",
    "hands": rf"""\b(?:tremor\w*|hands?\s(?:shake|shakes|hurts?|trembles?|tremble|are\sslow|do\snot)|{_WHOLE_BODY}
        |my\s(?:hands?|arms?|fingers?|thumbs?|wrists?)|carpal|(?:broken|injured|sprained)\s(?:arm|wrist|hand)
        |no\smouse|keyboard[\s-]only|arthritis|rsi|wrists?|one[\s-]handed|one\s(?:hand|arm)|in\sa\s(?:cast|sling|splint)|dyspraxi\w+|typing\shurts
        |dictat\w+|parkinson\w*|(?:no|hard\sto|cannot|can.?t|difficult\sto)\s(?:handwriting|write\sby\shand))\b""",
    "rest": r"""\b(?:fatigue|tired|migraines?|breaks?|chronic|me/cfs|lupus|fibromyalgia|dialysis|chemo\w*|headaches?
    |flare[\s-]?ups?|tires?\s(?:me|easily|quickly|fast)|i\stire|pace\smyself|crohn.?s|colitis|ibs\b
    |leave\s(?:suddenly|early|the\sroom)|long\scovid|pain|energy|pregnan\w+|epilep\w+
    |exhaust\w+|trimester|get\sup\s(?:often|now|every|each)|stretch\smy|lose\s(?:track|focus)
    |(?:after|every|each|than|maximum|max\.?|up\sto)\s(?:[\d\s–-]+|half\san\s|an\s|ten\s|twenty\s|thirty\s)
    (?:min\w*|hours?))\b""",
    "language": r"""\b(?:(?:second|third|foreign)\slanguage|not\smy\s(?:first|native)\slanguage
        |learning\s(?:english|the\slanguage)
            |slang|figures\sof\sspeech|mother\stongue|(?:not|less)\sfluent|(?:limited|basic|my|slow)\senglish
            |(?<!english\s)\bnative\b|english\sis\s(?:not|new|weak|my)
            |plain\senglish|simple\senglish|idioms?|non[\s-]?native|learning\s(?:disabilit\w+|difficult\w+)
            |(?:easy|simple|plain)\s(?:words?|language|read)|pictures\shelp)\b""",
    "connection": r"""\b(?:(?:slow|bad|poor|weak|patchy|unstable|unreliable|limited)
        \s(?:internet|connection|wi-?fi|line|network|signal|broadband)|bandwidth|no\sscreen
        |(?:connection|internet|wi-?fi|line|signal|network|video|picture)\s(?:\w+\s){0,3}
        (?:slow|bad|poor|weak|patchy|unstable|unreliable|drops?|freezes|cuts?\sout|breaks\sup)
        |(?:only|just)\s(?:phone|dial|ring|call)\sin|(?:audio|voice)\sonly)\b""",
    "devices": r"""\b(?:no|not\sallowed|without|forbidden|banned|(?:must|may|can)\snot\s(?:bring|have|use)
        |can.?t\s(?:bring|have|use))\s(?:\w+\s){0,3}(?:phones?|mobiles?|laptops?|devices?)\b(?!\scalls?)
        |\b(?:phones?|mobiles?|laptops?|devices?)\s(?:(?:is|are)\s)?(?:not\s(?:allowed|permitted)|forbidden|banned)\b
        |\b(?:phones?|mobiles?|laptops?|devices?)\s(?:\w+\s){0,2}(?:locked|in\s(?:a\s|the\s)?lockers?|outside)\b""",
}
# What is said of somebody else, or said to be needless, is no need of theirs.
_NOT_NEEDED = re.compile(
    r"\b(?:no|not)\s[^.;,]{1,40}\s(?:needed|required|necessary)\b|\b(?:don.?t|do\snot)\sneed\s(?:(?!\bbut\b)[^.;,])+"
    r"|\bmy\s(?:daughter|son|child|wife|husband|mother|father|mum|mom|dad|sister|brother)(?:\s(?:is|was|has)|.s)\s\w+"
    r"|\bused\sto\s\w+",
    re.IGNORECASE,
)
_BESIDES = re.compile(r"\bbut\b|[.;]\s*\w", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:no(?:ne|thing|pe)?|n\s?/?\s?a|nil|-+|not applicable|no needs?)"
    r"(?:\s(?:at all|special|in particular|so far|to (?:add|mention|note)))?(?:\W*(?:thanks|thank you))?\W*",
    re.IGNORECASE,
)
_NEEDS = {need: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for need, pattern in _NEED_PATTERNS.items()}


def place_of(format_: str | None) -> Place | None:
    """Where a session is held, by its format as it was typed; None where that says nothing of it."""
    if not format_:
        return None
    on_a_call, together = _REMOTE.search(format_), _IN_PERSON.search(format_)
    if _HYBRID.search(format_) or (on_a_call and _EACH_ELSEWHERE.search(format_) and together):
        return "hybrid"
    if on_a_call or is_far_apart([format_]):
        return "remote"
    return "in person" if together else None


def channel_of(format_: str | None) -> Channel | None:
    """What a meeting has to do without a picture by, or None where two people can see what is shown."""
    return next((channel for channel, pattern in _CHANNELS.items() if format_ and pattern.search(format_)), None)


def is_walk(format_: str | None) -> bool:
    """Whether they meet on their feet, without a table or a screen."""
    return bool(format_ and _WALKING.search(format_))


def is_far_apart(texts: Iterable[str]) -> bool:
    """Whether any of these texts says that hours lie between the two."""
    return any(_FAR_APART.search(text) or hours_apart(text) >= FAR_HOURS for text in texts)


def needs_in(texts: Iterable[str]) -> tuple[Need, ...]:
    """The kinds of need that these texts tell of, each once, in a fixed order that says nothing of whose they are."""
    texts = [_NOT_NEEDED.sub(" ", text) for text in texts]
    return tuple(need for need, pattern in _NEEDS.items() if any(pattern.search(text) for text in texts))


def holds_more(texts: Iterable[str]) -> bool:
    """Whether any of these texts tells of a need that is of no kind known here."""
    return any(not needs_in([text]) and not is_far_apart([text]) and not needs_nothing(text) for text in texts)


def needs_nothing(text: str) -> bool:
    """Whether somebody says that nothing is needed, and nothing besides."""
    refused = _NOT_NEEDED.search(text) and not _BESIDES.search(text)
    return bool(_NOTHING.fullmatch(text.strip()) or refused)
