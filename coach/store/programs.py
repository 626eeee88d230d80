"""Programs and the people in them."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import NotFound
from coach.models import Pair, Program


async def get_program(db: AsyncSession, program_id: str) -> Program:
    """The program. Raises NotFound."""
    program = await db.get(Program, program_id)
    if program is None:
        raise NotFound("There is no program with this id.")
    return program


async def list_programs(db: AsyncSession, limit: int, after: str | None) -> list[Program]:
    """Programs by id, beginning behind the id `after`."""
    query = select(Program).order_by(col(Program.id)).limit(limit)
    if after is not None:
        query = query.where(col(Program.id) > after)
    return list((await db.execute(query)).scalars())


async def list_pairs(db: AsyncSession, program_id: str, limit: int, after: str | None) -> list[Pair]:
    """Pairs of a program by id, beginning behind the id `after`."""
    query = select(Pair).where(col(Pair.program_id) == program_id).order_by(col(Pair.id)).limit(limit)
    if after is not None:
        query = query.where(col(Pair.id) > after)
    return list((await db.execute(query)).scalars())
