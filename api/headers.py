"""Headers that keep browsers from doing with a reply what nobody meant them to."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

# A reply of the interface is data: nothing in it is to be run, shown in a frame or taken for another page.
DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# The page that describes the interface: its own files, and of the scripts in the page those that we sent.
_PAGE = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGES = ("/docs", "/docs/oauth2-redirect")
_INLINE = re.compile(rb"<script(?:\s+type=[^>]*)?>(.*?)</script>", re.DOTALL)
SAME = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_TLS = "max-age=31536000; includeSubDomains"


class SafeHeaders:
    """Puts them on every reply. A page's policy names its own scripts by their hashes, taken as the page is sent."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        same = [*SAME.items(), *([("strict-transport-security", _TLS)] if scope["scheme"] == "https" else [])]
        headers = [(name.encode(), value.encode()) for name, value in same]
        held: Message | None = None

        async def with_headers(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start":
                kept = [header for header in message["headers"] if header[0].decode("latin-1").lower() not in SAME]
                message["headers"] = [*kept, *headers]
                if scope["path"] in _PAGES and message["status"] == 200:
                    held = message
                    return
                message["headers"].append((b"content-security-policy", DATA.encode()))
            elif held is not None:
                held["headers"].append((b"content-security-policy", _page_policy(message.get("body", b"")).encode()))
                start, held = held, None
                await send(start)
            await send(message)

        await self._app(scope, receive, with_headers)


def _page_policy(page: bytes) -> str:
    """The policy of a page that is sent in one piece."""
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)]
    return _PAGE.format(scripts="".join(f" 'sha256-{digest}'" for digest in digests))
