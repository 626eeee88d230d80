"""What a pair's summary is made from, and the one that was made last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from coach.models import Agenda, FeedbackSummary, MentoringSession, now
from coach.store.feedback import SharedFeedback, revealed
from coach.store.pairs import PairPeople
from coach.store.sessions import list_sessions


@dataclass(frozen=True)
class AnsweringAgenda:
    """The newest agenda of a session: `answers` is why those of its items are there that answer feedback."""

    number: int
    made_at: datetime
    answers: tuple[str, ...]


@dataclass(frozen=True)
class SummaryFacts:
    """Everything that a summary may know, as rows read in one transaction; `shared` is open to both by now."""

    people: PairPeople
    sessions: tuple[MentoringSession, ...]
    shared: tuple[SharedFeedback, ...]
    agendas: tuple[AnsweringAgenda, ...]


_newer = aliased(Agenda)
_NEWEST_AGENDAS = (
    select(MentoringSession.number, Agenda.created_at, Agenda.content)
    .join(Agenda, col(Agenda.session_id) == col(MentoringSession.id))
    .where(
        col(MentoringSession.pair_id) == bindparam("pair_id"),
        ~exists().where(col(_newer.session_id) == col(Agenda.session_id), col(_newer.version) > col(Agenda.version)),
    )
    .order_by(col(MentoringSession.number))
)


async def load_summary_facts(db: AsyncSession, people: PairPeople, at: datetime) -> SummaryFacts:
    """What the pair's summary may know at this time: what nobody shared, or what is not open yet, is not even read."""
    pair_id = people.pair.id
    agendas = await db.execute(_NEWEST_AGENDAS, {"pair_id": pair_id})
    return SummaryFacts(
        people=people,
        sessions=tuple(await list_sessions(db, pair_id)),
        shared=tuple(await revealed(db, pair_id, at)),
        agendas=tuple(AnsweringAgenda(number, made_at, _answers(content)) for number, made_at, content in agendas),
    )


async def kept_summary(db: AsyncSession, pair_id: str, key: str) -> FeedbackSummary | None:
    """The summary that was made from exactly this, or None."""
    row = await db.get(FeedbackSummary, pair_id)
    return row if row is not None and row.key == key and row.content is not None else None


async def keep_summary(db: AsyncSession, made: FeedbackSummary) -> None:
    """Let this summary take the place of the last one; tokens of the same day add up."""
    row = await db.get(FeedbackSummary, made.pair_id, with_for_update=True)
    if row is None:
        db.add(made)
        return
    today = now().date()
    same_day = row.created_at.date() == today
    row.prompt_tokens = made.prompt_tokens + (row.prompt_tokens if same_day else 0)
    row.completion_tokens = made.completion_tokens + (row.completion_tokens if same_day else 0)
    row.key, row.content, row.created_at = made.key, made.content, made.created_at
    db.add(row)


def _answers(content: dict[str, Any]) -> tuple[str, ...]:
    return tuple(item["because"] for item in content["items"] if "feedback" in item.get("tied_to", ()))
