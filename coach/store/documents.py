"""Documents that programs add for themselves."""

from sqlalchemy import bindparam, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import Conflict, NotFound
from coach.models import ProgramDocument

MOST_DOCUMENTS = 100
_IDS = (
    select(ProgramDocument.id)
    .where(col(ProgramDocument.program_id) == bindparam("program_id"))
    .order_by(col(ProgramDocument.id))
)


async def add_document(db: AsyncSession, document: ProgramDocument) -> None:
    """Keep a document. Raises Conflict where the program has as many as it may."""
    count = (
        select(func.count()).select_from(ProgramDocument).where(col(ProgramDocument.program_id) == document.program_id)
    )
    if (await db.execute(count)).scalar_one() >= MOST_DOCUMENTS:
        raise Conflict(f"A program may have {MOST_DOCUMENTS} documents of its own. Delete one, or put two together.")
    db.add(document)


async def document_ids(db: AsyncSession, program_id: str) -> list[str]:
    """Ids of a program's documents, in order."""
    return list((await db.execute(_IDS, {"program_id": program_id})).scalars())


async def known_documents(db: AsyncSession) -> set[str]:
    """Ids of the documents of all programs."""
    return set((await db.execute(select(ProgramDocument.id))).scalars())


async def list_documents(
    db: AsyncSession, program_id: str, limit: int | None = None, after: str | None = None
) -> list[ProgramDocument]:
    """A program's documents by id, beginning behind the id `after`."""
    query = (
        select(ProgramDocument)
        .where(col(ProgramDocument.program_id) == program_id)
        .order_by(col(ProgramDocument.id))
        .limit(limit)
    )
    if after is not None:
        query = query.where(col(ProgramDocument.id) > after)
    return list((await db.execute(query)).scalars())


async def get_document(db: AsyncSession, program_id: str, document_id: str) -> ProgramDocument:
    """The document. Raises NotFound, also where it is another program's."""
    document = await db.get(ProgramDocument, document_id)
    if document is None or document.program_id != program_id:
        raise NotFound("There is no document with this id in the program.")
    return document


async def delete_document(db: AsyncSession, program_id: str, document_id: str) -> None:
    """Forget a document. Raises NotFound, also where it is another program's."""
    await db.delete(await get_document(db, program_id, document_id))
