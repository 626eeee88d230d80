"""Agendas asked of a model that writes poorly, and what the guards say of every text that it sent.

Replies of a small model seldom have the right form as a whole; so their texts are also judged one by one.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from pydantic import ValidationError

from coach.agenda.brief import Briefing
from coach.agenda.choose import choose
from coach.agenda.elsewhere import within_scope
from coach.agenda.guard import Draft, Violation, check_agenda, check_prep
from coach.agenda.pipeline import AgendaMaker, MadeAgenda, briefing_for
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.words import AgendaWords, ItemWords, PrepWords, StarterWords
from coach.llm import LanguageModel, ModelReply, ModelRequest, extract_json
from coach.models import ActionItem, MentoringSession, Pair, Participant, Program
from coach.retrieval.search import Search
from coach.store.agendas import AgendaFacts
from coach.store.pairs import PairPeople
from coach.vocabulary import Vocabulary
from evals.bench.briefs import Brief, briefs

_MINUTES = (15, 45, 30, 60, 90, 20, 75, 25)
# Number of the session, and how many are planned: kickoff, building, midpoint, closing.
_PLACES = ((1, 6), (2, 6), (3, 6), (6, 6))
_OPEN_ACTIONS = (
    "bring last month's figures",
    "ask the service desk which tools are allowed",
    "sit in on the Thursday meeting",
    "send the link to the shared board",
    "try the shortcut three times",
    "talk to one new colleague about it",
    "write down what confused me",
    "block an hour for practice",
)
_NOTES = ("", "I am nervous about correcting somebody so senior.", "My knee operation is in March; short walks only.")
_AVOID = ((), ("redundancies",), ("pensions", "age"))


@dataclass(frozen=True)
class Judged:
    """One text of a reply, and what the guards say of it in an agenda that is sound otherwise."""

    where: str
    text: str
    violations: list[Violation]


@dataclass
class Exchange:
    """One request, and what came of it; `reply` stays None where none came."""

    request: ModelRequest
    reply: ModelReply | None = None
    error: str | None = None
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    texts: list[Judged] = field(default_factory=list)


class RecordingModel:
    """Passes requests on and keeps them with their replies."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.exchanges: list[Exchange] = []

    @property
    def name(self) -> str:
        """Name of the model behind."""
        return self._model.name

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Ask the model behind. Raises ModelError."""
        exchange = Exchange(request)
        self.exchanges.append(exchange)
        began = time.monotonic()
        try:
            exchange.reply = await self._model.reply(request)
        except BaseException as error:
            exchange.error = type(error).__name__
            raise
        finally:
            exchange.seconds = time.monotonic() - began
        return exchange.reply


def cases(count: int) -> list[AgendaFacts]:
    """What is known of `count` pairs, as the database would tell it: every stage, many lengths, 0 to 8 open actions."""
    return [_facts(number, brief) for number, brief in enumerate(islice(briefs(), count))]


def _facts(number: int, brief: Brief) -> AgendaFacts:
    session_number, planned = _PLACES[number % len(_PLACES)]
    program = Program(id="program", name="Bridge", planned_sessions=planned)
    mentor, mentee = (
        Participant(
            id=role,
            program_id=program.id,
            name=person.name,
            role_title=person.role_title,
            strengths=list(person.strengths),
            avoid_topics=list(_AVOID[number % len(_AVOID)]) if role == "mentee" else [],
        )
        for role, person in (("mentor", brief.mentor), ("mentee", brief.mentee))
    )
    pair = Pair(
        id=f"pair-{number}",
        program_id=program.id,
        mentor_id=mentor.id,
        mentee_id=mentee.id,
        goals=list(brief.goals),
        topics=list(brief.topics),
        planned_sessions=planned,
    )
    day = datetime(2030, 3, 4, 9, tzinfo=UTC)
    sessions = [
        MentoringSession(
            id=f"session-{number}-{past}",
            pair_id=pair.id,
            number=past,
            scheduled_at=day + timedelta(weeks=3 * past),
            minutes=_MINUTES[number % len(_MINUTES)],
            status="planned" if past == session_number else "held",
        )
        for past in range(1, session_number + 1)
    ]
    actions = [
        ActionItem(
            id=f"action-{number}-{index}",
            pair_id=pair.id,
            session_id=sessions[-2].id if len(sessions) > 1 else None,
            owner="mentee" if index % 2 else "mentor",
            text=text,
            due_on=date(2030, 3, 10) + timedelta(weeks=index),
        )
        for index, text in enumerate(_OPEN_ACTIONS[: number * 5 % (len(_OPEN_ACTIONS) + 1)])
    ]
    note = _NOTES[number % len(_NOTES)]
    return AgendaFacts(
        program=program,
        people=PairPeople(pair, mentor, mentee),
        session=sessions[-1],
        sessions=sessions,
        actions=actions,
        notes={mentor.id: note} if note else {},
        past=[],
        asked=frozenset(),
    )


@dataclass(frozen=True)
class Attempt:
    """One agenda as it would be stored, and how it came about; `unsound` is what the guards say of it."""

    briefing: Briefing
    plan: AgendaPlan
    made: MadeAgenda
    exchanges: list[Exchange]
    seconds: float
    unsound: list[Violation]

    @property
    def source(self) -> str:
        """Whose words they are: model, repaired or fallback."""
        return str(self.made.row.content["generator"]["source"])


async def attempt(facts: AgendaFacts, search: Search, model: LanguageModel, timeout_s: float) -> Attempt:
    """Make one agenda as the service does, and have the guards look at every reply and at the result."""
    briefing = await within_scope(await briefing_for(facts, search), search)
    recording = RecordingModel(model)
    began = time.monotonic()
    made = await AgendaMaker(search, recording, timeout_s).make(briefing, facts.people.pair.id, facts.program.id)
    seconds = time.monotonic() - began
    plan = await choose(outline(briefing.brief), briefing, search)
    stored = Draft(stored_words(made.row.content), plan, briefing, Vocabulary(search.passages))
    for exchange in recording.exchanges:
        exchange.violations = _judge(exchange, stored)
        exchange.texts = list(_judge_apart(exchange, stored))
    unsound = check_agenda(stored)
    if sum(item["minutes"] for item in made.row.content["items"]) != briefing.brief.minutes:
        unsound.append(Violation("minutes", "items", "They do not sum to the minutes of the session."))
    return Attempt(briefing, plan, made, recording.exchanges, seconds, unsound)


def stored_words(content: dict[str, Any]) -> AgendaWords:
    """The words of a stored agenda, as the guards read them."""
    return AgendaWords(
        title=content["title"],
        summary=content["summary"],
        items=tuple(
            ItemWords(
                slot=int(item["id"]), title=item["title"], description=item["description"], sources=item["sources"]
            )
            for item in content["items"]
        ),
        starters=tuple(
            StarterWords(starter=number, text=starter["text"])
            for number, starter in enumerate(content["starters"], start=1)
        ),
    )


def _judge(exchange: Exchange, stored: Draft) -> list[Violation]:
    """What is wrong with a reply, by the same guards in the same order as in the pipeline."""
    if exchange.reply is None:
        return []
    value = extract_json(exchange.reply.text)
    if value is None:
        return [Violation("reading", "reply", "It is not one whole JSON object.")]
    try:
        if exchange.request.schema_name == "prep":
            return check_prep(PrepWords.model_validate(value), stored)
        words = AgendaWords.model_validate(value)
    except ValidationError as error:
        return [
            Violation("schema", ".".join(map(str, detail["loc"])), detail["msg"])
            for detail in error.errors(include_input=False)
        ]
    return check_agenda(Draft(words, stored.plan, stored.briefing, stored.vocabulary))


def _judge_apart(exchange: Exchange, stored: Draft) -> Iterator[Judged]:
    """Each text of a reply, put in the place of the stored one, so that one bad text does not hide the others."""
    reply = extract_json(exchange.reply.text) if exchange.reply else None
    whole = stored.words.model_dump()
    for where, text, changed in _grafts(reply or {}, whole):
        try:
            draft = Draft(AgendaWords.model_validate(changed), stored.plan, stored.briefing, stored.vocabulary)
        except ValidationError as error:
            yield Judged(where, text, [Violation("schema", where, detail["msg"]) for detail in error.errors()])
        else:
            yield Judged(where, text, check_agenda(draft))


def _grafts(reply: dict[str, Any], whole: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Place and text of everything in the reply that has a place in the whole, with the whole as it would be then."""
    for key in ("title", "summary"):
        if isinstance(text := reply.get(key), str):
            yield key, text, {**whole, key: text}
    for key, number in (("items", "slot"), ("starters", "starter")):
        parts = reply.get(key)
        for part in parts if isinstance(parts, list) else ():
            if not isinstance(part, dict):
                continue
            others = [part if other[number] == part.get(number) else other for other in whole[key]]
            if part in others:
                text = "\n".join(str(part.get(name, "")) for name in ("title", "description", "text") if name in part)
                yield f"{number} {part[number]}", text, {**whole, key: others}
