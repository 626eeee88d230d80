"""What is understood of what two people typed of themselves, before anything is planned: what helps each to work well,
and what each keeps out.

Patterns know the words that somebody thought of (`circumstances`, `kindred`); readers that learned from examples
understand what is said otherwise (`coach.learned`). Where none reads, the patterns do alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import structlog

from coach.agenda.avoidance import Avoidance
from coach.agenda.circumstances import Need, holds_more, needs_in, needs_nothing
from coach.agenda.kindred import about
from coach.agenda.reading import read
from coach.errors import EmbeddingError, IndexUnavailable
from coach.learned import learned
from coach.retrieval.embed import PACKAGED_SHA256
from coach.retrieval.search import Search
from coach.store.pairs import PairPeople

log = structlog.get_logger(__name__)

# What a pattern found and the reader takes for less likely than this is left: a captain's radio is no voice device.
_HARDLY = 0.1
# From this nearness on a document is about what somebody keeps out (`Ranker.nearness`). Chosen on every second entry of
# `evals/datasets/told/touched.jsonl`, where about 100 of 189 documents that touch one are passed over, and 4 others.
_ABOUT = 0.48


@dataclass(frozen=True)
class Understood:
    """What readers understood, by the text that was typed; texts that none of them read are read by patterns alone."""

    needs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """How likely each kind of need is."""
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which private subjects a phrase that keeps something out is about."""
    passages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Ids of the library's passages that come near to such a phrase."""

    def needs_in(self, texts: Iterable[str]) -> tuple[Need, ...]:
        """The kinds of need that these texts tell of, each once, in a fixed order that says nothing of whose they
        are.
        """
        found = {need for text in texts for need in self._needs_of(text)}
        return tuple(need for need in get_args(Need) if need in found)

    def holds_more(self, texts: Iterable[str]) -> bool:
        """Whether any of these texts tells of a need that is of no kind known here."""
        return any(not self._needs_of(text) and holds_more([text]) for text in texts)

    def kept_out(self, phrases: Sequence[str]) -> Avoidance:
        """What is kept out by those who typed these phrases."""
        subjects = dict.fromkeys(name for phrase in phrases for name in self.subjects.get(phrase, ()))
        near = (self.passages.get(phrase, frozenset()) for phrase in phrases)
        return Avoidance(phrases, subjects, frozenset().union(*near))

    def _needs_of(self, text: str) -> set[str]:
        by_words: set[str] = {*needs_in([text])}
        chances = self.needs.get(text)
        # Who writes that captions are not needed is near to those who write that they are.
        if chances is None or (not by_words and needs_nothing(text)):
            return by_words
        return {*learned("needs").found(chances), *(need for need in by_words if chances[need] >= _HARDLY)}


BY_WORDS_ALONE = Understood()


async def understand(people: PairPeople, search: Search) -> Understood:
    """What the readers understand of what both typed of themselves; each text is read once and not with every agenda.

    Under another embedding model than theirs, or none that answers, they understand nothing.
    """
    both = (people.mentor, people.mentee)
    phrases = list(dict.fromkeys(phrase for person in both for phrase in person.avoid_topics))
    kept_out = await read("taboos", phrases, search)
    return Understood(
        needs=await read("needs", [person.accessibility for person in both if person.accessibility], search),
        subjects={phrase: learned("taboos").found(chances) for phrase, chances in kept_out.items()},
        passages=await _near(phrases, search),
    )


async def _near(phrases: Sequence[str], search: Search) -> dict[str, frozenset[str]]:
    # How near texts come to one another is the model's.
    if not phrases or search.model != PACKAGED_SHA256:
        return {}
    try:
        return dict(zip(phrases, await search.close_to([about(phrase) for phrase in phrases], _ABOUT), strict=True))
    except (EmbeddingError, IndexUnavailable) as error:
        log.warning("kept_out.unread", error=type(error).__name__)
        return {}
