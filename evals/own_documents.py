"""The part `own-documents`: whether agendas name a program's own documents where they fit, and nowhere else.

`datasets/own` holds programs with their documents, and pairs with what a coordinator would expect to be named in their
agendas. The composer makes these, over the real library and its index.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_evals import Case, Dataset
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.pipeline import AgendaMaker, briefing_for
from coach.retrieval.library import Document, Topic, program_document
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.agendas import AgendaFacts
from evals.library_index import library_index
from evals.pairs import Earlier, Meeting, PairCase, Someone
from evals.parts import Metric, Part, PartNotRun, register
from evals.progress import counted
from evals.rows import checked, once, yaml_rows

FOLDER = Path(__file__).with_name("datasets") / "own"
HALVES = ("built", "heldout")
_ADDED_ON = date(2026, 9, 1)
_HEADING = "# "


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OwnPair(_Strict):
    """A pair before its meeting number `position` of six. `fits` are the keys of the documents that its agenda should
    name, `may` of those that it may; `avoid` is what the mentee asked to keep out.
    """

    name: str
    goals: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    topics: tuple[Topic, ...]
    focus: str | None = None
    position: Annotated[int, Field(ge=1, le=6)] = 2
    fits: tuple[str, ...]
    may: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class OwnProgram(_Strict):
    """A program, its documents in Markdown by a key, each with its title as its first line, and pairs of it."""

    program: str
    documents: dict[str, str]
    pairs: tuple[OwnPair, ...]

    @model_validator(mode="after")
    def _of_its_documents(self) -> Self:
        for pair in self.pairs:
            if strange := sorted({*pair.fits, *pair.may} - self.documents.keys()):
                raise ValueError(f"“{pair.name}” names {strange[0]}, and the documents are {', '.join(self.documents)}")
        return self

    def read(self) -> list[Document]:
        """The documents as the library's code reads them; their keys are their ids."""
        return [
            program_document(key, text.partition("\n")[0].removeprefix(_HEADING), text.partition("\n")[2], _ADDED_ON)
            for key, text in self.documents.items()
        ]


@dataclass(frozen=True)
class Situation:
    """A pair of a program with documents."""

    program: OwnProgram
    pair: OwnPair
    half: str

    def groups(self) -> dict[str, Sequence[str]]:
        """What the situation is of."""
        return {"half": [self.half], "program": [self.program.program]}

    def facts(self) -> AgendaFacts:
        """What the database would know."""
        pair = self.pair
        known = PairCase(
            name=pair.name,
            why="a program with documents of its own",
            traits=("plain",),
            industry=self.program.program,
            culture="any",
            mentor=Someone(name="Priya Raman", role_title="Analyst", department="Reporting"),
            mentee=Someone(
                name="Martin Olsen", role_title="Director", department="Operations", avoid_topics=pair.avoid
            ),
            goals=pair.goals,
            topics=pair.topics,
            planned_sessions=6,
            past=tuple(Earlier(status="held") for _ in range(pair.position - 1)),
            session=Meeting(minutes=60, focus=pair.focus),
        )
        return known.facts()


@dataclass(frozen=True)
class Named:
    """The keys of the documents that an agenda names, and its items and sources."""

    keys: tuple[str, ...]
    content: dict[str, Any]

    def shown(self) -> dict[str, Any]:
        """What was named, and why."""
        return {"named": self.keys, "because": [item["because"] for item in self.content["items"]]}


class OwnNamed(Metric[Situation, Named]):
    """A coordinator who wrote down how things are done here expects pairs to hear of it when they come to it."""

    def faults(self, inputs: Situation, output: Named) -> list[str] | None:
        """Documents that fit and are not named."""
        if not inputs.pair.fits:
            return None
        return [f"{key} is not named" for key in inputs.pair.fits if key not in output.keys]


class OwnFits(Metric[Situation, Named]):
    """A rule about parking in an agenda on dashboards teaches a pair to skip whatever the program says."""

    def faults(self, inputs: Situation, output: Named) -> list[str] | None:
        """Documents that are named and do not fit."""
        expected = {*inputs.pair.fits, *inputs.pair.may}
        return [f"{key} does not fit" for key in output.keys if key not in expected]


class OwnKeptOut(Metric[Situation, Named]):
    """Who asked to keep a subject out and is sent to the program's paper on it was not listened to, in two ways."""

    def faults(self, inputs: Situation, output: Named) -> list[str] | None:
        """Documents that are named although they are on what one of the two asked to keep out."""
        if not inputs.pair.avoid:
            return None
        return [f"{key} is on {', '.join(inputs.pair.avoid)}" for key in output.keys if key not in inputs.pair.fits]


METRICS: tuple[type[Metric[Situation, Named]], ...] = (OwnNamed, OwnFits, OwnKeptOut)


def read_programs(half: str) -> list[OwnProgram]:
    """The programs of one half. Raises PartNotRun where the file is none of the form."""
    file = FOLDER / f"{half}.yaml"
    found = [(where, checked(OwnProgram, where, row)) for where, row in yaml_rows(file)]
    once((where, f"{one.program}: {pair.name}") for where, one in found for pair in one.pairs)
    return [one for _, one in found]


def situations() -> Iterator[Situation]:
    """Every pair of both halves."""
    for half in HALVES:
        for program in read_programs(half):
            yield from (Situation(program, pair, half) for pair in program.pairs)


async def name_own(situation: Situation, search: Search) -> Named:
    """What the agenda of this pair names. Raises a CoachError."""
    documents = situation.program.read()
    own = search.known_for_agendas(situation.program.program, [document.front.id for document in documents])
    own = own or await search.for_agendas(situation.program.program, documents)
    maker = AgendaMaker(search, model=None, timeout_s=1)
    briefing = await briefing_for(situation.facts(), search)
    content = (await maker.make(briefing, "pair", "program", own=own)).row.content
    keys = {passage.id: passage.document_id for passage in own.passages}
    return Named(tuple(keys[source["id"]] for source in content["sources"] if source["id"] in keys), content)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part. Raises PartNotRun or a CoachError."""
    cases = {f"{one.half}, {one.program.program}: {one.pair.name}": one for one in situations()}
    with library_index(Settings()) as search:

        async def name_all() -> dict[str, Named]:
            every = counted(list(cases.items()), lambda one: one[0])
            return {name: await name_own(situation, search) for name, situation in every}

        named = asyncio.run(name_all())
        if not search.healthy:
            raise PartNotRun("The index failed meanwhile. Run it again; the index is built anew.")
    outputs = {id(situation): named[name] for name, situation in cases.items()}
    dataset = Dataset(
        name="own-documents",
        cases=[Case(name=name, inputs=situation) for name, situation in cases.items()],
        evaluators=[metric() for metric in METRICS],
    )
    return dataset.evaluate_sync(
        lambda situation: outputs[id(situation)], name="own-documents", max_concurrency=1, progress=False
    )


register(Part("own-documents", "whether a program's own documents are named where they fit", METRICS, run))
