"""The pair's summary of its feedback."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import PairMember
from api.dependencies import Id, negotiate
from api.routes.agendas import JSON, MARKDOWN, Accept
from api.schemas import summaries as schemas
from api.state import AppState, State
from coach.errors import Conflict
from coach.feedback.summarize import may_be_tried_again
from coach.feedback.summary import Waiting, outline
from coach.feedback.summary_forms import markdown
from coach.models import FeedbackSummary, now
from coach.store.pairs import PairPeople
from coach.store.summaries import keep_summary, kept_summary, load_summary_facts

router = APIRouter(tags=["feedback"])

_TRIES = 3


@router.get(
    "/pairs/{pair_id}/feedback-summary",
    response_model=schemas.SummaryReady | schemas.SummaryWaiting,
    responses={200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}},
)
async def read_summary(pair_id: Id, caller: PairMember, state: State, accept: Accept = None) -> Any:
    """What the two of you told each other, session by session and over all: what works, what to change, what to try
    next, and whether the next agenda did what was asked for. As JSON or, by `Accept`, as `text/markdown`.

    It is made from what both may read, so it waits until the feedback on a session has opened to both of you.
    """
    form = negotiate(accept, (JSON, MARKDOWN))
    async with state.store.read() as db:
        people = await caller.pair(db, pair_id)
    reply = await _summary(state, people)
    if form == MARKDOWN:
        return Response(markdown(reply.model_dump(mode="json")), media_type=f"{MARKDOWN}; charset=utf-8")
    return reply


async def _summary(state: AppState, people: PairPeople) -> schemas.SummaryReady | schemas.SummaryWaiting:
    """The summary that is kept, where nothing has changed since; or a new one."""
    pair = people.pair
    for _ in range(_TRIES):
        at = now()
        async with state.store.read() as db:
            plan = outline(await load_summary_facts(db, people, at), at)
            if isinstance(plan, Waiting):
                return schemas.SummaryWaiting(status="waiting", message=plan.message, opens_at=plan.opens_at)
            maker = state.summaries()
            if kept := await _kept(db, pair.id, maker.key(plan), at):
                return shown_summary(kept)
        async with state.turn_of(f"summary {pair.id}"):
            async with state.store.read() as db:
                if kept := await _kept(db, pair.id, maker.key(plan), at):
                    return shown_summary(kept)
            async with state.budget.spending(pair.program_id) as spent:
                made = await maker.make(plan, people, budget_spent=spent)
                async with state.store.write() as db:
                    # Feedback may have been withdrawn while this was made: then nothing of it is kept or shown.
                    known = outline(await load_summary_facts(db, people, at), at)
                    if not isinstance(known, Waiting) and maker.key(known) == made.key:
                        await keep_summary(db, made)
                        return shown_summary(made)
    raise Conflict("Your feedback changed while the summary was made. Ask again.")


async def _kept(db: AsyncSession, pair_id: str, key: str, at: datetime) -> FeedbackSummary | None:
    """The summary made from exactly this, unless a model that could not be reached may be asked again by now."""
    kept = await kept_summary(db, pair_id, key)
    return None if kept is not None and may_be_tried_again(kept, at) else kept


def shown_summary(row: FeedbackSummary) -> schemas.SummaryReady:
    """The summary as both of the pair see it; its content must still be there."""
    assert row.content is not None
    return schemas.SummaryReady(status="ready", created_at=row.created_at, **row.content)
