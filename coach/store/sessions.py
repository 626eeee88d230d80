"""The meetings of a pair."""

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import NotFound
from coach.models import MentoringSession

NO_SESSION = "There is no session with this id, or it is not yours."


async def get_session(db: AsyncSession, session_id: str) -> MentoringSession:
    """The session. Raises NotFound."""
    session = await db.get(MentoringSession, session_id)
    if session is None:
        raise NotFound(NO_SESSION)
    return session


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
