"""Searching the library."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Anyone, Caller
from api.schemas import sessions as schemas
from api.state import AppState, State
from coach.errors import InvalidInput
from coach.retrieval.find import Finder, Narrowing
from coach.retrieval.library import Stage, Topic, program_document
from coach.store.documents import document_ids, list_documents

router = APIRouter(tags=["knowledge"])


@router.get("/knowledge/search")
async def search_knowledge(
    caller: Anyone,
    state: State,
    q: Annotated[str, Query(min_length=1, max_length=2_000, description="What you would ask a colleague.")],
    topic: Topic | None = None,
    stage: Stage | None = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> schemas.FoundList:
    """Passages of the library that answer a question, best first."""
    if not any(char.isalnum() for char in q):
        raise InvalidInput("q", "Ask with at least one word.")
    topics = frozenset({topic}) if topic else None
    finder = await _finder(state, caller)
    hits = await finder.find(q, limit, Narrowing(topics=topics, stage=stage))
    answered = bool(hits) and await finder.answers(q)
    return schemas.FoundList(
        notice=None if answered else "The library has no real answer to this; these passages are merely the nearest.",
        items=[
            schemas.Found(
                id=hit.passage.id,
                document_id=hit.passage.document.front.id,
                title=hit.passage.title,
                section=hit.passage.section,
                kind=hit.passage.kind,
                topic=hit.passage.document.front.topic,
                text=hit.passage.text,
                score=round(hit.score, 4),
                similarity=round(hit.similarity, 4),
                evidence=hit.passage.document.front.evidence,
                updated=hit.passage.document.front.updated,
                references=list(hit.passage.references),
            )
            for hit in hits
        ],
    )


async def _finder(state: AppState, caller: Caller) -> Finder:
    """The library, with what the caller's program added to it."""
    search = state.library()
    if caller.program_id is None:
        return search
    async with state.store.read(single=True) as db:
        ids = await document_ids(db, caller.program_id)
    if not ids:
        return search
    known = search.known_within(caller.program_id, ids)
    if known is None:
        async with state.store.read() as db:
            rows = await list_documents(db, caller.program_id)
        documents = [program_document(row.id, row.title, row.text, row.created_at.date()) for row in rows]
        known = await search.within(caller.program_id, documents)
    return known
