"""A pair's summary, from its plan to what is kept and shown."""

import hashlib
from dataclasses import asdict
from typing import Any

import orjson

from coach.feedback.suggest import Suggestion, suggest
from coach.feedback.summary import SummaryPlan
from coach.feedback.summary_words import Statement, SummaryWords, compose
from coach.models import FeedbackSummary
from coach.retrieval.search import Search
from coach.sources import source_of

# Another one makes every summary anew.
_FORM = 1


class SummaryMaker:
    """Makes summaries with one search."""

    def __init__(self, search: Search) -> None:
        self._search = search
        library = hashlib.sha256("".join(passage.id for passage in search.passages).encode()).hexdigest()
        self._made_with = [_FORM, library]

    def key(self, plan: SummaryPlan) -> str:
        """Names all that a summary is made from: the same key, the same words."""
        known = orjson.dumps([self._made_with, asdict(plan)], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(known).hexdigest()

    async def make(self, plan: SummaryPlan, pair_id: str, program_id: str) -> FeedbackSummary:
        """The summary, ready to be kept. It always comes."""
        suggestions = await suggest(plan, self._search)
        generator = {
            "source": "composer",
            "model": None,
            "prompt": None,
            "tokens": {"prompt": 0, "completion": 0},
            "reason": None,
        }
        content = _content(plan, compose(plan), suggestions) | {
            "generator": generator,
            "notice": "No language model was used: the coach put this together from what you shared with each other "
            "and from its library.",
        }
        return FeedbackSummary(pair_id=pair_id, program_id=program_id, key=self.key(plan), content=content)


def _content(plan: SummaryPlan, words: SummaryWords, suggestions: tuple[Suggestion, ...]) -> dict[str, Any]:
    """The summary as it is kept and shown."""
    return {
        "people": dict(plan.people),
        "sessions": [
            {
                "number": meeting.number,
                "session_id": meeting.session_id,
                "held_at": meeting.held_at.isoformat(),
                "what_works": _statements(words.sessions[meeting.number].what_works),
                "what_to_change": _statements(words.sessions[meeting.number].what_to_change),
                "asked_for": [asdict(asked) for asked in meeting.asked],
            }
            for meeting in plan.meetings
        ],
        "series": {
            "what_works": _statements(words.series.what_works),
            "what_to_change": _statements(words.series.what_to_change),
            "ratings": [asdict(row) for row in plan.ratings],
        },
        "try_next": [
            {
                "title": suggestion.title,
                "text": suggestion.text,
                "because": suggestion.because,
                "sources": [suggestion.passage.id],
            }
            for suggestion in suggestions
        ],
        "sources": [source_of(suggestion.passage) for suggestion in suggestions],
    }


def _statements(statements: tuple[Statement, ...]) -> list[dict[str, Any]]:
    return [
        {
            "text": statement.text,
            "quote": statement.quote,
            "rests_on": [
                {"session": remark.session, "by": remark.by, "question": remark.question}
                for remark in statement.rests_on
            ],
        }
        for statement in statements
    ]
