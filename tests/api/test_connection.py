"""What comes over a connection before there is a request: bounded in size and in time."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import uvicorn

from api import connection
from api.connection import LARGEST_HEAD, Connection


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads whatever it is sent."""
    while (await receive()).get("more_body"):
        pass
    if scope["path"] == "/slow":
        await asyncio.sleep(2.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose connections wait a second for a head, and for a body to come on."""
    monkeypatch.setattr(connection, "HEAD_TIMEOUT_S", 1.0)
    monkeypatch.setattr(connection, "BODY_TIMEOUT_S", 1.0)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        config = uvicorn.Config(hello, http=Connection, lifespan="off", log_level="critical", timeout_keep_alive=3)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join()


def dial(port: int) -> closing[socket.socket]:
    return closing(socket.create_connection(("127.0.0.1", port), timeout=10))


def all_of(line: socket.socket) -> bytes:
    """What is answered until the other side hangs up."""
    parts = []
    while part := line.recv(65536):
        parts.append(part)
    return b"".join(parts)


def sent(line: socket.socket, piece: bytes, most: int) -> int:
    """Send the piece over and over until nobody listens any more; return how many bytes were taken."""
    taken = 0
    line.settimeout(10)
    try:
        while taken < most:
            line.sendall(piece)
            taken += len(piece)
    except OSError:
        pass
    return taken


@pytest.mark.parametrize("piece", [b"x-more: " + b"a" * 8_000 + b"\r\n", b"a" * 8_000], ids=["many", "one long"])
def test_headers_without_end_are_not_kept(port: int, piece: bytes) -> None:
    with dial(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx-first: ")
        assert sent(line, piece, 64 * 1024 * 1024) < 16 * 1024 * 1024


def test_a_head_that_is_too_large_is_told_so(port: int) -> None:
    with dial(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx-first: ")
        time.sleep(0.1)
        # Not a byte more than is read: what nobody reads would reset the connection, and the answer with it.
        line.sendall(b"a" * (LARGEST_HEAD + 1))
        answer = all_of(line)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"application/problem+json" in answer
    assert b"65,536 bytes" in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"get / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_answered_as_every_error(port: int, sent: bytes) -> None:
    with dial(port) as line:
        line.sendall(sent)
        answer = all_of(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    for name in (b"application/problem+json", b"nosniff", b"default-src 'none'", b"no-store"):
        assert name in head
    assert json.loads(body)["status"] == 400


def test_there_is_no_way_past_the_application_by_another_protocol(port: int) -> None:
    with dial(port) as line:
        line.sendall(
            b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
            b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_body_is_not_taken_for_a_head(port: int) -> None:
    body = b"a" * 1_000_000
    with dial(port) as line:
        for _ in range(2):
            line.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n" + body)
            assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
        line.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-a: " + b"a" * 40_000 + b"\r\n\r\n")
        assert all_of(line).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "begun", [b"", b"\r\n", b"GET / HTTP/1.1\r\nhost: x\r\n", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n\r\n"]
)
def test_who_never_comes_to_the_end_of_a_head_is_hung_up_on(port: int, begun: bytes) -> None:
    began = time.monotonic()
    with dial(port) as line:
        line.sendall(begun)
        all_of(line)
    assert 0.9 < time.monotonic() - began < 5


def test_a_head_that_drips_is_hung_up_on_all_the_same(port: int) -> None:
    began = time.monotonic()
    with dial(port) as line:
        line.sendall(b"GET / HTTP/1.1\r\n")
        try:
            while time.monotonic() - began < 8:
                line.sendall(b"x-a: b\r\n")
                time.sleep(0.1)
        except OSError:
            pass
    assert time.monotonic() - began < 5


def test_a_body_of_which_next_to_nothing_comes_is_hung_up_on(port: int) -> None:
    began = time.monotonic()
    with dial(port) as line:
        line.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n")
        try:
            while time.monotonic() - began < 8:
                line.sendall(b"a")
                time.sleep(0.1)
        except OSError:
            pass
    assert time.monotonic() - began < 5


def test_a_body_that_comes_on_may_take_its_time(port: int) -> None:
    with dial(port) as line:
        line.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
        for _ in range(5):
            time.sleep(0.5)
            line.sendall(b"a" * 20_000)
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_an_answer_that_takes_its_time_is_waited_for(port: int) -> None:
    with dial(port) as line:
        line.sendall(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        assert line.recv(65536).startswith(b"HTTP/1.1 200 ")
