"""Signing in with a JWT of an OIDC issuer, at the door of the service."""

import asyncio
import time

import httpx
import pytest
import pytest_asyncio
from sqlmodel import select

from coach.models import Token
from tests.api.conftest import Caller, Serve, Service, assert_problem
from tests.api.issuer import LocalIssuer, fails


@pytest_asyncio.fixture
async def service(serve: Serve, local: LocalIssuer) -> Service:
    return await serve(**local.settings)


def somebody(service: Service, token: str) -> Caller:
    return Caller(service.client, token)


async def test_each_role_reaches_its_own_and_nothing_else(service: Service, local: LocalIssuer) -> None:
    pair, other = await service.pair(), await service.pair()
    admin = somebody(service, local.token())
    lead = somebody(service, local.token(sub="lead", roles="mentoring-lead", coach_program=pair.program_id))
    mentor = somebody(service, local.token(sub="p", roles="mentoring", coach_participant=pair.mentor.id))
    assert (await admin.get("/programs")).status_code == 200
    assert (await lead.get(f"/programs/{pair.program_id}/pairs")).status_code == 200
    assert_problem(await lead.get(f"/programs/{other.program_id}/pairs"), 404)
    assert_problem(await lead.get("/programs"), 403)
    assert (await mentor.get(f"/pairs/{pair.id}")).json()["you"] == "mentor"
    assert_problem(await mentor.get(f"/pairs/{other.id}"), 404)
    assert (await mentor.get("/me")).json()["program_id"] == pair.program_id


async def test_a_scope_that_does_not_exist_opens_nothing(service: Service, local: LocalIssuer) -> None:
    for claims in (
        {"roles": "mentoring", "coach_participant": "unknown"},
        {"roles": "mentoring-lead", "coach_program": "no"},
    ):
        assert_problem(await somebody(service, local.token(**claims)).get("/me"), 403, "forbidden")


async def test_bad_tokens_and_an_issuer_away_are_told_apart(service: Service, local: LocalIssuer) -> None:
    reply = await somebody(service, local.token(aud="other")).get("/me")
    assert_problem(reply, 401, "unauthorized")
    assert not any(word in reply.text for word in ("audience", "aud", "signature", "JWT"))
    local.broken = fails
    service.state.issuer._fetched_at = service.state.issuer._tried_at = None  # type: ignore[union-attr]
    reply = await somebody(service, local.token()).get("/me")
    assert_problem(reply, 503, "sign-in-unavailable")
    assert int(reply.headers["retry-after"]) > 0


async def test_a_person_has_one_row_and_a_key_of_theirs_lasts_over_sign_ins(
    service: Service, local: LocalIssuer
) -> None:
    pair = await service.pair()
    claims = {"sub": "secret-subject", "roles": "mentoring", "coach_participant": pair.mentor.id}
    replies = await asyncio.gather(*(somebody(service, local.token(**claims)).get("/me") for _ in range(8)))
    assert {reply.status_code for reply in replies} == {200}
    session_id, headers = await pair.session(), {"Idempotency-Key": "mine"}
    made = [
        await somebody(service, local.token(iat=int(time.time()) - ago, **claims)).made(
            f"/sessions/{session_id}/agenda", {}, headers=headers
        )
        for ago in (0, 10)
    ]
    assert made[0] == made[1]
    async with service.state.store.read() as db:
        rows = (await db.execute(select(Token).where(Token.kind == "sign-in"))).scalars().all()
    assert len(rows) == 1
    assert "secret-subject" not in str(rows[0])


async def test_a_changed_role_counts_at_once(service: Service, local: LocalIssuer) -> None:
    pair = await service.pair()
    assert (await somebody(service, local.token()).get("/programs")).status_code == 200
    lesser = somebody(service, local.token(roles="mentoring", coach_participant=pair.mentee.id))
    assert_problem(await lesser.get("/programs"), 403)
    assert (await lesser.get(f"/pairs/{pair.id}")).json()["you"] == "mentee"


async def test_a_person_who_is_revoked_is_shut_out_whatever_they_sign_in_with(
    service: Service, local: LocalIssuer, admin: Caller
) -> None:
    person = somebody(service, local.token(sub="gone"))
    assert (await person.get("/programs")).status_code == 200
    rows = (await admin.get("/tokens")).json()["items"]
    [row] = [row for row in rows if row["kind"] == "sign-in"]
    assert (await admin.delete(f"/tokens/{row['id']}")).status_code == 204
    assert_problem(await person.get("/programs"), 401)
    assert_problem(await somebody(service, local.token(sub="gone", jti="new")).get("/programs"), 401)


async def test_a_token_of_ours_is_still_taken_and_the_hash_of_a_sign_in_is_not(
    service: Service, local: LocalIssuer, admin: Caller
) -> None:
    await somebody(service, local.token()).get("/me")
    assert (await admin.get("/programs")).status_code == 200
    async with service.state.store.read() as db:
        rows = (await db.execute(select(Token))).scalars().all()
    for row in rows:
        for guess in (row.hash, row.id, row.hash.removeprefix("sign-in:")):
            assert_problem(await somebody(service, guess).get("/programs"), 401)


async def test_without_an_issuer_its_tokens_open_nothing(serve: Serve, local: LocalIssuer) -> None:
    service = await serve()
    assert_problem(await somebody(service, local.token()).get("/me"), 401)
    assert local.asked == []


async def test_nothing_of_a_token_is_logged(
    service: Service, local: LocalIssuer, capsys: pytest.CaptureFixture[str]
) -> None:
    token = local.token(sub="quokka-subject", email="quokka@example.org", aud="other")
    reply: httpx.Response = await somebody(service, token).get("/me")
    assert_problem(reply, 401)
    said = "".join(capsys.readouterr())
    assert not any(secret in said for secret in ("quokka", token, token.split(".")[2]))
