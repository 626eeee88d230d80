"""Fitting a chosen plan to these two: how they meet, what they need, what they asked for last time, who listens.

What is added to a slot here stands in the agenda whoever writes the other words, a model or the composer.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from coach.agenda.brief import SessionBrief
from coach.agenda.circumstances import Need, Place
from coach.agenda.phrases import curled, number, pick
from coach.agenda.plan import DEMO_MINUTES, AgendaPlan, Purpose, Slot
from coach.agenda.scope import boundaries
from coach.names import named
from coach.retrieval.chunk import Passage
from coach.retrieval.library import TopicFrontMatter
from coach.untrusted import shorten
from coach.wish_words import Wish
from coach.wishes import FOR_YOU, answer_begins

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
    "movement": "Nothing here needs standing or fast typing: whoever finds it easier operates, the other one directs.",
    "rest": "Stop for two minutes halfway, whether or not anybody asks.",
    "language": "Short sentences, no idioms, and each new word is written down once.",
}
# The same in short, for the prep of whoever told of the need.
WAYS_IN_SHORT: dict[Need, str] = {
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
    "movement": "nothing that needs standing or fast typing",
    "rest": "a stop halfway",
    "language": "short sentences and no idioms",
}
# Where they meet says more of how.
_WAYS_AT: dict[tuple[Need, Place], str] = {
    ("hearing", "remote"): "One person speaks at a time, with captions on and the face in view; what matters is also "
    "written down.",
    ("hearing", "hybrid"): "One person speaks at a time, with captions on and the face in view; what matters is also "
    "written down.",
    ("hearing", "in person"): "Choose the seats first, faces in the light and noise behind you; one person speaks at a "
    "time, and what matters is also written down.",
}
_NOT_LARGE = "Read aloud what is on the page or the screen."
_HEARING_BY_VOICE = "One person speaks at a time, and what matters is also sent in writing."
# So many ways of working are read and kept in mind at once; the others are told at the start.
_WAYS_AT_ONCE = 3
_MORE_NEEDS = "Before you begin, each says what helps to work well today, as much or as little as each likes."
# In a shorter part than this nobody can stop for two minutes.
_ROOM_FOR_A_REST = 15
_SHORT_REST = "Stop for a moment halfway, whether or not anybody asks."
_ON_A_CALL = "On a call: whoever works shares the screen, and the other one names what to click."
_HYBRID = "One of you is on a screen: both use the same shared document, and whoever is remote speaks first."
_ON_FOOT = "On a walk nobody can show a screen: tell it as a story and photograph one note at the end."
_BY_VOICE = "By voice nothing can be shown: read it out, and send a photograph or a line of notes afterwards."
_WITHOUT_A_PICTURE = "By voice nothing can be shown: read it out, and send a line of notes afterwards."
_BY_TEXT = "In a chat paste what you would show, one message at a time, and wait until the other one has answered."
_SOMEWHERE = "You meet “{place}”: settle first where you can write and show things; what cannot be done there, tell."
_FAR_APART = (
    "Offer two times for the next meeting, each named in both time zones, and take turns with the awkward hour."
)

# Tasks for the senior while the junior leads: what makes listening visible. The first ones leave the talking to the
# junior; the others also go with an activity in which the senior speaks, shows or plays a part.
_SILENT_LISTENING = (
    "{mentee} listens first and may only ask questions until {mentor} says “your turn”.",
    "{mentee} takes notes in {mentor}'s words and reads two of them back before giving a view.",
    "{mentee} writes down one surprise and one question while {mentor} speaks, and asks the question first.",
)
_LISTENING = (
    "Whenever {mentor} explains something, {mentee} says back in one sentence what {mentor} meant before going on.",
    "At the end {mentee} says back in one sentence what {mentor} saw that {mentee} had not seen.",
    "{mentee} takes notes in {mentor}'s words and reads two of them back at the end.",
)
# Whoever watches an interpreter or lips cannot look at a page meanwhile; for others writing is what is hard.
_HANDS_OR_EYES_BUSY: frozenset[Need] = frozenset({"signing", "hearing", "movement"})
_A_NOTE = re.compile(r"\bnotes\b|\bwrites\b")
# What the library has the senior do that is no listening.
_SENIOR_ACTS = re.compile(
    r"\{mentee\}(?! (?:asks|guesses|listens|may ask|notes|writes down)\b)"
    r" (?:[a-z]+s|then [a-z]+s|about|through|at|and \{mentor\}|each)\b|\bEach\b|\b[Bb]oth\b",
)

# What was asked for: where it is done, first choice first, what is added there, and how it is said behind
# `answer_begins`.
_GRANTED: dict[Wish, tuple[tuple[Purpose, ...], str, str]] = {
    "level-the-table": (
        ("check-in",),
        "{mentor} opens and has the first word in every round today.",
        "{mentor} opens, turns are of equal length and answers are written before they are spoken.",
    ),
    "safer-ground": (
        ("check-in",),
        "{mentee} chooses the example and the pace today; both can pass on anything, and a slip is part of learning.",
        "{mentee} chooses the example and the pace, and turns are of equal length.",
    ),
    "shorter-demos": (
        ("exercise",),
        "",
        "today's is {minutes} minutes.",
    ),
    "more-doing": (
        ("exercise",),
        "{mentee} has the keyboard or the pen; {mentor} keeps hands off.",
        "{doing} minutes go to trying things out.",
    ),
    "more-talk": (
        ("discussion", "exercise", "reflection", "review-goals", "evaluation", "goals"),
        "Leave the last third for questions, with nothing on the screen.",
        "{minutes} minutes are kept for it here.",
    ),
    "slower": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "After each step stop and let the other one say it in plain words; an abbreviation is spelled out once.",
        "each step waits until both can say it back.",
    ),
    "less-at-once": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "",
        "there is one main thing today, and this is it.",
    ),
    "clear-structure": (
        ("check-in",),
        "Read the items out loud together; {mentee} watches the clock and says when one is over.",
        "{items} items, each with a time and a lead, and a timekeeper.",
    ),
    "start-on-time": (
        ("check-in",),
        "Both are there when it begins; whoever is late joins in the middle, and what follows does not wait.",
        "these {minutes} minutes are the only buffer, and what follows begins on the clock.",
    ),
    "end-on-time": (
        ("next-steps",),
        "Begin this when {before} minutes have passed, wherever you are.",
        "the last {minutes} minutes are set aside, and begin on the clock.",
    ),
    "firm-next-steps": (
        ("next-steps",),
        "Write each step as who, what and which day, and read it out before you leave.",
        "there are {minutes} minutes for them.",
    ),
    "back-to-goals": (
        ("review-goals", "goals", "evaluation", "exercise", "discussion", "restart"),
        "Before you begin, both say in one sentence what this should change for the goal, and check it at the end.",
        "this part begins and ends with the goal.",
    ),
    "less-of-one-story": (
        ("check-in",),
        "Today the work is the subject, not anybody's own story; both can pass on any question, without a reason.",
        "today's parts rest on work in front of you.",
    ),
    "agenda-ahead": (
        ("next-steps",),
        "Decide which of you asks the coach for the next agenda, and on which day.",
        f"{FOR_YOU}; the coach makes an agenda when one of you asks for it, so ask a day or more before you meet.",
    ),
    "prepare-ahead": (
        ("next-steps",),
        "Agree what each sends the other two days before the next meeting, in three lines at most.",
        "each of you has a short preparation, and the next one is agreed here.",
    ),
    "test-the-tools": (
        ("check-in",),
        "Open the link or the file you need before anything else; if it fails, go on with paper.",
        "a minute to test them comes first.",
    ),
    "see-and-hear": (
        ("exercise", "discussion", "review-goals", "evaluation", "goals"),
        "Set what you show large before you begin, and ask once on the way whether all of it can be seen and heard.",
        "what is shown is set large first, and one of you asks on the way.",
    ),
    "dates-that-hold": (
        ("next-steps",),
        "Fix a spare date beside the next one, and say by when each of you would tell the other that it has to move.",
        "the next date gets a spare one here.",
    ),
    "other-arrangement": (
        ("next-steps",),
        "Before you fix the date, say whether another hour, place, length or rhythm suits both better.",
        f"{FOR_YOU} to agree on here, before the next date is fixed.",
    ),
}
# The same where the meeting has no part in which it could be done, or where no other one follows.
_OF_THE_NEXT: frozenset[Wish] = frozenset({"prepare-ahead", "agenda-ahead", "dates-that-hold", "other-arrangement"})
_NO_FURTHER = f"{FOR_YOU}, since no further meeting is planned: it counts if you agree on one."
_NOT_TODAY: dict[Wish, tuple[str, str]] = {
    "agenda-ahead": ("", _NO_FURTHER),
    "dates-that-hold": ("", _NO_FURTHER),
    "other-arrangement": ("", _NO_FURTHER),
    "shorter-demos": ("", "today has none at all."),
    "more-doing": (
        "Write it down, sort it or draw it wherever you can, instead of only saying it.",
        "this meeting has no time for an exercise, so the doing is in how you work through it.",
    ),
    "prepare-ahead": ("", "each of you has a short preparation for today."),
}
# In a shorter part than this, two minutes of writing would leave none to talk.
_ROOM_TO_WRITE = 6
_A_STEP = re.compile(r"\bsteps? (?:\d|one|two|three|four|five|six)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_LONGEST_VARIANT = 230
# Words by which a sentence of an exercise's accessible variant is known to be on this need.
_NEED_WORDS: dict[Need, str] = {
    "sight": r"\bsee\b|\bseen\b|sight|\baloud\b|read out|\blarg\w+|\bcolors?\b|\bdescribe|in words\b",
    "screen-reader": r"screen reader|\bsee\b|\bseen\b|\baloud\b|read out|\bcolors?\b|\bdescribe|in words\b",
    "color": r"\bcolors?\b",
    "light": r"(?!)",
    "hearing": r"\bcaptions?\b|\bhear|\bwritten\b|\bwriting\b|\bchat\b|\btyped\b",
    "noise": r"\bquiet\b",
    "camera": r"\bcameras? off\b",
    "calm": r"\bwithout a reason\b|\bin quiet\b|\bday (?:early|earlier|before|ahead)\b|dislikes? acting",
    "signing": r"\bsign language\b|\bsigning\b|interpreter|\bcaptions?\b",
    "speech": r"stammer|\bpause\b|\bwritten\b|\bin writing\b|\btyped\b|\bchat\b",
    "reading": r"\bread(?:s|ing)?\b|\btexts?\b|\bshort\b|one at a time|\bquiet\b|\blong\b",
    "movement": r"\btyping\b|\bkeyboard\b|\bdictat\w+|\bdrawing\b|in place of writing|\bto move\b|easier to hold",
    "rest": r"\bbreak\b|\bpause\b|\btiring\b|\bspread\b",
    "language": r"\bplain\b|translat|\bday (?:early|earlier|before)\b",
}
# And words by which such a sentence, written for another need, would ask for just what is hard here.
_HARD_WITH: dict[Need, str] = {
    "sight": r"\bto the camera\b|\bhold(?:s|ing)? it up\b|\bholds each up\b",
    "screen-reader": r"\bto the camera\b|\bhold(?:s|ing)? it up\b|\bholds each up\b|\bwhiteboard\b|\bcolors\b",
    "color": r"\b(?:two|three|another) colors?\b(?! or )",
    "camera": r"\bto the camera\b|\bbefore the camera\b|\bcameras on\b|\bhold it up\b|\bswitch them on\b",
    "hearing": r"\baloud\b|by ear|\bspoken\b|\bspeak\b|phone call|on \"three\"",
    "signing": r"\baloud\b|by ear|\bspoken\b|\bspeak\b|phone call|on \"three\"",
    "speech": r"\baloud\b|\bspoken\b|\bspeak\b|(?:instead|place) of (?:writing|typing)|\bvoice\b|phone call",
}


# By these words a sentence is known to tell of one need: others are not to wonder whose it is.
_TELLS_OF: dict[Need, str] = {
    "screen-reader": r"screen reader|does not see|cannot see",
    "hearing": r"\bcaptions?\b|hearing loss",
    "signing": r"sign language|interpreter",
    "speech": r"\bstammer",
}


def adapted(plan: AgendaPlan, brief: SessionBrief) -> AgendaPlan:
    """The plan whose slots hold what to add to their words (`added`) and what of the last feedback they answer
    (`answers`).
    """
    slots = list(plan.slots)
    _give_variants(slots, brief)
    _give_listening(slots, brief)
    _grant_wishes(slots, brief)
    _set_boundaries(slots, brief)
    if brief.far_apart and not brief.ends:
        slots[-1] = _with(slots[-1], _FAR_APART)
    return replace(plan, slots=tuple(slots))


def _give_variants(slots: list[Slot], brief: SessionBrief) -> None:
    """Activities in the form that fits the place and what the two need; the first one says how they work throughout."""
    first = next((place for place, slot in enumerate(slots) if slot.purpose in {"exercise", "discussion"}), 0)
    said: set[str] = set()
    for place, slot in enumerate(slots):
        if slot.activity is not None:
            # What holds for any activity is said once.
            slot = _with(slot, *(sentence for sentence in _variant(slot, brief) if sentence not in said))
            said.update(slot.added)
        if place == first:
            ways = _ways(brief, slot.minutes)
            slot = _with(slot, _somewhere(brief), *ways[:_WAYS_AT_ONCE])
            more = [_MORE_NEEDS] if brief.more_needs else []
            slots[0] = _with(slot if place == 0 else slots[0], *more, *ways[_WAYS_AT_ONCE:])
            slot = slots[0] if place == 0 else slot
        slots[place] = slot


def _ways(brief: SessionBrief, minutes: int) -> list[str]:
    """How the two work throughout, told in a slot of so many minutes."""
    ways = {**_WAYS, "rest": _WAYS["rest"] if minutes >= _ROOM_FOR_A_REST else _SHORT_REST}
    if "screen-reader" in brief.needs:
        ways["sight"] = _NOT_LARGE
    if brief.channel == "voice":
        ways["hearing"] = _HEARING_BY_VOICE
    elif brief.place is not None:
        ways |= {need: _WAYS_AT.get((need, brief.place), way) for need, way in ways.items()}
    return [ways[need] for need in brief.needs]


def _somewhere(brief: SessionBrief) -> str:
    """What to settle first where they meet at a place of which the coach knows nothing."""
    unknown = brief.format and brief.place is None and not brief.nothing_shown
    return _SOMEWHERE.format(place=shorten(brief.format or "", 60)) if unknown else ""


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
        elif brief.place == "remote" and "screen-reader" not in brief.needs:
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


def _give_listening(slots: list[Slot], brief: SessionBrief) -> None:
    """The senior listens, visibly, in the longest part that the junior leads."""
    led = [place for place, slot in enumerate(slots) if slot.led_by == "mentor" and slot.purpose != "check-in"]
    led = led or [place for place, slot in enumerate(slots) if slot.led_by == "both"]
    if not led:
        return
    place = max(led, key=lambda place: (slots[place].activity is not None, slots[place].minutes))
    chosen = slots[place].activity
    text = chosen.front.agenda if chosen is not None and isinstance(chosen.front, TopicFrontMatter) else ""
    tasks: tuple[str, ...] = _LISTENING if _SENIOR_ACTS.search(text) else _SILENT_LISTENING
    if _HANDS_OR_EYES_BUSY & set(brief.needs):
        tasks = tuple(task for task in tasks if not _A_NOTE.search(task))
    task = pick(tasks, brief, "listening").format(mentor=brief.mentor.first_name, mentee=brief.mentee.first_name)
    slots[place] = _with(slots[place], task)


def _set_boundaries(slots: list[Slot], brief: SessionBrief) -> None:
    """What belongs elsewhere is said where the goals are talked about, or at the start."""
    place = next((place for place, slot in enumerate(slots) if slot.purpose in {"goals", "review-goals"}), 0)
    slots[place] = _with(slots[place], boundaries(brief.beyond))


def _grant_wishes(slots: list[Slot], brief: SessionBrief) -> None:
    for wish in brief.wishes:
        purposes, done, said = _GRANTED[wish]
        purpose = next((purpose for purpose in purposes if any(slot.purpose == purpose for slot in slots)), None)
        place = next((place for place, slot in enumerate(slots) if slot.purpose == purpose), 0)
        slot = slots[place]
        if wish == "agenda-ahead" and brief.days_ahead:
            done, said = "", f"this one was made {_days(brief.days_ahead)} before you meet."
        elif wish in _NOT_TODAY and (purpose is None or (wish in _OF_THE_NEXT and brief.ends)):
            done, said = _NOT_TODAY[wish]
        elif wish == "see-and-hear" and brief.nothing_shown:
            done, said = "Ask once on the way whether everything can be heard.", "one of you asks on the way."
        elif wish == "safer-ground" and "speech" in brief.needs:
            said = "{mentee} chooses the example and the pace, and nobody's turn has a clock."
        elif wish == "more-talk" and purpose != "discussion":
            said = "the last third of these {minutes} minutes is kept for it."
        elif wish == "back-to-goals" and not brief.goals and purpose == "goals":
            done, said = "", "this part is for choosing the next goal."
        elif wish == "back-to-goals" and not brief.goals:
            done = (
                "Before you begin, both say in one sentence what this should change at work, and check it at the end."
            )
            said = "this part begins and ends with what it should change."
        elif wish == "level-the-table" and "speech" in brief.needs:
            said = "{mentor} opens, nobody's turn has a clock and answers are written before they are spoken."
        elif wish == "shorter-demos" and slot.minutes > DEMO_MINUTES:
            done = "{mentor} shows for at most {demo} minutes, here and in what follows; then {mentee} tries it."
            said = "show for {demo} of these {minutes} minutes, then try it out."
        words = {
            "mentor": brief.mentor.first_name,
            "mentee": brief.mentee.first_name,
            "minutes": slot.minutes,
            "demo": DEMO_MINUTES,
            "items": len(slots),
            "doing": sum(other.minutes for other in slots if other.purpose == "exercise"),
            "before": sum(other.minutes for other in slots[:place]),
        }
        slot = _with(slot, done.format(**words))
        opposed = wish in brief.opposed
        begins = answer_begins(wish, stated=wish not in brief.unstated, opposed=opposed)
        asked_back = " Say at the end which of the two it should be next time." if opposed else ""
        slots[place] = replace(slot, answers=(*slot.answers, f"{begins} {said.format(**words)}{asked_back}"))
    if {"level-the-table", "safer-ground"} & set(brief.wishes):
        _level(slots, brief)


def _level(slots: list[Slot], brief: SessionBrief) -> None:
    """Turns of one length and answers on paper first, where both have a say: at the latest at the check-in."""
    talks = [slot.purpose in {"discussion", "review-goals", "evaluation", "goals"} for slot in slots]
    for place, slot in enumerate(slots):
        if talks[place] or not any(talks):
            first = "for two minutes" if slot.minutes >= _ROOM_TO_WRITE else "one line"
            turns = "each takes the time it needs" if "speech" in brief.needs else "turns of equal length"
            mentor, mentee = brief.mentor.first_name, brief.mentee.first_name
            order = f"{mentor} reads out and {mentee} follows"
            if "level-the-table" not in brief.wishes:
                order = f"{mentee} says who reads out first"
            slots[place] = _with(slot, f"Both write {first} first, then {order}; {turns}.")
            return


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{number(count)} days"


def _with(slot: Slot, *sentences: str) -> Slot:
    new = [sentence for sentence in sentences if sentence and sentence not in slot.added]
    return replace(slot, added=(*slot.added, *new))


def _lower(text: str) -> str:
    return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text
