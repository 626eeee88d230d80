"""What a person gets who asks for all that is held on them."""

from datetime import datetime
from typing import Any, Literal

from api.schemas import Reply
from api.schemas.feedback import RatingsGiven
from api.schemas.sessions import Action, Agenda
from api.schemas.summaries import SummaryReady
from api.schemas.tokens import TokenInfo


class HeldPerson(Reply):
    """The person, with what nobody else sees."""

    id: str
    program_id: str
    program: str
    name: str
    email: str | None
    role_title: str | None
    department: str | None
    strengths: list[str]
    wants_to_learn: list[str]
    avoid_topics: list[str]
    accessibility: str | None
    experience_limit: int
    created_at: datetime


class HeldSession(Reply):
    """A session of the pair."""

    id: str
    number: int
    scheduled_at: datetime
    minutes: int
    focus: str | None
    format: str | None
    status: str
    held_at: datetime | None
    unfinished: list[str]
    created_at: datetime


class HeldAction(Action):
    """An action of the person, with when it was done."""

    done_at: datetime | None


class HeldPair(Reply):
    """A pair of the person: what both share, with the person's own note, actions and prep. `partner` is a name, and
    `goals_reached_at` are the times at which the goals were marked reached.
    """

    id: str
    you: Literal["mentor", "mentee"]
    partner: str
    goals: list[str]
    goals_reached: list[str]
    goals_reached_at: list[datetime]
    topics: list[str]
    planned_sessions: int
    created_at: datetime
    closed_at: datetime | None
    private_note: str | None
    private_note_written_at: datetime | None
    sessions: list[HeldSession]
    actions: list[HeldAction]
    agendas: list[Agenda]
    summary: SummaryReady | None


class HeldComment(Reply):
    """An answer, with the themes that the coach found in it, null where it was not read."""

    question: str
    text: str
    themes: list[dict[str, Any]] | None


class HeldFeedback(Reply):
    """Feedback of the person, shared or not."""

    id: str
    session_id: str | None
    pair_id: str
    role: str
    held_at: datetime
    ratings: RatingsGiven
    went_well: str | None
    to_change: str | None
    share_with_partner: bool
    share_with_coordinators: bool
    imported: bool
    created_at: datetime
    updated_at: datetime
    comments: list[HeldComment]


class HeldKey(Reply):
    """An Idempotency-Key that the person chose, and the agenda that was made under it."""

    key: str
    agenda_id: str
    created_at: datetime


class Export(Reply):
    """All that is held on the person who asks."""

    made_at: datetime
    person: HeldPerson
    pairs: list[HeldPair]
    feedback: list[HeldFeedback]
    tokens: list[TokenInfo]
    keys: list[HeldKey]
    notice: str
