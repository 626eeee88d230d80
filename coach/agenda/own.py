"""What a program wrote for itself, cited in the items of an agenda that it fits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.choose import may_be_shown
from coach.agenda.outlines import Purpose
from coach.agenda.plan import AgendaPlan, Slot
from coach.errors import EmbeddingError, IndexUnavailable
from coach.retrieval.chunk import Passage
from coach.retrieval.library import TOPICS, Topic
from coach.retrieval.own import ProgramPassages
from coach.retrieval.search import Search

log = structlog.get_logger(__name__)

# From these cosine similarities on a passage is said to fit a goal, a focus or a purpose, and the bare name of a topic,
# which comes near to much. Chosen on the built half of `evals/datasets/own`: what does not fit came no nearer to a goal
# than 0.38, unless what does was nearer still, and no nearer to a topic than 0.42. `python -m evals own-documents`
# measures both halves.
FITS = 0.40
FITS_A_TOPIC = 0.45
# A prompt has room for so many, and two people for no more errands.
MOST_OF_A_PROGRAM = 2
_STANDING: dict[Purpose, str] = {
    "confidentiality": "What stays confidential between mentor and mentee, and what does not",
    "ground-rules": "Ground rules for mentor and mentee: how they work together",
}
_ACTIVITIES = frozenset[Purpose]({"exercise", "discussion"})
_ALL_GOALS = frozenset[Purpose]({"goals", "review-goals", "evaluation"})


@dataclass(frozen=True)
class _Question:
    """What a document has to be about to fit the slot at this place, and how near it must come."""

    place: int
    text: str
    least: float = FITS


def standing_questions() -> list[str]:
    """What every program's documents are held against, whatever a pair has told."""
    return [*_STANDING.values(), *map(_in_words, TOPICS)]


async def cite_own(plan: AgendaPlan, briefing: Briefing, search: Search, own: ProgramPassages) -> AgendaPlan:
    """The plan with passages of the program's own documents behind the library's, in the slots that they clearly fit.

    A slot takes one, and an agenda two, of different documents; of those on the same goal only the nearest. What
    either person asked to avoid is passed over. Where nothing can be compared the plan stays as it is.
    """
    asked = sorted(
        _asked(plan, briefing.brief), key=lambda question: plan.slots[question.place].purpose not in _ACTIVITIES
    )
    if not asked or not own.passages:
        return plan
    taken: dict[int, Passage] = {}
    answered: set[str] = set()
    try:
        for number, passage, similarity in await search.fitting([question.text for question in asked], own, FITS):
            question = asked[number]
            if len(taken) == MOST_OF_A_PROGRAM:
                break
            if similarity < question.least or question.text in answered or question.place in taken:
                continue
            if not may_be_shown(passage, briefing.avoid) or await _opted_out(passage, briefing, search, own):
                continue
            answered.add(question.text)
            if all(passage.document_id != other.document_id for other in taken.values()):
                taken[question.place] = passage
    except (EmbeddingError, IndexUnavailable) as error:
        log.warning("agenda.without_own", reason=str(error), session=briefing.brief.session_id)
        return plan
    slots = (
        replace(slot, passages=(*slot.passages, taken[place])) if place in taken else slot
        for place, slot in enumerate(plan.slots)
    )
    return replace(plan, slots=tuple(slots))


async def _opted_out(passage: Passage, briefing: Briefing, search: Search, own: ProgramPassages) -> bool:
    """Whether the passage is about a topic that either person keeps out, as far as the library knows."""
    avoided = briefing.avoid.topics
    return bool(avoided) and not avoided.isdisjoint(await search.topics_near(passage, own))


def _asked(plan: AgendaPlan, brief: SessionBrief) -> Iterator[_Question]:
    served = {slot.goal for slot in plan.slots}
    elsewhere = any(slot.takes_focus for slot in plan.slots)
    for place, slot in enumerate(plan.slots):
        if slot.purpose in _ACTIVITIES:
            # The goal of a slot whose activity has little to do with it is still the pair's.
            yield from (_Question(place, goal) for goal in brief.goals if goal == slot.goal or goal not in served)
            if topic := _topic(slot, brief):
                yield _Question(place, topic, FITS_A_TOPIC)
        elif slot.purpose in _ALL_GOALS:
            yield from (_Question(place, goal) for goal in brief.goals)
        elif slot.purpose in _STANDING:
            yield _Question(place, _STANDING[slot.purpose])
        if brief.focus and (slot.takes_focus or (slot.purpose == "check-in" and not elsewhere)):
            yield _Question(place, brief.focus)


def _topic(slot: Slot, brief: SessionBrief) -> str | None:
    """The topic of the activity, in words, where the two have chosen it."""
    topic = slot.activity.front.topic if slot.activity is not None else None
    return _in_words(topic) if topic is not None and topic in brief.topics else None


def _in_words(topic: Topic) -> str:
    return topic.replace("-", " ")
