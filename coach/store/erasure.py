"""Erasing a person: every row that holds something of theirs, in one transaction.

What the two of a pair wrote into one place (goals, a session's focus, actions, agendas) goes as a whole, since nobody
knows who wrote which word, and the pair is closed. The partner's own words stay theirs, without the erased person's
name: their private note, their feedback, and what they say of themselves. Ids, dates, ratings of the partner and
published reports stay; they hold nobody's words.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select

from coach.errors import NotFound
from coach.models import (
    ActionItem,
    Agenda,
    AskedStarter,
    Comment,
    Feedback,
    FeedbackSummary,
    IdempotencyKey,
    MentoringSession,
    Pair,
    Participant,
    PrivateNote,
    Program,
    Token,
    new_id,
)
from coach.store.vectors import forget_vectors_of_pairs
from coach.vocabulary import plain_stems, stems

FORMER = "Former participant"
REMOVED = "[name removed]"
_ANSWERS = ("went_well", "to_change")
_OF_ONESELF = ("role_title", "department", "strengths", "wants_to_learn", "avoid_topics", "accessibility")

# What becomes of each table's rows; a test holds it against the tables that there are.
REACHED = frozenset({
    "action_item", "agenda", "asked_starter", "comment", "feedback", "feedback_summary", "idempotency_key",
    "mentoring_session", "pair", "participant", "private_note", "session_vectors", "token",
})  # fmt: skip
HOLD_NOBODY = frozenset({"program", "program_document", "audit_line", "audit_head", "theme_report", "tokens_spent"})


@dataclass(frozen=True)
class Erased:
    """What was reached: the pairs that were closed. `again` is true where the person had been erased before."""

    pair_ids: tuple[str, ...]
    again: bool = False


async def erase(db: AsyncSession, participant_id: str, at: datetime) -> Erased:
    """Erase the person from every row. Raises NotFound."""
    mine = or_(col(Pair.mentor_id) == participant_id, col(Pair.mentee_id) == participant_id)
    # Pairs before people, as whoever stores feedback holds them: the other way round each would wait for the other.
    pairs = (await db.execute(select(Pair).where(mine).order_by(col(Pair.id)).with_for_update())).scalars().all()
    person = await db.get(Participant, participant_id, with_for_update=True)
    if person is None:
        raise NotFound("There is no person with this id.")
    pair_ids = tuple(pair.id for pair in pairs)
    if person.erased_at is not None:
        return Erased(pair_ids, again=True)

    name = Name(person.name, person.email)
    for pair in pairs:
        pair.goals, pair.reached, pair.closed_at = [], [], pair.closed_at or at
    await _close(db, pair_ids)
    await _forget_own(db, participant_id)
    people = {id_ for pair in pairs for id_ in (pair.mentor_id, pair.mentee_id)}
    await _take_name_from_partners(db, pair_ids, people - {participant_id}, name)

    person.name, person.email, person.role_title, person.department = FORMER, None, None, None
    person.strengths, person.wants_to_learn, person.avoid_topics, person.accessibility = [], [], [], None
    person.experience_limit, person.erased_at = Participant.model_fields["experience_limit"].default, at
    return Erased(pair_ids)


async def overdue(db: AsyncSession, at: datetime) -> list[str]:
    """Ids of people whose program was closed so long ago that what is held on them must go."""
    query = (
        select(Participant.id, Program.closed_at, Program.retention_days)
        .join(Program, col(Program.id) == col(Participant.program_id))
        .where(col(Participant.erased_at).is_(None), col(Program.closed_at) <= at)
        .order_by(col(Participant.id))
    )
    rows = (await db.execute(query)).all()
    # Counted back from now: an end in the year 9999 has no day a year after it.
    return [person for person, closed_at, days in rows if closed_at is not None and closed_at <= at - timedelta(days)]


class Name:
    """All that a person is called, to be taken out of what others wrote.

    The parts of a name are found in any case, unless they are common words: then only where they are written as a name.
    """

    def __init__(self, name: str, email: str | None) -> None:
        whole = unicodedata.normalize("NFC", name)
        parts = [part for part in re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", whole) if len(part) > 1]
        common = [part for part in parts if len(part) < 3 or set(stems([part.casefold()])) & plain_stems()]
        anywhere = [whole, *([email] if email else []), *(part for part in parts if part not in common)]
        self._patterns = [_any_of(anywhere, re.IGNORECASE), *([_any_of(common, 0)] if common else [])]

    def removed_from(self, text: str) -> str:
        """The text without the name."""
        cleaned = unicodedata.normalize("NFC", text)
        for pattern in self._patterns:
            cleaned = pattern.sub(REMOVED, cleaned)
        return cleaned if REMOVED in cleaned else text


def _any_of(words: Sequence[str], flags: int) -> re.Pattern[str]:
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", flags)


async def _close(db: AsyncSession, pair_ids: Collection[str]) -> None:
    """Delete what the two of each pair share."""
    agendas = select(Agenda.id).where(col(Agenda.pair_id).in_(pair_ids))
    await db.execute(delete(IdempotencyKey).where(col(IdempotencyKey.agenda_id).in_(agendas)))
    tables: tuple[Any, ...] = (Agenda, AskedStarter, ActionItem)
    for table in tables:
        await db.execute(delete(table).where(table.pair_id.in_(pair_ids)))
    await forget_vectors_of_pairs(db, pair_ids)
    # The row stays for the model tokens that were used on its day.
    await db.execute(
        update(FeedbackSummary).where(col(FeedbackSummary.pair_id).in_(pair_ids)).values(key=None, content=None)
    )
    await db.execute(
        update(MentoringSession)
        .where(col(MentoringSession.pair_id).in_(pair_ids))
        .values(focus=None, format=None, unfinished=[])
    )


async def _forget_own(db: AsyncSession, participant_id: str) -> None:
    """Delete what is the person's alone: notes, feedback, tokens, and replies kept under their keys."""
    feedback = select(Feedback.id).where(col(Feedback.author_id) == participant_id)
    await db.execute(delete(Comment).where(col(Comment.feedback_id).in_(feedback)))
    await db.execute(delete(Feedback).where(col(Feedback.author_id) == participant_id))
    tokens = select(Token.id).where(col(Token.participant_id) == participant_id)
    await db.execute(delete(IdempotencyKey).where(col(IdempotencyKey.token_id).in_(tokens)))
    tables: tuple[Any, ...] = (PrivateNote, Token)
    for table in tables:
        await db.execute(delete(table).where(table.participant_id == participant_id))


async def _take_name_from_partners(
    db: AsyncSession, pair_ids: Collection[str], partners: Collection[str], name: Name
) -> None:
    # Two may share a name: what the partner is called stays theirs.
    for partner in await _rows(db, select(Participant).where(col(Participant.id).in_(partners))):
        for field in _OF_ONESELF:
            said = getattr(partner, field)
            if said:
                texts = name.removed_from(said) if isinstance(said, str) else [name.removed_from(one) for one in said]
                setattr(partner, field, texts)
    for note in await _rows(db, select(PrivateNote).where(col(PrivateNote.pair_id).in_(pair_ids))):
        note.text = name.removed_from(note.text)
    for feedback in await _rows(db, select(Feedback).where(col(Feedback.pair_id).in_(pair_ids))):
        for answer in _ANSWERS:
            if getattr(feedback, answer):
                setattr(feedback, answer, name.removed_from(getattr(feedback, answer)))
    theirs = select(Feedback.id).where(col(Feedback.pair_id).in_(pair_ids))
    for comment in await _rows(db, select(Comment).where(col(Comment.feedback_id).in_(theirs))):
        cleaned = name.removed_from(comment.text)
        if cleaned != comment.text:
            # A row of its own, to be read anew: what a reader makes of the old text meanwhile finds none.
            values = {"id": new_id(), "text": cleaned, "themes": None, "vector": None, "reader": None}
            await db.execute(update(Comment).where(col(Comment.id) == comment.id).values(**values))


async def _rows(db: AsyncSession, query: Any) -> Sequence[Any]:
    found: Sequence[SQLModel] = (await db.execute(query)).scalars().all()
    return found
