"""The least that can be written and read: a program with a name."""

from sqlmodel import select

from coach.models import Program
from coach.store import Store


async def add_program(store: Store, name: str) -> None:
    async with store.write() as db:
        db.add(Program(name=name))


async def program_names(store: Store) -> list[str]:
    async with store.read() as db:
        return sorted((await db.execute(select(Program.name))).scalars())
