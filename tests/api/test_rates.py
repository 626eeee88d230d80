"""Who calls too often must wait, and is told for how long."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from api.rates import Rates, TooManyRequests, is_loopback, network_of
from coach.settings import Settings
from tests.api.conftest import Caller, Serve, Service, assert_problem


def far_away(service: Service, address: str) -> httpx.AsyncClient:
    """A client whose requests come from another machine."""
    transport = httpx.ASGITransport(app=service.app, client=(address, 1234))
    return httpx.AsyncClient(transport=transport, base_url="http://coach")


def assert_must_wait(reply: httpx.Response) -> None:
    assert_problem(reply, 429, "too-many-requests")
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert f"{reply.headers['retry-after']} seconds" in reply.json()["detail"]
    assert reply.headers["x-request-id"]


async def codes(who: Caller, count: int, path: str = "/me") -> list[int]:
    return [(await who.get(path)).status_code for _ in range(count)]


async def test_guessing_tokens_is_slowed_for_the_address_and_nobody_else(serve: Serve) -> None:
    service = await serve(failed_tokens_per_minute=5)
    good = await service.caller("admin")
    async with far_away(service, "192.0.2.7") as client:
        guesser = Caller(client, "coach_guess")
        assert await codes(guesser, 7) == [401] * 5 + [429] * 2
        assert_must_wait(await guesser.get("/me"))
        assert_must_wait(await Caller(client, good.token).get("/me"))
        assert (await client.get("/healthz")).status_code == 200
    async with far_away(service, "192.0.2.8") as client:
        assert await codes(Caller(client, good.token), 1) == [200]


async def test_who_was_let_in_before_goes_on_while_a_neighbour_guesses(serve: Serve) -> None:
    service = await serve(failed_tokens_per_minute=5)
    new = await service.caller("admin")
    made = await new.made("/tokens", {"role": "admin"})
    async with far_away(service, "192.0.2.7") as client:
        known = Caller(client, made["token"])
        assert await codes(known, 1) == [200]
        assert await codes(Caller(client, "coach_guess"), 7) == [401] * 5 + [429] * 2
        assert await codes(known, 3) == [200] * 3
        assert_must_wait(await Caller(client, new.token).get("/me"))
        assert_must_wait(await Caller(client, "coach_guess").get("/me"))
        # What was good once is a guess like any other when it has ended.
        assert (await new.delete(f"/tokens/{made['id']}")).status_code == 204
        assert_must_wait(await known.get("/me"))


async def test_what_anybody_may_ask_is_counted_too_and_apart(serve: Serve) -> None:
    service = await serve(address_requests_per_minute=3)
    who = await service.caller("admin")
    for path in ("/readyz", "/metrics", "/openapi.json"):
        assert (await service.client.get(path)).status_code == 200
    assert_must_wait(await service.client.get("/readyz"))
    assert (await service.client.get("/healthz")).status_code == 200
    assert await codes(who, 4) == [200] * 3 + [429]


async def test_guesses_at_once_are_slowed_too(serve: Serve) -> None:
    service = await serve(failed_tokens_per_minute=5)
    replies = await asyncio.gather(*(Caller(service.client, f"coach_{n}").get("/me") for n in range(64)))
    assert sorted(reply.status_code for reply in replies) == [401] * 5 + [429] * 59


async def test_no_token_and_good_tokens_do_not_count_as_guesses(serve: Serve) -> None:
    service = await serve(failed_tokens_per_minute=3)
    good = await service.caller("admin")
    assert await codes(service.nobody, 10) == [401] * 10
    assert await codes(good, 10) == [200] * 10
    pair = await service.pair()
    assert await codes(pair.mentor, 10, "/programs") == [403] * 10
    assert await codes(good, 1) == [200]


async def test_a_token_may_call_so_often_in_a_minute(serve: Serve) -> None:
    service = await serve(requests_per_minute=4)
    one, other = await service.caller("admin"), await service.caller("admin")
    assert await codes(one, 6) == [200] * 4 + [429] * 2
    assert_must_wait(await one.get("/me"))
    assert await codes(other, 1) == [200]


async def test_an_address_may_call_so_often_in_a_minute_with_whatever_token(serve: Serve) -> None:
    service = await serve(address_requests_per_minute=4)
    people = [await service.caller("admin") for _ in range(6)]
    replies = [await who.get("/me") for who in people]
    assert [reply.status_code for reply in replies] == [200] * 4 + [429] * 2
    assert_must_wait(replies[-1])
    assert (await service.client.get("/healthz")).status_code == 200
    async with far_away(service, "192.0.2.8") as client:
        assert (await Caller(client, people[0].token).get("/me")).status_code == 200


async def test_one_office_cannot_go_round_the_limit_by_its_many_ipv6_addresses(serve: Serve) -> None:
    service = await serve(address_requests_per_minute=2)
    who, found = await service.caller("admin"), []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8::ffff", "2001:db8:0:1::1"):
        async with far_away(service, address) as client:
            found.append((await Caller(client, who.token).get("/me")).status_code)
    assert found == [200, 200, 429, 200]


async def test_a_limit_that_nobody_set_never_holds_up_this_machine_itself() -> None:
    rates = Rates(Settings())
    for _ in range(6_100):
        await rates.count_request("127.0.0.1")
    for _ in range(6_000):
        await rates.count_request("192.0.2.7")
    with pytest.raises(TooManyRequests):
        await rates.count_request("192.0.2.7")


async def test_nought_means_no_limit() -> None:
    rates = Rates(Settings(requests_per_minute=0, address_requests_per_minute=0))
    for _ in range(6_100):
        await rates.count_request("192.0.2.7")
        await rates.count_token("token", "192.0.2.7")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.2", True), ("", True), ("192.0.2.7", False), ("x", False)],
)
def test_what_is_this_machine_itself(address: str, own: bool) -> None:
    assert is_loopback(address) is own


async def test_counters_of_minutes_that_are_over_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = Rates(Settings(requests_per_minute=1))
    counters: Any = rates._own.storage
    for number in range(100):
        await rates.count_token(f"token{number}", "192.0.2.7")
    assert len(counters.storage) == 100
    began, clock = time.time(), time.monotonic()
    monkeypatch.setattr(time, "time", lambda: began + 61)
    monkeypatch.setattr(time, "monotonic", lambda: clock + 61)
    await rates.count_token("token7", "192.0.2.7")
    assert len(counters.storage) == len(counters.expirations) == 1


@pytest.mark.parametrize("stepped_s", [-3_600, 8 * 86_400])
async def test_who_must_wait_waits_a_minute_at_most_whatever_the_wall_clock_does(
    monkeypatch: pytest.MonkeyPatch, stepped_s: int
) -> None:
    rates = Rates(Settings(requests_per_minute=1))
    await rates.count_token("token", "192.0.2.7")
    began, clock = time.time(), time.monotonic()

    monkeypatch.setattr(time, "time", lambda: began + stepped_s)
    with pytest.raises(TooManyRequests) as refused:
        await rates.count_token("token", "192.0.2.7")
    assert 55 <= refused.value.retry_after <= 60

    monkeypatch.setattr(time, "time", lambda: began + stepped_s + 61)
    monkeypatch.setattr(time, "monotonic", lambda: clock + 61)
    await rates.count_token("token", "192.0.2.7")


# Sizes before the body


async def test_an_address_or_headers_longer_than_any_of_ours_are_refused(service: Service, admin: Caller) -> None:
    assert (await admin.get("/programs", params={"cursor": "a" * 7_000})).status_code == 422
    reply = await admin.get("/programs", params={"cursor": "a" * 8_200})
    assert "8,192 bytes" in assert_problem(reply, 414, "too-large")["detail"]
    reply = await admin.get("/programs", headers={"X-Anything": "a" * 33_000})
    assert "32,768 bytes" in assert_problem(reply, 431, "too-large")["detail"]
