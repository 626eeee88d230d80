"""What pairs did, for the rules of attention. Nothing here reads feedback."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from coach.feedback.attention import Meeting
from coach.models import Agenda, MentoringSession, Pair, Participant


@dataclass(frozen=True)
class PairCourse:
    """A pair, the names of its two people, and the course of its meetings."""

    pair_id: str
    mentor: str
    mentee: str
    made_at: datetime
    planned_sessions: int
    meetings: tuple[Meeting, ...]


_mentor, _mentee = aliased(Participant), aliased(Participant)
_PAIRS = (
    select(Pair.id, _mentor.name, _mentee.name, Pair.created_at, Pair.planned_sessions)  # type: ignore[call-overload]
    .join(_mentor, col(Pair.mentor_id) == _mentor.id)
    .join(_mentee, col(Pair.mentee_id) == _mentee.id)
    .where(col(Pair.program_id) == bindparam("program_id"), col(Pair.closed_at).is_(None))
    .order_by(col(Pair.created_at), col(Pair.id))
)
_MEETINGS = (
    select(  # type: ignore[call-overload]
        MentoringSession.pair_id,
        MentoringSession.status,
        MentoringSession.scheduled_at,
        MentoringSession.held_at,
        exists().where(col(Agenda.session_id) == col(MentoringSession.id)),
    )
    .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
    .where(col(Pair.program_id) == bindparam("program_id"))
)


async def courses(db: AsyncSession, program_id: str) -> list[PairCourse]:
    """The pairs of a program, oldest first, each with its meetings, in two statements however many there are."""
    meetings: dict[str, list[Meeting]] = defaultdict(list)
    for pair_id, *fields in await db.execute(_MEETINGS, {"program_id": program_id}):
        meetings[pair_id].append(Meeting(*fields))
    pairs = await db.execute(_PAIRS, {"program_id": program_id})
    return [
        PairCourse(pair_id, mentor, mentee, made_at, planned_sessions, tuple(meetings[pair_id]))
        for pair_id, mentor, mentee, made_at, planned_sessions in pairs
    ]
