"""The demo: a program, a pair and an agenda, through the running HTTP interface on a real socket."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from coach.errors import CoachError
from coach.retrieval.index import keep_copy
from coach.settings import Settings

# Embedding the library takes half a minute on two idle cores, and many times that on a busy one; its progress is shown.
_START_TIMEOUT_S = 1_800.0
_CALL_TIMEOUT_S = 180.0

_PAIR: dict[str, Any] = {
    "mentor": {
        "name": "Priya Raman",
        "role_title": "Data analyst, second year",
        "department": "Customer operations",
        "strengths": [
            "turning raw numbers into one clear chart",
            "prompting AI assistants and checking what they write",
        ],
        "wants_to_learn": ["how budget decisions are really made"],
    },
    "mentee": {
        "name": "Martin Olsen",
        "role_title": "Director of logistics",
        "department": "Logistics",
        "strengths": ["negotiating with suppliers"],
        "wants_to_learn": ["using AI assistants without embarrassing myself"],
        "accessibility": "I read small print badly: large text on shared screens, please.",
    },
    "goals": ["Use an AI assistant for the first draft of my monthly report", "Ask better questions of our dashboards"],
    "topics": ["digital-tools", "communication"],
}
_NOTE = "I am nervous about correcting a director in front of his own screen."


def run_demo(settings: Settings) -> str:
    """Serve on a free loopback port from a temporary data folder, ask for two agendas and return the second as
    Markdown.

    Only the index is kept, in the data folder of the settings, so that a second demo starts quickly.
    """
    kept_index = settings.data_dir / "demo-index"
    with tempfile.TemporaryDirectory(prefix="coach-demo-") as folder:
        index = Path(folder) / "chroma"
        if kept_index.is_dir():
            shutil.copytree(kept_index, index)
        port = _free_port()
        environment = os.environ | {
            "COACH_DATA_DIR": folder,
            "COACH_DATABASE_URL": "",
            "COACH_KNOWLEDGE_DIR": str(settings.knowledge_dir.resolve()),
        }
        command = [sys.executable, "-m", "coach"]
        service = subprocess.Popen([*command, "serve", "--port", str(port)], env=environment)  # noqa: S603
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_CALL_TIMEOUT_S) as client:
                _wait(client, service)
                # While the service loads its embedding model.
                token = subprocess.run(  # noqa: S603
                    [*command, "token", "--role", "admin"], env=environment, check=True, capture_output=True, text=True
                ).stdout.strip()
                return _agenda(client, token)
        finally:
            service.terminate()
            service.wait(timeout=60)
            keep_copy(index, kept_index)


def _agenda(client: httpx.Client, admin: str) -> str:
    def call(method: str, path: str, token: str, body: dict[str, Any] | None = None) -> Any:
        reply = client.request(method, f"/v1{path}", headers={"Authorization": f"Bearer {token}"}, json=body)
        if reply.is_error:
            raise CoachError(f"The demo's call {method} {path} answered {reply.status_code}: {reply.text}")
        return reply.json() if reply.content else None

    program = call("POST", "/programs", admin, {"name": "Bridge", "planned_sessions": 6, "session_minutes": 60})
    pair = call("POST", f"/programs/{program['id']}/pairs", admin, _PAIR)
    tokens = {
        role: call("POST", "/tokens", admin, {"role": "participant", "participant_id": pair[role]["id"]})["token"]
        for role in ("mentor", "mentee")
    }
    call("PUT", f"/pairs/{pair['id']}/private-note", tokens["mentor"], {"text": _NOTE})

    first_day = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    first = call("POST", f"/pairs/{pair['id']}/sessions", tokens["mentor"], {"scheduled_at": first_day.isoformat()})
    call("POST", f"/sessions/{first['id']}/agenda", tokens["mentor"], {})
    call("PATCH", f"/sessions/{first['id']}", tokens["mentor"], {"status": "held"})
    due = (first_day + timedelta(days=14)).date().isoformat()
    for owner, text in (
        ("mentee", "bring last month's report and the numbers behind it"),
        ("mentor", "find out which assistant our IT rules allow"),
    ):
        body = {"owner": owner, "text": text, "due_on": due, "session_id": first["id"]}
        call("POST", f"/pairs/{pair['id']}/actions", tokens["mentor"], body)

    second_day = (first_day + timedelta(days=21)).isoformat()
    second = call("POST", f"/pairs/{pair['id']}/sessions", tokens["mentee"], {"scheduled_at": second_day})
    path = f"/sessions/{second['id']}/agenda"
    call("POST", path, tokens["mentor"], {})
    headers = {"Authorization": f"Bearer {tokens['mentor']}", "Accept": "text/markdown"}
    return client.get(f"/v1{path}", headers=headers).raise_for_status().text


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(client: httpx.Client, service: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until:
        if service.poll() is not None:
            raise CoachError("The demo's service did not start; its own message is above.")
        try:
            if client.get("/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise CoachError(f"The demo's service was not ready within {_START_TIMEOUT_S:.0f} s.")
