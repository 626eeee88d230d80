"""Feedback that was kept elsewhere, stored all or none."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import Conflict
from coach.feedback import QUESTIONS
from coach.feedback.imported import ImportedRow
from coach.feedback.periods import Period
from coach.models import Comment, Feedback, Pair, now
from coach.store.reports import published_periods

CHUNK = 500

_FEEDBACK: Table = Feedback.__table__  # type: ignore[attr-defined]
_COMMENT: Table = Comment.__table__  # type: ignore[attr-defined]
_ADD_FEEDBACK, _ADD_COMMENTS = insert(_FEEDBACK), insert(_COMMENT)


@dataclass(frozen=True)
class Imported:
    """What became of the rows: stored, there already, and of those stored how many count in no report."""

    imported: int
    already_there: int
    not_counted: int
    comments: int


async def pairs_of_program(db: AsyncSession, program_id: str) -> dict[str, tuple[str, str]]:
    """The program's pairs by id, each with the ids of its mentor and its mentee; without those that were closed."""
    query = select(Pair.id, Pair.mentor_id, Pair.mentee_id).where(
        col(Pair.program_id) == program_id, col(Pair.closed_at).is_(None)
    )
    return {pair_id: (mentor_id, mentee_id) for pair_id, mentor_id, mentee_id in await db.execute(query)}


async def add_imported(
    db: AsyncSession, program_id: str, rows: Sequence[ImportedRow], progress: Callable[[int], None]
) -> Imported:
    """Store the rows that are not there yet, and tell after each chunk how many are done.

    Imported feedback was collected for the program: coordinators' reports may count it, and no partner ever sees it.
    What was held in a published period is kept without counting, since that report is frozen, and no other may tell of
    it what two reports together would give away. Raises IntegrityError where the same rows are stored at the same time,
    and Conflict where a pair of theirs was closed since the rows were checked: of who was erased nothing may come back.
    """
    await _hold_open(db, program_id, rows)
    held = select(Feedback.id).where(col(Feedback.program_id) == program_id, col(Feedback.imported).is_(True))
    there = set((await db.execute(held)).scalars())
    published = await published_periods(db, program_id)
    at = now()
    imported = not_counted = comments = 0
    for start in range(0, len(rows), CHUNK):
        new = [row for row in rows[start : start + CHUNK] if row.id not in there]
        counted = [not _falls_in(row.held_at, published) for row in new]
        if new:
            await db.execute(
                _ADD_FEEDBACK,
                [_feedback(row, program_id, counts, at) for row, counts in zip(new, counted, strict=True)],
            )
        answers = [comment for row in new for comment in _comments(row)]
        if answers:
            await db.execute(_ADD_COMMENTS, answers)
        imported, comments = imported + len(new), comments + len(answers)
        not_counted += len(new) - sum(counted)
        progress(min(start + CHUNK, len(rows)))
        # Others have their turn between two chunks.
        await asyncio.sleep(0)
    return Imported(imported, len(rows) - imported, not_counted, comments)


async def _hold_open(db: AsyncSession, program_id: str, rows: Sequence[ImportedRow]) -> None:
    """Keep the program's pairs from being closed until this transaction ends. Raises Conflict where one is already."""
    query = select(Pair.id, Pair.closed_at).where(col(Pair.program_id) == program_id).order_by(col(Pair.id))
    held = (await db.execute(query.with_for_update(read=True))).all()
    still_open = {pair_id for pair_id, closed_at in held if closed_at is None}
    if not all(row.pair_id in still_open for row in rows):
        raise Conflict(
            "A pair of these rows was closed while they were checked, since one of its two has left. Nothing was "
            "stored. Send the rows again to see which they are."
        )


def _falls_in(held_at: datetime, periods: Sequence[Period]) -> bool:
    return any(period.begin <= held_at < period.end for period in periods)


def _feedback(row: ImportedRow, program_id: str, counts: bool, at: datetime) -> dict[str, object]:
    return asdict(row) | {
        "session_id": None,
        "program_id": program_id,
        "share_with_partner": False,
        "share_with_coordinators": counts,
        "imported": True,
        "created_at": at,
        "updated_at": at,
    }


def _comments(row: ImportedRow) -> list[dict[str, object]]:
    return [
        {
            "id": hashlib.sha256(f"{row.id} {question}".encode()).hexdigest()[:24],
            "feedback_id": row.id,
            "question": question,
            "position": 0,
            "text": text,
            "themes": None,
            "vector": None,
            "reader": None,
        }
        for question in QUESTIONS
        if (text := getattr(row, question))
    ]
