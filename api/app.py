"""The application: assembled here, with everything that has a life of its own."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from api import ahead, problems
from api.headers import SafeHeaders
from api.oidc import Issuer
from api.own_documents import read_ahead
from api.quiet import Quiet
from api.rates import Rates, TooManyRequests, address_of
from api.routes import (
    agendas,
    attention,
    documents,
    feedback,
    health,
    imports,
    knowledge,
    programs,
    reports,
    rights,
    sessions,
    summaries,
    tokens,
)
from api.schemas import Problem
from api.state import AppState
from api.watch import Metrics, Watch
from coach import tracing
from coach.agenda.pipeline import AgendaMaker
from coach.erasure import forget_texts, run_retention, scrub
from coach.feedback import CommentReader
from coach.feedback.reading import MANY, OwnReader, read_comments
from coach.feedback.second_reader import SecondReader, read_with_both
from coach.feedback.summarize import SummaryMaker
from coach.llm import LanguageModel, OpenAIModel
from coach.llm_address import refuse_link_local
from coach.retrieval.search import Search, open_search, show_progress
from coach.settings import Settings
from coach.store import Store
from coach.store.documents import known_documents

log = structlog.get_logger(__name__)

_DAY_S = 24 * 60 * 60
_LONGEST_ADDRESS, _LARGEST_HEADERS = 8 * 1024, 32 * 1024

_DESCRIPTION = """
Agendas and feedback for reverse mentoring pairs. The **mentor** is the junior, the **mentee** the senior.

Send `Authorization: Bearer TOKEN`. The first token comes from `coach token --role admin`.
Errors are `application/problem+json`; `detail` says what to do.
"""


def create_app(
    settings: Settings | None = None,
    *,
    model: LanguageModel | None = None,
    search: Search | None = None,
    reader: CommentReader | None = None,
) -> FastAPI:
    """The application. `model` and `search` take the place of those that the settings would make.

    With a `search` of the caller's and no `reader`, comments are kept unread until a service with one starts.
    """
    settings = settings or Settings()
    given = search
    rates, metrics, quiet = Rates(settings), Metrics(), Quiet()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state = AppState(
            settings=settings,
            store=Store(settings),
            model=model or _model(settings),
            rates=rates,
            metrics=metrics,
            quiet=quiet,
            issuer=Issuer(settings) if settings.oidc_issuer else None,
            reader=reader,
        )
        app.state.coach = state
        if settings.llm_model is not None:
            await asyncio.to_thread(
                partial(refuse_link_local, settings.llm_base_url, allowed=settings.llm_allow_link_local)
            )
        traces = tracing.start(settings.otel_endpoint) if settings.otel_endpoint else None
        await state.store.migrate()
        _register_jobs(state)
        if given is None:
            opened = await asyncio.to_thread(partial(open_search, settings, progress=show_progress))
            state.reader = reader or OwnReader(settings.embedding_model, opened.library)
        else:
            opened = given
        state.search = opened
        state.maker = AgendaMaker(opened, state.model, settings.llm_timeout_s)
        state.summary_maker = SummaryMaker(opened, state.model, settings.llm_timeout_s)
        state.second_reader = SecondReader.open(opened, state.model, settings)
        # What an earlier run stored and did not come to read.
        state.jobs.enqueue("read-comments")
        daily = asyncio.create_task(_every_day(state, await ahead.recall_standing(opened)))
        yield
        daily.cancel()
        # What it writes is kept or undone before the store closes.
        await asyncio.gather(daily, return_exceptions=True)
        await state.jobs.drain()
        if given is None:
            opened.close()
        if isinstance(state.model, OpenAIModel):
            await state.model.close()
        if state.issuer is not None:
            await state.issuer.close()
        await rates.close()
        await state.store.close()
        if traces is not None:
            await asyncio.to_thread(tracing.stop, traces)

    # Its /docs page brings its own scripts: FastAPI's would load them from the network.
    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        # It would send a caller, with the token, to wherever the Host header says, and to http:// behind most proxies.
        redirect_slashes=False,
        title="Session coach",
        version="0.1.0",
        description=_DESCRIPTION,
        lifespan=lifespan,
    )
    v1 = APIRouter(prefix="/v1", responses=_PROBLEMS)
    for module in (
        programs,
        tokens,
        rights,
        documents,
        sessions,
        agendas,
        feedback,
        summaries,
        imports,
        attention,
        reports,
        knowledge,
    ):
        v1.include_router(module.router)
    app.include_router(v1)
    app.include_router(health.router)
    problems.install(app)
    _document(app)
    # The last one added is the outermost.
    app.add_middleware(
        Door, max_body_bytes=settings.max_body_bytes, max_import_bytes=settings.max_import_bytes, rates=rates
    )
    app.add_middleware(Watch, metrics=metrics, quiet=quiet, log_requests=settings.log_requests)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key"),
            expose_headers=("Retry-After", "X-Request-Id"),
        )
    app.add_middleware(SafeHeaders)
    return app


# The one call whose body may be large: it is read only once its caller is known to be an admin.
_IMPORT = re.compile(r"/v1/programs/[^/]+/feedback/import")


class Door:
    """The outermost layer: a request id, limits to body and pace, and a reply even to what nobody foresaw."""

    def __init__(
        self, app: Callable[..., Awaitable[None]], max_body_bytes: int, max_import_bytes: int, rates: Rates
    ) -> None:
        self._app = app
        self._rates = rates
        self._most = max_body_bytes
        self._most_imported = max_import_bytes

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = False
        taken = 0
        importing = scope["method"] == "POST" and _IMPORT.fullmatch(scope["path"])
        most = self._most_imported if importing else self._most

        async def counted_receive() -> Any:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLarge(most)
            return message

        async def stamped_send(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if _declared_length(scope) > most:
                    raise _TooLarge(most)
                if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST_ADDRESS:
                    raise _TooLong("address", 414, _LONGEST_ADDRESS)
                if sum(len(name) + len(value) for name, value in scope["headers"]) > _LARGEST_HEADERS:
                    raise _TooLong("headers", 431, _LARGEST_HEADERS)
                await self._rates.count_request(address_of(scope), scope["path"])
                await self._app(scope, counted_receive, stamped_send)
            except TooManyRequests as error:
                await problems.too_many(error)(scope, receive, stamped_send)
            except _TooLong as error:
                await problems.problem(error.status, "too-large", str(error))(scope, receive, stamped_send)
            except _TooLarge as error:
                await problems.problem(413, "too-large", error.detail)(scope, receive, stamped_send)
            except Exception as error:
                reply = problems.unexpected(scope, error)
                if not started:
                    await reply(scope, receive, stamped_send)


class _TooLong(Exception):
    """What comes before the body is longer than any request of ours needs."""

    def __init__(self, what: str, status: int, most: int) -> None:
        self.status = status
        super().__init__(problems.TOO_LONG.format(what, most))


class _TooLarge(HTTPException):
    """Raised while the body is read, where only an HTTPException passes through FastAPI unchanged."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"The request body may have at most {most:,} bytes.")


def _declared_length(scope: MutableMapping[str, Any]) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _described(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: _described(description)
    for status, description in (
        (400, "The body is not JSON, or not in UTF-8."),
        (401, "No token, or one that is not known."),
        (403, "The token is of another role."),
        (404, "There is no such thing, or it is not yours."),
        (409, "The thing is not in a state that allows this."),
        (413, "The body is too large."),
        (414, "The address is too long."),
        (422, "The request cannot be used; `errors` names the fields."),
        (429, "Too many requests; Retry-After says how many seconds to wait."),
        (431, "The headers are too long."),
        (503, "The database or the library cannot be used right now."),
        (507, "The disk of the service is full."),
    )
}


def _document(app: FastAPI) -> None:
    """Describe errors as they come: FastAPI would describe a shape of its own that this service never sends."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = generate()
            schemas = described["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= problem.pop("$defs") | {"Problem": problem}
            for path in ("/metrics", "/readyz"):
                described["paths"][path]["get"]["responses"]["429"] = _PROBLEMS[429]
            for call in (call for methods in described["paths"].values() for call in methods.values()):
                if any(parameter["name"] == "accept" for parameter in call.get("parameters", ())):
                    call["responses"]["406"] = _described("It cannot be had in any of the forms that were asked for.")
                if "text/csv" in call.get("requestBody", {}).get("content", {}):
                    call["responses"]["415"] = _described("The body is in none of the forms that are taken.")
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


async def _every_day(state: AppState, standing_known: bool) -> None:
    """What is due by the calendar: at the start, and each day that the service runs."""
    while True:
        state.jobs.enqueue("retention")
        state.jobs.enqueue("tidy-documents")
        await ahead.make_ready(state, standing_known)
        standing_known = True
        await asyncio.sleep(_DAY_S)


def _model(settings: Settings) -> LanguageModel | None:
    return OpenAIModel(settings) if settings.llm_model else None


def _register_jobs(state: AppState) -> None:
    async def heal_index() -> None:
        if state.search is not None:
            await state.search.heal()
            log.info("index.healed")

    async def read_arrived(feedback_id: str | None = None) -> None:
        """Read the comments of this feedback; without one, all that are unread."""
        if state.reader is not None:
            await read_with_both(state.store, state.reader, state.second_reader, feedback_id)

    async def read_imported(import_id: str) -> None:
        """Read what an import brought, and say in the log how far it is; comments arrive anywhere among the ids."""
        reader = state.reader
        if reader is None:
            return
        done = 0

        def told(count: int) -> None:
            log.info("import.comments_read", import_id=import_id, read=done + count)

        while found := await read_comments(state.store, reader, batch=MANY, progress=told):
            done += found

    state.jobs.register("read-imported", read_imported)

    async def forget_pair(pair_id: str) -> None:
        """Forget what an agenda asked that was being made when one of the pair was erased."""
        async with state.turn_of(pair_id):
            forget_texts(state.search)

    async def scrub_database() -> None:
        await scrub(state.store)

    async def retention() -> None:
        """Erase everybody whose program ended too long ago."""
        if await run_retention(state.store):
            forget_texts(state.search)

    async def tidy_documents() -> None:
        """Take out of the index what was left of documents that were deleted while it could not be reached."""
        if state.search is None:
            return
        # The index is looked at first: a document that comes meanwhile is not among these.
        left = await state.search.documents_left()
        async with state.store.read() as db:
            left -= await known_documents(db)
        for document_id in left:
            await state.search.drop(document_id)

    state.jobs.register("tidy-documents", tidy_documents)
    state.jobs.register("read-documents", partial(read_ahead, state))
    state.jobs.register("forget-pair", forget_pair)
    state.jobs.register("scrub-database", scrub_database)
    state.jobs.register("retention", retention)
    state.jobs.register("heal-index", heal_index)
    state.jobs.register("warm-session", partial(ahead.warm_session, state))
    state.jobs.register("warm-pair", partial(ahead.warm_pair, state))
    state.jobs.register("read-comments", read_arrived)
