"""The coach's own words where a model's strayed, and the model's everywhere else.

A model that keeps to its passages still uses a word too many here and there. To throw its whole agenda away for that
would leave nearly nobody with a model's words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coach.agenda.compose import compose
from coach.agenda.guard import Draft, Violation, check_agenda, strays
from coach.agenda.guard.crossed import crossed
from coach.agenda.words import AgendaWords

# What these guards find is a matter of wording.
_OF_WORDING = frozenset(
    {
        "addressed",
        "broken",
        "close to its starter",
        "empty words",
        "grounding",
        "length",
        "minutes",
        "on the plan",
        "repetition",
        "starters",
    }
)
# Whoever trips one of these did as it was told by somebody else, knows what it should not, or lost the plan; the rest
# of such a page is not trusted either.
_BEYOND_MENDING = frozenset(
    {
        "avoided",
        "behind the back",
        "citations",
        "links",
        "markup",
        "plumbing",
        "private words",
        "smuggled",
        "structure",
    }
)
# What the other guards find may be a misreading, in two places of a dozen. In three it is a habit.
_MOST_DOUBTFUL_PLACES = 2


@dataclass(frozen=True)
class Mended:
    """Words that pass the guards; in `places` (as `item 2`) they are the coach's own."""

    words: AgendaWords
    places: tuple[str, ...]


def mend(draft: Draft, violations: Sequence[Violation]) -> Mended | None:
    """The draft with the composer's words in each place that a guard objects to, and in each other one that holds a
    strange word of such a place: what somebody wanted to see there may have been wanted here.

    None where the model is not to be trusted with the rest, or where fewer than half of the items would be its own.
    """
    doubtful = {violation.where for violation in violations if violation.guard not in _OF_WORDING}
    if len(doubtful) > _MOST_DOUBTFUL_PLACES or any(found.guard in _BEYOND_MENDING for found in violations):
        return None
    if _lost(draft, violations):
        return None
    objected = {violation.where for violation in violations}
    strange = frozenset().union(*(strays(text) for text in draft.places if text.where in objected))
    places = tuple(text.where for text in draft.places if text.where in objected or strange & text.stems)
    if 2 * sum(place.startswith("item ") for place in places) > len(draft.plan.slots):
        return None
    written, own = draft.words, compose(draft.plan, draft.briefing)
    words = AgendaWords(
        title=(own if "title" in places else written).title,
        summary=(own if "summary" in places else written).summary,
        items=tuple(
            mine if f"item {mine.slot}" in places else item for item, mine in zip(written.items, own.items, strict=True)
        ),
        # A starter that is left out stays as the library has it.
        starters=tuple(starter for starter in written.starters if f"starter {starter.starter}" not in places),
    )
    return None if check_agenda(replace(draft, words=words)) else Mended(words, places)


def _lost(draft: Draft, violations: Sequence[Violation]) -> bool:
    """Whether every activity is off the plan, or has the two in each other's part: then the rest is as well, where no
    passage tells so.
    """
    played = [text for text in draft.places if text.slot is not None and text.slot.activity is not None]
    off = {violation.where for violation in violations if violation.guard == "on the plan"}
    return bool(played) and (
        all(text.where in off for text in played) or all(crossed(text.cast, text.rests_on) for text in played)
    )
