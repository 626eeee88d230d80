"""The pair's summary of its feedback."""

from datetime import datetime
from typing import Literal

from api.schemas import Reply
from api.schemas.sessions import Generator, People, Source
from coach.retrieval.library import Role
from coach.wish_words import Wish


class RestsOn(Reply):
    """An answer that somebody shared."""

    session: int
    by: Role
    question: Literal["went_well", "to_change"]


class Statement(Reply):
    """One line. With `quote` it is word for word what its one author wrote; otherwise it is the coach's own wording."""

    text: str
    quote: bool
    rests_on: list[RestsOn]


class AskedFor(Reply):
    """What one of the two asked for, and whether the next agenda did it: `done` is null while there is none."""

    by: Role
    wish: Wish
    text: str
    done: bool | None
    how: str


class SessionSummary(Reply):
    """One session of which something was shared."""

    number: int
    session_id: str
    held_at: datetime
    what_works: list[Statement]
    what_to_change: list[Statement]
    asked_for: list[AskedFor]


class RatingPoint(Reply):
    """A rating of one session, from 1 to 5, as one of the two shared it."""

    session: int
    by: Role
    value: int


class RatingRow(Reply):
    """How one rating moves: the pair's own, about its meetings, never a score of a person."""

    name: Literal["usefulness", "safety", "progress"]
    label: str
    points: list[RatingPoint]
    movement: str


class Series(Reply):
    """What holds over all sessions."""

    what_works: list[Statement]
    what_to_change: list[Statement]
    ratings: list[RatingRow]


class Suggestion(Reply):
    """Something to try next, why, and the passages that it is taken from."""

    title: str
    text: str
    because: str
    sources: list[str]


class SummaryWaiting(Reply):
    """There is no summary yet. `message` says when there will be, the same whatever the partner did; `opens_at` is
    when at the latest, if that is known.
    """

    status: Literal["waiting"]
    message: str
    opens_at: datetime | None


class SummaryReady(Reply):
    """The summary, the same for both, from nothing but what the two shared with each other; newest session first."""

    status: Literal["ready"]
    created_at: datetime
    people: People
    sessions: list[SessionSummary]
    series: Series
    try_next: list[Suggestion]
    sources: list[Source]
    generator: Generator
    notice: str
