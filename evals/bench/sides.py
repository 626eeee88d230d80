"""The two sides: how each is prepared, started, and asked for the agenda of a brief."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from coach.retrieval.chunk import Passage
from evals.bench.briefs import Brief, Person
from evals.bench.load import Call
from evals.bench.servers import REPOSITORY, BenchError, Server, run_python, send

VISITS = 2


# Both indexes are built at the same time: threads of one build would only wait for those of the other.
_PREPARING = {"OMP_NUM_THREADS": "1"}


class Side(Protocol):
    """One of the two services that are measured."""

    title: str
    module: str
    source_at: tuple[str, ...]

    def start(self, folder: Path) -> Server:
        """Start the server process."""
        ...

    def plan(self, server: Server, numbers: Sequence[int]) -> None:
        """Tell the running server what it may know before these briefs' agendas are asked for."""
        ...

    def call(self, number: int, visit: int) -> Call:
        """The request for the agenda of brief `number`, asked the first time (`visit` 0) or again (1)."""
        ...


class ChainSide:
    """The LangChain chain of `evals/bench/chain.py`."""

    title = "LangChain chain"
    module = "evals.bench.chain"
    source_at: tuple[str, ...] = ()

    def __init__(self, briefs: Sequence[Brief], stub_port: int, model_folder: Path, folder: Path) -> None:
        self._briefs = briefs
        self._folder = folder
        self._arguments = [
            *("-m", "evals.bench.chain"),
            *("--embedding-folder", str(model_folder)),
            *("--index-folder", str(folder / "chain-chroma")),
            *("--llm-base-url", f"http://127.0.0.1:{stub_port}/v1"),
        ]

    def prepare(self, passages: Iterable[Passage]) -> None:
        """Fill the collection with the passages, embedded as the service embeds them."""
        file = self._folder / "passages.jsonl"
        with file.open("w", encoding="utf-8") as rows:
            for passage in passages:
                evidence = passage.document.front.evidence
                metadata = {"title": passage.title, "section": passage.section, "evidence": evidence}
                row = {"id": passage.id, "text": passage.embedded_text, "metadata": metadata}
                rows.write(json.dumps(row) + "\n")
        run_python([*self._arguments, "--build", str(file)], self._folder, _PREPARING)

    def start(self, folder: Path) -> Server:
        """Start the server process."""
        return Server("chain", self._arguments, folder)

    def plan(self, server: Server, numbers: Sequence[int]) -> None:
        """Nothing: the chain is told everything in the request."""

    def call(self, number: int, visit: int) -> Call:
        """The same request on every visit: the chain knows no sessions."""
        brief = self._briefs[number]
        body = {
            "mentor": _described(brief.mentor),
            "mentee": _described(brief.mentee),
            "goals": brief.goals,
            "topics": brief.topics,
            "stage": "kickoff" if visit == 0 else "building",
            "minutes": brief.minutes,
        }
        return {"method": "POST", "path": "/agendas", "token": None, "body": body}


class ServiceSide:
    """The service of this repository, over its HTTP interface alone."""

    title = "this service"
    module = "api.app"
    source_at: tuple[str, ...] = ("generator", "source")

    def __init__(self, briefs: Sequence[Brief], stub_port: int, folder: Path) -> None:
        self._briefs = briefs
        self._folder = folder
        self._environment = {
            "COACH_DATA_DIR": str(folder / "data"),
            "COACH_KNOWLEDGE_DIR": str(REPOSITORY / "knowledge"),
            "COACH_LLM_MODEL": "stub",
            "COACH_LLM_BASE_URL": f"http://127.0.0.1:{stub_port}/v1",
            "COACH_LLM_API_KEY": "unused",
        }
        self._arguments = ["-m", "coach", "serve"]
        self._admin = self._pairs_path = ""
        self._agendas: dict[int, list[Call]] = {}

    def prepare(self, numbers: Sequence[int]) -> None:
        """Build the index, make a program, and plan the sessions of these briefs.

        The server that does so is ended again, so that the measured ones begin with empty caches.
        """
        with Server("service", self._arguments, self._folder, self._environment | _PREPARING) as server:
            server.wait_for("GET", "/healthz")
            server.wait_for("GET", "/readyz")
            self._admin = run_python(
                ["-m", "coach", "token", "--role", "admin"], self._folder, self._environment
            ).strip()
            program = {"name": "Benchmark", "planned_sessions": 6, "session_minutes": 60}
            (made,) = self._send(server, [_post("/v1/programs", self._admin, program)])
            self._pairs_path = f"/v1/programs/{made['id']}/pairs"
            self.plan(server, numbers)
            # Pairs are planned days before they meet.
            server.wait_until_idle()

    def plan(self, server: Server, numbers: Sequence[int]) -> None:
        """Make the pair of each brief, a token for its mentor, and its first sessions."""
        briefs = [self._briefs[number] for number in numbers]
        pairs = self._send(server, [_post(self._pairs_path, self._admin, _pair(brief)) for brief in briefs])
        mentors = [{"role": "participant", "participant_id": pair["mentor"]["id"]} for pair in pairs]
        rows = self._send(server, [_post("/v1/tokens", self._admin, body) for body in mentors])
        tokens = [row["token"] for row in rows]

        today = datetime.now(UTC).replace(microsecond=0)
        for visit in range(VISITS):
            # In turn, so that a pair's first session is its number 1.
            day = (today + timedelta(weeks=2 * visit + 1)).isoformat()
            calls = [
                _post(f"/v1/pairs/{pair['id']}/sessions", token, {"scheduled_at": day, "minutes": brief.minutes})
                for pair, token, brief in zip(pairs, tokens, briefs, strict=True)
            ]
            for number, token, session in zip(numbers, tokens, self._send(server, calls), strict=True):
                call = _post(f"/v1/sessions/{session['id']}/agenda", token, {})
                self._agendas.setdefault(number, []).append(call)

    def start(self, folder: Path) -> Server:
        """Start the server process."""
        return Server("service", self._arguments, folder, self._environment)

    def call(self, number: int, visit: int) -> Call:
        """The agenda of the pair's first or second session."""
        return self._agendas[number][visit]

    def _send(self, server: Server, calls: list[Call]) -> list[Any]:
        result = send(server.port, calls, 8, self._folder, keep=True)
        if result["failure"]:
            raise BenchError(f"{calls[0]['method']} {calls[0]['path']} was answered with {result['failure']}")
        return result["replies"]


def _post(path: str, token: str, body: object) -> Call:
    return {"method": "POST", "path": path, "token": token, "body": body}


def _pair(brief: Brief) -> dict[str, Any]:
    people = {
        role: {"name": person.name, "role_title": person.role_title, "strengths": person.strengths}
        for role, person in (("mentor", brief.mentor), ("mentee", brief.mentee))
    }
    return {**people, "goals": brief.goals, "topics": brief.topics}


def _described(person: Person) -> str:
    return f"{person.name}, {person.role_title}, good at {', '.join(person.strengths)}"
