"""The model may live anywhere but where clouds keep the keys of their machines."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import respx
from pydantic import ValidationError

from coach import llm_address
from coach.errors import CoachError, ModelUnreachable, UnsafeModelAddress
from coach.llm_address import refuse_link_local
from coach.settings import Settings
from tests.llm.servers import LOCAL, REQUEST, answered, model, patient


def lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name be found at these addresses."""

    def found(host: str, *_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1:8080",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fd00:ec2::23]",
        "[::169.254.169.254]",
        "[::ffff:0:169.254.169.254]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[2001:0:1:1::5601:5601]",
        "100.100.100.200",
        "168.63.129.16",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "user:key@169.254.169.254",
    ],
)
def test_a_link_local_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(UnsafeModelAddress, match="COACH_LLM_ALLOW_LINK_LOCAL"):
        refuse_link_local(f"http://{host}/v1", allowed=False)
    refuse_link_local(f"http://{host}/v1", allowed=True)


def test_a_name_that_leads_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(monkeypatch, "203.0.113.7", "169.254.169.254")
    with pytest.raises(UnsafeModelAddress):
        refuse_link_local("https://models.example/v1", allowed=False)
    lead_to(monkeypatch, "203.0.113.7")
    refuse_link_local("https://models.example/v1", allowed=False)


@pytest.mark.parametrize(
    "url", [None, "", "nonsense", "http://127.0.0.1:1/v1", "http://[::1]/v1", "http://10.0.0.7/v1"]
)
def test_other_addresses_are_fine(url: str | None) -> None:
    refuse_link_local(url, allowed=False)


def test_a_name_that_cannot_be_found_is_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("unknown")

    monkeypatch.setattr(socket, "getaddrinfo", missing)
    refuse_link_local("https://models.example/v1", allowed=False)
    assert issubclass(UnsafeModelAddress, CoachError)


async def test_a_redirect_is_not_followed(httpx2_mock: respx.Router) -> None:
    moved = httpx.Response(307, headers={"Location": "http://127.0.0.1:2/latest/meta-data"})
    httpx2_mock.post(f"{LOCAL}/chat/completions").mock(return_value=moved)
    with pytest.raises(ModelUnreachable, match="COACH_LLM_BASE_URL"):
        await model(breaker=patient()).reply(REQUEST)
    assert len(httpx2_mock.calls) == 1


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A model's server that keeps what it is sent, and its address by name."""
    sent: list[bytes] = []
    body = answered().content

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append(await reader.read(65_536))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body)
        writer.close()

    running = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://localhost:{running.sockets[0].getsockname()[1]}/v1", sent
    running.close()


async def test_a_name_that_leads_elsewhere_after_the_start_is_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listener() as (url, sent):
        refuse_link_local(url, allowed=False)
        asked = model(url, breaker=patient())
        # From now on this machine stands for one that keeps keys.
        monkeypatch.setattr(llm_address, "_METADATA", frozenset({ipaddress.ip_address("127.0.0.1")}))
        with pytest.raises(ModelUnreachable, match="COACH_LLM_BASE_URL leads to a link-local address"):
            await asked.reply(REQUEST)
        await asyncio.sleep(0.05)
        assert [text for text in sent if text] == []
        await asked.close()
        allowed = model(url, breaker=patient(), llm_allow_link_local=True)
        assert (await allowed.reply(REQUEST)).text == '{"answer": "yes"}'
        await allowed.close()


async def test_a_name_that_leads_to_a_model_is_asked() -> None:
    async with listener() as (url, sent):
        asked = model(url, breaker=patient())
        assert (await asked.reply(REQUEST)).text == '{"answer": "yes"}'
        assert len(sent) == 1
        await asked.close()


@pytest.mark.parametrize("address", ["localhost:8080/v1", "127.0.0.1:8080", "http://", "ftp://model.example", "here"])
def test_an_address_that_leads_nowhere_is_told_before_anything_is_served(address: str) -> None:
    with pytest.raises(ValidationError, match="must begin with http:// or https://"):
        Settings(llm_model="gpt-oss", llm_base_url=address)
