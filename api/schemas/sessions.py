"""Sessions, actions and agendas."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, StringConstraints, model_validator

from api.schemas import CHANGES, IN_WORDS, NEVER_NULL, WHOLE, Body, Reply
from api.schemas.programs import SOMETHING, SessionMinutes, says_something
from coach.retrieval.library import Evidence, Kind, Role, Stage, Topic


def _to_utc(at: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is meant as UTC, as everywhere in this interface."""
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside of the calendar; check the year") from None


Time = Annotated[datetime, AfterValidator(_to_utc), IN_WORDS]
Day = Annotated[date, IN_WORDS]
Status = Literal["planned", "held", "cancelled", "postponed"]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(says_something), SOMETHING]
Unfinished = Annotated[list[Annotated[str, StringConstraints(max_length=10)]], Field(max_length=16)]
Format = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Focus = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(says_something), SOMETHING]


class SessionCreate(Body):
    """A new meeting of a pair. Without `minutes` it has the program's usual length."""

    scheduled_at: Time
    minutes: SessionMinutes | None = None
    focus: Focus | None = None
    format: Format | None = None


class SessionChange(Body):
    """What may change of a session.

    `unfinished` are ids of items of its newest agenda: activities to go on with next time.
    """

    model_config = CHANGES

    status: Annotated[Status | None, NEVER_NULL] = None
    scheduled_at: Annotated[Time | None, NEVER_NULL] = None
    minutes: Annotated[SessionMinutes | None, NEVER_NULL] = None
    focus: Focus | None = None
    format: Format | None = None
    unfinished: Annotated[Unfinished | None, NEVER_NULL] = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"name at least one of {', '.join(type(self).model_fields)}")
        return self


class Session(Reply):
    """A meeting of a pair. `stage` counts the meetings that take place: what one is for that fell through comes at the
    next.

    `unfinished` are documents of the library: activities that come back in the next agenda.
    """

    id: str
    pair_id: str
    number: int
    stage: Stage
    scheduled_at: datetime
    minutes: int
    focus: str | None
    format: str | None
    status: Status
    held_at: datetime | None
    unfinished: list[str]
    created_at: datetime


class ActionCreate(Body):
    """Something that one of the two will do; `due_on` is a day, such as 2026-12-03."""

    owner: Role
    text: Text
    due_on: Day | None = None
    session_id: str | None = None


class ActionChange(Body):
    """What may change of an action."""

    model_config = CHANGES

    done: Annotated[StrictBool | None, NEVER_NULL] = None
    text: Annotated[Text | None, NEVER_NULL] = None
    due_on: Day | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one of done, text, due_on")
        return self


class Action(Reply):
    """Something that one of the two said they would do."""

    id: str
    pair_id: str
    session_id: str | None
    owner: Role
    text: str
    due_on: date | None
    done: bool
    created_at: datetime


class AgendaCreate(Body):
    """Nothing has to be said to get an agenda; `writer` is for those who want one that no model writes."""

    writer: Literal["composer"] | None = None


class AgendaItem(Reply):
    """One timed item.

    `because` says why it is there and `tied_to` what that rests on; `activity` is the document of the library that
    fills it. Agendas made before these were kept have neither.
    """

    id: str
    kind: Literal["check-in", "review", "exercise", "discussion", "reflection", "next-steps"]
    title: str
    minutes: int
    led_by: Literal["mentor", "mentee", "both"]
    description: str
    goal: str | None
    because: str
    tied_to: list[Literal["goal", "action", "focus", "feedback", "stage"]] = []
    activity: str | None = None
    carried_over_from: str | None
    sources: list[str]


class Starter(Reply):
    """One conversation starter. `topic` is null where it serves any topic."""

    text: str
    asked_by: Literal["mentor", "mentee", "either"]
    topic: Topic | None
    sources: list[str]


class Prep(Reply):
    """The caller's own prep, never the partner's."""

    role: Role
    steps: list[str]
    sources: list[str]


class Source(Reply):
    """A passage of the library that something rests on."""

    id: str
    title: str
    section: str
    evidence: Evidence
    updated: date
    references: list[str]


class Tokens(Reply):
    """Model tokens used, 0 without a model."""

    prompt: int
    completion: int


class Generator(Reply):
    """Who wrote the words. `reason` says why the composer had to step in."""

    source: Literal["model", "repaired", "fallback", "composer"]
    model: str | None
    prompt: str | None
    tokens: Tokens
    reason: str | None


class People(Reply):
    """What the agenda calls the two."""

    mentor: str
    mentee: str


class Agenda(Reply):
    """One version of a session's agenda."""

    id: str
    session_id: str
    version: int
    created_at: datetime
    stage: Stage
    minutes: int
    title: str
    summary: str
    people: People
    items: list[AgendaItem]
    starters: list[Starter]
    prep: Prep
    sources: list[Source]
    generator: Generator
    notice: str


class StartersCreate(Body):
    """More starters, for one topic or for the pair's."""

    topic: Topic | None = None
    count: Annotated[int, Field(ge=1, le=12, strict=True), WHOLE] = 4


class Starters(Reply):
    """Starters that the pair has not had; `notice` says when the library had too few."""

    starters: list[Starter]
    sources: list[Source]
    notice: str | None


class Found(Reply):
    """A passage that a search found.

    `score`, from 0 to 1, orders the passages of one search; `similarity`, from -1 to 1, tells how close it comes to the
    question.
    """

    id: str
    document_id: str
    title: str
    section: str
    kind: Kind
    topic: Topic | None
    text: str
    score: float
    similarity: float
    evidence: Evidence
    updated: date
    references: list[str]


class FoundList(Reply):
    """What a search found, best first; `notice` says so when the library has no real answer."""

    items: list[Found]
    notice: str | None
