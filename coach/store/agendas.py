"""Agendas, what they are made from, and what a pair has been given already."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import IdempotencyConflict, NotFound
from coach.models import ActionItem, Agenda, AskedStarter, IdempotencyKey, MentoringSession, Program
from coach.store.pairs import PairPeople, get_pair, notes_of, open_actions
from coach.store.sessions import get_session, list_sessions


@dataclass(frozen=True)
class PastAgenda:
    """What an earlier session's newest agenda used; `activity_ids` are documents of the library."""

    session_id: str
    number: int
    status: str
    activity_ids: tuple[str, ...]


@dataclass(frozen=True)
class AgendaFacts:
    """Everything that is known when an agenda is made, as rows read in one transaction."""

    program: Program
    people: PairPeople
    session: MentoringSession
    sessions: list[MentoringSession]
    actions: list[ActionItem]
    notes: dict[str, str]
    past: list[PastAgenda]
    asked: frozenset[str]


def starter_key(text: str) -> str:
    """What makes two starters the same: their letters and digits."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    return hashlib.sha256(letters.encode()).hexdigest()[:32]


async def load_facts(db: AsyncSession, session_id: str) -> AgendaFacts:
    """All that the agenda of this session is made from. Raises NotFound."""
    session = await get_session(db, session_id)
    people = await get_pair(db, session.pair_id)
    program = await db.get(Program, people.pair.program_id)
    assert program is not None
    sessions = await list_sessions(db, session.pair_id)
    by_id = {row.id: row for row in sessions}
    past_query = (
        select(Agenda.session_id, Agenda.activity_ids)
        .where(col(Agenda.pair_id) == session.pair_id)
        .order_by(col(Agenda.version))
    )
    newest = {row[0]: row[1] for row in await db.execute(past_query)}
    past = [
        PastAgenda(key, by_id[key].number, by_id[key].status, tuple(activity_ids))
        for key, activity_ids in newest.items()
        if key in by_id
    ]
    return AgendaFacts(
        program=program,
        people=people,
        session=session,
        sessions=sessions,
        actions=await open_actions(db, session.pair_id),
        notes=await notes_of(db, session.pair_id),
        past=sorted(past, key=lambda agenda: agenda.number),
        asked=await asked_keys(db, session.pair_id),
    )


async def asked_keys(db: AsyncSession, pair_id: str) -> frozenset[str]:
    """Keys of all starters that the pair was ever given."""
    return frozenset((await db.execute(select(AskedStarter.key).where(col(AskedStarter.pair_id) == pair_id))).scalars())


async def add_asked(db: AsyncSession, pair_id: str, session_id: str, starters: list[str]) -> None:
    """Remember that the pair was given these starters; those it had been given are passed over."""
    known = await asked_keys(db, pair_id)
    for key in {starter_key(text) for text in starters} - known:
        db.add(AskedStarter(pair_id=pair_id, session_id=session_id, key=key))


async def add_agenda(db: AsyncSession, agenda: Agenda, starters: list[str]) -> None:
    """Store the agenda as the session's next version."""
    query = select(func.max(Agenda.version)).where(col(Agenda.session_id) == agenda.session_id)
    agenda.version = ((await db.execute(query)).scalar_one() or 0) + 1
    db.add(agenda)
    await add_asked(db, agenda.pair_id, agenda.session_id, starters)


async def newest_agenda(db: AsyncSession, session_id: str) -> Agenda:
    """The session's newest agenda. Raises NotFound."""
    query = select(Agenda).where(col(Agenda.session_id) == session_id).order_by(col(Agenda.version).desc()).limit(1)
    agenda = (await db.execute(query)).scalar_one_or_none()
    if agenda is None:
        raise NotFound("This session has no agenda yet. Ask for one with POST on the same address.")
    return agenda


async def kept_agenda(db: AsyncSession, token_id: str, key: str, request: str) -> Agenda | None:
    """The agenda that was made under this key, or None.

    Raises IdempotencyConflict when the key was used for another request.
    """
    kept = await db.get(IdempotencyKey, (token_id, key))
    if kept is None:
        return None
    if kept.request != request:
        raise IdempotencyConflict("This Idempotency-Key was used for another request. Choose a new key.")
    return await db.get(Agenda, kept.agenda_id)


def keep_agenda(db: AsyncSession, token_id: str, key: str, request: str, agenda_id: str) -> None:
    """Keep the agenda under the key; a second writer of the same key gets an IntegrityError at commit."""
    db.add(IdempotencyKey(token_id=token_id, key=key, request=request, agenda_id=agenda_id))


async def tokens_today(db: AsyncSession, program_id: str, at: datetime) -> int:
    """Model tokens that the program has used since midnight UTC of the day of `at`."""
    midnight = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    query = select(func.coalesce(func.sum(Agenda.prompt_tokens + Agenda.completion_tokens), 0)).where(
        col(Agenda.program_id) == program_id, col(Agenda.created_at) >= midnight
    )
    return int((await db.execute(query)).scalar_one())
