"""A pair's summary, from its plan to what is kept and shown."""

import asyncio
import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

import orjson
import structlog

from coach.asking import Spent
from coach.errors import ModelError, ModelPaused, ModelReplyInvalid
from coach.feedback.redact import redactor, written_small
from coach.feedback.suggest import Suggestion, suggest
from coach.feedback.summary import SummaryPlan
from coach.feedback.summary_words import Statement, SummaryWords, compose
from coach.feedback.summary_write import write_summary
from coach.llm import LanguageModel
from coach.models import FeedbackSummary
from coach.prompts import load
from coach.retrieval.search import Search
from coach.sources import source_of
from coach.store.pairs import PairPeople

log = structlog.get_logger(__name__)

# A summary that the model could not be reached for keeps the composer's words for so long.
TRY_AGAIN_AFTER = timedelta(hours=1)

# Another one makes every summary anew.
_FORM = 1


@dataclass(frozen=True)
class _Outcome:
    words: SummaryWords
    source: Literal["model", "repaired", "fallback", "composer"]
    reason: str | None
    prompt: str | None
    spent: Spent


class SummaryMaker:
    """Makes summaries with one search, and a model or none."""

    def __init__(self, search: Search, model: LanguageModel | None, timeout_s: float) -> None:
        self._search = search
        self._model = model
        self._timeout_s = timeout_s
        library = hashlib.sha256("".join(passage.id for passage in search.passages).encode()).hexdigest()
        prompt = load("feedback_summary").label if model else None
        self._made_with = [_FORM, library, model.name if model else None, prompt]

    def key(self, plan: SummaryPlan) -> str:
        """Names all that a summary is made from: the same key, the same words."""
        known = orjson.dumps([self._made_with, asdict(plan)], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(known).hexdigest()

    async def make(self, plan: SummaryPlan, people: PairPeople, *, budget_spent: bool = False) -> FeedbackSummary:
        """The summary, ready to be kept. It always comes: where the model fails, the composer writes, and `generator`
        says so.
        """
        outcome = await self._words(plan, people, budget_spent)
        content = _content(plan, outcome.words, await suggest(plan, self._search))
        wrote = self._model is not None and outcome.source in {"model", "repaired"}
        model = self._model.name if self._model is not None and wrote else None
        content["generator"] = {
            "source": outcome.source,
            "model": model,
            "prompt": outcome.prompt,
            "tokens": {"prompt": outcome.spent.prompt, "completion": outcome.spent.completion},
            "reason": outcome.reason,
        }
        content["notice"] = _notice(outcome.source, model)
        return FeedbackSummary(
            pair_id=people.pair.id,
            program_id=people.pair.program_id,
            key=self.key(plan),
            content=content,
            prompt_tokens=outcome.spent.prompt,
            completion_tokens=outcome.spent.completion,
        )

    async def _words(self, plan: SummaryPlan, people: PairPeople, budget_spent: bool) -> _Outcome:
        spent = Spent()
        if self._model is None or not plan.remarks:
            return _Outcome(compose(plan), "composer", None, None, spent)
        try:
            if budget_spent:
                raise ModelPaused("The program's model tokens for today are spent.")
            async with asyncio.timeout(self._timeout_s):
                words, repaired, prompt = await write_summary(
                    self._model, plan, redactor(people, self._library_stems), self._library_stems, spent
                )
        except TimeoutError:
            reason = "timeout"
        except ModelError as error:
            reason = error.reason
        else:
            return _Outcome(words, "repaired" if repaired else "model", None, prompt, spent)
        log.warning("summary.fallback", reason=reason, pair=people.pair.id)
        return _Outcome(compose(plan), "fallback", reason, None, spent)

    @cached_property
    def _library_stems(self) -> frozenset[str]:
        return written_small(passage.text for passage in self._search.passages)


def may_be_tried_again(summary: FeedbackSummary, at: datetime) -> bool:
    """Whether this was composed because the model could not be reached, long enough ago to ask it once more."""
    generator = (summary.content or {}).get("generator", {})
    waits = generator.get("source") == "fallback" and generator.get("reason") != ModelReplyInvalid.reason
    return waits and at - summary.created_at >= TRY_AGAIN_AFTER


def _notice(source: str, model: str | None) -> str:
    if model is not None:
        return (
            f"Some of the wording was written by a language model ({model}) from what you shared with each other, "
            "without your names. What was asked for, the ratings and the sources were set by the coach."
        )
    if source == "fallback":
        return (
            "No language model wrote this: one was asked, but its answer was late, missing or did not pass the checks, "
            "so the coach put this together from what you shared with each other and from its library."
        )
    return (
        "No language model was used: the coach put this together from what you shared with each other and from its "
        "library."
    )


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
