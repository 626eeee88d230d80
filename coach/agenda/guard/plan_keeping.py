"""Guards on what the plan holds: every slot once, its minutes, its leader, its passages, and what was asked before."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from coach.agenda.guard.crossed import SAYS_NOTHING
from coach.agenda.guard.draft import Draft, Violation
from coach.agenda.words import description_characters
from coach.store.agendas import starter_key
from coach.vocabulary import stems, words_of
from coach.wording import is_closed_question

MINUTES = re.compile(r"\b(\d{1,3})[\s-]*(?:min\b|mins\b|minutes?\b)", re.IGNORECASE)
# How long something takes, in words. Read where a sentence begins with it: "a job of half an hour" may be somebody's.
_IN_WORDS = {
    "a quarter of an hour": 15,
    "half an hour": 30,
    "three quarters of an hour": 45,
    "an hour": 60,
    "one hour": 60,
    "two hours": 120,
    "four minutes": 4,
    "five minutes": 5,
    "six minutes": 6,
    "seven minutes": 7,
    "eight minutes": 8,
    "ten minutes": 10,
    "twelve minutes": 12,
    "fifteen minutes": 15,
    "twenty minutes": 20,
    "thirty minutes": 30,
    "forty minutes": 40,
    "forty-five minutes": 45,
    "sixty minutes": 60,
    "ninety minutes": 90,
}
_TAKES = re.compile(
    r"(?:^|[.!?:;]\s+|\n)(?:(?:now|then|together|first),? )?"
    r"(?:(?:this|it|the (?:item|exercise|round|talk|part|task|whole thing)) (?:takes?|lasts?|needs?|runs?|goes on for)"
    r"|take|use|spend|work for|talk for|go on for|for)(?: (?:up to|about|around|at least|the first|the next|a full))? "
    rf"({'|'.join(_IN_WORDS)})\b",
    re.IGNORECASE,
)
_VERBS = ("lead", "open", "run", "chair", "steer", "facilitate", "host")
_STEERS = re.compile(
    r"(?<!that )(?<!which )(?<!how )(?<!and )(?<!meeting )(?<!team )(?<!project )"
    rf"\bthe (mentor|mentee) (?:{'|'.join(_VERBS)})s?\b"
    r"(?! (?:a|an|the file|the document|the (?:[\w-]+ )?check|up|with)\b)"
)
# Without one of these nobody steers; most texts hold none.
_STEERING = frozenset(f"{verb}{ending}" for verb in _VERBS for ending in ("", "s"))
# Where the senior leads, looking back on letting the junior lead is what the slot is for.
_LETS = re.compile(r"\b[Ll]et(?:ting)? \Z")
_ENDS_INSIDE = re.compile(r"[.!?][”\"')]*\s+\S")
# A reworded starter shares this many words of four letters and more with the one that the library offered.
_KEPT_OF_A_STARTER = 2
# So many stems of its passages and its goal an activity's words hold at the least. On 2026-11-23 the fewest of 164 that
# a large language model wrote were 9; four lines that would do for any two people had 5 at most in nine activities.
_TOLD_OF_AN_ACTIVITY = 5
_TOLD_OF_A_GOAL = 3
_OFTEN_ENOUGH = 2


def structure(draft: Draft) -> Iterator[Violation]:
    """Each slot of the plan is written once, in order; no slot and no starter is invented."""
    if [item.slot for item in draft.words.items] != list(range(1, len(draft.plan.slots) + 1)):
        yield Violation(
            "structure",
            "items",
            f"There must be one item for each of the slots 1 to {len(draft.plan.slots)}, in order.",
        )
    numbers = [starter.starter for starter in draft.words.starters]
    if len(set(numbers)) != len(numbers) or any(number > len(draft.plan.starters) for number in numbers):
        yield Violation(
            "structure", "starters", f"There must be one starter for each number 1 to {len(draft.plan.starters)}."
        )


def minutes(draft: Draft) -> Iterator[Violation]:
    """No text asks for more minutes than its slot has, in figures or in words."""
    wanted = set(MINUTES.findall(draft.brief_text))
    for where, slot, text, _ in draft.slots():
        asked = [int(number) for number in MINUTES.findall(text) if number not in wanted]
        if any(found > slot.minutes for found in (*asked, *(_IN_WORDS[said.lower()] for said in _TAKES.findall(text)))):
            yield Violation("minutes", where, f"It mentions more minutes than the slot has ({slot.minutes}).")


def leads(draft: Draft) -> Iterator[Violation]:
    """The one whom the plan names leads, or the mentor's half of the minutes is half on paper alone."""
    for text in draft.places:
        slot = text.slot
        if slot is None or slot.led_by == "both":
            continue
        if _STEERING.isdisjoint(text.word_set):
            continue
        other = "mentee" if slot.led_by == "mentor" else "mentor"
        # Names as they are written: "Will" is a person, "will run" is not.
        steered = (match for match in _STEERS.finditer(text.cast) if match.group(1) == other)
        if any(other == "mentee" or not _LETS.search(text.cast[: match.start()]) for match in steered):
            yield Violation("leads", text.where, f"The {slot.led_by} leads this slot, not the other one.")


def citations(draft: Draft) -> Iterator[Violation]:
    """A cited id was offered for that slot: anything else is invented, or somebody else's evidence. What comes from
    the library says so.
    """
    for where, slot, _, cited in draft.slots():
        if not set(cited) <= {passage.id for passage in slot.passages}:
            yield Violation("citations", where, "It cites an id that was not offered for this slot.")


def length(draft: Draft) -> Iterator[Violation]:
    """No description is longer than its slot bears."""
    for item in draft.words.items:
        if 1 <= item.slot <= len(draft.plan.slots):
            most = description_characters(draft.plan.slots[item.slot - 1].minutes)
            if len(item.description) > most:
                yield Violation("length", f"item {item.slot}", f"The description is longer than {most} characters.")


def starters(draft: Draft) -> Iterator[Violation]:
    """A starter is one open question that this pair was never asked, on what the library's starter is about."""
    seen: set[str] = set()
    for starter in draft.words.starters:
        where, key = f"starter {starter.starter}", starter_key(starter.text)
        asked = _without_address(starter.text, draft)
        if not asked.rstrip(' ”"').endswith("?") or is_closed_question(asked):
            yield Violation("starters", where, "It must be one open question.")
        elif _ENDS_INSIDE.search(asked):
            yield Violation("starters", where, "It must be a single sentence.")
        if key in draft.briefing.asked or key in seen:
            yield Violation("starters", where, "The pair has been asked this before.")
        seen.add(key)


def addressed(draft: Draft) -> Iterator[Violation]:
    """A starter speaks to the one who is asked: who reads it out is named beside it."""
    brief = draft.briefing.brief
    people = {"mentor": brief.mentor, "mentee": brief.mentee}
    for starter in draft.words.starters:
        if not 1 <= starter.starter <= len(draft.plan.starters):
            continue
        asker = people.get(draft.plan.starters[starter.starter - 1].asked_by or "")
        if asker is not None and starter.text.startswith(f"{asker.first_name}, "):
            yield Violation(
                "addressed", f"starter {starter.starter}", "It speaks to the one who asks it. Address the other one."
            )


def _without_address(text: str, draft: Draft) -> str:
    """The question without the name at its head: "Will, what …?" and "May, what …?" begin with no verb."""
    brief = draft.briefing.brief
    heads = (f"{person.first_name}, " for person in (brief.mentor, brief.mentee))
    return next((text.removeprefix(head) for head in heads if text.startswith(head)), text)


def close_to_its_starter(draft: Draft) -> Iterator[Violation]:
    """A reworded starter asks what the library's one asks: that one was chosen and checked for this pair."""
    for starter in draft.words.starters:
        if not 1 <= starter.starter <= len(draft.plan.starters):
            continue
        offered = draft.plan.starters[starter.starter - 1].text
        if starter.text == offered:
            continue
        kept = set(stems(words_of(offered))).intersection(stems(words_of(starter.text)))
        if sum(len(stem) > 3 for stem in kept) < _KEPT_OF_A_STARTER:
            yield Violation(
                "close to its starter", f"starter {starter.starter}", "It asks something other than the plan's starter."
            )


def repetition(draft: Draft) -> Iterator[Violation]:
    """No line comes twice, and no heading for most of a page: a model that has lost its way repeats itself."""
    lines = (
        [(f"step {number}", "", step) for number, step in enumerate(draft.prep.steps, start=1)]
        if draft.prep is not None
        else [(f"item {item.slot}", item.title, item.description) for item in draft.words.items]
    )
    headings = Counter(starter_key(heading) for _, heading, _ in lines if heading)
    seen: set[str] = set()
    for where, heading, line in lines:
        key = starter_key(line)
        if key in seen or headings[starter_key(heading)] > max(len(lines) / 2, _OFTEN_ENOUGH):
            yield Violation("repetition", where, "It repeats another one.")
        seen.add(key)


def on_the_plan(draft: Draft) -> Iterator[Violation]:
    """An activity has to do with its goal or with the passages offered for it, or names itself: "talk about it and
    write one thing down" would do for any two people.
    """
    for text in draft.places:
        slot = text.slot
        if slot is None or slot.activity is None:
            continue
        said = _telling(text.stems)
        title = _telling(stems(words_of(slot.activity.front.title)))
        # Below the heading, which says little of what stands there.
        if title and title <= _telling(stems(words_of(text.text.partition("\n")[2]))):
            continue
        goal = _telling(stems(words_of(slot.goal or "")))
        about = goal.union(*(_telling(draft.vocabulary.stems_of(passage)) for passage in slot.passages))
        if len(said & goal) < _TOLD_OF_A_GOAL and len(said & about) < _TOLD_OF_AN_ACTIVITY:
            yield Violation(
                "on the plan", text.where, "It has nothing to do with the goal or the passages of its slot."
            )


def _telling(found: Iterable[str]) -> frozenset[str]:
    """The stems that say what something is about."""
    return frozenset(stem for stem in found if len(stem) > 3) - SAYS_NOTHING
