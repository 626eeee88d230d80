"""People who sign in elsewhere: JWTs of one OpenID Connect issuer, checked against the keys that it publishes.

Signatures are RS256 or ES256 and nothing else: `none` needs no key, and with HS256 a public key would be the secret.
The keys are looked for where the issuer's own discovery document says, without following redirects, kept for ten
minutes, and asked for again when a JWT names a key that is not among them, but seldom: anybody can make up such names.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from coach.settings import AccessRole, Settings, is_safe_address

log = structlog.get_logger(__name__)

SKEW_S = 60
KEYS_KEPT_S = 600.0
# How long keys may serve of which the issuer, out of reach, cannot say that they still do.
KEYS_STALE_S = 3_600.0
SECONDS_BETWEEN_FETCHES = 10.0
FETCH_TIMEOUT_S = 5.0
LONGEST_TOKEN = 16_384
# As OpenID Connect Core 1.0, section 2 has it.
_LONGEST_SUBJECT = 255
_OUR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST_DOCUMENT = 512 * 1024
_LEAST_RSA_BITS = 2_048
# The least comes first: who has several roles is let in with that one.
_ROLES: tuple[AccessRole, ...] = ("participant", "coordinator", "admin")

Algorithm = Literal["RS256", "ES256"]
_KEY_OF: dict[str, type[RSAPublicKey] | type[EllipticCurvePublicKey]] = {
    "RS256": RSAPublicKey,
    "ES256": EllipticCurvePublicKey,
}


class BadSignIn(Exception):
    """The JWT is not one that may be taken; the message is for its sender and says nothing of why."""

    def __init__(self) -> None:
        super().__init__("This sign-in is not good here, or it has ended. Sign in again.")


class NoRole(Exception):
    """The JWT is good, but gives its person nothing to do here."""


class IssuerUnreachable(Exception):
    """The issuer's keys cannot be had right now, so nobody can be let in by them."""


@dataclass(frozen=True)
class SignedIn:
    """Whom a good JWT stands for. Only a coordinator has a `program_id`, only a participant a `participant_id`."""

    issuer: str
    subject: str
    role: AccessRole
    program_id: str | None
    participant_id: str | None


class Issuer:
    """The one issuer whose JWTs are taken."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        assert settings.oidc_issuer is not None
        assert settings.oidc_audience is not None
        self._issuer, self._audience, self._settings = settings.oidc_issuer, settings.oidc_audience, settings
        self._client = httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, follow_redirects=False)
        self._clock = clock
        self._fetching = asyncio.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def verify(self, token: str) -> SignedIn:
        """Whom the JWT stands for. Raises BadSignIn, NoRole or IssuerUnreachable."""
        if len(token) > LONGEST_TOKEN:
            raise BadSignIn
        try:
            header = jwt.get_unverified_header(token)
            algorithm, key_id = header.get("alg"), header.get("kid")
            if algorithm not in _KEY_OF or not isinstance(key_id, str):
                raise BadSignIn
            key = await self._key(key_id, algorithm)
            claims = jwt.decode(
                token,
                key.key,
                # Of the two, the one that this key is for: what the token says is not asked a second time.
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self._issuer,
                leeway=SKEW_S,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
            raise BadSignIn from None
        if not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT or not _is_text(claims["sub"]):
            raise BadSignIn
        return self._read(claims)

    def _read(self, claims: dict[str, Any]) -> SignedIn:
        values = _texts(_claim(claims, self._settings.oidc_role_claim))
        held = {self._settings.oidc_roles[value] for value in values if value in self._settings.oidc_roles}
        role = next((role for role in _ROLES if role in held), None)
        if role is None:
            raise NoRole("You are signed in, but have no role here. Ask your program's coordinator for one.")
        return SignedIn(
            issuer=self._issuer,
            subject=claims["sub"],
            role=role,
            program_id=self._one(claims, self._settings.oidc_program_claim) if role == "coordinator" else None,
            participant_id=self._one(claims, self._settings.oidc_participant_claim) if role == "participant" else None,
        )

    def _one(self, claims: dict[str, Any], name: str) -> str:
        found = _texts(_claim(claims, name))
        if len(found) != 1 or not _OUR_ID.fullmatch(found[0]):
            raise NoRole(
                "You are signed in, but it is not known which program or person here you are. "
                "Ask your coordinator to have that added to your account."
            )
        return found[0]

    async def _key(self, key_id: str, algorithm: str) -> jwt.PyJWK:
        """The key of this name, fetched where need be. Raises BadSignIn, IssuerUnreachable."""
        if self._stale() or key_id not in self._keys:
            async with self._fetching:
                # Another request may have fetched them while this one waited.
                if (self._stale() or key_id not in self._keys) and self._may_fetch():
                    await self._fetch()
        if self._fetched_at is None or self._clock() - self._fetched_at > KEYS_STALE_S:
            raise IssuerUnreachable
        key = self._keys.get(key_id)
        if key is None or not isinstance(key.key, _KEY_OF[algorithm]):
            raise BadSignIn
        return key

    def _stale(self) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > KEYS_KEPT_S

    def _may_fetch(self) -> bool:
        return self._tried_at is None or self._clock() - self._tried_at > SECONDS_BETWEEN_FETCHES

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                about = await self._document(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                if about.get("issuer") != self._issuer or not is_safe_address(str(about.get("jwks_uri"))):
                    raise ValueError("the document is another issuer's, or its keys lie where they can be changed")
                published = (await self._document(about["jwks_uri"]))["keys"]
            self._keys = {key.key_id: key for key in map(_usable, published) if key is not None and key.key_id}
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("oidc.keys_not_fetched", error=type(error).__name__)
            return
        self._fetched_at = self._clock()
        log.info("oidc.keys_fetched", keys=len(self._keys))

    async def _document(self, url: str) -> dict[str, Any]:
        # Not packed: a small reply could be made to unpack into more than there is room for.
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with self._client.stream("GET", url, headers=headers) as reply:
            if reply.status_code != 200:
                raise ValueError("not a document")
            content = bytearray()
            async for part in reply.aiter_raw():
                content += part
                if len(content) > _LARGEST_DOCUMENT:
                    raise ValueError("too large")
        found = json.loads(bytes(content))
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return found


def _usable(published: Any) -> jwt.PyJWK | None:
    """The key, where it is a public one for signatures of ours; None for any other, which are many issuers' habit."""
    if not isinstance(published, dict) or published.get("use", "sig") != "sig" or not published.get("kid"):
        return None
    algorithm = {"RSA": "RS256", "EC": "ES256"}.get(str(published.get("kty")))
    if algorithm is None or published.get("alg", algorithm) != algorithm:
        return None
    if published.get("kty") == "EC" and published.get("crv") != "P-256":
        return None
    try:
        # Only the public part: a private key that was published by mistake is read as the public one it holds.
        public = {name: value for name, value in published.items() if name in {"kty", "kid", "n", "e", "crv", "x", "y"}}
        key = jwt.PyJWK(public, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < _LEAST_RSA_BITS:
        return None
    return key


def _claim(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by its path with dots where none is called so."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _is_text(value: str) -> bool:
    """Whether it can be written down: JSON may hold half a character."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]
