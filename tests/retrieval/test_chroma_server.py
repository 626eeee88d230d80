import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest

from coach.errors import IndexUnavailable
from coach.retrieval.embed import Embedder
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import PLACES, guidance, library_of


class ChromaServer:
    """`chroma run` on a free loopback port."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder

    def start(self) -> Self:
        self._folder.mkdir(exist_ok=True)
        program = str(Path(sys.executable).with_name("chroma"))
        self._process = subprocess.Popen(
            [program, "run", "--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=1).is_success:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the Chroma server did not start within 30 s")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path / "server").start()
    yield server
    server.stop()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_of(tmp_path / "library", *PLACES.items())


def connect(server: ChromaServer, library: Library, tmp_path: Path) -> tuple[Search, WordHashEncoder]:
    fake = WordHashEncoder()
    return Search.open(library, Embedder(fake), chroma_dir=tmp_path / "unused", chroma_url=server.url), fake


async def test_a_server_gives_the_answers_of_the_embedded_index(
    tmp_path: Path, server: ChromaServer, library: Library
) -> None:
    remote, _ = connect(server, library, tmp_path)
    embedded = Search.open(library, Embedder(WordHashEncoder()), chroma_dir=tmp_path / "chroma")

    assert remote.build() == embedded.build() == 5
    there, here = await remote.find("say hello", 5), await embedded.find("say hello", 5)

    assert [hit.passage.id for hit in there] == [hit.passage.id for hit in here]
    assert [hit.score for hit in there] == pytest.approx([hit.score for hit in here], abs=1e-5)
    assert remote.check() is None
    assert not (tmp_path / "unused").exists()
    remote.close()
    embedded.close()


async def test_two_processes_may_share_a_server_and_each_outlives_a_rebuild_by_the_other(
    tmp_path: Path, server: ChromaServer, library: Library
) -> None:
    one, _ = connect(server, library, tmp_path)
    one.build()
    two, fake = connect(server, library, tmp_path)

    assert two.check() is None
    assert two.build() == 0
    assert fake.batches == []
    assert (await two.find("trend", 1))[0].passage.title == "Weigh a trend"
    one.close()

    for number in (1, 2, 3):
        documents = [*PLACES.items(), guidance("more-talk", f"## More\n\nAsk about bicycles, {number}.")]
        other, _ = connect(server, library_of(tmp_path / str(number), *documents), tmp_path)
        other.build()
        other.close()
        assert (await two.find(f"trend number {number}", 1))[0].passage.title == "Weigh a trend"
    assert "stale" in (two.check() or "")
    two.close()


async def test_a_server_that_stopped_leaves_search_as_it_was_and_is_healed_when_it_is_back(
    tmp_path: Path, server: ChromaServer, library: Library
) -> None:
    search, _ = connect(server, library, tmp_path)
    search.build()

    server.stop()

    assert search.check()
    # Its vectors are in memory: what it knew it still finds.
    hits = await search.find("What is a trend worth?", 1)
    assert hits[0].passage.title == "Weigh a trend"
    assert hits[0].similarity > 0

    server.start()
    await search.heal()

    assert search.healthy
    assert search.check() is None
    assert (await search.find("What is a trend worth?", 1))[0].similarity > 0
    search.close()


async def test_a_server_that_comes_back_empty_is_filled_again(
    tmp_path: Path, server: ChromaServer, library: Library
) -> None:
    search, _ = connect(server, library, tmp_path)
    search.build()
    server.stop()
    server._folder = tmp_path / "another-disk"
    server.start()

    assert search.check()
    assert (await search.find("trend", 1))[0].passage.title == "Weigh a trend"
    await search.heal()

    assert search.check() is None
    assert (await search.find("trend", 1))[0].similarity > 0
    search.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://localhost:{port}"])
def test_a_server_that_does_not_answer_is_named_with_the_command_that_starts_it(
    tmp_path: Path, library: Library, url: str
) -> None:
    address = url.format(port=ChromaServer(tmp_path).port)

    with pytest.raises(IndexUnavailable, match=f"{address}.*chroma run.*COACH_CHROMA_URL"):
        Search.open(library, Embedder(WordHashEncoder()), chroma_dir=tmp_path, chroma_url=address)


@pytest.mark.parametrize("url", ["http://127.0.0.1:port", "http://[::1", "127.0.0.1:8001", "chroma"])
def test_a_server_address_that_is_none_is_a_clear_error(tmp_path: Path, library: Library, url: str) -> None:
    with pytest.raises(IndexUnavailable, match=r"COACH_CHROMA_URL.*http://127\.0\.0\.1:"):
        Search.open(library, Embedder(WordHashEncoder()), chroma_dir=tmp_path, chroma_url=url)
