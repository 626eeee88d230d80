"""The description of the interface: complete, true, and without a network."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.openapi.models import OpenAPI

from tests.api.conftest import Service


@pytest.fixture
async def document(service: Service) -> Any:
    return (await service.client.get("/openapi.json")).json()


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_the_pages_load_nothing_from_elsewhere(service: Service) -> None:
    page = await service.client.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", page.text)
    assert len(addresses) >= 3
    for address in addresses:
        assert re.match(r"/[^/]", address), address
        assert (await service.client.get(address)).status_code == 200, address
    assert "://" not in page.text.replace("http://www.w3.org", "")


def test_the_document_is_openapi(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPI.model_validate(document)
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(ids) == len(set(ids)) >= 23
    for name in re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(document)):
        assert name in document["components"]["schemas"]


def test_every_call_says_in_words_what_it_does_and_that_it_needs_a_token(document: Any) -> None:
    for name, operation in operations(document):
        assert len(operation["description"]) > 5, name
        assert ("security" in operation) is ("/v1/" in name), name


def test_every_form_of_an_agenda_is_documented(document: Any) -> None:
    calls = document["paths"]["/v1/sessions/{session_id}/agenda"]
    read = calls["get"]["responses"]["200"]["content"]
    assert read.keys() == {"application/json", "text/markdown", "text/plain", "text/calendar"}
    assert calls["post"]["responses"]["201"]["content"].keys() == {"application/json"}
    assert calls["post"]["responses"]["200"]["content"].keys() == {"text/event-stream"}


def test_errors_are_documented_as_they_come(document: Any) -> None:
    """A client made from the document must not wait for FastAPI's own error shape, which this service never sends."""
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if not status.startswith("2"):
                assert list(response["content"]) == ["application/problem+json"], f"{name} {status}"
    assert "HTTPValidationError" not in document["components"]["schemas"]
