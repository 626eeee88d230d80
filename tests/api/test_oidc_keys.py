"""The keys of an OIDC issuer: when they are fetched, and what happens when they change or cannot be had."""

import asyncio
import gzip
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from api import oidc
from api.oidc import Issuer, IssuerUnreachable
from coach.settings import Settings
from tests.api.issuer import Clock, LocalIssuer, fails, published, refused, rsa_key, send


async def test_keys_are_fetched_once_for_many_at_once(issuer: Issuer, local: LocalIssuer) -> None:
    people = await asyncio.gather(*(issuer.verify(local.token()) for _ in range(64)))
    assert len(people) == 64
    assert local.key_fetches == 1


async def test_a_new_key_is_fetched_when_it_is_first_named(issuer: Issuer, local: LocalIssuer, clock: Clock) -> None:
    await issuer.verify(local.token())
    local.keys = [published(rsa_key("second"), "second")]
    clock.now += 11
    await issuer.verify(local.token(key=rsa_key("second"), key_id="second"))
    assert local.key_fetches == 2
    assert await refused(issuer, local.token()), "a key that is no longer published still opens the door"


async def test_names_of_keys_that_are_made_up_do_not_make_us_ask_again_and_again(
    issuer: Issuer, local: LocalIssuer, clock: Clock
) -> None:
    for number in range(50):
        assert await refused(issuer, local.token(key_id=f"made-up-{number}"))
    assert local.key_fetches == 1
    clock.now += 11
    for number in range(50):
        assert await refused(issuer, local.token(key_id=f"made-up-{number}"))
    assert local.key_fetches == 2


async def test_keys_are_asked_for_anew_after_ten_minutes(issuer: Issuer, local: LocalIssuer, clock: Clock) -> None:
    await issuer.verify(local.token())
    clock.now += 599
    await issuer.verify(local.token())
    assert local.key_fetches == 1
    local.keys = []
    clock.now += 2
    assert await refused(issuer, local.token())


def _redirects(handler: BaseHTTPRequestHandler) -> None:
    send(handler, {}, 302, Location="/elsewhere")


def _talks_for_ever(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"[" * 2_000_000)


def _says_nonsense(handler: BaseHTTPRequestHandler) -> None:
    send(handler, ["nonsense"])


def _is_deep(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b"[" * 100_000)


@pytest.mark.parametrize("broken", [fails, _redirects, _talks_for_ever, _says_nonsense, _is_deep])
async def test_without_keys_nobody_is_let_in_and_the_issuer_is_left_in_peace(
    issuer: Issuer, local: LocalIssuer, broken: Any, clock: Clock
) -> None:
    local.broken = broken
    for _ in range(5):
        with pytest.raises(IssuerUnreachable):
            await issuer.verify(local.token())
    assert len(local.asked) == 1
    local.broken = None
    clock.now += 11
    await issuer.verify(local.token())


async def test_keys_that_unpack_to_more_than_there_is_room_for_are_not_unpacked(
    issuer: Issuer, local: LocalIssuer
) -> None:
    packed = gzip.compress(b'{"keys": [' + b" " * 200_000_000 + b"]}")
    local.broken = lambda handler: send(handler, packed, 200, **{"Content-Encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(IssuerUnreachable):
        await issuer.verify(local.token())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000_000


async def test_more_keys_than_there_is_room_for_are_not_read(issuer: Issuer, local: LocalIssuer) -> None:
    local.keys += [{"kty": "RSA", "kid": "x" * 1_000} for _ in range(1_000)]
    with pytest.raises(IssuerUnreachable):
        await issuer.verify(local.token())


@pytest.mark.parametrize("end", ["/realms/mentoring", "/realms/mentoring/"])
async def test_an_issuer_may_have_a_path_and_must_be_named_letter_by_letter(
    local: LocalIssuer, clock: Clock, end: str
) -> None:
    url = local.url + end
    local.broken = lambda handler: send(
        handler,
        {"issuer": url, "jwks_uri": f"{local.url}/keys"}
        if handler.path == "/realms/mentoring/.well-known/openid-configuration"
        else {"keys": local.keys},
    )
    issuer = Issuer(Settings(**{**local.settings, "oidc_issuer": url}), clock)
    assert (await issuer.verify(local.token(iss=url))).role == "admin"
    for other in (url.rstrip("/") if end.endswith("/") else f"{url}/", local.url, url.upper()):
        assert await refused(issuer, local.token(iss=other))
    await issuer.close()


async def test_an_issuer_that_hangs_holds_nobody_up_for_long(
    issuer: Issuer, local: LocalIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "FETCH_TIMEOUT_S", 0.2)
    local.broken = lambda handler: time.sleep(1)
    began = time.monotonic()
    with pytest.raises(IssuerUnreachable):
        await issuer.verify(local.token())
    assert time.monotonic() - began < 0.9


async def test_keys_serve_for_an_hour_while_the_issuer_is_away_and_no_longer(
    issuer: Issuer, local: LocalIssuer, clock: Clock
) -> None:
    await issuer.verify(local.token())
    local.broken = fails
    clock.now += 3_500
    await issuer.verify(local.token())
    clock.now += 200
    with pytest.raises(IssuerUnreachable):
        await issuer.verify(local.token())


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://other.example"},
        {"jwks_uri": "http://keys.example/keys"},
        {"jwks_uri": "ftp://keys.example/keys"},
        {"jwks_uri": None},
    ],
    ids=str,
)
async def test_keys_of_another_issuer_or_over_plain_http_are_not_fetched(
    issuer: Issuer, local: LocalIssuer, about: dict[str, Any]
) -> None:
    local.about = about
    with pytest.raises(IssuerUnreachable):
        await issuer.verify(local.token())
    assert local.key_fetches == 0
