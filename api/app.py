"""The application: assembled here, with everything that has a life of its own."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from api import problems
from api.routes import agendas, health, knowledge, programs, sessions
from api.state import AppState
from coach.agenda.brief import make_brief
from coach.agenda.choose import questions, standing_questions
from coach.agenda.pipeline import AgendaMaker
from coach.errors import CoachError, NotFound
from coach.llm import LanguageModel, OpenAIModel
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.library import read_library
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import load_facts

log = structlog.get_logger(__name__)

_DESCRIPTION = """
Agendas for reverse mentoring pairs. The **mentor** is the junior, the **mentee** the senior.

Send `Authorization: Bearer TOKEN`. The first token comes from `coach token --role admin`.
Errors are `application/problem+json`; `detail` says what to do.
"""


def create_app(
    settings: Settings | None = None, *, model: LanguageModel | None = None, search: Search | None = None
) -> FastAPI:
    """The application. `model` and `search` take the place of those that the settings would make."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = AppState(settings=settings, store=Store(settings), model=model or _model(settings))
        app.state.coach = state
        await state.store.migrate()
        _register_jobs(state)
        state.search = search or await asyncio.to_thread(open_search, settings, build=True)
        state.maker = AgendaMaker(state.search, state.model, settings.llm_timeout_s)
        if search is None:
            state.jobs.enqueue("load-embedding-model")
        yield
        await state.jobs.drain()
        if search is None:
            state.search.close()
        if isinstance(state.model, OpenAIModel):
            await state.model.close()
        await state.store.close()

    # Its /docs page brings its own scripts: FastAPI's would load them from the network.
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="Session coach",
        version="0.1.0",
        description=_DESCRIPTION,
        lifespan=lifespan,
    )
    v1 = APIRouter(prefix="/v1")
    for module in (programs, sessions, agendas, knowledge):
        v1.include_router(module.router)
    app.include_router(v1)
    app.include_router(health.router)
    problems.install(app)
    app.add_middleware(Door, max_body_bytes=settings.max_body_bytes)
    return app


def open_search(settings: Settings, *, build: bool) -> Search:
    """The search of these settings; with `build`, its index is first brought up to the library. Blocks.

    Raises LibraryError, IndexInUse, IndexUnavailable, EmbeddingError.
    """
    library = read_library(settings.knowledge_dir)
    embedder = Embedder(SentenceTransformerEncoder(settings.embedding_model))
    search = Search.open(library, embedder, chroma_dir=settings.chroma_dir, chroma_url=settings.chroma_url)
    if build:
        try:
            search.build(progress=_show_progress)
        except CoachError:
            search.close()
            raise
    return search


class Door:
    """The outermost layer: a request id, a limit to the body, and a reply even to what nobody foresaw."""

    def __init__(self, app: Callable[..., Awaitable[None]], max_body_bytes: int) -> None:
        self._app = app
        self._most = max_body_bytes

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = False
        taken = 0

        async def counted_receive() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise _TooLarge
            return message

        async def stamped_send(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"cache-control", b"no-store"),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if _declared_length(scope) > self._most:
                    raise _TooLarge
                await self._app(scope, counted_receive, stamped_send)
            except _TooLarge:
                reply = problems.problem(413, "too-large", f"The request body may have at most {self._most:,} bytes.")
                await reply(scope, receive, stamped_send)
            except Exception as error:
                reply = problems.unexpected(scope, error)
                if not started:
                    await reply(scope, receive, stamped_send)


class _TooLarge(Exception):
    pass


def _declared_length(scope: MutableMapping[str, Any]) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _model(settings: Settings) -> LanguageModel | None:
    return OpenAIModel(settings) if settings.llm_model else None


def _register_jobs(state: AppState) -> None:
    async def load_embedding_model() -> None:
        if state.search is not None:
            await state.search.warm(standing_questions())

    async def heal_index() -> None:
        if state.search is not None:
            await state.search.heal()
            log.info("index.healed")

    async def warm_session(session_id: str) -> None:
        """Embed what this session's agenda will ask, while nobody waits for it."""
        if state.search is None:
            return
        try:
            async with state.store.read() as db:
                facts = await load_facts(db, session_id)
        except NotFound:
            return
        await state.search.warm(questions(make_brief(facts).brief))

    state.jobs.register("load-embedding-model", load_embedding_model)
    state.jobs.register("heal-index", heal_index)
    state.jobs.register("warm-session", warm_session)


def _show_progress(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    sys.stderr.write(f"\rindexing the library: {done} of {total} passages{end}")
    sys.stderr.flush()
