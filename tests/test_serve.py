"""`coach serve` in a process of its own: what it begins, what it finishes, and what it refuses."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands import START_TIMEOUT_S, assert_one_sentence, coach, environment, free_port


class SlowModel:
    """A model's server on loopback. Its first answer waits until it is let go; what it says is of no use."""

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                model.asked.set()
                model.let_go.wait(30)
                message = {"role": "assistant", "content": "no"}
                choice = {"index": 0, "finish_reason": "stop", "message": message}
                body = json.dumps(
                    {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
                )
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()


class Running:
    """A `coach serve` that is ready."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "coach", "serve", "--port", str(self.port)],
            env=environment(data_dir, **settings),
            cwd=data_dir,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        until = time.monotonic() + START_TIMEOUT_S
        while not self._ready():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            return self.client.get("/readyz").is_success
        except httpx.TransportError:
            return False

    def call(self, method: str, path: str, token: str, body: Any = None) -> httpx.Response:
        return self.client.request(method, f"/v1{path}", headers={"Authorization": f"Bearer {token}"}, json=body)

    def made(self, path: str, token: str, body: Any) -> Any:
        reply = self.call("POST", path, token, body)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.client.close()


@pytest.fixture
def slow_model() -> Iterator[SlowModel]:
    model = SlowModel()
    yield model
    model.close()


@pytest.fixture
def running(data_dir: Path, slow_model: SlowModel) -> Iterator[Running]:
    service = Running(data_dir, COACH_LLM_MODEL="slow", COACH_LLM_BASE_URL=slow_model.url, COACH_LLM_TIMEOUT_S="20")
    yield service
    service.stop()


def test_a_second_service_on_the_same_index_is_refused_with_the_way_out(running: Running) -> None:
    second = coach("serve", "--port", str(free_port()), data_dir=running.data_dir)
    assert "COACH_CHROMA_URL" in second.stderr
    assert f"pid {running.process.pid}" in second.stderr
    assert_one_sentence(second)
    assert running.client.get("/readyz").is_success


def test_a_token_made_beside_the_service_is_taken_and_what_was_begun_is_finished_before_it_ends(
    running: Running, slow_model: SlowModel
) -> None:
    admin = coach("token", "--role", "admin", data_dir=running.data_dir).stdout.strip()
    program = running.made("/programs", admin, {"name": "Bridge"})
    people = {"mentor": {"name": "Priya"}, "mentee": {"name": "Martin"}, "goals": ["Read charts"]}
    pair = running.made(f"/programs/{program['id']}/pairs", admin, people)
    scope = ("--role", "participant", "--participant", pair["mentor"]["id"])
    mentor = coach("token", *scope, data_dir=running.data_dir).stdout.strip()
    at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    session = running.made(f"/pairs/{pair['id']}/sessions", mentor, {"scheduled_at": at})

    with ThreadPoolExecutor(1) as pool:
        reply = pool.submit(running.call, "POST", f"/sessions/{session['id']}/agenda", mentor, {})
        assert slow_model.asked.wait(30)
        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert running.process.poll() is None
        slow_model.let_go.set()
        assert reply.result(30).status_code == 201
    output = running.process.communicate(timeout=60)[0]
    assert running.process.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in output
    assert not any(words in output for words in (admin, mentor, "Priya", "Read charts"))


def test_a_served_coach_reads_the_comments_that_it_is_sent(running: Running) -> None:
    admin = coach("token", "--role", "admin", data_dir=running.data_dir).stdout.strip()
    program = running.made("/programs", admin, {"name": "Bridge"})
    people = {"mentor": {"name": "Priya"}, "mentee": {"name": "Martin"}, "goals": ["Read charts"]}
    pair = running.made(f"/programs/{program['id']}/pairs", admin, people)
    body = {"role": "participant", "participant_id": pair["mentor"]["id"]}
    mentor = running.made("/tokens", admin, body)["token"]
    at = datetime.now(UTC).isoformat()
    session = running.made(f"/pairs/{pair['id']}/sessions", mentor, {"scheduled_at": at})
    running.call("PATCH", f"/sessions/{session['id']}", mentor, {"status": "held"})
    ratings = {"usefulness": 4, "safety": 4, "progress": 4}
    said = {"ratings": ratings, "to_change": "Cancelled again, twice this month, we never have the time"}
    body = {**said, "share_with_partner": False, "share_with_coordinators": True}
    assert running.call("PUT", f"/sessions/{session['id']}/feedback", mentor, body).status_code == 200

    until = time.monotonic() + 120
    themes = None
    while themes is None:
        assert time.monotonic() < until, "nobody read the comment"
        time.sleep(0.2)
        with closing(sqlite3.connect(running.data_dir / "coach.sqlite3")) as file:
            themes = file.execute("SELECT themes FROM comment").fetchone()[0]
    assert "time-and-scheduling" in themes


def test_a_port_that_is_taken_is_a_sentence(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = coach("serve", "--port", str(port), data_dir=data_dir)
    assert ended.returncode == 1
    assert "already in use" in ended.stderr.casefold()
    assert str(port) in ended.stderr
    assert "Traceback" not in ended.stderr
