"""The `coach` command.

Heavy imports wait inside the commands, so that `coach --help` is instant.
"""

import asyncio
import re
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import structlog
import typer
from pydantic import ValidationError

from coach.errors import CoachError
from coach.retrieval.library import Stage, Topic
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.store import Store

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
index_app = typer.Typer(no_args_is_help=True, help="The search index of the library.")
library_app = typer.Typer(no_args_is_help=True, help="The knowledge library.")
retention_app = typer.Typer(no_args_is_help=True, help="How long people are kept.")
app.add_typer(index_app, name="index")
audit_app = typer.Typer(no_args_is_help=True, help="The log of who did what.")
app.add_typer(audit_app, name="audit")
app.add_typer(retention_app, name="retention")
app.add_typer(library_app, name="library")


@app.command()
def demo() -> None:
    """Make a demo program in a temporary folder, serve it, ask for an agenda over HTTP and print it."""
    from coach.demo import run_demo

    typer.echo(run_demo(Settings()))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Bring the database and the index up to date, then serve."""
    import uvicorn

    from api.app import create_app
    from api.connection import Connection
    from coach.feedback.reading import OwnReader
    from coach.llm_address import refuse_link_local
    from coach.retrieval.search import open_search, show_progress

    settings = Settings()

    async def bring_up_to_date(store: "Store") -> None:
        await store.migrate()

    # Before the server starts, so that what is wrong is one sentence.
    if settings.llm_model is not None:
        refuse_link_local(settings.llm_base_url, allowed=settings.llm_allow_link_local)
    bound = _bind(host, port)
    _with_store(bring_up_to_date)
    search = open_search(settings, progress=show_progress)
    port = bound.getsockname()[1]
    typer.echo(
        f"Session coach on http://{host}:{port} (docs at /docs). Data in {settings.data_dir.resolve()}.", err=True
    )
    config = uvicorn.Config(
        create_app(settings, search=search, reader=OwnReader(settings.embedding_model, search.library)),
        host=host,
        port=port,
        http=Connection,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=30,
        server_header=False,
    )
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[bound])
    finally:
        search.close()
    if not server.started:
        raise SystemExit(1)


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema."""

    async def run(store: "Store") -> None:
        await store.migrate()

    _with_store(run)
    typer.echo("The database is up to date.", err=True)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy goes; nothing may be there yet.")]) -> None:
    """Copy the SQLite database to a file while the service runs. PostgreSQL has pg_dump."""
    from coach.store.backup import back_up

    size = back_up(Settings(), file)
    typer.echo(f"Backed up to {file}, {size:,} bytes. It holds all that people wrote: keep it as safe.", err=True)


@app.command()
def token(
    role: Annotated[Literal["admin", "coordinator", "participant"], typer.Option(help="Whom the token stands for.")],
    program: Annotated[str | None, typer.Option(help="Id of the program, for a coordinator.")] = None,
    participant: Annotated[str | None, typer.Option(help="Id of the person, for a participant.")] = None,
) -> None:
    """Print one new token. It is not kept and cannot be shown again; it ends after COACH_TOKEN_DAYS."""
    from coach.store.audit import COMMAND, record
    from coach.store.tokens import Issued, ids_of, new_token

    expires_at = datetime.now(UTC) + timedelta(days=Settings().token_days)

    async def run(store: "Store") -> Issued:
        await store.migrate()
        async with store.write() as db:
            made = await new_token(db, role, program_id=program, participant_id=participant, expires_at=expires_at)
            await record(db, COMMAND, "token.create", **ids_of(made.row))
            return made

    made = _with_store(run)
    typer.echo(f"Token {made.row.id}, good until {expires_at:%Y-%m-%d}.", err=True)
    typer.echo(made.token)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What you would ask a colleague.")],
    topic: Annotated[Topic | None, typer.Option(help="Only of this topic.")] = None,
    stage: Annotated[Stage | None, typer.Option(help="Only for this stage.")] = None,
    count: Annotated[int, typer.Option("-k", min=1, max=50, help="How many passages.")] = 5,
) -> None:
    """Show what the library has to say, with scores and sources."""
    from coach.retrieval.find import Narrowing
    from coach.retrieval.search import open_search, show_progress

    if not any(char.isalnum() for char in text):
        raise typer.BadParameter("ask with at least one word", param_hint="TEXT")
    narrowing = Narrowing(topics=frozenset({topic}) if topic else None, stage=stage)
    found = open_search(Settings(), progress=show_progress)
    try:
        for rank, hit in enumerate(found.find_now(text, count, narrowing), start=1):
            front = hit.passage.document.front
            scores = f"{hit.score:.3f} (similarity {hit.similarity:.3f})"
            typer.echo(f"{rank}. {scores}  {hit.passage.title} > {hit.passage.section}  [{hit.passage.id}]")
            typer.echo(f"   {' '.join(hit.passage.text.split())[:300]}")
            typer.echo(f"   evidence: {front.evidence}; {'; '.join(hit.passage.references)}\n")
    finally:
        found.close()


@app.command()
def settings() -> None:
    """List every setting with its value; secrets are masked."""
    values = Settings()
    for name, field in Settings.model_fields.items():
        value = getattr(values, name)
        shown = "********" if name == "llm_api_key" and value is not None else value
        if isinstance(value, str) and "//" in value:
            shown = _without_password(value)
        typer.echo(f"COACH_{name.upper()}={'' if shown is None else shown}")
        typer.echo(f"    {field.description}")


@index_app.command("build")
def index_build() -> None:
    """Bring the index up to the library; unchanged passages are not embedded again."""
    from coach.retrieval.search import open_search, show_progress

    found = open_search(Settings(), load=False, progress=show_progress)
    status, _ = found.status()
    found.close()
    typer.echo(f"The index is up to date: version {status.version}, {status.passages} passages.", err=True)


@index_app.command("status")
def index_status() -> None:
    """Tell the index's version, counts, model and age; exit with 1 when it is missing or stale."""
    from coach.retrieval.search import open_search

    found = open_search(Settings(), build=False)
    status, current = found.status()
    own = found.own.count()
    found.close()
    if status.version is None or status.built_at is None:
        typer.echo("There is no index yet. Run `coach index build`.")
        raise typer.Exit(1)
    built_at = datetime.fromtimestamp(status.built_at, UTC)
    typer.echo(f"version:  {status.version}{'' if current else ' (stale: run `coach index build`)'}")
    of_library = f"{len(found.passages)} passages, {len(found.texts) - len(found.passages)} lines of what people ask"
    typer.echo(f"passages: {status.passages} (the library has {of_library})")
    typer.echo(f"programs: {own} passages of documents that programs added")
    typer.echo(f"model:    {status.model}")
    typer.echo(f"built:    {built_at:%Y-%m-%d %H:%M} UTC, {(datetime.now(UTC) - built_at).days} days ago")
    raise typer.Exit(0 if current else 1)


@retention_app.command("run")
def retention_run() -> None:
    """Erase everybody whose program was closed longer ago than the program keeps its people."""
    from coach.erasure import run_retention

    async def run(store: "Store") -> int:
        await store.migrate()
        return await run_retention(store)

    typer.echo(f"{_with_store(run)} people were erased.")


@audit_app.command("verify")
def audit_verify(
    kept: Annotated[
        str | None, typer.Option("--kept", metavar="LINE:HASH", help="A line as an earlier run told it.")
    ] = None,
) -> None:
    """Read the whole audit; tell each line that was changed or removed, and exit with 1 where there is one."""
    from coach.store.audit import verify

    number, _, kept_hash = (kept or "0:").partition(":")
    if not number.isdecimal():
        raise typer.BadParameter("must be the line's number and its hash, as 17:abc", param_hint="--kept")

    verdict = _with_store(lambda store: verify(store, (int(number), kept_hash) if kept else None))
    for finding in verdict.findings:
        typer.echo(finding)
    if verdict.findings:
        raise typer.Exit(1)
    typer.echo(f"{verdict.last_seq} lines are in order. To be sure of them later, keep this elsewhere:")
    typer.echo(f"{verdict.last_seq}:{verdict.last_hash}")


@library_app.command("check")
def library_check(
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the search for near-duplicates.")] = False,
) -> None:
    """Check every document; print each problem with file, line and reason, and exit with 1 where there is one."""
    import numpy as np

    from coach.retrieval.chunk import chunk
    from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
    from coach.retrieval.library import read_library
    from coach.retrieval.lint import lint, near_duplicates
    from coach.retrieval.search import show_progress

    given = Settings()
    library = read_library(given.knowledge_dir)
    findings = lint(library, given.knowledge_dir)
    if not quick:
        passages = chunk(library)
        embedder = Embedder(SentenceTransformerEncoder(given.embedding_model))
        batches = embedder.encode_passages([passage.embedded_text for passage in passages], show_progress)
        findings += near_duplicates(passages, np.concatenate(list(batches)))
        embedder.close()
    for finding in findings:
        typer.echo(str(finding))
    kinds = [document.kind for document in library.documents]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    if findings:
        typer.echo(f"{len(findings)} things to mend in {len(kinds)} documents.", err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(kinds)} documents are in order: {counts}.")


def main() -> None:
    """Run the command; an error of ours is one sentence on standard error and exit status 1."""
    # Standard output is for what was asked for; `coach token` prints nothing else there.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        app()
    except CoachError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
    except ValidationError as error:
        for detail in error.errors(include_input=False):
            name = "_".join(str(part) for part in detail["loc"]).upper()
            typer.echo(f"Setting {name if name.startswith('COACH_') else f'COACH_{name}'}: {detail['msg']}", err=True)
        raise SystemExit(1) from None


def _with_store(run: "Callable[[Store], Awaitable[T]]") -> T:
    from coach.store import Store

    async def with_store() -> T:
        store = Store(Settings())
        try:
            return await run(store)
        finally:
            await store.close()

    return asyncio.run(with_store())


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        raise CoachError(
            f"Cannot listen on {host}:{port}: {error.strerror}. Choose another port with --port."
        ) from None
    bound.set_inheritable(True)
    return bound


def _without_password(url: str) -> str:
    """The address with what stands in for a password, before the @ or in the query, as three stars."""
    url = re.sub(r"(?<=//)([^/@:]*):[^/]*@", r"\1:***@", url)
    return re.sub(r"((?:password|passwd|token|key|secret)=)[^&#]*", r"\1***", url, flags=re.IGNORECASE)


if __name__ == "__main__":
    main()
