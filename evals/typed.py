"""The part `typed`: what people type into goals and feedback, in words that nothing was tuned with.

`datasets/typed/wishes.jsonl` holds answers to what should change, with the wishes in them, and `goals.jsonl` goals,
with what those are that belong elsewhere: by two writers who saw neither patterns nor examples. One mostly hints, the
other mostly says what is meant. Nobody has read them to mend by.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.elsewhere import within_scope
from coach.agenda.scope import beyond
from coach.agenda.scope_words import Matter
from coach.feedback.themes import ThemeReader, taxonomy
from coach.retrieval.library import read_library
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.feedback import SharedFeedback
from coach.wish_words import Wish
from coach.wishes import read_wishes
from evals.library_index import library_index
from evals.pairs import read_pairs
from evals.parts import Metric, Part, Pooled, judged, register
from evals.rows import distinct, json_rows

FOLDER = Path(__file__).with_name("datasets") / "typed"


class Wished(BaseModel):
    """An answer to what should change, with all that it asks for; `role` is who typed it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    role: Literal["mentor", "mentee"]
    wishes: tuple[Wish, ...]
    writer: str


class TypedGoal(BaseModel):
    """A goal; `matter` says what it is that belongs elsewhere, and is null where a meeting can carry it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    matter: Matter | None
    writer: str


Typed = Wished | TypedGoal


@dataclass(frozen=True)
class Understood:
    """What was read in a text: wishes, or the matter that it was sent on for."""

    found: tuple[str, ...]


class WishesUnderstood(Metric[Typed, Understood]):
    """Who says what should change and finds the next agenda as it was does not say it again."""

    def faults(self, inputs: Typed, output: Understood) -> list[str] | None:
        """Answers with a wish of which none was read."""
        if not isinstance(inputs, Wished) or not inputs.wishes:
            return None
        return [] if {*inputs.wishes} & {*output.found} else [f"{', '.join(inputs.wishes)} was not read"]


class WishesRight(Pooled[Typed, Understood]):
    """An agenda that answers what nobody asked for says that it did not listen."""

    def portion(self, inputs: Typed, output: Understood) -> tuple[float, float]:
        """Wishes read rightly, of those read."""
        if not isinstance(inputs, Wished):
            return 0, 0
        return len({*inputs.wishes} & {*output.found}), len(output.found)


class ContentLeftAlone(Metric[Typed, Understood]):
    """Who is content, or tells of another matter, wants nothing changed."""

    def faults(self, inputs: Typed, output: Understood) -> list[str] | None:
        """Wishes read where there are none."""
        if not isinstance(inputs, Wished) or inputs.wishes:
            return None
        return [f"{wish} was read" for wish in output.found]


class GoalsSentOn(Metric[Typed, Understood]):
    """A goal that a meeting cannot carry, made into an exercise, hurts somebody or wastes the pair's hour."""

    def faults(self, inputs: Typed, output: Understood) -> list[str] | None:
        """Goals that belong elsewhere and were taken for any other."""
        if not isinstance(inputs, TypedGoal) or inputs.matter is None:
            return None
        return [] if output.found else [f"{inputs.matter} was not seen"]


class RightPlace(Pooled[Typed, Understood]):
    """Who is in danger and is sent to the payroll office was not heard."""

    def portion(self, inputs: Typed, output: Understood) -> tuple[float, float]:
        """Goals that were sent to their right place, of those rightly sent on."""
        sent = isinstance(inputs, TypedGoal) and inputs.matter is not None and bool(output.found)
        return (float(inputs.matter in output.found), 1) if sent and isinstance(inputs, TypedGoal) else (0, 0)


class GoalsKept(Metric[Typed, Understood]):
    """An honest goal that is turned away is an insult, and the pair does not get what it came for."""

    def faults(self, inputs: Typed, output: Understood) -> list[str] | None:
        """Goals that a meeting can carry and that were sent on."""
        if not isinstance(inputs, TypedGoal) or inputs.matter is not None:
            return None
        return [f"sent on as {matter}" for matter in output.found]


METRICS: tuple[type[Metric[Any, Any]], ...] = (
    WishesUnderstood, WishesRight, ContentLeftAlone, GoalsSentOn, RightPlace, GoalsKept,
)  # fmt: skip


def read_wished(file: Path = FOLDER / "wishes.jsonl") -> list[Wished]:
    """The answers, each once. Raises PartNotRun naming the line that is none."""
    return distinct(Wished, json_rows(file), "text")


def read_goals(file: Path = FOLDER / "goals.jsonl") -> list[TypedGoal]:
    """The goals, each once. Raises PartNotRun naming the line that is none."""
    return distinct(TypedGoal, json_rows(file), "text")


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: both files as the coach reads them, and its patterns alone beside it."""
    settings = Settings()
    wished, goals = read_wished(), read_goals()
    typed: list[Typed] = [*wished, *goals]
    of_words = [Understood(_patterns(one)) for one in typed]
    with library_index(settings) as search:
        understood = [*_wishes(wished, settings), *asyncio.run(_matters(goals, search))]
    report = _judged(typed, understood)
    report.experiment_metadata = {"notes": "\n".join(_beside(typed, of_words, understood))}
    return report


def _judged(typed: Sequence[Typed], understood: Sequence[Understood]) -> EvaluationReport[Typed, Understood, Any]:
    names = [f"{number}: {one.text[:60]}" for number, one in enumerate(typed, start=1)]
    return judged("typed", dict(zip(names, typed, strict=True)), METRICS, dict(zip(names, understood, strict=True)))


def _wishes(wished: Sequence[Wished], settings: Settings) -> list[Understood]:
    """What an agenda takes up of each answer, read as a comment that is shared with the partner."""
    reader = ThemeReader.open(settings.embedding_model, taxonomy(read_library(settings.knowledge_dir)))
    readings = reader.read([one.text for one in wished])
    found = []
    for one, reading in zip(wished, readings, strict=True):
        said = SharedFeedback(
            "session", 1, one.role, None, None, None, None, one.text,
            themes=tuple(theme.id for theme in reading.themes),
            change_vector=b"" if reading.vector is None else reading.vector.astype(np.float16).tobytes(),
            change_reader=reader.fingerprint,
        )  # fmt: skip
        found.append(Understood(read_wishes([said])))
    return found


async def _matters(goals: Sequence[TypedGoal], search: Search) -> list[Understood]:
    """What each goal is sent on for."""
    pair = read_pairs()[0].briefing()
    found = []
    for one in goals:
        sent_on = beyond([one.text])
        goals_left = () if sent_on else (one.text,)
        brief = pair.brief.model_copy(update={"goals": goals_left, "focus": None, "beyond": sent_on})
        read = await within_scope(replace(pair, brief=brief), search)
        found.append(Understood(tuple(told.matter for told in read.brief.beyond)))
    return found


def _patterns(one: Typed) -> tuple[str, ...]:
    if isinstance(one, TypedGoal):
        return tuple(told.matter for told in beyond([one.text]))
    return read_wishes([SharedFeedback("session", 1, one.role, None, None, None, None, one.text)])


def _beside(typed: Sequence[Typed], of_words: Sequence[Understood], understood: Sequence[Understood]) -> Sequence[str]:
    """For each writer what the patterns alone understand, and what is understood."""
    lines = [f"{'':34}{'patterns alone':>16}{'as it is used':>16}"]
    for kind, writer in ((kind, writer) for kind in (Wished, TypedGoal) for writer in ("first", "second")):
        rows = [place for place, one in enumerate(typed) if isinstance(one, kind) and one.writer == writer]
        for metric in METRICS:
            chosen = [typed[row] for row in rows]
            before, now = (share(metric, chosen, [read[row] for row in rows]) for read in (of_words, understood))
            if now != "0 of 0":
                lines.append(f"{f'{writer} writer, {metric.metric()}':34}{before:>16}{now:>16}")
    return lines


def share(metric: type[Metric[Any, Any]], inputs: Sequence[Any], outputs: Sequence[Any]) -> str:
    """In words how many of these are right by one metric: “288 of 352”."""
    made = metric()
    if isinstance(made, Pooled):
        portions = [made.portion(one, output) for one, output in zip(inputs, outputs, strict=True)]
        return f"{sum(one for one, _ in portions):g} of {sum(all_ for _, all_ in portions):g}"
    faults = [
        found for one, output in zip(inputs, outputs, strict=True) if (found := made.faults(one, output)) is not None
    ]
    return f"{sum(not found for found in faults)} of {len(faults)}"


register(Part("typed", "what people type, in datasets/typed", METRICS, run))
