"""Tokens."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime

from api.schemas import IN_WORDS, Body, Reply


class TokenCreate(Body):
    """A new token: a coordinator's needs `program_id`, a participant's `participant_id`.

    It ends at `expires_at`, at most 366 days from now; without one after as many days as the service is set to.
    """

    role: Literal["admin", "coordinator", "participant"]
    program_id: str | None = None
    participant_id: str | None = None
    expires_at: Annotated[AwareDatetime, IN_WORDS] | None = None


class TokenReply(Reply):
    """The token, shown this once, with the id to revoke it by and the time at which it ends."""

    token: str
    id: str
    expires_at: datetime


class TokenInfo(Reply):
    """What is kept of a token. `sign-in` is a person of the OIDC issuer, whose JWTs have ends of their own."""

    id: str
    kind: Literal["own", "sign-in"]
    status: Literal["active", "expired", "revoked"]
    role: Literal["admin", "coordinator", "participant"]
    program_id: str | None
    participant_id: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
