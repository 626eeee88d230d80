"""Documents that a program adds to the library for itself."""

from fastapi import APIRouter

from api.auth import Coordinator
from api.dependencies import Id, Page
from api.own_documents import as_read
from api.schemas import Page as PageOf
from api.schemas import programs as schemas
from api.state import State
from coach.errors import IndexUnavailable, InvalidInput
from coach.models import ProgramDocument
from coach.retrieval.chunk import chunk_document
from coach.store.documents import add_document, delete_document, get_document, list_documents
from coach.store.programs import get_program
from coach.untrusted import quotable

router = APIRouter(tags=["knowledge"])


@router.post("/programs/{program_id}/documents", status_code=201)
async def create_document(
    program_id: Id, body: schemas.DocumentCreate, caller: Coordinator, state: State
) -> schemas.Document:
    """Add a document, such as a policy or a list of tools. Only people of this program find it, and agendas of its
    pairs name it where it clearly fits.
    """
    caller.sees_program(program_id)
    title = quotable(body.title, 120)
    if not title:
        raise InvalidInput("title", "Give the document a title in plain words.")
    row = ProgramDocument(program_id=program_id, title=title, text=body.text)
    shown = _shown(row)
    if shown.passages == 0:
        raise InvalidInput("text", "Nothing of this text could be found: it holds no plain sentences.")
    async with state.store.write() as db:
        await get_program(db, program_id)
        await add_document(db, row)
        await caller.did(db, "document.create", document_id=row.id, program_id=program_id)
    state.jobs.enqueue("read-documents", program_id=program_id)
    return shown


@router.get("/programs/{program_id}/documents")
async def read_documents(program_id: Id, caller: Coordinator, page: Page, state: State) -> PageOf[schemas.Document]:
    """The program's documents."""
    caller.sees_program(program_id)
    async with state.store.read() as db:
        await get_program(db, program_id)
        rows = await list_documents(db, program_id, page.limit + 1, page.after)
    return PageOf(items=[_shown(row) for row in rows[: page.limit]], next_cursor=page.next_cursor([r.id for r in rows]))


@router.delete("/programs/{program_id}/documents/{document_id}", status_code=204)
async def remove_document(program_id: Id, document_id: Id, caller: Coordinator, state: State) -> None:
    """Delete a document; nothing of it is found afterwards."""
    caller.sees_program(program_id)
    search = state.library()
    async with state.store.read() as db:
        await get_document(db, program_id, document_id)
    # First out of the index: where that fails the document is still there to be deleted again.
    await search.forget(program_id, document_id)
    async with state.store.write() as db:
        await delete_document(db, program_id, document_id)
        await caller.did(db, "document.delete", document_id=document_id, program_id=program_id)
    try:
        # A search that came between the two has put it back.
        await search.forget(program_id, document_id)
    except IndexUnavailable:
        # Nobody finds it any more; what is left of it in the index goes later.
        state.jobs.enqueue("tidy-documents")


def _shown(row: ProgramDocument) -> schemas.Document:
    passages = len(list(chunk_document(as_read(row))))
    return schemas.Document(id=row.id, title=row.title, created_at=row.created_at, passages=passages)
