"""Several services that count in one Redis; and what they do without it."""

import asyncio
import importlib.util
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.rates import REDIS_TIMEOUT_S, Rates, TooManyRequests
from coach.errors import CoachError
from coach.settings import Settings
from tests.api.conftest import Caller, Serve
from tests.api.test_rates import assert_must_wait, codes

CLIENT = importlib.util.find_spec("redis") is not None
needs_client = pytest.mark.skipif(not CLIENT, reason="needs Redis's client: pip install -e '.[redis]'")
needs_server = pytest.mark.skipif(
    not CLIENT or shutil.which("redis-server") is None,
    reason="needs redis-server on the PATH (on Debian: apt install redis-server) and its client",
)


class Redis:
    """A Redis of the test's own."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self._process = subprocess.Popen([*command, str(self._folder)], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.stop()


@needs_server
@pytest.mark.redis
async def test_two_services_share_a_limit(serve: Serve, redis: Redis) -> None:
    one, other = [await serve(requests_per_minute=4, redis_url=redis.url) for _ in range(2)]
    there = await one.caller("admin")
    here = Caller(other.client, there.token)
    assert await codes(there, 3) + await codes(here, 3) == [200] * 4 + [429] * 2
    assert_must_wait(await here.get("/me"))


@needs_server
@pytest.mark.redis
async def test_guesses_at_several_services_are_counted_together(serve: Serve, redis: Redis) -> None:
    services = [await serve(failed_tokens_per_minute=5, redis_url=redis.url) for _ in range(2)]
    replies = [await Caller(services[n % 2].client, f"coach_{n}").get("/me") for n in range(8)]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429] * 3


@needs_server
@pytest.mark.redis
async def test_a_lost_redis_is_done_without_and_found_again(
    serve: Serve, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.rates._LEFT_ALONE_S", 0.5)
    service = await serve(requests_per_minute=4, redis_url=redis.url)
    who = await service.caller("admin")
    assert await codes(who, 2) == [200] * 2
    redis.stop()
    began = time.monotonic()
    with capture_logs() as logs:
        # This process counts for itself from here on.
        assert await codes(who, 6) == [200] * 4 + [429] * 2
    assert time.monotonic() - began < 3
    assert 1 <= len([line for line in logs if line["event"] == "rates.redis_lost"]) <= 3
    redis.start()
    await asyncio.sleep(0.6)
    assert await codes(who, 6) == [200] * 4 + [429] * 2


@needs_client
async def test_a_redis_that_does_not_answer_holds_nobody_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        rates = Rates(Settings(requests_per_minute=1, redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        began = time.monotonic()
        await rates.count_token("token", "192.0.2.7")
        for _ in range(20):
            with pytest.raises(TooManyRequests):
                await rates.count_token("token", "192.0.2.7")
        assert time.monotonic() - began < 4 * REDIS_TIMEOUT_S
        await rates.close()


def test_redis_without_its_client_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "redis"]:
        monkeypatch.delitem(sys.modules, name)
    gone: Any = None
    monkeypatch.setitem(sys.modules, "redis", gone)
    with pytest.raises(CoachError, match=r"session-coach\[redis\]"):
        Rates(Settings(redis_url="redis://127.0.0.1:1"))
