"""Theme reports, the feedback that they count, and the minimums that a program set for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import InvalidInput, NotFound
from coach.feedback.disclosure import Minimums
from coach.feedback.periods import Period, parse_period
from coach.models import Comment, Feedback, MentoringSession, Program, ThemeReport

_CURSOR = "%Y%m%d"


@dataclass(frozen=True)
class CountedComment:
    """A feedback that a report counts, with one of its comments; the last three are None where it has none."""

    feedback_id: str
    updated_at: datetime
    person: str
    pair: str
    role: str
    text: str | None
    themes: list[dict[str, Any]] | None
    reader: str | None


# What was shared with coordinators on meetings that stand as held, and what was imported.
_COUNTS = (
    col(Feedback.program_id) == bindparam("program_id"),
    col(Feedback.held_at) >= bindparam("begins_at"),
    col(Feedback.held_at) < bindparam("ends_at"),
    col(Feedback.share_with_coordinators).is_(True),
    or_(col(Feedback.session_id).is_(None), col(MentoringSession.held_at).is_not(None)),
)
_COUNTED = (
    select(  # type: ignore[call-overload]
        Feedback.id,
        Feedback.updated_at,
        Feedback.author_id,
        Feedback.pair_id,
        Feedback.role,
        Comment.text,
        Comment.themes,
        Comment.reader,
    )
    .outerjoin(MentoringSession, col(MentoringSession.id) == col(Feedback.session_id))
    .outerjoin(Comment, col(Comment.feedback_id) == col(Feedback.id))
    .where(*_COUNTS)
)
_STATE = (
    select(Feedback.id, Feedback.updated_at)
    .outerjoin(MentoringSession, col(MentoringSession.id) == col(Feedback.session_id))
    .where(*_COUNTS)
)


async def counted(db: AsyncSession, program_id: str, period: Period) -> list[CountedComment]:
    """All that a report on this period counts, in one statement and in no order."""
    return [CountedComment(*row) for row in await db.execute(_COUNTED, _of(program_id, period))]


async def counted_state(db: AsyncSession, program_id: str, period: Period) -> frozenset[tuple[str, datetime]]:
    """Which feedback a report on this period counts, each with its last change."""
    return frozenset((row[0], row[1]) for row in await db.execute(_STATE, _of(program_id, period)))


def _of(program_id: str, period: Period) -> dict[str, Any]:
    return {"program_id": program_id, "begins_at": period.begin, "ends_at": period.end}


async def lock_program(db: AsyncSession, program_id: str) -> Program:
    """The program; until this transaction ends nobody else publishes a report of it or withdraws from one.

    Raises NotFound.
    """
    # Rows that only refer to the program may be added meanwhile. SQLite has one writer anyway.
    query = select(Program).where(col(Program.id) == program_id).with_for_update(key_share=True)
    program = (await db.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()
    if program is None:
        raise NotFound("There is no program with this id.")
    return program


async def report_of(db: AsyncSession, program_id: str, label: str) -> ThemeReport | None:
    """The report on a period, published or withheld; None where none was asked for."""
    query = select(ThemeReport).where(col(ThemeReport.program_id) == program_id, col(ThemeReport.period) == label)
    return (await db.execute(query)).scalar_one_or_none()


async def overlapping(db: AsyncSession, program_id: str, period: Period) -> Sequence[ThemeReport]:
    """Reports of the program, published or withheld, on other periods that share days with this one, oldest first."""
    query = (
        select(ThemeReport)
        .where(
            col(ThemeReport.program_id) == program_id,
            col(ThemeReport.period) != period.label,
            col(ThemeReport.begins_at) < period.end,
            col(ThemeReport.ends_at) > period.begin,
        )
        .order_by(col(ThemeReport.begins_at), col(ThemeReport.ends_at))
    )
    return (await db.execute(query)).scalars().all()


async def published_periods(db: AsyncSession, program_id: str) -> list[Period]:
    """The periods that the program has published. Until this transaction ends, it publishes no other.

    A report that was withheld counted nobody, so its period is not among them.
    """
    await lock_program(db, program_id)
    query = select(ThemeReport.period).where(
        col(ThemeReport.program_id) == program_id, col(ThemeReport.status) == "published"
    )
    return [parse_period(label) for label in (await db.execute(query)).scalars()]


async def published_before(db: AsyncSession, program_id: str, at: datetime) -> ThemeReport | None:
    """The program's last published report on a period that was over at this time."""
    query = (
        select(ThemeReport)
        .where(
            col(ThemeReport.program_id) == program_id,
            col(ThemeReport.status) == "published",
            col(ThemeReport.ends_at) <= at,
        )
        .order_by(col(ThemeReport.ends_at).desc(), col(ThemeReport.begins_at).desc())
        .limit(1)
    )
    return (await db.execute(query)).scalar_one_or_none()


async def list_reports(db: AsyncSession, program_id: str, limit: int, after: str | None) -> Sequence[ThemeReport]:
    """Reports of the program by period, beginning behind the one whose `cursor_of` is `after`. Raises InvalidInput."""
    query = (
        select(ThemeReport)
        .where(col(ThemeReport.program_id) == program_id)
        .order_by(col(ThemeReport.begins_at), col(ThemeReport.ends_at))
        .limit(limit)
    )
    if after is not None:
        begin, end = _read_cursor(after)
        begins, ends = col(ThemeReport.begins_at), col(ThemeReport.ends_at)
        query = query.where(or_(begins > begin, (begins == begin) & (ends > end)))
    return (await db.execute(query)).scalars().all()


def cursor_of(report: ThemeReport) -> str:
    """The report's place in the list of its program."""
    return f"{report.begins_at:{_CURSOR}}{report.ends_at:{_CURSOR}}"


def _read_cursor(text: str) -> tuple[datetime, datetime]:
    try:
        begin, end = (datetime.strptime(f"{part} +0000", f"{_CURSOR} %z") for part in (text[:8], text[8:]))
    except ValueError:
        raise InvalidInput(
            "cursor", "This is not a cursor of ours: use `next_cursor` as it came, or leave it out."
        ) from None
    return begin, end


def minimums_for(program: Program, period: Period) -> Minimums:
    """The least numbers that hold for a period: those that the program had set by its beginning."""
    return _highest(program, period.begin)


def newest_minimums(program: Program) -> Minimums:
    """The least numbers that hold for periods that begin from now on."""
    return _highest(program, None)


def raise_minimums(program: Program, minimums: Minimums, at: datetime) -> None:
    """Set the least numbers for periods that begin after `at`. The program must be locked, and no number lower."""
    entry = {"at": at.isoformat(), "people": minimums.people, "theme_people": minimums.theme_people}
    program.raised_minimums = [*program.raised_minimums, entry]


def _highest(program: Program, until: datetime | None) -> Minimums:
    held = [entry for entry in program.raised_minimums if until is None or datetime.fromisoformat(entry["at"]) <= until]
    default = Minimums()
    return Minimums(
        max([default.people, *(entry["people"] for entry in held)]),
        max([default.theme_people, *(entry["theme_people"] for entry in held)]),
    )
