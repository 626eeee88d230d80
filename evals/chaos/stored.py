"""What the database itself holds, read from outside while nobody writes: nothing half-written may be in it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from coach.feedback import QUESTIONS
from coach.models import (
    ActionItem,
    Agenda,
    AskedStarter,
    AuditLine,
    Comment,
    Feedback,
    IdempotencyKey,
    MentoringSession,
    Token,
)
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import starter_key
from coach.store.audit import verify
from evals.chaos.processes import Place, run_command

R = TypeVar("R", bound=SQLModel)
# Where the audit names a thing by another id than its own.
_NAMED = {"feedback": "session_id"}


@dataclass(frozen=True)
class _Told:
    """The ids that the audit tells of, by action."""

    ids: Mapping[str, list[str]]

    def once(self, kind: str, ids: Iterable[str]) -> Iterator[str]:
        """What is wrong where each of these was made, and told so, once."""
        rows, lines = Counter(ids), Counter(self.ids.get(f"{kind}.create", ()))
        for what, count in (("row without its line", rows - lines), ("line without its row", lines - rows)):
            if count:
                yield f"{kind}: {count.total()} of {rows.total()} have a {what} in the audit"

    def ever(self, action: str, ids: set[str]) -> Iterator[str]:
        """What is wrong where this was done to each of these, once or more often."""
        told = set(self.ids.get(action, ()))
        for what, count in (("rows without a line", len(ids - told)), ("lines without a row", len(told - ids))):
            if count:
                yield f"{action}: {count} {what} in the audit"


async def half_written(place: Place, *, keyed: bool = False) -> list[str]:
    """What stands in the database without what belongs to it, by the audit and by what the tables promise.

    With `keyed` every agenda was asked for under a key, which must have been kept with it.
    """
    store = Store(Settings(data_dir=place.data_dir, database_url=place.database_url))
    try:
        found = list((await verify(store)).findings)
        async with store.read() as db:
            told = await _told(db)
            agendas = await _rows(db, Agenda)
            found += _of_agendas(agendas, await _rows(db, AskedStarter), await _rows(db, IdempotencyKey), keyed)
            feedback = await _rows(db, Feedback)
            found += _of_feedback(feedback, await _rows(db, Comment))
            sessions = await _rows(db, MentoringSession)
            tokens = [row for row in await _rows(db, Token) if row.kind == "own"]
            actions = [row.id for row in await _rows(db, ActionItem)]
    finally:
        await store.close()
    found += told.once("agenda", (row.id for row in agendas))
    found += told.once("action", actions)
    found += told.once("session", (row.id for row in sessions))
    found += told.once("token", (row.id for row in tokens))
    found += told.ever("token.revoke", {row.id for row in tokens if row.revoked_at is not None})
    found += told.ever("feedback.write", {row.session_id for row in feedback if row.session_id is not None})
    found += _gaps("session", ((row.pair_id, row.number) for row in sessions))
    found += _gaps("agenda", ((row.session_id, row.version) for row in agendas))
    return found


async def verified(place: Place) -> list[str]:
    """What `coach audit verify` finds."""
    status, printed = await run_command(place, "audit", "verify")
    return [] if status == 0 else [f"coach audit verify ended with {status}: {printed[-300:]}"]


async def _rows(db: AsyncSession, table: type[R]) -> list[R]:
    return list((await db.execute(select(table))).scalars())


async def _told(db: AsyncSession) -> _Told:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for line in (await db.execute(select(AuditLine).order_by(col(AuditLine.seq)))).scalars():
        kind = line.action.partition(".")[0]
        named = _NAMED.get(kind, f"{kind}_id")
        if named in line.ids:
            ids[line.action].append(line.ids[named])
    return _Told(ids)


def _of_agendas(
    agendas: list[Agenda], asked: list[AskedStarter], keys: list[IdempotencyKey], keyed: bool
) -> Iterator[str]:
    noted = {(row.pair_id, row.key) for row in asked}
    for row in agendas:
        if not row.content["items"] or sum(item["minutes"] for item in row.content["items"]) != row.content["minutes"]:
            yield "an agenda's items do not fill its minutes"
        if any((row.pair_id, starter_key(one["text"])) not in noted for one in row.content["starters"]):
            yield "an agenda was stored without noting its starters as asked"
    known, kept = {row.id for row in agendas}, Counter(row.agenda_id for row in keys)
    for what, count in (
        ("a key was kept for two agendas", kept.total() - len(kept)),
        ("a key was kept without its agenda", len(kept.keys() - known)),
        ("an agenda was stored without the key that it was asked for under", len(known - kept.keys()) if keyed else 0),
    ):
        if count:
            yield f"{what} ({count} times)"


def _of_feedback(feedback: list[Feedback], comments: list[Comment]) -> Iterator[str]:
    """A feedback's answers are its comments, and no others stand."""
    said: dict[tuple[str, str], Any] = {(row.feedback_id, row.question): row.text for row in comments}
    for row in feedback:
        if any(said.pop((row.id, asked), None) != (getattr(row, asked) or None) for asked in QUESTIONS):
            yield "a feedback's comments are not what it says"
    if said:
        yield f"{len(said)} comments stand without a feedback"


def _gaps(kind: str, numbered: Iterable[tuple[str, int]]) -> Iterator[str]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for owner, number in numbered:
        numbers[owner].append(number)
    for found in numbers.values():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"the numbers of the {kind}s of one owner are {sorted(found)[:20]}"
