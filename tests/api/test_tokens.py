"""Tokens end, are listed without their secrets, and can be revoked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from coach.models import Token, now
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem


async def all_tokens(admin: Caller) -> list[Any]:
    items: list[Any] = []
    cursor = None
    while True:
        reply = (await admin.get("/tokens", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        items += reply["items"]
        cursor = reply["next_cursor"]
        if cursor is None:
            return items


async def test_a_token_ends_after_the_days_that_are_set(serve: Serve) -> None:
    service = await serve(token_days=3)
    made = await (await service.caller("admin")).made("/tokens", {"role": "admin"})
    assert abs(datetime.fromisoformat(made["expires_at"]) - now() - timedelta(days=3)) < timedelta(minutes=1)


async def test_an_expired_token_opens_nothing(service: Service, admin: Caller) -> None:
    at = now() + timedelta(seconds=90)
    made = await admin.made("/tokens", {"role": "admin", "expires_at": at.isoformat()})
    other = Caller(service.client, made["token"])
    assert (await other.get("/programs")).status_code == 200
    async with service.state.store.write() as db:
        past = now() - timedelta(seconds=1)
        await db.execute(update(Token).where(col(Token.id) == made["id"]).values(expires_at=past))
    assert_problem(await other.get("/programs"), 401, "unauthorized")
    [row] = [row for row in await all_tokens(admin) if row["id"] == made["id"]]
    assert row["status"] == "expired"


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2027-01-01T00:00:00", "soon"])
async def test_a_token_cannot_be_made_for_ever_nor_for_the_past(admin: Caller, expires_at: str) -> None:
    body = assert_problem(await admin.post("/tokens", {"role": "admin", "expires_at": expires_at}), 422)
    assert [error["field"] for error in body["errors"]] == ["expires_at"]


async def test_tokens_are_listed_and_no_secret_is_shown(pair: PairOfPeople, admin: Caller) -> None:
    made = await admin.made("/tokens", {"role": "participant", "participant_id": pair.mentor.id})
    rows = await all_tokens(admin)
    [row] = [row for row in rows if row["id"] == made["id"]]
    assert {**row, "created_at": "", "id": ""} == {
        "id": "",
        "kind": "own",
        "status": "active",
        "role": "participant",
        "program_id": pair.program_id,
        "participant_id": pair.mentor.id,
        "created_at": "",
        "expires_at": made["expires_at"],
        "revoked_at": None,
    }
    secrets = [str(who.token) for who in (admin, pair.coordinator, pair.mentor, pair.mentee)] + [made["token"]]
    assert len(rows) >= 5
    assert not any(secret in str(rows) for secret in secrets)
    assert "hash" not in rows[0]


async def test_a_revoked_token_opens_nothing_from_then_on(pair: PairOfPeople, admin: Caller) -> None:
    [row] = [row for row in await all_tokens(admin) if row["participant_id"] == pair.mentor.id]
    assert (await pair.mentor.get("/me")).status_code == 200
    for _ in range(2):
        assert (await admin.delete(f"/tokens/{row['id']}")).status_code == 204
    assert_problem(await pair.mentor.get("/me"), 401, "unauthorized")
    assert (await pair.mentee.get("/me")).status_code == 200
    [row] = [found for found in await all_tokens(admin) if found["id"] == row["id"]]
    assert row["status"] == "revoked"


async def test_a_token_that_does_not_exist_cannot_be_revoked(admin: Caller) -> None:
    assert_problem(await admin.delete("/tokens/unknown"), 404, "not-found")
