"""Feedback, and the receipt that comes before it."""

import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool

from api.schemas import WHOLE, Body, Reply
from coach.feedback import MOST_CHARACTERS
from coach.retrieval.library import Role


def _without_controls(value: object) -> object:
    """The text without control characters and halves of characters; line breaks and tabs stay."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})


def _not_too_long(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"has {len(text):,} characters, and {MOST_CHARACTERS:,} is the most. "
            "Nothing of this was stored, and what you sent before is still there; shorten it and send it again"
        )
    return text


Rating = Annotated[int, Field(ge=1, le=5, strict=True), WHOLE]
Answer = Annotated[
    str,
    BeforeValidator(_without_controls),
    AfterValidator(_not_too_long),
    Field(json_schema_extra={"maxLength": MOST_CHARACTERS}),
]


class Ratings(Body):
    """How useful the meeting was, how safe it felt to be candid, and how far it moved the goals: 1 (least) to 5."""

    usefulness: Rating
    safety: Rating
    progress: Rating


class FeedbackPut(Body):
    """Your feedback on one meeting. Both kinds of sharing are for you to choose, apart from each other."""

    ratings: Ratings
    went_well: Answer | None = None
    to_change: Answer | None = None
    share_with_partner: StrictBool
    share_with_coordinators: StrictBool


class RatingsGiven(Reply):
    """The three ratings, 1 (least) to 5."""

    usefulness: int
    safety: int
    progress: int


class OwnFeedback(Reply):
    """What you sent, as it is stored. `changeable_until` is null once it can no longer be changed."""

    session_id: str
    role: Role
    ratings: RatingsGiven
    went_well: str | None
    to_change: str | None
    share_with_partner: bool
    share_with_coordinators: bool
    created_at: datetime
    updated_at: datetime
    changeable_until: datetime | None


class PartnerFeedback(Reply):
    """What your partner sent and shared with you."""

    role: Role
    ratings: RatingsGiven
    went_well: str | None
    to_change: str | None


class SessionFeedback(Reply):
    """Your feedback and your partner's on one session.

    While `status` is `waiting`, `partner` is null whatever your partner did. It is `revealed` once both have sent, or
    once the window is over; `partner` is still null then if nothing was shared with you. `closes_at` is when the window
    is over at the latest, and null while the session is not marked held.
    """

    mine: OwnFeedback | None
    partner: PartnerFeedback | None
    status: Literal["waiting", "revealed"]
    closes_at: datetime | None


class ReceiptSection(Reply):
    """One part of the receipt."""

    title: str
    text: str


class SharedByDefault(Reply):
    """What is shared as long as you have not chosen otherwise."""

    with_partner: bool
    with_coordinators: bool


class FeedbackReceipt(Reply):
    """Who will see what, in words. `window_closes_at` is null while the session is not marked held."""

    sections: list[ReceiptSection]
    window_closes_at: datetime | None
    shared_by_default: SharedByDefault


class AttentionReason(Reply):
    """Why a pair may need help, and what to do about it; `sources` are documents of the library."""

    kind: Literal["silence", "called-off", "nothing-planned", "no-agenda"]
    text: str
    advice: str
    sources: list[str]


class PairInNeed(Reply):
    """A pair that may need help, with every reason for it, the gravest first."""

    pair_id: str
    mentor: str
    mentee: str
    reasons: list[AttentionReason]
