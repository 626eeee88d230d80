"""Programs, people and pairs."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from api.schemas import CHANGES, IN_WORDS, NEVER_NULL, WHOLE, Body, Reply
from coach.feedback.disclosure import REPORT_PEOPLE, THEME_PEOPLE
from coach.retrieval.library import Topic


def says_something(text: str) -> str:
    """The text; ValueError where it holds no letter and no digit."""
    if not any(char.isalnum() for char in text):
        raise ValueError("must hold at least one letter or digit")
    return text


def _one_text(value: object) -> object:
    """Several needs may come as a list; they are kept as one text."""
    return "; ".join(value) if isinstance(value, list) and all(isinstance(part, str) for part in value) else value


# For whoever reads the description: what `says_something` wants, as JSON Schema has it.
SOMETHING = Field(json_schema_extra={"pattern": r"[\p{L}\p{N}]"})
Name = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(says_something), SOMETHING]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(says_something), SOMETHING]
Goal = Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(says_something), SOMETHING]
Goals = Annotated[list[Goal], Field(min_length=1, max_length=3)]
Topics = Annotated[list[Topic], Field(max_length=7)]
AvoidTopics = Annotated[list[Phrase], Field(max_length=20)]
Accessibility = Annotated[str, StringConstraints(max_length=500), BeforeValidator(_one_text)]
SessionMinutes = Annotated[int, Field(ge=15, le=180, strict=True), WHOLE]
PlannedSessions = Annotated[int, Field(ge=1, le=60, strict=True), WHOLE]
ReportPeople = Annotated[int, Field(ge=REPORT_PEOPLE, le=10_000, strict=True), WHOLE]
ThemePeople = Annotated[int, Field(ge=THEME_PEOPLE, le=10_000, strict=True), WHOLE]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]


class ProgramCreate(Body):
    """A new mentoring program."""

    name: Name
    planned_sessions: PlannedSessions = 6
    session_minutes: SessionMinutes = 60
    objectives: Annotated[list[Phrase], Field(max_length=20)] = []


class ProgramChange(Body):
    """What may change of a program.

    Higher minimums hold for the theme reports of periods that begin after this, and are never lowered again.
    `closed_at` is when the program ended, null while it runs; for `retention_days` after that its people are kept.
    """

    model_config = CHANGES

    report_minimum_people: Annotated[ReportPeople | None, NEVER_NULL] = None
    theme_minimum_people: Annotated[ThemePeople | None, NEVER_NULL] = None
    closed_at: Annotated[AwareDatetime, IN_WORDS] | None = None
    retention_days: Annotated[int, Field(ge=0, le=3_650, strict=True), WHOLE] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"name at least one of {', '.join(type(self).model_fields)}")
        for name in ("report_minimum_people", "theme_minimum_people"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} is a number; leave it out to keep it as it is")
        return self


class DocumentCreate(Body):
    """A Markdown document that only this program's people find."""

    title: Annotated[str, StringConstraints(min_length=3, max_length=120), AfterValidator(says_something), SOMETHING]
    text: Annotated[str, StringConstraints(min_length=1, max_length=60_000), AfterValidator(says_something), SOMETHING]


class Document(Reply):
    """A document that a program added; `passages` is how many pieces a search can find of it."""

    id: str
    title: str
    created_at: datetime
    passages: int


class Program(Reply):
    """A mentoring program.

    `report_minimum_people` and `theme_minimum_people` are how many people a theme report, and each theme in it, need at
    least, for periods that begin from now on.
    """

    id: str
    name: str
    planned_sessions: int
    session_minutes: int
    objectives: list[str]
    report_minimum_people: int
    theme_minimum_people: int
    created_at: datetime
    closed_at: datetime | None
    retention_days: int


class PersonCreate(Body):
    """One of the two people of a new pair."""

    name: Name
    email: Email | None = None
    role_title: Phrase | None = None
    department: Phrase | None = None
    strengths: Annotated[list[Phrase], Field(max_length=20)] = []
    wants_to_learn: Annotated[list[Phrase], Field(max_length=20)] = []
    avoid_topics: AvoidTopics = []
    accessibility: Accessibility | None = None


class PairCreate(Body):
    """A new pair: the mentor is the junior, the mentee the senior."""

    mentor: PersonCreate
    mentee: PersonCreate
    goals: Goals
    topics: Topics = []
    planned_sessions: PlannedSessions | None = None


class PairChange(Body):
    """What may change of a pair. `avoid_topics`, `accessibility` and `experience_limit` are the caller's own.

    `avoid_topics` are subjects to keep out, as one would say them; other words for a private one stay out with it.

    `goals_reached` are goals of the pair, word for word: the next agenda celebrates them and makes room for others.
    `planned_sessions` is never below the number of sessions that are held or planned. What the sessions to come are for
    follows it, and so does the next version of their agendas; those held keep their stage.
    `experience_limit` is how many meetings in a row may draw on what you have lived through, 0 for none.
    """

    model_config = CHANGES

    goals: Annotated[Goals | None, NEVER_NULL] = None
    goals_reached: Annotated[Goals | None, NEVER_NULL] = None
    topics: Topics | None = None
    planned_sessions: Annotated[PlannedSessions | None, NEVER_NULL] = None
    avoid_topics: AvoidTopics | None = None
    accessibility: Accessibility | None = None
    experience_limit: Annotated[int, Field(ge=0, le=100, strict=True), WHOLE] | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            names = ", ".join(type(self).model_fields)
            raise ValueError(f"name at least one of {names}")
        return self


class Person(Reply):
    """One of the two, as both and their coordinator may know them."""

    id: str
    name: str
    role_title: str | None
    department: str | None
    strengths: list[str]
    wants_to_learn: list[str]


class Pair(Reply):
    """A pair. What follows `you` is the caller's own, and null for everybody else."""

    id: str
    program_id: str
    mentor: Person
    mentee: Person
    goals: list[str]
    goals_reached: list[str]
    topics: list[Topic]
    planned_sessions: int
    created_at: datetime
    closed_at: datetime | None
    you: Literal["mentor", "mentee"] | None
    avoid_topics: list[str] | None
    accessibility: str | None
    experience_limit: int | None


class PrivateNote(Body):
    """What one person tells the coach alone. An empty text takes it back."""

    text: Annotated[str, StringConstraints(max_length=4_000)]


class Me(Reply):
    """Who the caller's token stands for, and the pairs of that person."""

    role: Literal["admin", "coordinator", "participant"]
    program_id: str | None
    participant_id: str | None
    pairs: list[str]
