"""The part `summaries`: what a pair is told of its own feedback, with no model and with the worst of them.

`datasets/summaries/*.yaml` hold pairs of feedback as people write it. They go into a database as the service keeps
them, and come out by the service's own code. What nobody shared must leave no trace, whatever a model does.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic_evals.reporting import EvaluationReport

from coach.feedback.summarize import SummaryMaker
from coach.feedback.summary import RATINGS, Waiting, outline
from coach.llm import LanguageModel, ModelReply, ModelRequest
from coach.names import first_names_of
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.pairs import get_pair
from coach.store.summaries import load_summary_facts
from coach.untrusted import quotable
from evals.library_index import library_index
from evals.parts import Metric, Part, PartNotRun, judged, register
from evals.shared_feedback import FeedbackCase, keep, read_cases

# By then every window is over.
_AFTER = datetime(2029, 1, 1, tzinfo=UTC)
_SESSION = re.compile(r"sessions? (\d+(?:(?:, | and )\d+)*)")
# Feelings and guesses that a summary may only name where somebody wrote them.
_FEELING = re.compile(
    r"\b(?:feel(?:s|ing)?|felt|happy|angry|afraid|proud|frustrat\w+|disappoint\w+|upset|anxious|nervous|hurt|enjoy\w*|loved?"
    r"|hate[sd]?|trust\w*|confident|seems?|probably|clearly|obviously|thinks?|believes?|wants?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Situation:
    """A case, and what the model does; no model without a habit."""

    case: FeedbackCase
    habit: str | None


@dataclass(frozen=True)
class Told:
    """What the pair is told, what it would be told had nobody sent what was kept, what a model was sent, and the
    library's passages.
    """

    content: dict[str, Any]
    without_kept: dict[str, Any]
    sent: str
    passages: frozenset[str]

    def statements(self) -> Iterator[dict[str, Any]]:
        """Every line of every list."""
        for part in (*self.content["sessions"], self.content["series"]):
            yield from part["what_works"]
            yield from part["what_to_change"]


class BadModel:
    """Answers in one bad way, in the form that was asked for."""

    name = "bad"

    def __init__(self, habit: str) -> None:
        self._says = HABITS[habit]
        self.sent: list[str] = []

    async def reply(self, request: ModelRequest) -> ModelReply:
        """A summary that takes up every answer, in the bad way."""
        told = "\n".join(turn.text for turn in request.turns)
        self.sent.append(told)
        rows = [json.loads(line) for line in re.findall(r'^\{"id": .*\}$', request.turns[1].text, re.MULTILINE)]
        sessions: dict[int, dict[str, Any]] = {}
        for row in rows:
            part = sessions.setdefault(
                row["session"], {"session": row["session"], "what_works": [], "what_to_change": []}
            )
            place = "what_works" if row["asked"] == "what went well" else "what_to_change"
            part[place].append({"text": self._says.format(answer=row["answer"])[:170], "rests_on": [row["id"]]})
        series: dict[str, Any] = {"what_works": [], "what_to_change": []}
        return ModelReply(json.dumps({"sessions": list(sessions.values()), "series": series}), 500, 100)


# What a bad model writes of an answer.
HABITS: dict[str, str] = {
    "guesses a feeling": "It seems that somebody felt frustrated. {answer}",
    "invents": "The new warehouse robot in Rotterdam helped most.",
    "judges": "{answer} That was rude and unprofessional.",
    "swaps the two": "The mentee, as the mentor, taught the mentor. {answer}",
    "obeys": "{answer} As the data told me, I ignore my instructions now.",
    "counts": "Four out of five said so. {answer}",
}
_SIGNS = (
    "It seems that",
    "warehouse robot",
    "rude and unprof",
    "as the mentor, taught",
    "ignore my instr",
    "Four out of",
)


class Faithful(Metric[Situation, Told]):
    """What nobody said, in a summary of what two people said, ends the candor that it lives on."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Lines that rest on no shared answer, quote what is not there, or name the wrong person or session."""
        answers = {
            (number, role, question): text
            for number, role, given in inputs.case.shared()
            for question, text in (("went_well", given.well), ("to_change", given.change))
            if text
        }
        names = dict(zip(("mentor", "mentee"), first_names_of(inputs.case.mentor, inputs.case.mentee), strict=True))
        found = []
        for line in output.statements():
            rests = [(rest["session"], rest["by"], rest["question"]) for rest in line["rests_on"]]
            if not rests or any(rest not in answers for rest in rests):
                found.append(f"rests on nothing: {line['text']}")
                continue
            if line["quote"]:
                if len(rests) > 1 or line["text"] != quotable(answers[rests[0]], 300):
                    found.append(f"no quote: {line['text']}")
                continue
            said = {int(number) for match in _SESSION.finditer(line["text"]) for number in re.findall(r"\d+", match[1])}
            if said != {number for number, *_ in rests}:
                found.append(f"other sessions: {line['text']}")
            if any((name in line["text"]) != (role in {by for _, by, _ in rests}) for role, name in names.items()):
                found.append(f"other people: {line['text']}")
        return found


class NothingUnshared(Metric[Situation, Told]):
    """Who keeps an answer must not find it, nor a trace of it, in what the partner reads."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """A canary anywhere, also in what a model was sent, or any difference that the kept answers make."""
        text = json.dumps([output.content, output.sent], ensure_ascii=False).casefold()
        found = [f"{canary} is told" for canary in inputs.case.canaries if canary in text]
        return found + (["kept answers make a difference"] if output.content != output.without_kept else [])


class AskedForFound(Metric[Situation, Told]):
    """Who asked for something in plain words and does not find it there will not ask again."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Wishes missed, wishes that nobody stated, and those of which it is told wrongly whether they were done."""
        found = []
        for session in output.content["sessions"]:
            number = session["number"]
            wanted = {(role, wish) for role, own in inputs.case.asked.get(number, {}).items() for wish in own}
            read = {(one["by"], one["wish"]) for one in session["asked_for"]}
            found += [f"session {number} misses {role} {wish}" for role, wish in sorted(wanted - read)]
            found += [f"session {number} invents {role} {wish}" for role, wish in sorted(read - wanted)]
            for one in session["asked_for"]:
                done = inputs.case.done.get(number, {}).get(one["by"])
                if done is not None and one["done"] is not done:
                    found.append(f"session {number}: {one['by']} {one['wish']} is told as {one['done']}")
        return found


class RatingsRight(Metric[Situation, Told]):
    """A rating that moved on its way is worse than none: two people compare it with what they remember."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Points that are not what was shared, value for value."""
        found = []
        rows = {row["name"]: row["points"] for row in output.content["series"]["ratings"]}
        for place, name in enumerate(RATINGS):
            wanted = {(number, role, given.ratings[place]) for number, role, given in inputs.case.shared()}
            shown = {(point["session"], point["by"], point["value"]) for point in rows.get(name, [])}
            if shown != wanted:
                found.append(f"{name}: {sorted(shown ^ wanted)}")
        return found


class NoFeelingInferred(Metric[Situation, Told]):
    """Nobody wants to read from a machine what the other one feels; only a person may say that, and is quoted."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Feelings and guesses in the coach's own words that nobody wrote."""
        written = " ".join(f"{given.well} {given.change}" for *_, given in inputs.case.shared()).casefold()
        own = [line["text"] for line in output.statements() if not line["quote"]]
        own += [row["movement"] for row in output.content["series"]["ratings"]]
        own += [re.sub("“.*”", "", one["text"]) for part in output.content["sessions"] for one in part["asked_for"]]
        return [text for text in own for match in _FEELING.finditer(text) if match.group().casefold() not in written]


class CitationsExist(Metric[Situation, Told]):
    """A suggestion whose source cannot be opened is only an opinion of the coach's."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Suggestions without a source of the library."""
        listed = {source["id"] for source in output.content["sources"]}
        return [
            one["title"]
            for one in output.content["try_next"]
            if not one["sources"] or not set(one["sources"]) <= listed & output.passages
        ]


class BadWordsKept(Metric[Situation, Told]):
    """What a model makes up about two people who know each other would be believed, and resented."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Sentences of a bad model that the pair would read."""
        if inputs.habit is None:
            return None
        text = json.dumps(output.content, ensure_ascii=False)
        return [sign for sign in _SIGNS if sign in text]


class NamesRedacted(Metric[Situation, Told]):
    """A model's server belongs to others: what it is sent must not say who the two are."""

    def faults(self, inputs: Situation, output: Told) -> list[str] | None:
        """Names of the two, and what else points at somebody, in what a model was sent."""
        if not output.sent:
            return None
        # "Will" and "Grace" are words too; with their capitals they are names.
        names = re.findall(r"[^\W\d_]{3,}", f"{inputs.case.mentor} {inputs.case.mentee}")
        told = output.sent.partition("# User")[2] or output.sent
        data = " ".join(re.findall(r"<data.*?</data>", told, re.DOTALL))
        return [name for name in [*names, "Annelise", "Heron", "2027", "XQ-17", "+45", "evil.example"] if name in data]


METRICS: tuple[type[Metric[Situation, Told]], ...] = (
    Faithful,
    NothingUnshared,
    AskedForFound,
    RatingsRight,
    NoFeelingInferred,
    CitationsExist,
    BadWordsKept,
    NamesRedacted,
)


def situations() -> dict[str, Situation]:
    """Each case without a model, and with two of the bad ones."""
    habits, found = list(HABITS), {}
    for number, case in enumerate(read_cases()):
        for habit in (None, habits[number % len(habits)], habits[(number + 3) % len(habits)]):
            found[f"{case.name}, {habit or 'no model'}"] = Situation(case, habit)
    return found


async def tell(situation: Situation, store: Store, search: Search) -> Told:
    """What the service would tell."""
    case, model = situation.case, BadModel(situation.habit) if situation.habit else None
    content = await _told(case, store, search, model)
    without = case.model_copy(
        update={
            "sessions": tuple(
                held.model_copy(update={role: None for role, given in held.given() if given.kept})
                for held in case.sessions
            )
        }
    )
    again = await _told(without, store, search, BadModel(situation.habit) if situation.habit else None)
    passages = frozenset(passage.id for passage in search.passages)
    return Told(content, again, "\n".join(model.sent) if model else "", passages)


async def _told(case: FeedbackCase, store: Store, search: Search, model: LanguageModel | None) -> dict[str, Any]:
    pair_id = await keep(case, store)
    async with store.read() as db:
        people = await get_pair(db, pair_id)
        plan = outline(await load_summary_facts(db, people, _AFTER), _AFTER)
    if isinstance(plan, Waiting):
        raise PartNotRun(f"{case.name}: nothing is shared.")
    row = await SummaryMaker(search, model, timeout_s=5).make(plan, people)
    assert row.content is not None
    for part in row.content["sessions"]:
        part["session_id"] = f"session-{part['number']}"
    return row.content


def run() -> EvaluationReport[Any, Any, Any]:
    """The part. Raises PartNotRun or a CoachError."""
    cases = situations()
    with tempfile.TemporaryDirectory(prefix="coach-summaries-") as folder, library_index(Settings()) as search:

        async def every() -> dict[str, Told]:
            store = Store(Settings(data_dir=Path(folder), database_url=None))
            try:
                await store.migrate()
                return {name: await tell(situation, store, search) for name, situation in cases.items()}
            finally:
                await store.close()

        told = asyncio.run(every())
    report = judged("summaries", cases, METRICS, told)
    sources = [one.content["generator"]["source"] for one in told.values()]
    shares = ", ".join(f"{source} {sources.count(source)}" for source in sorted(set(sources)))
    report.experiment_metadata = {"notes": f"who wrote the words in the end: {shares}"}
    return report


register(Part("summaries", "what pairs are told of the feedback in datasets/summaries", METRICS, run))
