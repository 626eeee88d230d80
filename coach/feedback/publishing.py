"""Publishing a theme report: once for each period that is over, and never again."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from coach.errors import Conflict
from coach.feedback import CommentReader
from coach.feedback.disclosure import WINDOW, Minimums, Voice
from coach.feedback.periods import Period
from coach.feedback.reading import read_comments
from coach.feedback.report_words import ReportWords
from coach.feedback.reports import Content, make_report
from coach.models import ThemeReport, now
from coach.store import Store
from coach.store.audit import CALENDAR, record
from coach.store.programs import get_program
from coach.store.reports import (
    CountedComment,
    counted,
    counted_state,
    lock_program,
    minimums_for,
    overlapping,
    published_before,
    report_of,
)

# Feedback may be withdrawn while the report is made; then it is made anew.
_TRIES = 5
_STILL_READING = "Comments on this period are still being read. Ask again in a minute."


async def publish(
    store: Store,
    reader: CommentReader | None,
    words: ReportWords,
    program_id: str,
    period: Period,
    at: datetime,
    *,
    who: str = CALENDAR,
    second_reader: bool = False,
) -> tuple[ThemeReport, bool]:
    """The report on this period, and whether it was made just now; whoever asks again gets what was made first.

    Comments of the period that are still unread are read first, by `reader` alone; `second_reader` says that a model
    may have read those that came before, which the report tells. Raises NotFound where there is no such program, and
    Conflict, saying why, while the feedback can still change, where another report shares days with the period, or
    where comments cannot be read right now.
    """
    async with store.read() as db:
        await get_program(db, program_id)
        if kept := await report_of(db, program_id, period.label):
            return kept, False
        _check_over(period, at)
        _check_apart(period, await overlapping(db, program_id, period))
    if reader is not None:
        await read_comments(store, reader, period=(program_id, period.begin, period.end))
    for _ in range(_TRIES):
        async with store.read() as db:
            rows = await counted(db, program_id, period)
            program = await get_program(db, program_id)
            before = await published_before(db, program_id, period.begin)
        if any(row.text is not None and row.reader is None for row in rows):
            raise Conflict(_STILL_READING)
        content = await asyncio.to_thread(
            _made,
            period,
            rows,
            minimums_for(program, period),
            words,
            before.content if before else None,
            at,
            second_reader,
        )
        state = frozenset((row.feedback_id, row.updated_at) for row in rows)
        report, made = await _kept(store, program_id, period, content, state, who)
        if report is not None:
            return report, made
    raise Conflict("Feedback on this period is being withdrawn at this moment. Ask again in a minute.")


async def _kept(
    store: Store,
    program_id: str,
    period: Period,
    content: Content,
    state: frozenset[tuple[str, datetime]],
    who: str,
) -> tuple[ThemeReport | None, bool]:
    """Store the report, unless there is one already. None where the feedback is not what it was made from."""
    try:
        async with store.write() as db:
            await lock_program(db, program_id)
            if kept := await report_of(db, program_id, period.label):
                return kept, False
            _check_apart(period, await overlapping(db, program_id, period))
            if await counted_state(db, program_id, period) != state:
                return None, False
            report = ThemeReport(
                program_id=program_id,
                period=period.label,
                begins_at=period.begin,
                ends_at=period.end,
                status=content["status"],
                content=content,
                created_at=now(),
            )
            db.add(report)
            await db.flush()
            await record(db, who, "report.publish", program_id=program_id, report_id=report.id)
        return report, True
    except IntegrityError:
        async with store.read() as db:
            return await report_of(db, program_id, period.label), False


def _made(
    period: Period,
    rows: Sequence[CountedComment],
    minimums: Minimums,
    words: ReportWords,
    before: Content | None,
    at: datetime,
    second_reader: bool,
) -> Content:
    texts = (row.text for row in rows if row.text is not None)
    return make_report(
        period, voices(rows), texts, minimums, words, before=before, made_at=at, second_reader=second_reader
    )


def voices(rows: Iterable[CountedComment]) -> Iterable[Voice]:
    """What each comment says to a report."""
    for row in rows:
        themes: dict[str, float] = {}
        for found in row.themes or ():
            themes[found["theme"]] = max(found["confidence"], themes.get(found["theme"], 0.0))
        yield Voice(row.person, row.pair, row.role, themes)


def _check_over(period: Period, at: datetime) -> None:
    if at >= period.publishable_from:
        return
    why = (
        f"{period.label} is not over yet."
        if at < period.end
        else f"Feedback on the last days of {period.label} can still change for {WINDOW.days} days."
    )
    raise Conflict(f"{why} Ask for its report from {period.publishable_from:%Y-%m-%d at %H:%M} UTC on.")


def _check_apart(period: Period, others: Sequence[ThemeReport]) -> None:
    """Raise Conflict where a report shares days with this period, unless it was withheld and lies inside."""
    for other in others:
        if other.status == "published":
            raise Conflict(
                f"{other.period} has a published report, and {period.label} shares days with it. Two reports on the "
                "same days could be compared to find out what single people said, so each day is in one report only."
            )
        if not (period.begin <= other.begins_at and other.ends_at <= period.end):
            raise Conflict(f"{other.period} was withheld as a whole, so no part of it can have a report of its own.")
