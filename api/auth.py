"""Who may call what: every route declares it, and a test refuses routes that do not.

A route takes `Depends(allow("coordinator", ...))`, directly or through one of the aliases below, or is marked `public`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from api.problems import Unauthorized
from api.state import state_of
from coach.errors import Forbidden, NotFound
from coach.store.pairs import NO_PAIR, PairPeople, get_pair
from coach.store.tokens import AccessRole, find_token

_bearer = HTTPBearer(auto_error=False, description="A token from `coach token` or POST /v1/tokens.")


@dataclass(frozen=True)
class Caller:
    """Who calls: the token's id and role, and its scope."""

    token_id: str
    role: AccessRole
    program_id: str | None
    participant_id: str | None

    def sees_program(self, program_id: str) -> None:
        """Raise NotFound where the program is outside the caller's scope."""
        if self.role != "admin" and self.program_id != program_id:
            raise NotFound("There is no program with this id, or it is not yours.")

    async def pair(self, db: AsyncSession, pair_id: str, not_found: str = NO_PAIR) -> PairPeople:
        """The pair, where the caller is one of its two or coordinates its program; otherwise NotFound."""
        try:
            people = await get_pair(db, pair_id)
        except NotFound:
            raise NotFound(not_found) from None
        if self.role == "participant":
            allowed = people.role_of(self.participant_id) is not None
        else:
            allowed = self.role == "admin" or people.pair.program_id == self.program_id
        if not allowed:
            raise NotFound(not_found)
        return people


def allow(*roles: AccessRole) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets tokens of these roles in and gives the Caller.

    Raises Unauthorized without a valid token, Forbidden with one of another role.
    """

    async def caller(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        if credentials is None:
            raise Unauthorized("This call needs a token: send `Authorization: Bearer TOKEN`.")
        async with state_of(request).store.read(single=True) as db:
            token = await find_token(db, credentials.credentials)
        if token is None:
            raise Unauthorized("This token is not known here. Ask your coordinator for a new one.")
        if token.role not in roles:
            raise Forbidden(
                f"This call is for {' or '.join(_WHO[role] for role in roles)}; your token is {_WHO[token.role]}'s."
            )
        return Caller(token.id, token.role, token.program_id, token.participant_id)

    caller.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
    return caller


async def public() -> None:
    """A dependency that says: anybody may call this, without a token."""


public.allowed_roles = frozenset({"anybody"})  # type: ignore[attr-defined]

_WHO = {"admin": "an admin", "coordinator": "a coordinator", "participant": "a participant"}

Admin = Annotated[Caller, Depends(allow("admin"))]
Coordinator = Annotated[Caller, Depends(allow("admin", "coordinator"))]
PairMember = Annotated[Caller, Depends(allow("participant"))]
PairOrCoordinator = Annotated[Caller, Depends(allow("participant", "coordinator"))]
Anyone = Annotated[Caller, Depends(allow("admin", "coordinator", "participant"))]


def allowed_roles(dependant: Any) -> frozenset[str]:
    """What a route's dependencies declare; empty when they declare nothing."""
    own: frozenset[str] = getattr(dependant.call, "allowed_roles", frozenset())
    return own.union(*(allowed_roles(sub) for sub in dependant.dependencies))
