"""Theme reports."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas import Body, Reply
from coach.feedback.report_words import Kind
from coach.retrieval.library import Level


class ReportCreate(Body):
    """The period to publish: a quarter such as `2026-Q3` or a month such as `2026-08`, in UTC."""

    period: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            examples=["2026-Q3", "2026-08"],
            # What says more kindly why it is refused is `parse_period`.
            json_schema_extra={"pattern": "^2[0-9]{3}-(Q[1-4]|0[1-9]|1[0-2])$"},
        ),
    ]


class ThemeAction(Reply):
    """What a coordinator can do about a theme; `sources` are documents of the library."""

    text: str
    sources: list[str]


class ReportedTheme(Reply):
    """A theme that enough people from enough pairs raised. `people` is a band, such as `3-5`.

    `trend` is told from the bands of earlier published reports, and null where there is none.
    """

    id: str
    label: str
    kind: Kind
    people: str
    trend: Literal["up", "flat", "down", "new"] | None
    summary: str
    actions: list[ThemeAction]


class SideTheme(Reply):
    """How many of one side raised a listed theme, as a band."""

    id: str
    people: str


class Side(Reply):
    """Mentors alone, or mentees alone, in bands."""

    respondents: str
    themes: list[SideTheme]


class Sides(Reply):
    """Mentors and mentees apart, for all listed themes."""

    mentor: Side
    mentee: Side


class ReportSource(Reply):
    """A document of the library that actions rest on."""

    id: str
    title: str
    section: str
    evidence: Level
    updated: date
    references: list[str]


class ThemeReport(Reply):
    """What coordinators are told of one period, made once and never changed.

    `reason` says why a report is withheld, and is null otherwise. Where it is withheld, `respondents` and `by_role` are
    null and `themes` is empty. `by_role` is null, too, where telling the two sides apart could expose somebody.
    """

    period: str
    status: Literal["published", "withheld"]
    made_at: datetime
    reason: str | None
    respondents: str | None
    themes: list[ReportedTheme]
    by_role: Sides | None
    sources: list[ReportSource]
    notice: str
