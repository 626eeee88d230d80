"""Headers that keep browsers in their place, on every reply, and a page of docs that works under them."""

import base64
import hashlib
import re

import httpx
import pytest

from coach.settings import Settings
from tests.api.conftest import Caller, Serve, Service

WANTED = {
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
}
PAGE = "https://people.example.org"


async def replies(service: Service, admin: Caller) -> list[httpx.Response]:
    client = service.client
    return [
        await admin.get("/programs"),
        await admin.post("/programs", {}),
        await admin.post("/programs", content=b"a" * 100_000),
        await admin.get("/programs", params={"cursor": "a" * 9_000}),
        await service.nobody.get("/programs"),
        await client.get("/nothing"),
        await client.put("/healthz"),
        await client.get("/healthz"),
        await client.get("/metrics"),
        await client.get("/openapi.json"),
        await client.get("/docs"),
        await client.get("/docs/oauth2-redirect"),
        await client.get("/static-offline-docs/swagger-ui.css"),
        await client.get("/static-offline-docs/nothing"),
    ]


async def test_every_reply_has_them(service: Service, admin: Caller) -> None:
    found = await replies(service, admin)
    assert {reply.status_code for reply in found} == {200, 401, 404, 405, 413, 414, 422}
    for reply in found:
        assert reply.headers.keys() >= WANTED, reply.request.url
        policy = reply.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "'unsafe-eval'" not in policy
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert len(reply.headers.get_list("content-security-policy")) == 1


async def test_data_may_run_nothing(admin: Caller) -> None:
    assert "script-src" not in (await admin.get("/programs")).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect"])
async def test_the_page_may_run_its_own_scripts_and_no_others(service: Service, path: str) -> None:
    reply = await service.client.get(path)
    policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", reply.text, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    for source in re.findall(r'(?:src|href)="([^"]+)"', reply.text):
        assert source.startswith("/static-offline-docs/")
        assert (await service.client.get(source)).status_code == 200


async def test_tls_is_asked_for_where_there_is_tls(service: Service) -> None:
    assert "strict-transport-security" not in (await service.client.get("/healthz")).headers
    over_tls = await service.client.get("https://coach/healthz")
    assert over_tls.headers["strict-transport-security"].startswith("max-age=31536000")


# Pages of others


async def ask_first(service: Service, origin: str, method: str = "GET") -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return await service.client.options("/v1/programs", headers=headers)


async def test_no_page_of_others_may_call_by_default(service: Service, admin: Caller) -> None:
    for reply in (await ask_first(service, PAGE), await admin.get("/programs", headers={"Origin": PAGE})):
        assert not any(name.startswith("access-control-") for name in reply.headers)


async def test_only_the_pages_that_are_set_may_call(serve: Serve) -> None:
    service = await serve(cors_origins=PAGE)
    admin = await service.caller("admin")
    allowed = await ask_first(service, PAGE, "DELETE")
    assert allowed.status_code == 200
    assert allowed.headers.keys() >= WANTED
    assert (await ask_first(service, "https://evil.example")).headers.keys() >= WANTED
    assert allowed.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-credentials" not in allowed.headers
    reply = await admin.get("/programs", headers={"Origin": PAGE})
    assert reply.headers["access-control-allow-origin"] == PAGE
    for origin in ("https://evil.example", f"{PAGE}.evil.example", "null", PAGE.replace("https", "http")):
        assert "access-control-allow-origin" not in (await ask_first(service, origin)).headers
        reply = await admin.get("/programs", headers={"Origin": origin})
        assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize("origins", ["*", "https://*.example.org", "null", f"{PAGE}/", f"{PAGE},*", "http://x.example"])
def test_origins_that_open_to_more_than_one_page_are_refused(origins: str) -> None:
    with pytest.raises(ValueError, match="whole origins"):
        Settings(cors_origins=origins)


def test_several_pages_can_be_set() -> None:
    assert Settings(cors_origins=f"{PAGE}, http://localhost:3000").cors_origins == (PAGE, "http://localhost:3000")
