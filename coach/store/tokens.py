"""Access tokens: made once, shown once, kept as a hash."""

import hashlib
import secrets
from typing import Literal

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from coach.errors import InvalidInput
from coach.models import Participant, Program, Token

AccessRole = Literal["admin", "coordinator", "participant"]
_BY_HASH = select(Token).where(col(Token.hash) == bindparam("hash"))


async def issue_token(
    db: AsyncSession, role: AccessRole, *, program_id: str | None = None, participant_id: str | None = None
) -> str:
    """Make a token and return it; only its hash is kept, so it cannot be shown again.

    A coordinator's scope is a program, a participant's is that person. Raises InvalidInput.
    """
    if role == "coordinator":
        if participant_id is not None:
            raise InvalidInput("participant_id", "A coordinator's token has a program_id and no participant_id.")
        if program_id is None or await db.get(Program, program_id) is None:
            raise InvalidInput("program_id", "A coordinator's token needs the program_id of a program that exists.")
    elif role == "participant":
        person = await db.get(Participant, participant_id) if participant_id else None
        if person is None:
            raise InvalidInput(
                "participant_id", "A participant's token needs the participant_id of a person that exists."
            )
        if program_id not in (None, person.program_id):
            raise InvalidInput("program_id", "This person is not in that program; leave program_id out.")
        program_id = person.program_id
    elif program_id is not None or participant_id is not None:
        raise InvalidInput("role", "An admin's token has no scope: leave program_id and participant_id out.")

    token = f"coach_{secrets.token_urlsafe(32)}"
    db.add(Token(hash=_hash(token), role=role, program_id=program_id, participant_id=participant_id))
    return token


async def find_token(db: AsyncSession, token: str) -> Token | None:
    """The token's row, or None when nobody was given such a token."""
    return (await db.execute(_BY_HASH, {"hash": _hash(token)})).scalar_one_or_none()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
