"""How the two work: what fits the place where they meet, and what one of them needs.

Nobody is told whose need it is.
"""

import re
from collections.abc import Iterable, Iterator

from coach.agenda.brief import SessionBrief
from coach.agenda.circumstances import Need, Place
from coach.agenda.phrases import curled
from coach.agenda.plan import Slot
from coach.names import named
from coach.retrieval.chunk import Passage

# How both work where one of them needs it: nobody is told whose need it is, and everybody gains.
_WAYS: dict[Need, str] = {
    "sight": "Read aloud what is on the page or the screen, and set it large before you begin.",
    "screen-reader": "Hand over the file itself, since a shared screen is silent to a screen reader, and name what you "
    "point at: no “here”, no “this”.",
    "color": "Nothing hangs on a color alone: give each one a letter or a shape as well.",
    "light": "Paper before screens; where one is needed, dim it, and let nothing on it flash.",
    "hearing": "One person speaks at a time, with the face in view, and captions on a call; what matters is also "
    "written down.",
    "noise": "Find the quietest place there is, and switch off every sound that you do not need.",
    "signing": "Look at each other, not at an interpreter, and pause before anybody looks at a screen: signing and "
    "reading do not go together.",
    "speech": "Turns have no clock: a pause is no invitation to step in, what is written counts as said, and what is "
    "to be read out may be handed over.",
    "camera": "Cameras may stay off, and nobody is photographed.",
    "calm": "Nobody is put on the spot: each speaks when ready, may write it instead, and may pass without a reason.",
    "reading": "One thing on the table at a time, read out rather than read alone; the next step is said first.",
    "movement": "Nothing here needs standing: what is at a wall or on a board can be done at the table.",
    "hands": "Nothing here needs handwriting or fast typing: whoever finds it easier operates, the other one directs.",
    "rest": "Stop for two minutes halfway, whether or not anybody asks.",
    "language": "Short sentences, no idioms, and each new word is written down once.",
    "connection": "Send what you will show before you begin; where the picture drops, go on by voice and read it out.",
    "devices": "Paper takes the place of phones and laptops: print what you want to look at, and type up what is worth "
    "keeping afterward.",
}
# The same in short, for the prep of whoever told of the need.
_IN_SHORT: dict[Need, str] = {
    "sight": "things read aloud",
    "screen-reader": "files in the place of shared screens",
    "color": "letters or shapes beside colors",
    "light": "paper before screens",
    "hearing": "one voice at a time",
    "noise": "a quiet place",
    "signing": "pauses before anybody looks at a screen",
    "speech": "turns without a clock",
    "camera": "cameras that may stay off",
    "calm": "nobody to be put on the spot",
    "reading": "one thing at a time",
    "movement": "nothing that needs standing",
    "hands": "nothing that needs handwriting or fast typing",
    "rest": "a stop halfway",
    "language": "short sentences and no idioms",
    "connection": "files sent before and a call that can go on by voice",
    "devices": "paper in the place of phones and laptops",
}
_IN_SHORT_AT: dict[tuple[Need, Place], str] = {
    ("hearing", "remote"): "captions and one voice at a time",
    ("hearing", "hybrid"): "captions and one voice at a time",
    ("movement", "in person"): "a place that is reached without steps, and nothing that needs standing",
}
# Where they meet says more of how.
_WAYS_AT: dict[tuple[Need, Place], str] = {
    ("hearing", "remote"): "One person speaks at a time, with captions on and the face in view; what matters is also "
    "written down.",
    ("hearing", "hybrid"): "One person speaks at a time, with captions on and the face in view; what matters is also "
    "written down.",
    ("hearing", "in person"): "Choose the seats first, faces in the light and noise behind you; one person speaks at a "
    "time, and what matters is also written down.",
    ("movement", "in person"): "Choose a place that is reached without steps and has room at the table: "
    "nothing here needs standing.",
}
# What these need of a voice, nobody needs where all is written.
_BY_EAR: tuple[Need, ...] = ("hearing", "signing", "noise")
_MOVEMENT_ON_FOOT = "Choose a way without steps, with seats along it, and stop wherever one of you likes."
_NOT_LARGE = "Read aloud what is on the page or the screen."
_HEARING_BY_VOICE = "One person speaks at a time, and what matters is also sent in writing."
_HEARING_BY_TEXT = "Everything is said in the chat: nobody switches to a call halfway."
# So many ways of working are read and kept in mind at once; the others are told at the start.
_WAYS_AT_ONCE = 3
_MORE_NEEDS = "Before you begin, each says what helps to work well today, as much or as little as each likes."
# In a shorter part than this nobody can stop for two minutes.
_ROOM_FOR_A_REST = 15
_SHORT_REST = "Stop for a moment halfway, whether or not anybody asks."
_ON_A_CALL = "On a call: whoever works shares the screen, and the other one names what to click."
_NO_SHARED_SCREEN: frozenset[Need] = frozenset({"screen-reader", "light", "connection"})
_HYBRID = "One of you is on a screen: both use the same shared document, and whoever is remote speaks first."
_ON_FOOT = "On a walk nobody can show a screen: tell it as a story and photograph one note at the end."
_BY_VOICE = "By voice nothing can be shown: read it out, and send a photograph or a line of notes afterwards."
_WITHOUT_A_PICTURE = "By voice nothing can be shown: read it out, and send a line of notes afterwards."
_BY_TEXT = "In a chat paste what you would show, one message at a time, and wait until the other one has answered."
# The place itself is not said: it is a word or two that somebody typed, and the one place where nothing checks them.
_SOMEWHERE = "Where you meet, settle first where you can write and show things; what cannot be done there, tell."
_A_STEP = re.compile(r"\bsteps? (?:\d|one|two|three|four|five|six)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_LONGEST_VARIANT = 230
# Words by which a sentence of an exercise's accessible variant is known to be on this need.
_NEED_WORDS: dict[Need, str] = {
    "sight": r"\bsee\b|\bseen\b|sight|\baloud\b|read out|\blarg\w+|\bcolors?\b|\bdescribe|in words\b",
    "screen-reader": r"screen reader|\bsee\b|\bseen\b|\baloud\b|read out|\bcolors?\b|\bdescribe|in words\b",
    "color": r"\bcolors?\b",
    "light": r"(?!)",
    "connection": r"\bphone\b|\bchat\b|\bread out\b",
    "devices": r"\bpaper\b",
    "hearing": r"\bcaptions?\b|\bhear|\bwritten\b|\bwriting\b|\bchat\b|\btyped\b",
    "noise": r"\bquiet\b",
    "camera": r"\bcameras? off\b",
    "calm": r"\bwithout a reason\b|\bin quiet\b|\bday (?:early|earlier|before|ahead)\b|dislikes? acting",
    "signing": r"\bsign language\b|\bsigning\b|interpreter|\bcaptions?\b",
    "speech": r"stammer|\bpause\b|\bwritten\b|\bin writing\b|\btyped\b|\bchat\b",
    "reading": r"\bread(?:s|ing)?\b|\btexts?\b|\bshort\b|one at a time|\bquiet\b|\blong\b",
    "movement": r"\bto move\b|\bstand",
    "hands": r"\btyping\b|\bkeyboard\b|\bdictat\w+|\bdrawing\b|in place of writing|\bto move\b|easier to hold",
    "rest": r"\bbreak\b|\bpause\b|\btiring\b|\bspread\b",
    "language": r"\bplain\b|translat|\bday (?:early|earlier|before)\b",
}
# And words by which such a sentence, written for another need, would ask for just what is hard here.
_HARD_WITH: dict[Need, str] = {
    "sight": r"\bto the camera\b|\bhold(?:s|ing)? it up\b|\bholds each up\b|\bwhiteboard\b|\bdraws?\b",
    "screen-reader": r"\bto the camera\b|\bhold(?:s|ing)? it up\b|\bholds each up\b|\bwhiteboard\b|\bcolors\b"
    r"|\bdraws?\b",
    "hands": r"\bdraws?\b",
    "light": r"\bwhiteboard\b|\bscreens?\b|\bslides?\b",
    "connection": r"\bwhiteboard\b|\bscreens?\b|\bslides?\b|\bto the camera\b",
    "devices": r"\bphones?\b|\blaptops?\b|\bscreens?\b",
    "color": r"\b(?:two|three|another) colors?\b(?! or )",
    "camera": r"\bto the camera\b|\bbefore the camera\b|\bcameras on\b|\bhold it up\b|\bswitch them on\b",
    "hearing": r"\baloud\b|by ear|\bspoken\b|\bspeak\b|phone call|on \"three\"|\blooks? away\b",
    "signing": r"\baloud\b|by ear|\bspoken\b|\bspeak\b|phone call|on \"three\"|\blooks? away\b",
    "speech": r"\baloud\b|\bspoken\b|\bspeak\b|(?:instead|place) of (?:writing|typing)|\bvoice\b|phone call",
}


# By these words a sentence is known to tell of one need: others are not to wonder whose it is.
_TELLS_OF: dict[Need, str] = {
    "screen-reader": r"screen reader|does not see|cannot see",
    "hearing": r"\bcaptions?\b|hearing loss",
    "signing": r"sign language|interpreter",
    "speech": r"\bstammer",
}


def give_variants(slots: list[Slot], brief: SessionBrief) -> None:
    """Activities in the form that fits the place and what the two need; the first one says how they work throughout."""
    first = next((place for place, slot in enumerate(slots) if slot.purpose in {"exercise", "discussion"}), 0)
    said: set[str] = set()
    for place, slot in enumerate(slots):
        if slot.activity is not None:
            # What holds for any activity is said once.
            slot = slot.with_added(*(sentence for sentence in _variant(slot, brief) if sentence not in said))
            said.update(slot.added)
        if place == first:
            ways = _ways(brief, slot.minutes)
            slot = slot.with_added(_somewhere(brief), *ways[:_WAYS_AT_ONCE])
            more = [_MORE_NEEDS] if brief.more_needs else []
            slots[0] = (slot if place == 0 else slots[0]).with_added(*more, *ways[_WAYS_AT_ONCE:])
            slot = slots[0] if place == 0 else slot
        slots[place] = slot


def in_short(needs: Iterable[Need], brief: SessionBrief) -> list[str]:
    """How the agenda of this brief has the two work for these needs, a few words for each."""
    short = dict(_IN_SHORT)
    if brief.channel == "text":
        short |= dict.fromkeys(_BY_EAR, "everything in the chat")
    elif brief.channel is None and brief.place is not None:
        short |= {need: _IN_SHORT_AT.get((need, brief.place), way) for need, way in short.items()}
    if brief.walking:
        short["movement"] = "a way without steps"
    return list(dict.fromkeys(short[need] for need in needs))


def _ways(brief: SessionBrief, minutes: int) -> list[str]:
    """How the two work throughout, told in a slot of so many minutes."""
    ways = {**_WAYS, "rest": _WAYS["rest"] if minutes >= _ROOM_FOR_A_REST else _SHORT_REST}
    if "screen-reader" in brief.needs:
        ways["sight"] = _NOT_LARGE
    if brief.channel == "voice":
        ways["hearing"] = _HEARING_BY_VOICE
    elif brief.channel == "text":
        ways |= dict.fromkeys(_BY_EAR, _HEARING_BY_TEXT)
    elif brief.place is not None:
        ways |= {need: _WAYS_AT.get((need, brief.place), way) for need, way in ways.items()}
    if brief.walking:
        ways["movement"] = _MOVEMENT_ON_FOOT
    return list(dict.fromkeys(ways[need] for need in brief.needs))


def _somewhere(brief: SessionBrief) -> str:
    """What to settle first where they meet at a place of which the coach knows nothing."""
    unknown = brief.format and brief.place is None and not brief.nothing_shown
    return _SOMEWHERE if unknown else ""


def _variant(slot: Slot, brief: SessionBrief) -> Iterator[str]:
    """What the library says of doing this activity so, or what holds for any."""
    if brief.walking:
        yield _ON_FOOT
    elif brief.channel is not None:
        said = _BY_VOICE if brief.channel == "voice" else _BY_TEXT
        yield _WITHOUT_A_PICTURE if said is _BY_VOICE and {"sight", "screen-reader"} & set(brief.needs) else said
    elif brief.place in {"remote", "hybrid"}:
        if brief.place == "hybrid":
            yield _HYBRID
        if said := _said(slot, "Remote", None, brief):
            yield f"On a call: {said}"
        elif brief.place == "remote" and not _NO_SHARED_SCREEN & set(brief.needs):
            yield _ON_A_CALL
    if brief.needs and (said := _said(slot, "Accessible", brief.needs, brief)):
        yield said


def _said(slot: Slot, section: str, needs: tuple[Need, ...] | None, brief: SessionBrief) -> str:
    """The sentences of the activity's variant that fit, as far as they are short, with the two names.

    What points at a numbered step says nothing here: an agenda has no steps.
    """
    passage: Passage | None = next((passage for passage in slot.variants if passage.section == section), None)
    if passage is None:
        return ""
    sentences = [one for one in _SENTENCE.split(" ".join(passage.text.split())) if not _A_STEP.search(one)]
    hard = [_HARD_WITH[need] for need in brief.needs if need in _HARD_WITH]
    hard += [words for need, words in _TELLS_OF.items() if needs and need not in _kin(needs)]
    sentences = [one for one in sentences if not any(re.search(words, one, re.IGNORECASE) for words in hard)]
    if needs:
        wanted = re.compile("|".join(_NEED_WORDS[need] for need in needs), re.IGNORECASE)
        sentences = [sentence for sentence in sentences if wanted.search(sentence)]
    kept = ""
    for sentence in sentences:
        if len(kept) + len(sentence) > _LONGEST_VARIANT:
            break
        kept = f"{kept} {sentence}".strip()
    kept = curled(kept)
    return named(_lower(kept) if section == "Remote" else kept, brief.mentor.first_name, brief.mentee.first_name)


def _kin(needs: tuple[Need, ...]) -> set[Need]:
    """The needs, and those whose ways of working are near to theirs."""
    kin: dict[Need, Need] = {"sight": "screen-reader", "hearing": "signing", "signing": "hearing"}
    return {*needs, *(kin[need] for need in needs if need in kin)}


def _lower(text: str) -> str:
    return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text
