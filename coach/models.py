"""The tables. What the HTTP interface shows are other types, in `api.schemas`."""

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Index, LargeBinary, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel

# Set before any table, so that every constraint has a name that a later migration can drop.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Times with a zone, in UTC on every database; SQLite keeps no zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a time without a zone is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must have a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With the zone that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# How many meetings in a row may draw on what one person has lived through, unless that person says otherwise.
EXPERIENCE_LIMIT = 2


# How many days after a program's end what is held on its people is erased, unless the program says otherwise.
RETENTION_DAYS = 365


# For columns that came later than the rows that have them.
_EMPTY: dict[str, Any] = {"server_default": "[]"}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id that cannot be guessed or counted: 96 random bits."""
    return secrets.token_hex(12)


class Program(SQLModel, table=True):
    """One mentoring program. So many days after it was closed, what is held on its people is erased.

    `raised_minimums` are the least numbers of `people` and `theme_people` that it set for its theme reports, each with
    the time `at` which it did; those of periods that began before stay as they were.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    objectives: list[str] = Field(default_factory=list, sa_type=JSON)
    planned_sessions: int = 6
    session_minutes: int = 60
    raised_minimums: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=_EMPTY)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    retention_days: int = Field(default=RETENTION_DAYS, sa_column_kwargs={"server_default": text("365")})


class ProgramDocument(SQLModel, table=True):
    """Markdown that a program added to the library for itself, as it came."""

    __tablename__ = "program_document"

    id: str = Field(default_factory=new_id, primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    title: str
    text: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Participant(SQLModel, table=True):
    """One person in a program. `avoid_topics`, `accessibility` and `experience_limit` are for that person's eyes.

    `experience_limit` is how many meetings in a row may draw on what this person has lived through. Of a person who was
    erased nothing is left but the id, under the name of "Former participant".
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    name: str
    email: str | None = None
    role_title: str | None = None
    department: str | None = None
    strengths: list[str] = Field(default_factory=list, sa_type=JSON)
    wants_to_learn: list[str] = Field(default_factory=list, sa_type=JSON)
    avoid_topics: list[str] = Field(default_factory=list, sa_type=JSON)
    accessibility: str | None = None
    experience_limit: int = Field(default=EXPERIENCE_LIMIT, sa_column_kwargs={"server_default": text("2")})
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Pair(SQLModel, table=True):
    """A mentor, who is the junior, and a mentee, who is the senior.

    `reached` holds goals that were goals once: their `text`, and the time `at` which they were marked reached. A pair
    is closed for good when one of the two is erased; then nothing is written to it any more.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    mentor_id: str = Field(foreign_key="participant.id", index=True)
    mentee_id: str = Field(foreign_key="participant.id", index=True)
    goals: list[str] = Field(default_factory=list, sa_type=JSON)
    reached: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=_EMPTY)
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    planned_sessions: int
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PrivateNote(SQLModel, table=True):
    """What one person told the coach alone; only that person's own prep may use it."""

    __tablename__ = "private_note"

    pair_id: str = Field(foreign_key="pair.id", primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", primary_key=True)
    text: str
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class MentoringSession(SQLModel, table=True):
    """One meeting of a pair. `status` is planned, held, cancelled or postponed.

    `unfinished` are documents of the library: activities that the pair began and wants to go on with.
    `revealed_at` is when both people had sent feedback. It stays, whatever happens to the feedback or the status after
    that: what was read once cannot be unread. Nobody but the two may learn it.
    `changes` counts how often its time, length or status was changed, and `changed_at` is the last time: calendars
    must be told which of two entries is the newer one, also when a session was moved there and back.
    `stage` is what a meeting was for that was held before the pair planned another number of meetings.
    """

    __tablename__ = "mentoring_session"
    __table_args__ = (UniqueConstraint("pair_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    pair_id: str = Field(foreign_key="pair.id", index=True)
    number: int
    scheduled_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    focus: str | None = None
    format: str | None = None
    status: str = "planned"
    held_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unfinished: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs=_EMPTY)
    revealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changes: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    changed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stage: str | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class SessionVectors(SQLModel, table=True):
    """Vectors of what a session's agenda will ask, from the words of its two, so that a start need not make them again.

    `model` is the fingerprint of the embedding model, and `vectors` what `coach.retrieval.kept` packs.
    """

    __tablename__ = "session_vectors"

    session_id: str = Field(foreign_key="mentoring_session.id", primary_key=True)
    model: str
    vectors: bytes = Field(sa_type=LargeBinary)


class ActionItem(SQLModel, table=True):
    """Something that one of the two said they would do."""

    __tablename__ = "action_item"

    id: str = Field(default_factory=new_id, primary_key=True)
    pair_id: str = Field(foreign_key="pair.id", index=True)
    session_id: str | None = Field(default=None, foreign_key="mentoring_session.id", index=True)
    owner: str
    text: str
    due_on: date | None = None
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Agenda(SQLModel, table=True):
    """One version of a session's agenda, with the brief it was made from.

    `content` is what both may read; each prep is for one of them alone.
    """

    __table_args__ = (UniqueConstraint("session_id", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="mentoring_session.id", index=True)
    pair_id: str = Field(foreign_key="pair.id", index=True)
    program_id: str = Field(foreign_key="program.id")
    version: int
    brief: dict[str, Any] = Field(sa_type=JSON)
    content: dict[str, Any] = Field(sa_type=JSON)
    prep_mentor: dict[str, Any] = Field(sa_type=JSON)
    prep_mentee: dict[str, Any] = Field(sa_type=JSON)
    passage_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    activity_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    prompt: str | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


# Model tokens are summed by program and day before each agenda.
Index("ix_agenda_program_id_created_at", Agenda.program_id, Agenda.created_at)  # type: ignore[arg-type]


class AskedStarter(SQLModel, table=True):
    """A starter that a pair has been given; `key` is its text without case, spaces and punctuation, hashed."""

    __tablename__ = "asked_starter"

    pair_id: str = Field(foreign_key="pair.id", primary_key=True)
    key: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="mentoring_session.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class IdempotencyKey(SQLModel, table=True):
    """A reply kept under the key that its caller chose, so that asking again makes nothing twice."""

    __tablename__ = "idempotency_key"

    token_id: str = Field(foreign_key="token.id", primary_key=True)
    key: str = Field(primary_key=True)
    request: str
    agenda_id: str = Field(foreign_key="agenda.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Token(SQLModel, table=True):
    """An access token, as its SHA-256 alone. The token has 256 random bits, so a fast hash is enough.

    A row of the kind `sign-in` stands for a person whom the OIDC issuer knows, and `hash` for the issuer's name of that
    person: it lets nobody in by itself, but what is kept by token is kept for that person, and revoking it shuts them
    out. `expires_at` is null there, since each JWT has an end of its own.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    hash: str = Field(unique=True)
    kind: str = Field(default="own", sa_column_kwargs={"server_default": "own"})
    role: str
    program_id: str | None = Field(default=None, foreign_key="program.id")
    participant_id: str | None = Field(default=None, foreign_key="participant.id")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Feedback(SQLModel, table=True):
    """What one person said of one meeting; only an imported one may lack its session or its ratings.

    `held_at` is that of the session and decides in which period it counts. Without `share_with_partner` the partner
    never sees it, without `share_with_coordinators` it counts in no report.
    """

    __table_args__ = (UniqueConstraint("session_id", "author_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str | None = Field(default=None, foreign_key="mentoring_session.id")
    pair_id: str = Field(foreign_key="pair.id", index=True)
    program_id: str = Field(foreign_key="program.id")
    author_id: str = Field(foreign_key="participant.id", index=True)
    role: str
    held_at: datetime = Field(sa_type=UtcDateTime)
    usefulness: int | None = None
    safety: int | None = None
    progress: int | None = None
    went_well: str | None = None
    to_change: str | None = None
    share_with_partner: bool = False
    share_with_coordinators: bool = False
    imported: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


# A report takes the feedback of one program and one period.
Index("ix_feedback_program_id_held_at", Feedback.program_id, Feedback.held_at)  # type: ignore[arg-type]


class Comment(SQLModel, table=True):
    """One answer of a feedback, as the classifier reads it.

    `themes`, `vector` and `reader` (the version of the classifier) are null until it was read. The row goes when its
    feedback changes, and a new one takes its place.
    """

    __table_args__ = (UniqueConstraint("feedback_id", "question", "position"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    feedback_id: str = Field(foreign_key="feedback.id")
    question: str
    position: int = 0
    text: str
    themes: list[dict[str, Any]] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    vector: bytes | None = Field(default=None, sa_type=LargeBinary)
    reader: str | None = None


class ThemeReport(SQLModel, table=True):
    """What coordinators were told of one period, made once and never changed. `status` is published or withheld.

    `content` is the report as it is shown; `ends_at` is the first moment behind the period.
    """

    __tablename__ = "theme_report"
    __table_args__ = (UniqueConstraint("program_id", "period"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    program_id: str = Field(foreign_key="program.id")
    period: str
    begins_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    status: str
    content: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class FeedbackSummary(SQLModel, table=True):
    """What a pair was told of its shared feedback, kept so that asking again gives the same words.

    `key` is a hash of all that it was made from; it and `content` are null once that is no longer so. The row then
    stays for the model tokens that were used on the day of `created_at`.
    """

    __tablename__ = "feedback_summary"

    pair_id: str = Field(foreign_key="pair.id", primary_key=True)
    program_id: str = Field(foreign_key="program.id", index=True)
    key: str | None = None
    content: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    prompt_tokens: int = 0
    completion_tokens: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class AuditLine(SQLModel, table=True):
    """Who did what to what, and when: ids and fixed words, never content. Lines are added and never changed.

    `hash` is taken over the line and the hash of the line before it. `who` is the id of a token, which may be gone by
    now, or says that a command or the calendar did it.
    """

    __tablename__ = "audit_line"

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    action: str
    ids: dict[str, str] = Field(sa_type=JSON)
    hash: str


class AuditHead(SQLModel, table=True):
    """The number and the hash of the last line, in one row: without it, missing lines at the end would not show."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int
    hash: str


class TokensSpent(SQLModel, table=True):
    """Model tokens that a program used on one day (UTC) to have comments read; of nobody's comments in particular."""

    __tablename__ = "tokens_spent"

    program_id: str = Field(foreign_key="program.id", primary_key=True)
    day: date = Field(primary_key=True)
    prompt_tokens: int
    completion_tokens: int
