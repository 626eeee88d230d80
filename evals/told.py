"""The part `told`: what people tell of themselves in private, in words that nothing was tuned with.

`datasets/told/needs.jsonl` holds what people type of how they work well, with the kinds of need in it; `kept_out.jsonl`
what they keep out of their agendas, with the private subjects that it is about; both by two writers who saw neither
patterns nor examples. `touched.jsonl` holds what somebody keeps out and the library's documents that touch it, as a
third judged who had read them all; by every second of these it was chosen how near is too near. Nobody has read them to
mend by.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.choose import may_be_shown
from coach.agenda.circumstances import Need
from coach.agenda.kindred import subjects
from coach.agenda.understood import BY_WORDS_ALONE, Understood, understand
from coach.retrieval.chunk import Passage
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.pairs import PairPeople
from evals.library_index import library_index
from evals.pairs import read_pairs
from evals.parts import Metric, Part, PartNotRun, Pooled, judged, register
from evals.progress import counted
from evals.rows import distinct, json_rows
from evals.typed import share

FOLDER = Path(__file__).with_name("datasets") / "told"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str


class ToldNeed(_Row):
    """What somebody typed of how they work well, with the kinds of need that it tells of."""

    needs: tuple[Need, ...]
    writer: str


class KeptOut(_Row):
    """What somebody keeps out, with the private subjects that it is about (`coach/agenda/kindred.yaml`)."""

    subjects: tuple[str, ...]
    writer: str


class Touched(_Row):
    """What somebody keeps out, with the documents of the library that touch it."""

    documents: tuple[str, ...]


Told = ToldNeed | KeptOut | Touched


@dataclass(frozen=True)
class Read:
    """What was understood: kinds of need, subjects that are wholly kept out, or documents that are passed over."""

    found: frozenset[str]
    others: int = 0
    """How many documents there are besides those that touch it."""


class NeedsUnderstood(Metric[Told, Read]):
    """Who says what helps and finds exercises that shut them out does not say it twice."""

    def faults(self, inputs: Told, output: Read) -> list[str] | None:
        """Texts with a need of which none was read."""
        return _unread(inputs.needs, output) if isinstance(inputs, ToldNeed) else None


class NeedsRight(Pooled[Told, Read]):
    """A way of working that nobody needs takes a line of the agenda from one that somebody does."""

    def portion(self, inputs: Told, output: Read) -> tuple[float, float]:
        """Needs read rightly, of those read."""
        return _right(inputs.needs, output) if isinstance(inputs, ToldNeed) else (0, 0)


class NoNeedInvented(Metric[Told, Read]):
    """Who needs nothing, or tells of somebody else, is planned for as anybody."""

    def faults(self, inputs: Told, output: Read) -> list[str] | None:
        """Needs read where there are none."""
        return _invented(inputs.needs, output) if isinstance(inputs, ToldNeed) else None


class SubjectsKeptOut(Metric[Told, Read]):
    """Who asks that a wound be left alone has said enough; the words for it are the coach's work."""

    def faults(self, inputs: Told, output: Read) -> list[str] | None:
        """Entries about a private subject none of which is kept out."""
        return _unread(inputs.subjects, output) if isinstance(inputs, KeptOut) else None


class SubjectsRight(Pooled[Told, Read]):
    """Each subject that is kept out for nothing costs the pair a few activities and starters."""

    def portion(self, inputs: Told, output: Read) -> tuple[float, float]:
        """Subjects kept out rightly, of those kept out."""
        return _right(inputs.subjects, output) if isinstance(inputs, KeptOut) else (0, 0)


class HarmlessLeftAlone(Metric[Told, Read]):
    """Who keeps golf out, or a customer, means that and no more."""

    def faults(self, inputs: Told, output: Read) -> list[str] | None:
        """Subjects kept out for an entry that is about none."""
        return _invented(inputs.subjects, output) if isinstance(inputs, KeptOut) else None


class TouchedPassedOver(Pooled[Told, Read]):
    """An exercise on what somebody asked to be spared shows that nobody read it."""

    def portion(self, inputs: Told, output: Read) -> tuple[float, float]:
        """Documents passed over, of those that touch what is kept out."""
        if not isinstance(inputs, Touched):
            return 0, 0
        return len(output.found & {*inputs.documents}), len(inputs.documents)


class LibraryLeft(Pooled[Told, Read]):
    """One thing kept out must not leave the pair without a library."""

    def portion(self, inputs: Told, output: Read) -> tuple[float, float]:
        """Documents still offered, of those that do not touch it."""
        if not isinstance(inputs, Touched):
            return 0, 0
        return output.others - len(output.found - {*inputs.documents}), output.others


METRICS: tuple[type[Metric[Any, Any]], ...] = (
    NeedsUnderstood, NeedsRight, NoNeedInvented, SubjectsKeptOut, SubjectsRight, HarmlessLeftAlone, TouchedPassedOver,
    LibraryLeft,
)  # fmt: skip


def _unread(meant: Sequence[str], output: Read) -> list[str] | None:
    if not meant:
        return None
    return [] if {*meant} & output.found else [f"{', '.join(meant)} was not read"]


def _right(meant: Sequence[str], output: Read) -> tuple[float, float]:
    return len({*meant} & output.found), len(output.found)


def _invented(meant: Sequence[str], output: Read) -> list[str] | None:
    return None if meant else [f"{one} was read" for one in sorted(output.found)]


def read_needs(file: Path = FOLDER / "needs.jsonl") -> list[ToldNeed]:
    """What people typed of their needs, each once. Raises PartNotRun naming the line that is none."""
    return distinct(ToldNeed, json_rows(file), "text")


def read_kept_out(file: Path = FOLDER / "kept_out.jsonl") -> list[KeptOut]:
    """What people keep out, each once. Raises PartNotRun naming the line that is none, or a subject that is none."""
    rows = distinct(KeptOut, json_rows(file), "text")
    if unknown := {name for row in rows for name in row.subjects} - subjects().keys():
        raise PartNotRun(f"{file.name}: no subject is called {', '.join(sorted(unknown))} (coach/agenda/kindred.yaml).")
    return rows


def read_touched(file: Path = FOLDER / "touched.jsonl") -> list[Touched]:
    """What people keep out, with the documents that touch it. Raises PartNotRun naming the line that is none."""
    return distinct(Touched, json_rows(file), "text")


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: all three files as the coach reads them, and its patterns alone beside it."""
    told: list[Told] = [*read_needs(), *read_kept_out(), *read_touched()]
    people = read_pairs()[0].facts().people
    with library_index(Settings()) as search:
        documents = _documents(search)
        if lost := {one for row in told if isinstance(row, Touched) for one in row.documents} - documents.keys():
            raise PartNotRun(f"The library has no document {', '.join(sorted(lost))}: mend told/touched.jsonl.")
        understood = asyncio.run(_understood(told, people, search, documents))
    of_words = [_read(one, BY_WORDS_ALONE, documents) for one in told]
    names = [f"{number}: {one.text[:60]}" for number, one in enumerate(told, start=1)]
    report = judged("told", dict(zip(names, told, strict=True)), METRICS, dict(zip(names, understood, strict=True)))
    report.experiment_metadata = {"notes": "\n".join(_beside(told, of_words, understood))}
    return report


async def _understood(
    told: Sequence[Told], people: PairPeople, search: Search, documents: Mapping[str, Sequence[Passage]]
) -> list[Read]:
    found = []
    for one in counted(told, lambda row: row.text[:40]):
        need = isinstance(one, ToldNeed)
        people.mentee.accessibility = one.text if need else None
        people.mentee.avoid_topics = [] if need else [one.text]
        found.append(_read(one, await understand(people, search), documents))
    return found


def _read(one: Told, understood: Understood, documents: Mapping[str, Sequence[Passage]]) -> Read:
    if isinstance(one, ToldNeed):
        return Read(frozenset(understood.needs_in([one.text])))
    avoid = understood.kept_out([one.text])
    if isinstance(one, KeptOut):
        return Read(frozenset(name for name, words in subjects().items() if all(map(avoid.touches, words))))
    return Read(
        # By what comes first of a document: an activity at a glance, or how guidance begins.
        frozenset(name for name, passages in documents.items() if not may_be_shown(passages[0], avoid)),
        len(documents.keys() - {*one.documents}),
    )


def _documents(search: Search) -> dict[str, list[Passage]]:
    """The passages of each document by its name; starters are about something of their own each."""
    found: dict[str, list[Passage]] = {}
    for passage in search.passages:
        if passage.asked_by is None:
            found.setdefault(passage.document_id, []).append(passage)
    return found


def _beside(told: Sequence[Told], of_words: Sequence[Read], understood: Sequence[Read]) -> Sequence[str]:
    """What the patterns alone understand, and what is understood."""
    lines = [f"{'':24}{'patterns alone':>18}{'as it is used':>18}"]
    for metric in METRICS:
        before, now = (share(metric, told, read) for read in (of_words, understood))
        lines.append(f"{metric.metric():24}{before:>18}{now:>18}")
    return lines


register(Part("told", "what people tell of themselves, in datasets/told", METRICS, run))
