"""The part `starters`: the questions that pairs are given, in one agenda and over a series of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic_evals.reporting import EvaluationReport

from coach.retrieval.library import read_library, starters
from coach.settings import Settings
from coach.store.agendas import starter_key
from evals.made import pairs_agendas, series_of_agendas
from evals.pairs import PairCase
from evals.parts import Metric, Part, judged, register
from evals.questions import is_open

_FEWEST = 3
_LONGEST_WORDS = 28


@dataclass(frozen=True)
class Asked:
    """The starters of one agenda, or of each agenda of a series, with what the agenda says of itself.

    `chosen` are the topics that the pair may be asked about, those that it chose and neither keeps out.
    """

    agendas: Sequence[dict[str, Any]]
    chosen: tuple[str, ...]

    def shown(self) -> list[dict[str, Any]]:
        """The starters of each agenda, and its notice."""
        return [{"starters": agenda["starters"], "notice": agenda["notice"]} for agenda in self.agendas]

    def starters(self) -> Iterator[dict[str, Any]]:
        """Every starter, in order."""
        for agenda in self.agendas:
            yield from agenda["starters"]


class OpenQuestions(Metric[PairCase, Asked]):
    """A question that yes or no answers ends the talk that it should start, and nobody can hold a long one in mind."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Closed questions, what is no question, and what is too long to be asked aloud."""
        found = []
        for text in (starter["text"] for starter in output.starters()):
            if not is_open(text):
                found.append(f"“{text}” is no open question")
            elif len(text.split()) > _LONGEST_WORDS:
                found.append(f"“{text}” is too long")
        return found


class WhoAsks(Metric[PairCase, Asked]):
    """Where nobody is named to ask, the senior asks everything, and it is an interview."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Starters without a side, and agendas in which one side alone asks three or more."""
        found = [f"nobody asks “{one['text']}”" for one in output.starters() if one["asked_by"] not in _SIDES]
        for number, agenda in enumerate(output.agendas, start=1):
            sides = [starter["asked_by"] for starter in agenda["starters"]]
            if len(sides) >= _FEWEST and len(set(sides)) == 1 and sides[0] != "either":
                found.append(f"agenda {number}: only the {sides[0]} asks")
        return found


_SIDES = frozenset({"mentor", "mentee", "either"})


class TopicsKept(Metric[PairCase, Asked]):
    """Who chose two topics and is asked about a third thinks that the coach did not read what they chose."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Starters on topics that the pair did not choose, unless the library had no more on those."""
        if not output.chosen or len(output.agendas) > 1 or "no more starters" in output.agendas[0]["notice"]:
            return None
        return [
            f"on {starter['topic']}: “{starter['text']}”"
            for starter in output.starters()
            if starter["topic"] is not None and starter["topic"] not in inputs.topics
        ]


class StageKept(Metric[PairCase, Asked]):
    """Who is asked at the first meeting what the meetings have changed knows that no one looked at the calendar."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Starters of the library that are for other stages than the agenda's."""
        stages = _stages_of_starters()
        return [
            f"“{starter['text']}” at a {agenda['stage']}"
            for agenda in output.agendas
            for starter in agenda["starters"]
            if agenda["stage"] not in stages.get(starter["text"], (agenda["stage"],))
        ]


@cache
def _stages_of_starters() -> Mapping[str, Collection[str]]:
    """For which stages the library has each starter."""
    documents = read_library(Settings().knowledge_dir).documents
    return {
        text: document.front.stages
        for document in documents
        if document.kind == "starters"
        for text, _ in starters(document)
    }


class NoStarterTwice(Metric[PairCase, Asked]):
    """A question that comes back says that nobody listened the first time."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Starters that the pair had before."""
        seen: dict[str, int] = {}
        found = []
        for number, agenda in enumerate(output.agendas, start=1):
            for starter in agenda["starters"]:
                key = starter_key(starter["text"])
                if key in seen:
                    found.append(f"“{starter['text']}” in sessions {seen[key]} and {number}")
                seen[key] = number
        return found


class DryTold(Metric[PairCase, Asked]):
    """Where the library has too little that is new, hiding it would make the coach look careless."""

    def faults(self, inputs: PairCase, output: Asked) -> list[str] | None:
        """Agendas with fewer than three starters that do not say why."""
        return [
            f"session {number}: {len(agenda['starters'])} starters"
            for number, agenda in enumerate(output.agendas, start=1)
            if len(agenda["starters"]) < _FEWEST and "no more starters" not in agenda["notice"]
        ]


METRICS: tuple[type[Metric[PairCase, Asked]], ...] = (
    OpenQuestions,
    WhoAsks,
    TopicsKept,
    StageKept,
    NoStarterTwice,
    DryTold,
)


def run() -> EvaluationReport[Any, Any, Any]:
    """The part: the starters of the agendas of `pairs` and `series`. Raises PartNotRun or a CoachError."""
    pairs, made = pairs_agendas()
    outputs = {pair.name: Asked([made[pair.name].content], made[pair.name].briefing.brief.topics) for pair in pairs}
    cases = {pair.name: pair for pair in pairs}
    long, series = series_of_agendas()
    for pair in long:
        name = f"{pair.name}, a series"
        cases[name] = pair.model_copy(update={"name": name})
        outputs[name] = Asked(series[pair.name].agendas, pair.topics)
    return judged("starters", cases, METRICS, outputs)


register(Part("starters", "the questions that pairs are given, in one agenda and over a series", METRICS, run))
