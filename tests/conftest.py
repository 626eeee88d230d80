"""What every test gets: no way out of the machine, an environment of its own, and the few costly things built once."""

import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.retrieval.embed import PACKAGED_MODEL, Embedder, SentenceTransformerEncoder
from coach.retrieval.library import Library, read_library
from coach.retrieval.search import Search
from coach.settings import REPOSITORY, Settings
from tests.commands import coach

_OUTSIDE: list[str] = []


class OutsideConnectionError(RuntimeError):
    """A test tried to leave the machine.

    Not an OSError: the code under test takes that for a server that is down, and the test would go on.
    """


def _refuse_outside(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        address = None
    if address is None or not (address.is_loopback or address.is_unspecified):
        _OUTSIDE.append(name)
        raise OutsideConnectionError(
            f"A test tried to reach {name!r}. Tests talk to this machine alone: "
            "use a loopback server, httpx2_mock or a scripted model."
        )


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """For the whole run, so that fixtures of any scope are held too."""
    real_connect, real_connect_ex, real_getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(sock: socket.socket, address: Any) -> None:
        if sock.family != socket.AF_UNIX:
            _refuse_outside(address[0])

    def connect(sock: socket.socket, address: Any) -> None:
        check(sock, address)
        real_connect(sock, address)

    def connect_ex(sock: socket.socket, address: Any) -> int:
        check(sock, address)
        return real_connect_ex(sock, address)

    def getaddrinfo(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        _refuse_outside(host)
        return real_getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


@pytest.fixture(autouse=True)
def refused_connections(_no_way_out: None) -> Iterator[list[str]]:
    """Hosts that this test tried to reach. Any left here fails it, even if the code swallowed the error."""
    _OUTSIDE.clear()
    yield _OUTSIDE
    assert not _OUTSIDE, f"tried to leave the machine: {', '.join(_OUTSIDE)}"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting, key or proxy of the developer, and a working folder without a `.env` file."""
    for name in os.environ:
        if name.startswith(("COACH_", "OPENAI_", "OTEL_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose database and index lie in the test's own folder."""
    return Settings(data_dir=tmp_path)


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The real model: 5 s when first used, 8 ms a query after that."""
    return SentenceTransformerEncoder(PACKAGED_MODEL)


@pytest.fixture(scope="session")
def library() -> Library:
    """The real knowledge library; read only."""
    return read_library(REPOSITORY / "knowledge")


@pytest.fixture(scope="session")
def search(
    library: Library, encoder: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Search]:
    """The real library under the real model in a real embedded index, built once; read only."""
    search = Search.open(library, Embedder(encoder), chroma_dir=tmp_path_factory.mktemp("index") / "chroma")
    search.build()
    yield search
    search.close()


# The demo runs once; the index that it keeps serves the tests of commands and of `coach serve`.


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> subprocess.CompletedProcess[str]:
    return coach("demo", data_dir=demo_folder)


@pytest.fixture
def data_dir(demo: subprocess.CompletedProcess[str], demo_folder: Path, tmp_path: Path) -> Path:
    """A data folder with a finished index."""
    assert demo.returncode == 0, demo.stderr
    shutil.copytree(demo_folder / "demo-index", tmp_path / "data" / "chroma")
    return tmp_path / "data"
