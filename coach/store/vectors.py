"""Vectors of what the agendas of sessions will ask: kept for as long as the words that they are made from stay."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from coach.models import MentoringSession, Pair, Participant, SessionVectors
from coach.store.agendas import AgendaFacts

# Of these an agenda can be asked for.
_TO_COME = ("planned", "postponed")
_LATE = timedelta(days=1)

_mentor, _mentee = aliased(Participant), aliased(Participant)


async def keep_vectors(db: AsyncSession, facts: AgendaFacts, model: str, vectors: bytes) -> bool:
    """Keep what was made from these facts in place of what there is.

    False, and nothing is kept, where the words are not those any more, somebody is changing them, or the pair is
    closed. Nobody is waited for.
    """
    session, people = facts.session, facts.people
    words = (
        select(Pair.goals, MentoringSession.focus, _mentor.strengths, _mentee.wants_to_learn)
        .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
        .join(_mentor, col(Pair.mentor_id) == _mentor.id)
        .join(_mentee, col(Pair.mentee_id) == _mentee.id)
        .where(col(MentoringSession.id) == session.id, col(Pair.closed_at).is_(None))
        .with_for_update(read=True, skip_locked=True)
    )
    found = (await db.execute(words)).one_or_none()
    made_from = (people.pair.goals, session.focus, people.mentor.strengths, people.mentee.wants_to_learn)
    if found is None or tuple(found) != made_from:
        return False
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(SessionVectors).values(session_id=session.id, model=model, vectors=vectors)
    values = {"model": new.excluded.model, "vectors": new.excluded.vectors}
    await db.execute(new.on_conflict_do_update(index_elements=["session_id"], set_=values))
    return True


async def forget_vectors(db: AsyncSession, session_id: str) -> None:
    """Delete those of a session whose words change."""
    await db.execute(delete(SessionVectors).where(col(SessionVectors.session_id) == session_id))


async def forget_vectors_of_pairs(db: AsyncSession, pair_ids: Collection[str]) -> None:
    """Delete those of all sessions of these pairs, whose words change or go."""
    theirs = select(MentoringSession.id).where(col(MentoringSession.pair_id).in_(pair_ids))
    await db.execute(delete(SessionVectors).where(col(SessionVectors.session_id).in_(theirs)))


async def forget_vectors_of_the_past(db: AsyncSession) -> None:
    """Delete those of sessions that get no agenda any more."""
    over = select(MentoringSession.id).where(col(MentoringSession.status).not_in(_TO_COME))
    await db.execute(delete(SessionVectors).where(col(SessionVectors.session_id).in_(over)))


async def sessions_without_vectors(db: AsyncSession, model: str, at: datetime, limit: int) -> list[str]:
    """Ids of the soonest sessions for which nothing of this model is kept."""
    query = (
        select(MentoringSession.id)
        .join(Pair, col(Pair.id) == col(MentoringSession.pair_id))
        .outerjoin(
            SessionVectors,
            (col(SessionVectors.session_id) == col(MentoringSession.id)) & (col(SessionVectors.model) == model),
        )
        .where(
            col(SessionVectors.session_id).is_(None),
            col(Pair.closed_at).is_(None),
            col(MentoringSession.status).in_(_TO_COME),
            col(MentoringSession.scheduled_at) >= at - _LATE,
        )
        .order_by(col(MentoringSession.scheduled_at), col(MentoringSession.id))
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def sessions_to_come(db: AsyncSession, pair_id: str, limit: int) -> list[str]:
    """Ids of the pair's soonest sessions for which an agenda can be asked."""
    query = (
        select(MentoringSession.id)
        .where(col(MentoringSession.pair_id) == pair_id, col(MentoringSession.status).in_(_TO_COME))
        .order_by(col(MentoringSession.scheduled_at), col(MentoringSession.id))
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())
