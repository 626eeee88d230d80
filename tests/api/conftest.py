"""A service of its own for each test, and people who call it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from api.app import create_app
from api.oidc import Issuer
from api.state import AppState
from coach.feedback import CommentReader
from coach.llm import LanguageModel
from coach.models import now
from coach.retrieval.embed import Embedder
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.tokens import AccessRole, issue_token
from tests.api.issuer import Clock, LocalIssuer
from tests.encoders import WordHashEncoder

Body = dict[str, Any]

PAIR: Body = {
    "mentor": {
        "name": "Priya Raman",
        "email": "priya@example.org",
        "role_title": "Data analyst",
        "strengths": ["turning raw numbers into one clear chart"],
        "wants_to_learn": ["how budgets are made"],
    },
    "mentee": {
        "name": "Martin Olsen",
        "email": "martin@example.org",
        "role_title": "Director of logistics",
        "wants_to_learn": ["using AI assistants"],
    },
    "goals": ["Use an AI assistant for my monthly report", "Ask better questions of our dashboards"],
    "topics": ["digital-tools"],
}

FEEDBACK: Body = {
    "ratings": {"usefulness": 4, "safety": 5, "progress": 3},
    "went_well": "We drew the chart together.",
    "to_change": "Start on time.",
    "share_with_partner": True,
    "share_with_coordinators": True,
}


class Caller:
    """Somebody with a token, or without one."""

    def __init__(self, client: httpx.AsyncClient, token: str | None, participant_id: str = "") -> None:
        self.token = token
        self.id = participant_id
        self._client = client

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Call `path`, under /v1 unless it begins with //, with `body` as JSON."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        path = path[1:] if path.startswith("//") else f"/v1{path}"
        if body is not None:
            more["json"] = body
        return await self._client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.call("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("POST", path, body, **more)

    async def patch(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("PATCH", path, body, **more)

    async def put(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        return await self.call("PUT", path, body, **more)

    async def delete(self, path: str, **more: Any) -> httpx.Response:
        return await self.call("DELETE", path, **more)

    async def made(self, path: str, body: Any = None, **more: Any) -> Any:
        """POST and return what was made."""
        reply = await self.post(path, body, **more)
        assert reply.status_code == 201, reply.text
        return reply.json()


@dataclass(frozen=True)
class PairOfPeople:
    """A pair that was made through the service, and everybody who has to do with it."""

    id: str
    program_id: str
    coordinator: Caller
    mentor: Caller
    mentee: Caller

    async def session(self, **more: Any) -> str:
        """Plan the next session and return its id."""
        made = await self.mentor.made(f"/pairs/{self.id}/sessions", {"scheduled_at": in_days(7), **more})
        return str(made["id"])

    async def held(self, **more: Any) -> str:
        """Plan a session, mark it held, and return its id."""
        session_id = await self.session(**more)
        reply = await self.coordinator.patch(f"/sessions/{session_id}", {"status": "held"})
        assert reply.status_code == 200, reply.text
        return session_id

    async def agenda(self, session_id: str, **more: Any) -> Any:
        """A new agenda, as the mentor gets it."""
        return await self.mentor.made(f"/sessions/{session_id}/agenda", {}, **more)


class Service:
    """A running service without a socket."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client
        self.nobody = Caller(client, None)

    @property
    def state(self) -> AppState:
        state = self.app.state.coach
        assert isinstance(state, AppState)
        return state

    async def caller(
        self, role: AccessRole, program_id: str | None = None, participant_id: str | None = None
    ) -> Caller:
        """Somebody with a new token, as the `coach token` command makes it."""
        async with self.state.store.write() as db:
            token = await issue_token(db, role, program_id=program_id, participant_id=participant_id)
        return Caller(self.client, token, participant_id or "")

    async def program(self, **more: Any) -> str:
        admin = await self.caller("admin")
        return str((await admin.made("/programs", {"name": "Bridge", **more}))["id"])

    async def pair(self, program_id: str | None = None, **more: Any) -> PairOfPeople:
        """A pair like `PAIR`, in a program of its own unless one is named."""
        program_id = program_id or await self.program()
        coordinator = await self.caller("coordinator", program_id)
        made = await coordinator.made(f"/programs/{program_id}/pairs", {**PAIR, **more})
        mentor, mentee = [
            await self.caller("participant", participant_id=made[role]["id"]) for role in ("mentor", "mentee")
        ]
        return PairOfPeople(made["id"], program_id, coordinator, mentor, mentee)


Serve = Callable[..., Awaitable[Service]]


def in_days(days: float) -> str:
    """A time so many days from now, as JSON has it."""
    return (now() + timedelta(days=days)).isoformat()


def assert_problem(reply: httpx.Response, status: int, kind: str | None = None) -> Body:
    """Check that a reply is problem+json with this status, and return it."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    body: Body = reply.json()
    assert {"type", "title", "status", "detail"} <= body.keys() <= {"type", "title", "status", "detail", "errors"}
    assert body["status"] == status
    assert body["type"].startswith("urn:session-coach:problem:")
    assert len(body["detail"]) > 20
    if kind is not None:
        assert body["type"].endswith(f":{kind}")
    return body


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(data_dir=tmp_path_factory.mktemp("migrated"))

    async def migrate() -> None:
        store = Store(settings)
        await store.migrate()
        await store.close()

    asyncio.run(migrate())
    return settings.data_dir / "coach.sqlite3"


def hashed_search(library: Library, folder: Path) -> Search:
    """The real library in a real index. Its embedding model costs nothing, and only knows words that are the same."""
    search = Search.open(library, Embedder(WordHashEncoder()), chroma_dir=folder / "chroma")
    search.build()
    return search


@pytest.fixture(scope="session")
def words_search(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """For all that does not depend on how good the embedding is; read only."""
    search = hashed_search(library, tmp_path_factory.mktemp("words"))
    yield search
    search.close()


@pytest.fixture
def fragile_search(library: Library, tmp_path: Path) -> Iterator[Search]:
    """A search of the test's own, whose index it may break."""
    search = hashed_search(library, tmp_path)
    yield search
    search.close()


@pytest_asyncio.fixture
async def serve(words_search: Search, migrated_file: Path, tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts services on the test's own database: `await serve(model, llm_timeout_s=1)`."""
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    shutil.copy(migrated_file, data_dir)
    async with AsyncExitStack() as stack:

        async def start(
            model: LanguageModel | None = None,
            own_search: Search | None = None,
            reader: CommentReader | None = None,
            **more: Any,
        ) -> Service:
            settings = Settings(data_dir=data_dir, **more)
            app = create_app(settings, model=model, search=own_search or words_search, reader=reader)
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app=app)
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://coach"))
            return Service(app, client)

        yield start


@pytest_asyncio.fixture
async def service(serve: Serve) -> Service:
    """A service without a model."""
    return await serve()


@pytest_asyncio.fixture
async def pair(service: Service) -> PairOfPeople:
    """Priya, the mentor, and Martin, the mentee."""
    return await service.pair()


@pytest_asyncio.fixture
async def admin(service: Service) -> Caller:
    return await service.caller("admin")


@pytest.fixture
def local() -> Iterator[LocalIssuer]:
    issuer = LocalIssuer()
    yield issuer
    issuer.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def issuer(local: LocalIssuer, clock: Clock) -> AsyncIterator[Issuer]:
    issuer = Issuer(Settings(**local.settings), clock)
    yield issuer
    await issuer.close()
