"""An OpenID Connect issuer on loopback, whose sign-ins begin and end at whatever time it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from evals.bench.load import HOST

_AUDIENCE, _KEY_ID = "session-coach", "one"
_GOOD_FOR_S = 300


class Issuer:
    """Publishes one key, and counts in `fetches` how often it was asked for."""

    def __init__(self) -> None:
        self.fetches = 0
        self._key = rsa.generate_private_key(65537, 2048)
        issuer = self

        class Answer(BaseHTTPRequestHandler):
            """The discovery document, and the key."""

            def do_GET(self) -> None:
                """Answer."""
                about: dict[str, Any] = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}
                if self.path == "/keys":
                    issuer.fetches += 1
                    about = {"keys": [issuer._published()]}
                content = json.dumps(about).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Answer)
        self.url = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def settings(self) -> dict[str, str]:
        """The environment of a service that takes this issuer's sign-ins."""
        return {
            "COACH_OIDC_ISSUER": self.url,
            "COACH_OIDC_AUDIENCE": _AUDIENCE,
            "COACH_OIDC_ROLES": "lead=admin",
        }

    def sign_in(self, stepped_s: float = 0.0) -> str:
        """A JWT of an admin who signs in now, by a clock that is ahead by so many seconds, for five minutes."""
        at = int(time.time() + stepped_s)
        claims = {"iss": self.url, "aud": _AUDIENCE, "sub": "somebody", "roles": ["lead"]}
        return jwt.encode(
            {**claims, "iat": at, "exp": at + _GOOD_FOR_S}, self._key, algorithm="RS256", headers={"kid": _KEY_ID}
        )

    def _published(self) -> dict[str, Any]:
        return {**RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True), "kid": _KEY_ID, "use": "sig"}
