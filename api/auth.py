"""Who may call what: every route declares it, and a test refuses routes that do not.

A route takes `Depends(allow("coordinator", ...))`, directly or through one of the aliases below, or is marked `public`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.oidc import BadSignIn, Issuer, NoRole, SignedIn
from api.problems import Unauthorized
from api.rates import address_of
from api.state import AppState, state_of
from coach.errors import Forbidden, InvalidInput, NotFound
from coach.models import Token
from coach.store.audit import record
from coach.store.pairs import NO_PAIR, PairPeople, get_pair, hold_open
from coach.store.tokens import AccessRole, find_token, known_sign_in, signed_in

_bearer = HTTPBearer(
    auto_error=False, description="A token from `coach token` or POST /v1/tokens, or a JWT of the OIDC issuer."
)
_ENDED = "You can no longer sign in here. Ask your coordinator if that is a mistake."
_UNKNOWN_SCOPE = (
    "You are signed in, but the program or person that your account names does not exist here. "
    "Ask your coordinator to have that mended."
)


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

    async def open_pair(self, db: AsyncSession, pair_id: str, not_found: str = NO_PAIR) -> PairPeople:
        """The pair, to be written to: it cannot be closed before this transaction ends.

        Raises NotFound as `pair` does, and Conflict where the pair is closed.
        """
        people = await self.pair(db, pair_id, not_found)
        await hold_open(db, pair_id)
        return people

    async def did(self, db: AsyncSession, action: str, **ids: str) -> None:
        """Tell the audit, as the last thing in the transaction of what was done."""
        await record(db, self.token_id, action, **ids)


def allow(*roles: AccessRole) -> Callable[..., Awaitable[Caller]]:
    """A dependency that lets tokens of these roles in and gives the Caller.

    Raises Unauthorized without a token that is good, Forbidden with one of another role, and TooManyRequests.
    """

    async def caller(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        state, address = state_of(request), address_of(request.scope)
        await state.rates.check_failures(address, credentials.credentials if credentials else None)
        if credentials is None:
            raise Unauthorized("This call needs a token: send `Authorization: Bearer TOKEN`.")
        try:
            found = await _identify(state, credentials.credentials)
        except Unauthorized:
            await state.rates.count_failure(address)
            raise
        state.rates.remember(address, credentials.credentials)
        await state.rates.count_token(found.token_id, address)
        if found.role not in roles:
            raise Forbidden(
                f"This call is for {' or '.join(_WHO[role] for role in roles)}; your token is {_WHO[found.role]}'s."
            )
        return found

    caller.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
    return caller


async def _identify(state: AppState, token: str) -> Caller:
    """Whom a token of ours, or a JWT of the issuer, stands for. Raises Unauthorized, NoRole, IssuerUnreachable."""
    if state.issuer is not None and "." in token:
        # No token of ours has a dot.
        return await _signed_in(state, state.issuer, token)
    async with state.store.read(single=True) as db:
        row = await find_token(db, token)
    if row is None:
        raise Unauthorized("This token is not known here, or it has ended. Ask your coordinator for a new one.")
    return _caller(row)


async def _signed_in(state: AppState, issuer: Issuer, token: str) -> Caller:
    try:
        person = await issuer.verify(token)
    except BadSignIn as error:
        raise Unauthorized(str(error)) from None
    scope = {"program_id": person.program_id, "participant_id": person.participant_id}
    async with state.store.read() as db:
        row = await known_sign_in(db, person.issuer, person.subject)
    for _ in range(2):
        if row is not None and row.revoked_at is not None:
            raise Unauthorized(_ENDED)
        if row is not None and _is_still(row, person):
            return _caller(row)
        try:
            async with state.store.write() as db:
                row = await signed_in(db, person.issuer, person.subject, person.role, **scope)
                if row is not None:
                    await record(db, row.id, "sign-in.know", token_id=row.id)
        except InvalidInput:
            raise NoRole(_UNKNOWN_SCOPE) from None
        except IntegrityError:
            # The same person's first two requests came at once.
            async with state.store.read() as db:
                row = await known_sign_in(db, person.issuer, person.subject)
    raise Unauthorized(_ENDED)


def _is_still(row: Token, person: SignedIn) -> bool:
    """Whether the person's role and scope are those that they had when they last came."""
    scope = row.participant_id if person.role == "participant" else row.program_id
    return (row.role, scope) == (person.role, person.participant_id or person.program_id)


def _caller(row: Token) -> Caller:
    return Caller(row.id, row.role, row.program_id, row.participant_id)  # type: ignore[arg-type]


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
