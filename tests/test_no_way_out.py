import asyncio
import socket
from collections.abc import Callable

import pytest

from tests.conftest import OutsideConnectionError


def _connect(address: tuple[str, int]) -> None:
    with socket.socket() as sock:
        sock.connect(address)


def _connect_ex(address: tuple[str, int]) -> None:
    with socket.socket() as sock:
        sock.connect_ex(address)


@pytest.mark.parametrize(
    "leave",
    [
        lambda: _connect(("192.0.2.1", 80)),
        lambda: _connect_ex(("192.0.2.1", 80)),
        lambda: socket.create_connection(("example.org", 443), timeout=1),
        lambda: socket.getaddrinfo("example.org", 443),
        lambda: asyncio.run(asyncio.wait_for(asyncio.open_connection("192.0.2.1", 80), 1)),
    ],
)
def test_a_connection_that_leaves_the_machine_is_refused(
    leave: Callable[[], object], refused_connections: list[str]
) -> None:
    with pytest.raises(OutsideConnectionError, match=r"192\.0\.2\.1|example\.org"):
        leave()

    assert refused_connections
    refused_connections.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_connection_inside_the_machine_is_allowed(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1])) as client,
    ):
        assert client.getpeername()[0] == "127.0.0.1"
