"""Agendas, what they are made from, and what a pair has been given already."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy import Table, bindparam, exists, func, insert
from sqlalchemy import select as select_values
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from coach.errors import Conflict, IdempotencyConflict, NotFound
from coach.models import (
    ActionItem,
    Agenda,
    AskedStarter,
    FeedbackSummary,
    IdempotencyKey,
    MentoringSession,
    Pair,
    Participant,
    PrivateNote,
    Program,
    ProgramDocument,
    SessionVectors,
    TokensSpent,
    now,
)
from coach.store.documents import document_ids
from coach.store.feedback import SharedFeedback, revealed
from coach.store.pairs import CLOSED, PairPeople, open_actions
from coach.store.sessions import NO_SESSION


@dataclass(frozen=True)
class PastAgenda:
    """What an earlier session's newest agenda used: documents of the library, the wishes that it took up, and the goals
    that it was made for.
    """

    session_id: str
    number: int
    status: str
    activity_ids: tuple[str, ...]
    made_at: datetime | None = None
    stage: str | None = None
    wishes: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgendaFacts:
    """Everything that is known when an agenda is made, as rows read in one transaction.

    `document_ids` are those of the program's own documents, in order; `vectors` were kept when what the agenda will ask
    was embedded; `asked_at` is when the agenda was asked for.
    """

    program: Program
    people: PairPeople
    session: MentoringSession
    sessions: list[MentoringSession]
    actions: list[ActionItem]
    notes: dict[str, str]
    past: list[PastAgenda]
    asked: frozenset[str]
    feedback: tuple[SharedFeedback, ...] = ()
    document_ids: tuple[str, ...] = ()
    vectors: SessionVectors | None = None
    asked_at: datetime | None = None


@lru_cache(maxsize=8_192)
def starter_key(text: str) -> str:
    """What makes two starters the same: their letters and digits."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    return hashlib.sha256(letters.encode()).hexdigest()[:32]


_mentor, _mentee = aliased(Participant), aliased(Participant)
_mentor_note, _mentee_note = aliased(PrivateNote), aliased(PrivateNote)
_MEETING = (
    select(  # type: ignore[call-overload]
        MentoringSession,
        Pair,
        _mentor,
        _mentee,
        Program,
        _mentor_note.text,
        _mentee_note.text,
        exists().where(col(ProgramDocument.program_id) == col(Program.id)),
        exists().where(col(ActionItem.pair_id) == col(Pair.id), col(ActionItem.done_at).is_(None)),
        exists().where(col(AskedStarter.pair_id) == col(Pair.id)),
        SessionVectors,
    )
    .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
    .join(_mentor, col(Pair.mentor_id) == _mentor.id)
    .join(_mentee, col(Pair.mentee_id) == _mentee.id)
    .join(Program, col(Pair.program_id) == col(Program.id))
    .outerjoin(_mentor_note, (_mentor_note.pair_id == Pair.id) & (_mentor_note.participant_id == _mentor.id))
    .outerjoin(_mentee_note, (_mentee_note.pair_id == Pair.id) & (_mentee_note.participant_id == _mentee.id))
    .outerjoin(SessionVectors, col(SessionVectors.session_id) == col(MentoringSession.id))
    .where(col(MentoringSession.id) == bindparam("session_id"))
)
_newer = aliased(Agenda)
_STAGE, _WISHES = col(Agenda.brief)["stage"].as_string(), col(Agenda.brief)["wishes"].as_json()
_GOALS = col(Agenda.brief)["goals"].as_json()
# The sessions of a pair with what the newest agenda of each used.
_SERIES = (
    select(  # type: ignore[call-overload]
        MentoringSession, Agenda.activity_ids, Agenda.created_at, _STAGE, _WISHES, _GOALS
    )
    .outerjoin(
        Agenda,
        (col(Agenda.session_id) == col(MentoringSession.id))
        & ~exists().where(col(_newer.session_id) == col(Agenda.session_id), col(_newer.version) > col(Agenda.version)),
    )
    .where(col(MentoringSession.pair_id) == bindparam("pair_id"))
    .order_by(col(MentoringSession.number))
)
_ASKED = select(AskedStarter.key).where(col(AskedStarter.pair_id) == bindparam("pair_id"))
_AGENDA: Table = Agenda.__table__  # type: ignore[attr-defined]
_NEXT_VERSION = (
    select(func.coalesce(func.max(_AGENDA.c.version), 0) + 1)
    .where(_AGENDA.c.session_id == bindparam("of_session"))
    .scalar_subquery()
)
_GIVEN = [column for column in _AGENDA.columns if column.key != "version"]
# Statements for one row or many are made once: what goes with them is given beside, not built in. The row comes from
# its pair's, which is held as `hold_open` holds it: of a closed pair none comes.
_ADD_AGENDA = (
    insert(_AGENDA)
    .from_select(
        [*(column.key for column in _GIVEN), "version"],
        select_values(*(bindparam(column.key, type_=column.type) for column in _GIVEN), _NEXT_VERSION)
        .where(col(Pair.id) == bindparam("of_pair"), col(Pair.closed_at).is_(None))
        .with_for_update(read=True),
    )
    .returning(_AGENDA.c.version)
)
_ASKED_STARTER: Table = AskedStarter.__table__  # type: ignore[attr-defined]
# Into the table: rows that go by the class are sorted, split and joined again first.
_ADD_ASKED = {
    "postgresql": postgresql.insert(_ASKED_STARTER).on_conflict_do_nothing().returning(_ASKED_STARTER.c.key),
    "sqlite": sqlite.insert(_ASKED_STARTER).on_conflict_do_nothing().returning(_ASKED_STARTER.c.key),
}


async def load_facts(db: AsyncSession, session_id: str) -> AgendaFacts:
    """All that the agenda of this session is made from, in at most five statements, and one more where the program has
    documents of its own.

    Raises NotFound.
    """
    row = (await db.execute(_MEETING, {"session_id": session_id})).one_or_none()
    if row is None:
        raise NotFound(NO_SESSION)
    session, pair, mentor, mentee, program, mentor_note, mentee_note, *has_any, vectors = row
    has_documents, has_actions, was_asked = has_any
    notes = {pair.mentor_id: mentor_note, pair.mentee_id: mentee_note}
    series = (await db.execute(_SERIES, {"pair_id": pair.id})).all()
    sessions = [meeting for meeting, *_ in series]
    # Nobody can have told anything before a session was held.
    told = any(meeting.held_at or meeting.revealed_at for meeting in sessions)
    past = [
        PastAgenda(
            meeting.id,
            meeting.number,
            meeting.status,
            tuple(activity_ids),
            made_at,
            stage,
            tuple(wishes or ()),
            tuple(goals or ()),
        )
        for meeting, activity_ids, made_at, stage, wishes, goals in series
        if activity_ids is not None
    ]
    return AgendaFacts(
        program=program,
        people=PairPeople(pair=pair, mentor=mentor, mentee=mentee),
        session=session,
        sessions=sessions,
        actions=await open_actions(db, pair.id) if has_actions else [],
        notes={author: text for author, text in notes.items() if text},
        past=past,
        asked=await asked_keys(db, pair.id) if was_asked else frozenset(),
        feedback=tuple(await revealed(db, pair.id, now())) if told else (),
        document_ids=tuple(await document_ids(db, program.id)) if has_documents else (),
        vectors=vectors,
        asked_at=now(),
    )


async def stages_had(db: AsyncSession, pair_id: str) -> dict[str, str]:
    """The stage of each session's newest agenda, by the session's id."""
    series = (await db.execute(_SERIES, {"pair_id": pair_id})).all()
    return {meeting.id: stage for meeting, _, _, stage, *_ in series if stage is not None}


async def asked_keys(db: AsyncSession, pair_id: str) -> frozenset[str]:
    """Keys of all starters that the pair was ever given."""
    return frozenset((await db.execute(_ASKED, {"pair_id": pair_id})).scalars())


async def add_asked(db: AsyncSession, pair_id: str, session_id: str, starters: list[str]) -> bool:
    """Remember that the pair was given these starters; return whether all of them were new to it."""
    if not starters:
        return True
    rows = [
        {"pair_id": pair_id, "session_id": session_id, "key": key, "created_at": now()}
        for key in dict.fromkeys(map(starter_key, starters))
    ]
    added = await db.execute(_ADD_ASKED[db.get_bind().dialect.name], rows)
    return len(added.all()) == len(rows)


async def add_agenda(db: AsyncSession, agenda: Agenda, starters: list[str]) -> bool:
    """Store the agenda as the session's next version; its `version` is set. Returns whether all starters were new.

    Raises Conflict where the pair is closed, and keeps it open as `hold_open` does: one of the two may have been erased
    while the agenda was written. Two at the same moment may want one version: then the later gets an IntegrityError.
    """
    values = {column.key: getattr(agenda, column.key) for column in _GIVEN}
    values |= {"of_session": agenda.session_id, "of_pair": agenda.pair_id}
    version = (await db.execute(_ADD_AGENDA, values)).scalar_one_or_none()
    if version is None:
        raise Conflict(CLOSED)
    agenda.version = version
    return await add_asked(db, agenda.pair_id, agenda.session_id, starters)


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
    """Model tokens that the program has used on the UTC day of `at`, whatever for.

    What was used while the clock was ahead by days belongs to those days.
    """
    midnight = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    next_midnight = midnight + timedelta(days=1)
    used = 0
    for table in (Agenda, FeedbackSummary):
        query = select(func.coalesce(func.sum(table.prompt_tokens + table.completion_tokens), 0)).where(
            col(table.program_id) == program_id,
            col(table.created_at) >= midnight,
            col(table.created_at) < next_midnight,
        )
        used += int((await db.execute(query)).scalar_one())
    read = await db.get(TokensSpent, (program_id, midnight.date()))
    return used + (read.prompt_tokens + read.completion_tokens if read else 0)


async def spend_tokens(db: AsyncSession, program_id: str, at: datetime, prompt: int, completion: int) -> None:
    """Count what the model took to read comments, on the day (UTC) of `at`."""
    if not prompt and not completion:
        return
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    day = at.astimezone(UTC).date()
    new = dialect.insert(TokensSpent).values(
        program_id=program_id, day=day, prompt_tokens=prompt, completion_tokens=completion
    )
    added = {
        "prompt_tokens": col(TokensSpent.prompt_tokens) + new.excluded.prompt_tokens,
        "completion_tokens": col(TokensSpent.completion_tokens) + new.excluded.completion_tokens,
    }
    await db.execute(new.on_conflict_do_update(index_elements=["program_id", "day"], set_=added))
