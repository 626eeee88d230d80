"""Feedback, the comments that are read for themes, and what partners may know of each other's."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Table, bindparam, delete, insert, or_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import NotFound
from coach.feedback import QUESTIONS, ThemeFound
from coach.feedback.disclosure import WINDOW
from coach.models import (
    Comment,
    Feedback,
    FeedbackSummary,
    MentoringSession,
    Pair,
    Program,
    ThemeReport,
    new_id,
)
from coach.store.sessions import NO_SESSION


@dataclass(frozen=True)
class Given:
    """What a person sends: ratings from 1 to 5, answers (None where empty), and with whom to share them."""

    usefulness: int
    safety: int
    progress: int
    went_well: str | None
    to_change: str | None
    share_with_partner: bool
    share_with_coordinators: bool


@dataclass(frozen=True)
class SharedFeedback:
    """What one of a pair shared with the other. `themes` are ids of the taxonomy, none until the answers were read;
    `unread` is its id while some of them were not. `change_vector` is what `change_reader` keeps of the answer to what
    should change, both empty until it was read.
    """

    session_id: str
    session_number: int
    role: str
    usefulness: int | None
    safety: int | None
    progress: int | None
    went_well: str | None
    to_change: str | None
    themes: tuple[str, ...] = ()
    unread: str | None = None
    change_vector: bytes = b""
    change_reader: str = ""


@dataclass(frozen=True)
class UnreadComment:
    """A comment that a reader has still to read."""

    id: str
    text: str


@dataclass(frozen=True)
class ReadComment:
    """What a reader found in a comment."""

    id: str
    themes: Sequence[ThemeFound]
    vector: bytes


_UNREAD = (b"", "")
# Stands between the version of a reader and the name of one that read beside it.
BESIDE = "|"
# A program, and a beginning and an end, the end not included.
OfPeriod = tuple[str, datetime, datetime]

_COMMENT: Table = Comment.__table__  # type: ignore[attr-defined]
_LOCKED = (
    select(MentoringSession)
    .where(col(MentoringSession.id) == bindparam("session_id"))
    # Lets rows that only refer to the session be added meanwhile. SQLite has one writer anyway.
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_OF_SESSION = select(Feedback).where(col(Feedback.session_id) == bindparam("session_id"))
_ADD_COMMENTS = insert(_COMMENT)
_DROP_COMMENTS = delete(_COMMENT).where(_COMMENT.c.feedback_id == bindparam("of_feedback"))
_DROP_SUMMARY = (
    update(FeedbackSummary)
    .where(col(FeedbackSummary.pair_id) == bindparam("of_pair"))
    .values(key=None, content=None)
    .execution_options(synchronize_session=False)
)
_KEEP_READING = (
    update(_COMMENT)
    .where(_COMMENT.c.id == bindparam("comment_id"))
    .values(themes=bindparam("themes"), vector=bindparam("vector"), reader=bindparam("reader"))
)
# Both sides of every session of a pair, a row for each answer that was given, or one without an answer.
_REVEALED = (
    select(  # type: ignore[call-overload, misc]
        Feedback.id,
        Feedback.session_id,
        MentoringSession.number,
        Feedback.role,
        Feedback.usefulness,
        Feedback.safety,
        Feedback.progress,
        Feedback.went_well,
        Feedback.to_change,
        Comment.themes,
        Comment.question,
        Comment.vector,
        Comment.reader,
    )
    .join(MentoringSession, col(MentoringSession.id) == col(Feedback.session_id))
    .outerjoin(Comment, col(Comment.feedback_id) == col(Feedback.id))
    .where(
        col(Feedback.pair_id) == bindparam("pair_id"),
        col(Feedback.share_with_partner).is_(True),
        # Both may have sent before it was marked anew as one that did not take place.
        col(MentoringSession.held_at).is_not(None),
        or_(
            col(MentoringSession.revealed_at) <= bindparam("at"),
            col(MentoringSession.held_at) <= bindparam("held_by"),
        ),
    )
    # "went_well" is asked first.
    .order_by(col(MentoringSession.number), col(Feedback.role), col(Comment.question).desc(), col(Comment.position))
)

# Held beside others who withdraw, but not beside one who publishes.
_PROGRAM_SHARED = select(Program.id).where(col(Program.id) == bindparam("program_id")).with_for_update(read=True)
_COUNTED_IN = (
    select(ThemeReport.id)
    .join(Feedback, col(Feedback.program_id) == col(ThemeReport.program_id))
    .outerjoin(MentoringSession, col(MentoringSession.id) == col(Feedback.session_id))
    .where(
        col(Feedback.id) == bindparam("feedback_id"),
        col(ThemeReport.status) == "published",
        col(ThemeReport.begins_at) <= col(Feedback.held_at),
        col(ThemeReport.ends_at) > col(Feedback.held_at),
        # What came in after that counted in nothing, nor did what is on a meeting that no longer stands as held.
        col(ThemeReport.created_at) >= col(Feedback.created_at),
        or_(col(Feedback.session_id).is_(None), col(MentoringSession.held_at).is_not(None)),
    )
)


async def lock_session(db: AsyncSession, session_id: str) -> MentoringSession:
    """The session, held until the transaction ends, so that its two people's feedback arrives one after the other.

    Raises NotFound.
    """
    session = (await db.execute(_LOCKED, {"session_id": session_id})).scalar_one_or_none()
    if session is None:
        raise NotFound(NO_SESSION)
    return session


async def own_feedback(db: AsyncSession, session_id: str, author_id: str) -> Feedback | None:
    """What this person has sent for this session, or None."""
    query = _OF_SESSION.where(col(Feedback.author_id) == author_id)
    return (await db.execute(query, {"session_id": session_id})).scalar_one_or_none()


async def shared_by_partner(db: AsyncSession, session_id: str, author_id: str) -> Feedback | None:
    """What this person's partner has sent for this session and shared; None where there is none or it was not shared.

    Call it only once the session's feedback is revealed.
    """
    query = _OF_SESSION.where(col(Feedback.author_id) != author_id, col(Feedback.share_with_partner).is_(True))
    return (await db.execute(query, {"session_id": session_id})).scalar_one_or_none()


async def put_feedback(
    db: AsyncSession, session: MentoringSession, pair: Pair, author_id: str, given: Given, at: datetime
) -> Feedback:
    """Keep or replace this person's feedback and its comments; the second of the two opens it to both.

    The session must be locked, marked held, and its window open.
    """
    assert session.held_at is not None
    rows = (await db.execute(_OF_SESSION, {"session_id": session.id})).scalars().all()
    row = next((row for row in rows if row.author_id == author_id), None)
    if row is None:
        row = Feedback(
            session_id=session.id,
            pair_id=pair.id,
            program_id=pair.program_id,
            author_id=author_id,
            role="mentor" if author_id == pair.mentor_id else "mentee",
            held_at=session.held_at,
            created_at=at,
        )
    row.held_at, row.updated_at = session.held_at, at
    for name, value in asdict(given).items():
        setattr(row, name, value)
    db.add(row)
    if any(other.author_id != author_id for other in rows):
        session.revealed_at = at
    await db.flush()
    await db.execute(_DROP_COMMENTS, {"of_feedback": row.id})
    comments = [
        {"id": new_id(), "feedback_id": row.id, "question": question, "position": 0, "text": text}
        for question in QUESTIONS
        if (text := getattr(row, question))
    ]
    if comments:
        await db.execute(_ADD_COMMENTS, comments)
    return row


async def withdraw(db: AsyncSession, feedback: Feedback) -> None:
    """Delete the feedback, its comments, and the summary that may tell of it."""
    await db.execute(_DROP_SUMMARY, {"of_pair": feedback.pair_id})
    await db.execute(_DROP_COMMENTS, {"of_feedback": feedback.id})
    await db.delete(feedback)


async def in_published_report(db: AsyncSession, feedback: Feedback) -> bool:
    """Whether a published report has counted this feedback, so that it can no longer be withdrawn.

    Until this transaction ends, no report of the program is published. A report that was withheld counted nobody.
    """
    if not feedback.share_with_coordinators:
        return False
    await db.execute(_PROGRAM_SHARED, {"program_id": feedback.program_id})
    values = {"feedback_id": feedback.id}
    return (await db.execute(_COUNTED_IN, values)).first() is not None


async def move_feedback(db: AsyncSession, session_id: str, held_at: datetime) -> None:
    """Let the session's feedback count from the time at which it was marked held anew."""
    await db.execute(update(Feedback).where(col(Feedback.session_id) == session_id).values(held_at=held_at))


async def revealed(db: AsyncSession, pair_id: str, at: datetime) -> list[SharedFeedback]:
    """All that the two have shared with each other on meetings that stand as held and may read by this time, by session
    number, in one statement.
    """
    values = {"pair_id": pair_id, "at": at, "held_by": at - WINDOW}
    found: dict[str, SharedFeedback] = {}
    themes: dict[str, dict[str, None]] = {}
    unread: set[str] = set()
    changes: dict[str, tuple[bytes, str]] = {}
    for feedback_id, *fields, raised, question, vector, reader in await db.execute(_REVEALED, values):
        unread |= {feedback_id} if question is not None and reader is None else set()
        if question == "to_change" and reader is not None:
            changes[feedback_id] = (vector or b"", reader)
        if feedback_id not in found:
            found[feedback_id] = SharedFeedback(*fields)
            themes[feedback_id] = {}
        themes[feedback_id] |= dict.fromkeys(
            theme["theme"] for theme in raised or () if theme.get("polarity") != "emerging"
        )
    return [
        replace(
            shared,
            themes=tuple(themes[feedback_id]),
            unread=feedback_id if feedback_id in unread else None,
            change_vector=changes.get(feedback_id, _UNREAD)[0],
            change_reader=changes.get(feedback_id, _UNREAD)[1],
        )
        for feedback_id, shared in found.items()
    ]


async def unread_comments(
    db: AsyncSession,
    reader: str,
    limit: int,
    *,
    feedback_id: str | None = None,
    period: OfPeriod | None = None,
    after: str = "",
) -> list[UnreadComment]:
    """Comments that this version of the reader has not read, by id behind `after`; of one feedback, of one period, or
    of all. What a second reader read beside this version is read, too.

    What its author shared with nobody is not read.
    """
    query = (
        select(Comment.id, Comment.text)
        .join(Feedback, col(Feedback.id) == col(Comment.feedback_id))
        .where(
            or_(
                col(Comment.reader).is_(None),
                (col(Comment.reader) != reader) & ~col(Comment.reader).startswith(f"{reader}{BESIDE}", autoescape=True),
            ),
            or_(col(Feedback.share_with_partner).is_(True), col(Feedback.share_with_coordinators).is_(True)),
            col(Comment.id) > after,
        )
        .order_by(col(Comment.id))
        .limit(limit)
    )
    if feedback_id is not None:
        query = query.where(col(Comment.feedback_id) == feedback_id)
    if period is not None:
        program_id, begin, end = period
        query = query.where(
            col(Feedback.program_id) == program_id, col(Feedback.held_at) >= begin, col(Feedback.held_at) < end
        )
    return [UnreadComment(*row) for row in await db.execute(query)]


async def keep_reading(db: AsyncSession, reader: str, read: Sequence[ReadComment]) -> None:
    """Store what this version of the reader found. A comment that was replaced meanwhile is left out."""
    rows = [
        {
            "comment_id": comment.id,
            "themes": [asdict(theme) for theme in comment.themes],
            "vector": comment.vector,
            "reader": reader,
        }
        for comment in read
    ]
    if rows:
        await db.execute(_KEEP_READING, rows)
