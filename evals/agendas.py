"""The part `agendas`: what the composer makes of the briefs in `datasets/agendas.yaml`.

They come from `AgendaMaker` as the service uses it, without a model unless `evals.writers` names one.
"""

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic_evals import Case, Dataset, increment_eval_metric
from pydantic_evals.reporting import EvaluationReport

from coach.agenda.avoidance import Avoidance
from coach.agenda.brief import Briefing, PrivateBrief, SessionBrief
from coach.agenda.choose import choose
from coach.agenda.elsewhere import within_scope
from coach.agenda.guard import Draft, check_agenda
from coach.agenda.outlines import SHORTEST_SLOT
from coach.agenda.pipeline import AgendaMaker
from coach.agenda.plan import outline
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store.agendas import starter_key
from coach.vocabulary import Vocabulary
from evals.library_index import library_index
from evals.parts import Metric, Part, PartNotRun, register
from evals.progress import done, expect
from evals.questions import is_open
from evals.rows import distinct, yaml_rows
from evals.support import supported
from evals.words_shown import written_words
from evals.writers import in_models_words, writer

DATASET = Path(__file__).with_name("datasets") / "agendas.yaml"
SCHEMA = DATASET.with_name("agendas_schema.json")

# Of the words of an activity so many must stand in what it cites, or in what the two told.
_SUPPORTED = 0.7
_FEWEST_STARTERS = 3
# How much of a quoted text must be there word for word: long ones are shortened where they are quoted.
_QUOTED_CHARACTERS = 40
# What the items of a stage must hold: the kinds that can hold it, and words without which it is not there.
_MUST_HAVES: dict[str, dict[str, tuple[frozenset[str], str]]] = {
    "kickoff": {
        "confidentiality": (frozenset({"discussion"}), r"\bconfidential"),
        "ground rules": (frozenset({"discussion"}), r"\bground rules?\b"),
        "goals": (frozenset({"discussion"}), r"\bgoals?\b"),
    },
    "building": {"something to do": (frozenset({"exercise"}), r"")},
    "midpoint": {"a review of the goals": (frozenset({"review"}), r"\bgoals?\b")},
    "closing": {
        "an evaluation": (frozenset({"review"}), r"\b(?:look back|was reached|done differently)\b"),
        "a celebration": (frozenset({"reflection"}), r"\b(?:celebrat|thank|proud)"),
    },
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgendaCase(_Strict):
    """What an agenda is made from.

    `brief` is a SessionBrief as the service stores it beside every agenda, `avoid` what either person asked to keep
    out, `asked` the starters that the pair has had, and the notes what each told the coach alone.
    """

    brief: SessionBrief
    avoid: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    mentor_note: str = ""
    mentee_note: str = ""

    def groups(self) -> dict[str, Sequence[str]]:
        """What the case is of."""
        return {"stage": [self.brief.stage], "topic": self.brief.topics}

    def briefing(self) -> Briefing:
        """The briefing, as the service would have read it from its database."""
        return Briefing(
            brief=self.brief,
            mentor=PrivateBrief(self.mentor_note, "", 0),
            mentee=PrivateBrief(self.mentee_note, "", 0),
            avoid=Avoidance(list(self.avoid)),
            asked=frozenset(map(starter_key, self.asked)),
        )


class About(_Strict):
    """Why a case is there; `typed_goals` are the goals as they were typed, where that differs from the brief."""

    why: str
    typed_goals: tuple[str, ...] = ()


class _Row(_Strict):
    name: str
    inputs: AgendaCase
    metadata: About


class _File(_Strict):
    name: str
    cases: tuple[_Row, ...]


@dataclass(frozen=True)
class Output:
    """An agenda as it is stored and shown: the shared `content` and each one's prep, by role.

    `draft` is the same words with the plan and briefing behind them, `library` the ids of all passages.
    """

    content: dict[str, Any]
    preps: dict[str, dict[str, Any]]
    draft: Draft
    library: frozenset[str]

    def shown(self) -> dict[str, Any]:
        """What the two are shown."""
        return {"agenda": self.content, "preps": self.preps}

    def texts(self) -> Iterator[str]:
        """Everything that at least one of the two can read."""
        for shown in (self.content, self.preps):
            yield from _strings(shown)

    def shared_text(self) -> str:
        """What both read in the agenda itself, without starters and sources."""
        items = [item[key] for item in self.content["items"] for key in ("title", "description", "because")]
        return "\n".join([self.content["title"], self.content["summary"], *items])


class MinutesSum(Metric[AgendaCase, Output]):
    """A timetable that does not add up costs the coach its credit in the first minute, and the end is what gets cut:
    the next steps.
    """

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Items that do not sum to the minutes of the session, or are too short to be held."""
        minutes = [item["minutes"] for item in output.content["items"]]
        found = [f"an item of {short} minutes" for short in minutes if short < SHORTEST_SLOT]
        if sum(minutes) != inputs.brief.minutes:
            found.append(f"{sum(minutes)} minutes planned for a session of {inputs.brief.minutes}")
        return found


class StageMustHaves(Metric[AgendaCase, Output]):
    """Each stage has something that cannot be made up for later: without confidentiality at the kickoff nobody is
    candid after it, and a series without a midpoint review or an evaluation drifts and ends in silence. What was
    promised last time and is not asked about is not done.
    """

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """What the stage needs and the agenda lacks."""
        brief, items = inputs.brief, output.content["items"]
        texts = [(item["kind"], f"{item['title']}\n{item['description']}") for item in items]
        found = [
            f"no {what}"
            for what, (kinds, words) in _MUST_HAVES[brief.stage].items()
            if not any(kind in kinds and re.search(words, text, re.IGNORECASE) for kind, text in texts)
        ]
        if items[0]["kind"] != "check-in":
            found.append("it does not open with a check-in")
        if items[-1]["kind"] != "next-steps":
            found.append("it does not close with next steps")
        # At a short kickoff or closing the open actions may give way; elsewhere the first due is always asked about.
        if brief.actions and brief.stage in {"building", "midpoint"}:
            reviewed = "\n".join(text for kind, text in texts if kind == "review")
            if not _quotes(reviewed, brief.actions[0].text):
                found.append("the open action that is due first is not reviewed")
        activities = {slot.activity.front.id for slot in output.draft.plan.slots if slot.activity is not None}
        if brief.carried is not None and brief.carried.activity_id not in activities:
            found.append("the activity carried over from the session that did not take place is missing")
        return found


class MentorsShare(Metric[AgendaCase, Output]):
    """Where the senior leads, it is ordinary mentoring: hierarchy takes the meeting back as soon as it may."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Less than half of the minutes led by the mentor alone."""
        items, minutes = output.content["items"], output.content["minutes"]
        led = sum(item["minutes"] for item in items if item["led_by"] == "mentor")
        return [f"the mentor leads {led} of {minutes} minutes"] if led < minutes / 2 else []


class CitationsExist(Metric[AgendaCase, Output]):
    """A source that cannot be looked up is worse than none: it lends weight to what nobody has checked."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Cited ids that no source or no passage stands behind, and suggestions from the library without any."""
        content = output.content
        cited = [(f"item {item['id']}", item["sources"]) for item in content["items"]]
        cited += [(f"starter {number}", s["sources"]) for number, s in enumerate(content["starters"], start=1)]
        cited += [(f"prep of the {role}", prep["sources"]) for role, prep in output.preps.items()]
        listed = {source["id"] for source in content["sources"]}
        found = [
            f"{where} cites {key}, which {reason}"
            for where, keys in cited
            for key in keys
            for reason, known in (("is not in the library", output.library), ("is not among the sources", listed))
            if key not in known
        ]
        suggests = {f"item {n}" for n, slot in enumerate(output.draft.plan.slots, start=1) if slot.activity is not None}
        found += [
            f"{where} cites nothing"
            for where, keys in cited
            if not keys and (where in suggests or where.startswith("starter"))
        ]
        found += [f"source {s['id']} rests on nothing" for s in content["sources"] if not s["references"]]
        return found


class BecauseGiven(Metric[AgendaCase, Output]):
    """People keep to an agenda whose reasons they see; an item without one is the first that gets dropped."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Items without a reason in at least one whole sentence."""
        return [
            f"item {item['id']} gives no reason"
            for item in output.content["items"]
            if len(item["because"].split()) < 3 or item["because"].strip()[-1] not in ".?!"
        ]


class GoalsNamed(Metric[AgendaCase, Output]):
    """An agenda that does not name what the two set out to do could be anybody's, and they treat it so."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Goals that are not named: all must be at the kickoff, midpoint and closing, one in a building session."""
        brief, text = inputs.brief, output.shared_text()
        if not brief.goals:
            return None
        missing = [goal for goal in brief.goals if not _quotes(text, goal)]
        if brief.stage == "building" and len(missing) < len(brief.goals):
            return []
        return [f"the goal “{goal}” is not named" for goal in missing]


class GuardsPass(Metric[AgendaCase, Output]):
    """The composer is what the service falls back on when a model's words do not pass the guards, so its own must."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """What the guards of `coach.agenda.guard` find in the words as they are shown."""
        return [f"{found.guard}, {found.where}: {found.reason}" for found in check_agenda(output.draft)]


class CitationsSupport(Metric[AgendaCase, Output]):
    """A source that says something else makes the coach a liar before whoever looks it up, and some do."""

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Activities of whose words too few stand in what they cite or in what the pair told."""
        found = []
        for item, slot in zip(output.draft.words.items, output.draft.plan.slots, strict=True):
            cited = [passage for passage in slot.passages if passage.id in item.sources]
            if slot.activity is not None and cited:
                share, lacking = supported(item.description, cited, inputs.brief.model_dump_json())
                if share < _SUPPORTED:
                    found.append(f"item {item.slot}: {share:.0%} of its words, without {', '.join(lacking[:8])}")
        return found


class StartersOpen(Metric[AgendaCase, Output]):
    """A question that yes or no answers ends the talk that it should start, and one that comes again says that
    nobody listened the first time.
    """

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Too few starters, closed questions, and questions that come twice or that the pair has had."""
        texts = [starter["text"] for starter in output.content["starters"]]
        found = [] if len(texts) >= _FEWEST_STARTERS else [f"{len(texts)} starters"]
        seen = {starter_key(text) for text in inputs.asked}
        for text in texts:
            if not is_open(text):
                found.append(f"“{text}” is no open question")
            if starter_key(text) in seen:
                found.append(f"“{text}” was asked before")
            seen.add(starter_key(text))
        return found


class AvoidedAbsent(Metric[AgendaCase, Output]):
    """Somebody asked to keep this out, perhaps for a reason that hurts; one slip and that person tells the coach
    nothing any more.
    """

    def faults(self, inputs: AgendaCase, output: Output) -> list[str] | None:
        """Avoided phrases, also as the beginning of a longer word, in anything that is shown; and avoided topics."""
        if not inputs.avoid:
            return None
        found = []
        for phrase in inputs.avoid:
            words = r"\W+".join(map(re.escape, re.findall(r"\w+", phrase)))
            found += [
                f"“{phrase}” in “{text}”" for text in output.texts() if re.search(rf"\b{words}", text, re.IGNORECASE)
            ]
        avoided = {phrase.casefold() for phrase in inputs.avoid}
        plan = output.draft.plan
        documents = [slot.activity for slot in plan.slots if slot.activity] + [p.document for p in plan.starters]
        found += [f"{d.front.id} is on {d.front.topic}" for d in documents if d.front.topic in avoided]
        return found


METRICS: tuple[type[Metric[AgendaCase, Output]], ...] = (
    MinutesSum,
    StageMustHaves,
    MentorsShare,
    CitationsExist,
    CitationsSupport,
    BecauseGiven,
    GoalsNamed,
    GuardsPass,
    StartersOpen,
    AvoidedAbsent,
)


def read_dataset(file: Path = DATASET) -> Dataset[AgendaCase, Any, About]:
    """The cases, with every metric of this part. Raises PartNotRun naming the file and what is wrong in it."""
    rows = distinct(_Row, yaml_rows(file, "cases"))
    return Dataset(
        name="agendas",
        cases=[Case(name=row.name, inputs=row.inputs, metadata=row.metadata) for row in rows],
        evaluators=[metric() for metric in METRICS],
    )


def schema() -> dict[str, Any]:
    """The JSON schema of the dataset's file, for editors. Metrics have no place in it: they are code, and gated."""
    return _File.model_json_schema()


async def evaluate(
    dataset: Dataset[AgendaCase, Any, About], search: Search
) -> EvaluationReport[AgendaCase, Any, About]:
    """Make and judge every case's agenda. Raises PartNotRun when the index failed: only words were searched then."""
    by = writer()
    maker = AgendaMaker(search, by.model, by.timeout_s)
    vocabulary = Vocabulary(search.passages)
    library = frozenset(passage.id for passage in search.passages)
    names = {case.inputs.model_dump_json(): case.name or "" for case in dataset.cases}
    expect(len(names))

    async def make(case: AgendaCase) -> Output:
        began = time.monotonic()
        briefing = await within_scope(case.briefing(), search)
        row = (await maker.make(briefing, pair_id="pair", program_id="program")).row
        increment_eval_metric("prompt_tokens", row.prompt_tokens)
        increment_eval_metric("completion_tokens", row.completion_tokens)
        done(names[case.model_dump_json()], time.monotonic() - began)
        plan = await choose(outline(briefing.brief), briefing, search)
        draft = Draft(written_words(row.content, plan, briefing.brief), plan, briefing, vocabulary)
        return Output(row.content, {"mentor": row.prep_mentor, "mentee": row.prep_mentee}, draft, library)

    # One at a time: how queries are batched must not decide a close ranking.
    report = await dataset.evaluate(make, name="agendas", max_concurrency=1, progress=False)
    if not search.healthy:
        raise PartNotRun("The index failed while the agendas were made. Run it again; the index is built anew.")
    by.check()
    if by.model is not None:
        for case in report.cases:
            if not in_models_words(case.output.content):
                # What the composer wrote in the model's place says nothing of the model. That it passes the guards is
                # what it stands in for.
                shown = {metric: found for metric, found in case.assertions.items() if metric == GuardsPass.metric()}
                case.assertions = shown
        report.experiment_metadata = {"notes": await by.notes([case.output.content for case in report.cases])}
    return report


def run() -> EvaluationReport[Any, Any, Any]:
    """The part, over the library of the settings. Raises PartNotRun or a CoachError."""
    dataset = writer().cases_of(read_dataset())
    with library_index(Settings()) as search:
        return asyncio.run(evaluate(dataset, search))


def _quotes(text: str, quoted: str) -> bool:
    return quoted[:_QUOTED_CHARACTERS].casefold() in text.casefold()


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


register(Part("agendas", "what the composer makes of the briefs in datasets/agendas.yaml", METRICS, run))
