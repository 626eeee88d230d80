"""An Idempotency-Key makes asking for an agenda safe to repeat."""

import asyncio

import pytest

from tests.api.agendas import versions
from tests.api.conftest import PairOfPeople, Serve, Service, assert_problem
from tests.scripted_model import SlowModel


async def test_one_key_gives_one_agenda(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    first = await pair.agenda(session_id, headers=headers)
    assert await pair.agenda(session_id, headers=headers) == first
    assert await versions(service, session_id) == [1]
    assert (await pair.agenda(session_id, headers={"Idempotency-Key": "twice"}))["version"] == 2
    assert await pair.agenda(session_id, headers=headers) == first


async def test_one_key_sent_at_once_gives_one_agenda(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    agendas = await asyncio.gather(*(pair.agenda(session_id, headers=headers) for _ in range(4)))
    assert all(agenda == agendas[0] for agenda in agendas)
    assert await versions(service, session_id) == [1]


async def test_one_key_for_two_sessions_is_refused(service: Service, pair: PairOfPeople) -> None:
    first, second, headers = await pair.session(), await pair.session(), {"Idempotency-Key": "once"}
    await pair.agenda(first, headers=headers)
    reply = await pair.mentor.post(f"/sessions/{second}/agenda", {}, headers=headers)
    assert_problem(reply, 422, "idempotency-key-reused")
    assert await versions(service, second) == []


async def test_one_key_for_two_bodies_is_refused(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    made = await pair.agenda(session_id, headers=headers)
    reply = await pair.mentor.post(f"/sessions/{session_id}/agenda", {"writer": "composer"}, headers=headers)
    assert_problem(reply, 422, "idempotency-key-reused")
    for same in (None, {"writer": None}):
        assert (await pair.mentor.made(f"/sessions/{session_id}/agenda", same, headers=headers)) == made
    assert await versions(service, session_id) == [1]


async def test_the_partner_may_choose_the_same_key(service: Service, pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    await pair.agenda(session_id, headers=headers)
    made = await pair.mentee.made(f"/sessions/{session_id}/agenda", {}, headers=headers)
    assert (made["version"], made["prep"]["role"]) == (2, "mentee")


async def test_a_kept_agenda_is_given_even_when_the_session_is_over(pair: PairOfPeople) -> None:
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    made = await pair.agenda(session_id, headers=headers)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})
    assert await pair.agenda(session_id, headers=headers) == made


@pytest.mark.parametrize("key", ["", "two words", "a" * 201, "caf\u00e9"])
async def test_a_key_that_cannot_be_kept_is_refused(pair: PairOfPeople, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    reply = await pair.mentor.post(f"/sessions/{await pair.session()}/agenda", {}, headers=headers)
    assert assert_problem(reply, 422)["errors"][0]["field"] == "idempotency-key"


async def test_one_key_sent_at_once_asks_the_model_for_one_agenda(serve: Serve) -> None:
    model = SlowModel("no", "no")
    pair = await (await serve(model)).pair()
    session_id, headers = await pair.session(), {"Idempotency-Key": "once"}
    agendas = await asyncio.gather(*(pair.agenda(session_id, headers=headers) for _ in range(4)))
    assert all(agenda == agendas[0] for agenda in agendas)
    assert len(model.requests) == 2
