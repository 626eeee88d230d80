"""The application under attack: the real one without a socket, and programs whose people have given feedback.

The only part that is not real is the reader of comments, which takes the themes that a comment names in braces for
those that it raises: what is attacked is what coordinators are told, not the classifier.
"""

import hashlib
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import structlog
from sqlalchemy import event

# The one part of the evals that calls the door: attacks come through it.
from api.app import create_app
from coach.feedback import ThemeFound
from coach.models import Comment, Feedback, MentoringSession, Pair, Participant, Program
from coach.retrieval.embed import Embedder, Vector
from coach.retrieval.library import read_library
from coach.retrieval.search import Search
from coach.settings import Settings
from coach.store import Store
from coach.store.tokens import AccessRole, issue_token

PERIOD, HELD = "2025-08", datetime(2025, 8, 12, 10, tzinfo=UTC)
TIME, RANK, EASE = "time-and-scheduling", "power-dynamics", "rapport"
FORMS = ("application/json", "text/markdown", "text/csv")

_NAMED = re.compile(r"\{([a-z-]+)\}")


class NamedThemes:
    """Finds the themes that a comment names in braces."""

    version = "named"

    def __init__(self) -> None:
        self.fails = False

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        """For each text the themes that it names."""
        if self.fails:
            raise RuntimeError(f"cannot read {texts}")
        return [([ThemeFound(name, "concern", 1.0) for name in _NAMED.findall(text)], b"") for text in texts]


class _Hashed:
    """An embedding model that costs nothing: nobody searches here."""

    fingerprint = "hashed"

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, shape (len(texts), 16)."""
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], np.uint8) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(texts), 16) + 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@dataclass
class Outcome:
    """What came of an attack: how often it was tried, and in words what it found out."""

    tries: int = 0
    leaks: list[str] = field(default_factory=list)

    def tried(self, leaked: bool, what: str) -> None:
        """Note one try."""
        self.tries += 1
        if leaked:
            self.leaks.append(what)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token."""

    client: httpx.AsyncClient
    token: str

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call a path; those that do not begin with a slash lie under /v1/."""
        path = path if path.startswith("/") else f"/v1/{path}"
        headers = {"Authorization": f"Bearer {self.token}", **{k.title(): v for k, v in headers.items()}}
        more = {} if body is None else {"json": body}
        return await self.client.request(method, path, headers=headers, **more)


class Desk:
    """A program, its coordinator, and its people."""

    def __init__(self, besieged: "Besieged", program_id: str, coordinator: Caller, pairs: list[Pair]) -> None:
        self._besieged = besieged
        self.program_id, self.coordinator, self.pairs = program_id, coordinator, pairs
        self.path = f"programs/{program_id}/theme-reports"
        self._numbers = 0

    async def give(
        self,
        person: int,
        text: str | None = None,
        *,
        held_at: datetime = HELD,
        pair: int | None = None,
        shared: bool = True,
    ) -> str:
        """One more feedback of this person on a meeting of its own; returns the session's id.

        Persons 0 and 1 are the mentor and the mentee of the first pair, and so on. `pair` counts it for another one.
        What is not `shared` is for no one but the person.
        """
        self._numbers += 1
        own = self.pairs[person // 2]
        async with self._besieged.store.write() as db:
            counted = own if pair is None else self.pairs[pair]
            session = MentoringSession(
                pair_id=counted.id,
                number=self._numbers,
                scheduled_at=held_at,
                minutes=60,
                status="held",
                held_at=held_at,
            )
            db.add(session)
            await db.flush()
            given = Feedback(
                session_id=session.id,
                pair_id=counted.id,
                program_id=self.program_id,
                author_id=own.mentee_id if person % 2 else own.mentor_id,
                role="mentee" if person % 2 else "mentor",
                held_at=held_at,
                usefulness=1,
                safety=1,
                progress=1,
                went_well=text,
                share_with_partner=shared,
                share_with_coordinators=shared,
                created_at=held_at,
                updated_at=held_at,
            )
            db.add(given)
            await db.flush()
            if text:
                db.add(Comment(feedback_id=given.id, question="went_well", text=text))
        return session.id

    async def publish(self, period: str = PERIOD) -> httpx.Response:
        """Ask for the report."""
        return await self.coordinator.call("POST", self.path, {"period": period})

    async def told(self, period: str = PERIOD) -> str:
        """Publish, and return all that the coordinator can read of it, in every form."""
        await self.publish(period)
        replies = [
            await self.coordinator.call("GET", path, accept=form)
            for path in (f"{self.path}/{period}", self.path)
            for form in FORMS
        ]
        return "\n".join(reply.text for reply in replies)

    async def person(self, number: int) -> Caller:
        """A token for this person, and whoever holds it."""
        pair = self.pairs[number // 2]
        return await self._besieged.caller("participant", pair.mentee_id if number % 2 else pair.mentor_id)


class Besieged:
    """The running application, its database, and all that it writes elsewhere."""

    def __init__(self, app: Any, client: httpx.AsyncClient, folder: Path, reader: NamedThemes) -> None:
        self.app, self.client, self.folder, self.reader = app, client, folder, reader

    @property
    def store(self) -> Store:
        """The application's own store."""
        store = self.app.state.coach.store
        assert isinstance(store, Store)
        return store

    async def caller(
        self, role: AccessRole, participant_id: str | None = None, program_id: str | None = None
    ) -> Caller:
        """Somebody with a new token."""
        async with self.store.write() as db:
            token = await issue_token(db, role, program_id=program_id, participant_id=participant_id)
        return Caller(self.client, token)

    async def desk(self, pairs: int = 20) -> Desk:
        """A new program with so many pairs."""
        async with self.store.write() as db:
            program = Program(name="Bridge", created_at=HELD - timedelta(days=90))
            db.add(program)
            await db.flush()
            people = [Participant(program_id=program.id, name=f"Person {number}") for number in range(2 * pairs)]
            db.add_all(people)
            await db.flush()
            made = [
                Pair(
                    program_id=program.id, mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6, goals=["Learn"]
                )
                for mentor, mentee in zip(people[::2], people[1::2], strict=True)
            ]
            db.add_all(made)
        return Desk(self, program.id, await self.caller("coordinator", program_id=program.id), made)

    async def program(self, people: int, raised: dict[str, Iterable[int]] | None = None, text: str = "said") -> Desk:
        """A program where so many people gave feedback, and the numbered ones raised each theme."""
        desk = await self.desk(max(5, (people + 1) // 2))
        for person in range(people):
            themes = " ".join(f"{{{theme}}}" for theme, who in (raised or {}).items() if person in who)
            await desk.give(person, f"{text} {themes}" if themes else None)
        return desk

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL that runs meanwhile, without its values."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(self.store.engine.sync_engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.store.engine.sync_engine, "before_cursor_execute", note)


@contextmanager
def all_logs() -> Iterator[list[str]]:
    """Whatever is logged meanwhile, at every level."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.getMessage()} {record.exc_info}")

    handler, root = Keep(level=0), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with structlog.testing.capture_logs() as entries:
            yield lines
        lines += [str(entry) for entry in entries]
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


@asynccontextmanager
async def besieged() -> AsyncIterator[Besieged]:
    """The application on a database of its own in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="coach-red-team-") as name:
        settings, reader = Settings(data_dir=Path(name), database_url=None, llm_model=None), NamedThemes()
        search = Search.open(read_library(settings.knowledge_dir), Embedder(_Hashed()), chroma_dir=settings.chroma_dir)
        search.build()
        try:
            app = create_app(settings, search=search, reader=reader)
            async with app.router.lifespan_context(app):
                transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
                async with httpx.AsyncClient(transport=transport, base_url="http://coach") as client:
                    yield Besieged(app, client, settings.data_dir, reader)
        finally:
            search.close()
