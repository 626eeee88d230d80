"""Searching the library."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth import Anyone
from api.own_documents import finder_for
from api.schemas import sessions as schemas
from api.state import State
from coach.errors import InvalidInput
from coach.retrieval.find import Narrowing
from coach.retrieval.library import Stage, Topic

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
    finder = await finder_for(state, caller.program_id)
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
