"""Access tokens: made once, shown once, kept as a hash; and people who sign in at an OIDC issuer."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import InvalidInput, NotFound
from coach.models import Participant, Program, Token, now
from coach.settings import AccessRole as AccessRole

DAYS = 90
MOST_DAYS = 366
_BY_HASH = select(Token).where(col(Token.hash) == bindparam("hash"))


@dataclass(frozen=True)
class Issued:
    """A new token and its row; the row does not hold it."""

    token: str
    row: Token


async def new_token(
    db: AsyncSession,
    role: AccessRole,
    *,
    program_id: str | None = None,
    participant_id: str | None = None,
    expires_at: datetime | None = None,
) -> Issued:
    """Make a token; only its hash is kept, so it cannot be shown again. It ends after 90 days, or when it is told.

    A coordinator's scope is a program, a participant's is that person. Raises InvalidInput.
    """
    at = now()
    expires_at = expires_at or at + timedelta(days=DAYS)
    if not at < expires_at <= at + timedelta(days=MOST_DAYS):
        raise InvalidInput("expires_at", f"Choose a time that is to come and at most {MOST_DAYS} days away.")
    program_id = await check_scope(db, role, program_id, participant_id)
    token = f"coach_{secrets.token_urlsafe(32)}"
    row = Token(
        hash=_hash(token), role=role, program_id=program_id, participant_id=participant_id, expires_at=expires_at
    )
    db.add(row)
    return Issued(token, row)


def ids_of(row: Token) -> dict[str, str]:
    """What the audit tells of a token: its id, and the program or person that it opens."""
    ids = {"token_id": row.id, "program_id": row.program_id, "participant_id": row.participant_id}
    return {name: value for name, value in ids.items() if value is not None}


async def issue_token(
    db: AsyncSession,
    role: AccessRole,
    *,
    program_id: str | None = None,
    participant_id: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a token as `new_token` does, and return it alone. Raises InvalidInput."""
    made = await new_token(db, role, program_id=program_id, participant_id=participant_id, expires_at=expires_at)
    return made.token


async def check_scope(
    db: AsyncSession, role: AccessRole, program_id: str | None, participant_id: str | None
) -> str | None:
    """The program that such a token belongs to. Raises InvalidInput where the scope does not fit the role."""
    if role == "coordinator":
        if participant_id is not None:
            raise InvalidInput("participant_id", "A coordinator's token has a program_id and no participant_id.")
        if program_id is None or await db.get(Program, program_id) is None:
            raise InvalidInput("program_id", "A coordinator's token needs the program_id of a program that exists.")
    elif role == "participant":
        person = await db.get(Participant, participant_id) if participant_id else None
        if person is None or person.erased_at is not None:
            raise InvalidInput(
                "participant_id", "A participant's token needs the participant_id of a person that exists."
            )
        if program_id not in (None, person.program_id):
            raise InvalidInput("program_id", "This person is not in that program; leave program_id out.")
        return person.program_id
    elif program_id is not None or participant_id is not None:
        raise InvalidInput("role", "An admin's token has no scope: leave program_id and participant_id out.")
    return program_id


async def find_token(db: AsyncSession, token: str) -> Token | None:
    """The row of a token that is good now; None where nobody was given it, it was revoked or it has expired."""
    row = (await db.execute(_BY_HASH, {"hash": _hash(token)})).scalar_one_or_none()
    good = row is not None and row.revoked_at is None and (row.expires_at is None or now() < row.expires_at)
    return row if good else None


async def signed_in(
    db: AsyncSession,
    issuer: str,
    subject: str,
    role: AccessRole,
    *,
    program_id: str | None = None,
    participant_id: str | None = None,
) -> Token | None:
    """The row of a person whom the issuer knows as `subject`, with the role and scope of now; None where it is revoked.

    A new row is added to the session. Raises InvalidInput where the scope does not fit the role.
    """
    row = await known_sign_in(db, issuer, subject)
    if row is not None and row.revoked_at is not None:
        return None
    program_id = await check_scope(db, role, program_id, participant_id)
    if row is None:
        # No SHA-256 begins so: no token that is sent as it is leads to such a row.
        row = Token(hash=_sign_in_hash(issuer, subject), kind="sign-in", role=role)
        db.add(row)
    row.role, row.program_id, row.participant_id = role, program_id, participant_id
    return row


async def known_sign_in(db: AsyncSession, issuer: str, subject: str) -> Token | None:
    """The row of a person whom the issuer knows as `subject`, revoked or not, or None."""
    return (await db.execute(_BY_HASH, {"hash": _sign_in_hash(issuer, subject)})).scalar_one_or_none()


async def list_tokens(db: AsyncSession, limit: int, after: str | None) -> list[Token]:
    """Tokens by id, beginning behind the id `after`."""
    query = select(Token).order_by(col(Token.id)).limit(limit)
    if after is not None:
        query = query.where(col(Token.id) > after)
    return list((await db.execute(query)).scalars())


async def revoke_token(db: AsyncSession, token_id: str) -> Token:
    """Let nobody in by this token any more; where that is so already, nothing changes. Raises NotFound."""
    row = await db.get(Token, token_id)
    if row is None:
        raise NotFound("There is no token with this id.")
    row.revoked_at = row.revoked_at or now()
    return row


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _sign_in_hash(issuer: str, subject: str) -> str:
    return "sign-in:" + hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()
