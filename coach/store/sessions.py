"""The meetings of a pair."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import NotFound
from coach.models import MentoringSession, now

_IN_CALENDARS = {"scheduled_at", "minutes", "status"}
NO_SESSION = "There is no session with this id, or it is not yours."


async def get_session(db: AsyncSession, session_id: str, *, to_change: bool = False) -> MentoringSession:
    """The session; with `to_change` nobody else changes it before this transaction ends. Raises NotFound."""
    session = await db.get(MentoringSession, session_id, with_for_update=to_change)
    if session is None:
        raise NotFound(NO_SESSION)
    return session


def change(session: MentoringSession, changes: dict[str, Any]) -> None:
    """Set these fields, and count it where the meeting in a calendar is no longer the same.

    The session must be read `to_change`.
    """
    if any(getattr(session, name) != changes[name] for name in _IN_CALENDARS & changes.keys()):
        session.changes += 1
        session.changed_at = now()
    for name, value in changes.items():
        setattr(session, name, value)


async def next_number(db: AsyncSession, pair_id: str) -> int:
    """The number that the pair's next session gets, from 1."""
    query = select(func.max(MentoringSession.number)).where(col(MentoringSession.pair_id) == pair_id)
    return ((await db.execute(query)).scalar_one() or 0) + 1


async def list_sessions(
    db: AsyncSession, pair_id: str, limit: int | None = None, after: int = 0
) -> list[MentoringSession]:
    """Sessions of a pair by number, beginning behind the number `after`."""
    query = (
        select(MentoringSession)
        .where(col(MentoringSession.pair_id) == pair_id, col(MentoringSession.number) > after)
        .order_by(col(MentoringSession.number))
    )
    return list((await db.execute(query if limit is None else query.limit(limit))).scalars())
