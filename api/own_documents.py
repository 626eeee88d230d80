"""What a program wrote for itself, as searches and agendas read it."""

from collections.abc import Sequence

import structlog

from api.state import AppState
from coach.errors import EmbeddingError, IndexUnavailable
from coach.models import ProgramDocument
from coach.retrieval.find import Finder
from coach.retrieval.library import Document, program_document
from coach.retrieval.own import ProgramPassages
from coach.store.documents import document_ids, list_documents

log = structlog.get_logger(__name__)


def as_read(row: ProgramDocument) -> Document:
    """A stored document as the library's code reads it."""
    return program_document(row.id, row.title, row.text, row.created_at.date())


async def finder_for(state: AppState, program_id: str | None) -> Finder:
    """The library, with what this program added to it. Raises IndexUnavailable, EmbeddingError."""
    search = state.library()
    if program_id is None:
        return search
    async with state.store.read(single=True) as db:
        ids = await document_ids(db, program_id)
    if not ids:
        return search
    known = search.known_within(program_id, ids)
    return known or await search.within(program_id, await _documents(state, program_id))


async def passages_for(state: AppState, program_id: str, ids: Sequence[str]) -> ProgramPassages | None:
    """What agendas of this program may use of its documents, whose ids these are.

    None where there are none, or the index cannot be asked for them: an agenda comes without them then.
    """
    if not ids:
        return None
    search = state.library()
    known = search.known_for_agendas(program_id, ids)
    try:
        return known or await search.for_agendas(program_id, await _documents(state, program_id))
    except (IndexUnavailable, EmbeddingError) as error:
        log.warning("agenda.without_own", reason=str(error), program=program_id)
        return None


async def read_ahead(state: AppState, program_id: str) -> None:
    """Make what agendas need of this program's documents while nobody waits for it: long ones take a minute."""
    if state.search is not None:
        async with state.store.read(single=True) as db:
            ids = await document_ids(db, program_id)
        await passages_for(state, program_id, ids)


async def _documents(state: AppState, program_id: str) -> list[Document]:
    async with state.store.read() as db:
        return [as_read(row) for row in await list_documents(db, program_id)]
