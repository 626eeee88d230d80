"""JWTs of an OIDC issuer: which are taken, and whom they stand for."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from api.oidc import Issuer, NoRole
from coach.settings import Settings
from tests.api.issuer import Clock, LocalIssuer, ec_key, pem, published, refused, rsa_key

# Which are taken


@pytest.mark.parametrize(("key_id", "alg"), [("first", "RS256"), ("curve", "ES256")])
async def test_a_token_signed_by_the_issuer_is_taken(issuer: Issuer, local: LocalIssuer, key_id: str, alg: str) -> None:
    key = rsa_key("first") if alg == "RS256" else ec_key("curve")
    person = await issuer.verify(local.token(key=key, key_id=key_id, alg=alg))
    assert (person.role, person.subject, person.issuer) == ("admin", "somebody", local.url)
    assert (person.program_id, person.participant_id) == (None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another-service"},
        {"aud": ["another-service", "a-third"]},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"sub": "\ud800"},
        {"sub": "s" * 256},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"iss": ["https://other.example"]},
        {"aud": {}},
        {"exp": "soon"},
        {"exp": 1e400},
    ],
    ids=str,
)
async def test_claims_that_are_not_for_us_are_refused(
    issuer: Issuer, local: LocalIssuer, changes: dict[str, Any]
) -> None:
    token = signed_by_hand(local, local.claims(**changes))
    assert await refused(issuer, token)
    assert not await refused(issuer, signed_by_hand(local, local.claims()))


def signed_by_hand(local: LocalIssuer, claims: Any) -> str:
    """A JWT with any claims, also such as no library would sign."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signed = f"{part({'alg': 'RS256', 'kid': 'first'})}.{part(claims)}"
    signature = rsa_key("first").sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("claim", "seconds", "good"),
    [
        ("exp", -30, True),
        ("exp", -90, False),
        ("nbf", 30, True),
        ("nbf", 90, False),
        ("iat", 30, True),
        ("iat", 90, False),
    ],
)
async def test_clocks_may_differ_by_a_minute_and_no_more(
    issuer: Issuer, local: LocalIssuer, claim: str, seconds: int, good: bool
) -> None:
    changes: Any = {claim: int(time.time()) + seconds}
    token = local.token(**changes)
    assert await refused(issuer, token) is not good


async def test_no_other_algorithm_is_taken(issuer: Issuer, local: LocalIssuer) -> None:
    claims = local.claims()
    for alg in ("none", "None", "NONE", ""):
        for signature in ("", "AAAA"):
            assert await refused(issuer, f"{part({'alg': alg, 'kid': 'first'})}.{part(claims)}.{signature}")
    for alg in ("RS384", "RS512", "PS256"):
        assert await refused(issuer, local.token(alg=alg))


async def test_a_public_key_is_not_taken_for_a_secret(issuer: Issuer, local: LocalIssuer) -> None:
    for key_id, key in (("first", rsa_key("first")), ("curve", ec_key("curve"))):
        for secret in (pem(key), json.dumps(published(key, key_id)).encode(), b""):
            signed = f"{part({'alg': 'HS256', 'kid': key_id})}.{part(local.claims())}"
            mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
            token = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
            assert await refused(issuer, token)
    # Nor a secret that is published among the keys.
    local.keys.append(
        {"kty": "oct", "kid": "shared", "alg": "HS256", "k": base64.urlsafe_b64encode(b"s" * 32).decode()}
    )
    issuer._tried_at = None
    assert await refused(issuer, local.token(key=b"s" * 32, key_id="shared", alg="HS256"))


async def test_a_key_serves_its_own_algorithm_alone(issuer: Issuer, local: LocalIssuer) -> None:
    assert await refused(issuer, local.token(key=ec_key("curve"), key_id="first", alg="ES256"))
    assert await refused(issuer, local.token(key=rsa_key("first"), key_id="curve", alg="RS256"))


async def test_another_key_or_none_is_refused(issuer: Issuer, local: LocalIssuer) -> None:
    assert await refused(issuer, local.token(key=rsa_key("thief")))
    assert await refused(issuer, local.token(key_id=None))
    assert await refused(issuer, local.token(key_id="../keys"))


async def test_a_key_that_a_token_brings_along_is_not_used(issuer: Issuer, local: LocalIssuer) -> None:
    import jwt

    thief = rsa_key("thief")
    for header in (
        {"jwk": published(thief, "first")},
        {"jku": "https://thief.example/keys"},
        {"x5u": "https://x.example"},
    ):
        token = jwt.encode(local.claims(), thief, algorithm="RS256", headers={"kid": "first", **header})
        assert await refused(issuer, token)


async def test_a_key_that_is_too_short_or_for_other_things_is_not_used(local: LocalIssuer, clock: Clock) -> None:
    weak = rsa_key("weak", 1024)
    local.keys = [
        published(weak, "weak"),
        published(rsa_key("first"), "enc", use="enc"),
        published(rsa_key("first"), "other", alg="PS256"),
        {"kty": "RSA", "kid": "half"},
        "nonsense",  # type: ignore[list-item]
        published(rsa_key("first"), "first"),
    ]
    issuer = Issuer(Settings(**local.settings), clock)
    for key_id in ("enc", "other", "half"):
        assert await refused(issuer, local.token(key_id=key_id))
    assert await refused(issuer, signed_weakly(local, weak))
    assert not await refused(issuer, local.token())
    await issuer.close()


def signed_weakly(local: LocalIssuer, key: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    signed = f"{part({'alg': 'RS256', 'kid': 'weak'})}.{part(local.claims())}"
    signature = key.sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize("token", ["a.b.c", "..", "a." * 500, "." * 9000, "é.é.é", "eyJ9.eyJ9.eyJ9", "." * 20_000])
async def test_what_is_no_token_at_all_is_refused(issuer: Issuer, local: LocalIssuer, token: str) -> None:
    assert await refused(issuer, token)
    assert local.asked == []


async def test_what_a_token_says_must_be_understood_is_not_passed_over(issuer: Issuer, local: LocalIssuer) -> None:
    import jwt

    headers: tuple[dict[str, Any], ...] = ({"crit": ["exp"]}, {"crit": ["x"], "x": 1}, {"crit": []})
    for header in headers:
        token = jwt.encode(local.claims(), rsa_key("first"), algorithm="RS256", headers={"kid": "first", **header})
        assert await refused(issuer, token), header


async def test_claims_nested_a_thousand_deep_are_refused(issuer: Issuer, local: LocalIssuer) -> None:
    header = part({"alg": "RS256", "kid": "first"})
    deep = base64.urlsafe_b64encode(b"[" * 7_000).decode().rstrip("=")
    assert await refused(issuer, f"{deep}.{deep}.AAAA")
    assert await refused(issuer, f"{header}.{deep}.AAAA")


# Whom they stand for


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"roles": "mentoring-admin"}, "admin"),
        ({"roles": ["mentoring-lead", "mentoring-admin"], "coach_program": "p"}, "coordinator"),
        ({"roles": ["mentoring-admin", "mentoring"], "coach_participant": "x"}, "participant"),
    ],
    ids=str,
)
async def test_of_several_roles_the_least_counts(
    issuer: Issuer, local: LocalIssuer, claims: dict[str, Any], role: str
) -> None:
    assert (await issuer.verify(local.token(**claims))).role == role


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": None},
        {"roles": []},
        {"roles": ["admin"]},
        {"roles": "mentoring-admin mentoring"},
        {"roles": {"mentoring-admin": True}},
        {"roles": [["mentoring-admin"]]},
        {"roles": "mentoring-lead"},
        {"roles": "mentoring-lead", "coach_program": ["one", "two"]},
        {"roles": "mentoring", "coach_participant": 7},
        {"roles": "mentoring", "coach_participant": "\0"},
        {"roles": "mentoring", "coach_participant": "\ud800"},
        {"roles": "mentoring-lead", "coach_program": "p" * 65},
        {"roles": "mentoring", "email": "priya@example.org", "email_verified": True},
    ],
    ids=str,
)
async def test_without_a_role_and_its_scope_nobody_is_let_in(
    issuer: Issuer, local: LocalIssuer, claims: dict[str, Any]
) -> None:
    with pytest.raises(NoRole):
        await issuer.verify(local.token(**claims))


@pytest.mark.parametrize("claim", ["realm_access.roles", "https://example.org/roles"])
async def test_a_claim_may_be_a_path_or_an_address(local: LocalIssuer, clock: Clock, claim: str) -> None:
    issuer = Issuer(Settings(**local.settings, oidc_role_claim=claim), clock)
    found: Any = {"realm_access": {"roles": ["mentoring-admin"]}, "https://example.org/roles": ["mentoring-admin"]}
    assert (await issuer.verify(local.token(roles=None, **found))).role == "admin"
    await issuer.close()


# Settings


@pytest.mark.parametrize(
    "changes",
    [
        {"oidc_issuer": "http://issuer.example"},
        {"oidc_issuer": "ftp://127.0.0.1"},
        {"oidc_audience": None},
        {"oidc_audience": ""},
        {"oidc_roles": {}},
        {"oidc_roles": "staff=root"},
        {"oidc_roles": "staff"},
        {"oidc_roles": "=admin"},
    ],
    ids=str,
)
def test_settings_that_would_let_others_in_are_refused(local: LocalIssuer, changes: dict[str, Any]) -> None:
    Settings(**local.settings)
    with pytest.raises(ValueError):
        Settings(**{**local.settings, **changes})


def test_the_meaning_of_values_can_be_set_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_OIDC_ROLES", "a=b=admin, staff = participant,")
    assert Settings().oidc_roles == {"a=b": "admin", "staff": "participant"}
