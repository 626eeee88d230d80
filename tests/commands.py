"""The `coach` command in a process of its own, for tests that run it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from coach.settings import REPOSITORY

START_TIMEOUT_S = 600


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """An environment without settings, keys and proxies of the developer."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COACH_", "OPENAI_")) and not name.lower().endswith("_proxy")
    }
    # Wide, so that an error of Typer's is not broken into lines in the middle of a word.
    return {**kept, "COACH_DATA_DIR": str(data_dir), "PYTHONPATH": str(REPOSITORY), "COLUMNS": "400", **more}


def coach(*arguments: str, data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "coach", *arguments],
        env=environment(data_dir, **settings),
        cwd=data_dir,
        capture_output=True,
        text=True,
        timeout=START_TIMEOUT_S,
    )


def assert_one_sentence(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    """Check that a command failed with a sentence for a person, and nothing of the inside."""
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
