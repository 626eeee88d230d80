"""A real OpenID Connect issuer on loopback, with real keys, that can be told to misbehave."""

import json
import threading
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from api.oidc import BadSignIn, Issuer

Json = dict[str, Any]
AUDIENCE = "session-coach"
ROLES = "mentoring-admin=admin,mentoring-lead=coordinator,mentoring=participant"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The same key for the same name, since making one takes a while."""
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def published(key: Any, key_id: str, **more: Any) -> Json:
    """The public half as a key set has it."""
    algorithm: Any = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig", **more}


def pem(key: Any) -> bytes:
    """The public half as text, which a careless server would take for an HMAC secret."""
    found: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found


class LocalIssuer:
    """Serves `keys` and counts how often they were asked for; `broken`, where set, answers in its place."""

    def __init__(self) -> None:
        self.keys = [published(rsa_key("first"), "first"), published(ec_key("curve"), "curve")]
        self.asked: list[str] = []
        self.broken: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.about: Json = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                if issuer.broken is not None:
                    issuer.broken(self)
                elif self.path == "/.well-known/openid-configuration":
                    send(self, {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys", **issuer.about})
                else:
                    send(self, {"keys": issuer.keys})

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def settings(self) -> Json:
        """What a service must be set to, to take this issuer's tokens."""
        return {"oidc_issuer": self.url, "oidc_audience": AUDIENCE, "oidc_roles": ROLES}

    @property
    def key_fetches(self) -> int:
        return self.asked.count("/keys")

    def claims(self, **changes: Any) -> Json:
        """Claims of an admin who has just signed in; a change to None leaves the claim out."""
        at = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": at,
            "exp": at + 300,
            "roles": ["everybody", "mentoring-admin"],
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, *, key: Any = None, key_id: str | None = "first", alg: str = "RS256", **changes: Any) -> str:
        """A signed JWT."""
        headers = {"kid": key_id} if key_id is not None else {}
        return jwt.encode(self.claims(**changes), key or rsa_key("first"), algorithm=alg, headers=headers)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def send(handler: BaseHTTPRequestHandler, body: Any, status: int = 200, **headers: str) -> None:
    """Answer with JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def fails(handler: BaseHTTPRequestHandler) -> None:
    send(handler, {}, 500)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def refused(issuer: Issuer, token: str) -> bool:
    try:
        await issuer.verify(token)
    except BadSignIn:
        return True
    return False
