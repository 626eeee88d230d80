"""Tokens: made, listed and revoked by admins."""

from datetime import timedelta

from fastapi import APIRouter

from api.auth import Admin
from api.dependencies import Id, Page
from api.schemas import Page as PageOf
from api.schemas import tokens as schemas
from api.state import State
from coach.models import Token, now
from coach.store.tokens import ids_of, list_tokens, new_token, revoke_token

router = APIRouter(tags=["tokens"])


@router.post("/tokens", status_code=201)
async def create_token(body: schemas.TokenCreate, caller: Admin, state: State) -> schemas.TokenReply:
    """Make a token. It is shown in this reply and never again."""
    expires_at = body.expires_at or now() + timedelta(days=state.settings.token_days)
    async with state.store.write() as db:
        made = await new_token(
            db, body.role, program_id=body.program_id, participant_id=body.participant_id, expires_at=expires_at
        )
        await caller.did(db, "token.create", **ids_of(made.row))
    return schemas.TokenReply(token=made.token, id=made.row.id, expires_at=expires_at)


@router.get("/tokens")
async def read_tokens(caller: Admin, page: Page, state: State) -> PageOf[schemas.TokenInfo]:
    """All tokens, also those that have ended, and everybody who ever signed in; never the secrets themselves."""
    async with state.store.read() as db:
        rows = await list_tokens(db, page.limit + 1, page.after)
    return PageOf(
        items=[shown_token(row) for row in rows[: page.limit]], next_cursor=page.next_cursor([row.id for row in rows])
    )


@router.delete("/tokens/{token_id}", status_code=204)
async def delete_token(token_id: Id, caller: Admin, state: State) -> None:
    """Revoke a token: from now on it lets nobody in. Of a person who signs in elsewhere, it shuts that person out."""
    async with state.store.write() as db:
        await revoke_token(db, token_id)
        await caller.did(db, "token.revoke", token_id=token_id)


def shown_token(row: Token) -> schemas.TokenInfo:
    """What may be shown of a token."""
    expired = row.expires_at is not None and row.expires_at <= now()
    return schemas.TokenInfo(
        status="revoked" if row.revoked_at is not None else "expired" if expired else "active",
        **row.model_dump(exclude={"hash"}),
    )
