"""Starting, watching and ending the processes that are measured. They get a clean environment and loopback ports."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from evals.bench.load import HOST, Call, Job, Result

REPOSITORY = Path(__file__).resolve().parent.parent.parent
# A machine that is busy with something else takes minutes to embed the library.
_START_TIMEOUT_S = 400
_IDLE_S = 1.0
# What could send traffic elsewhere, or make the two sides differ.
_LEFT_OUT = (
    "OMP_",
    "MKL_",
    "COACH_",
    "OPENAI_",
    "LANGCHAIN_",
    "LANGSMITH_",
    "CHROMA_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
)


class BenchError(Exception):
    """The benchmark cannot go on; the message says why."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of every process of the benchmark."""
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith(_LEFT_OUT)}
    same = {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    return {**kept, **same, **(extra or {})}


def run_python(arguments: Sequence[str], folder: Path, extra: Mapping[str, str] | None = None, given: str = "") -> str:
    """Run Python in `folder` to its end and return what it printed. Raises BenchError when it fails."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment(extra), input=given, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise BenchError(f"python {' '.join(arguments)} ended with status {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def send(port: int, calls: Sequence[Call], at_once: int, folder: Path, **options: Any) -> Result:
    """Have the load generator send the calls, in a process of its own."""
    job: Job = {"port": port, "at_once": at_once, "calls": list(calls), **options}  # type: ignore[typeddict-item]
    result: Result = json.loads(run_python(["-m", "evals.bench.load"], folder, given=json.dumps(job)))
    return result


class Server:
    """A server process that we started, on a port of its own. Its output goes to `<name>.log` in the folder."""

    def __init__(
        self, name: str, arguments: Sequence[str], folder: Path, extra: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.port = free_port()
        self._log = folder / f"{name}.log"
        self.started = time.perf_counter()
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, *arguments, "--port", str(self.port)],
                cwd=folder,
                env=environment(extra),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """One request; status 0 where nothing listens yet."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            reply = connection.getresponse()
            content = reply.read()
            return reply.status, json.loads(content) if content else None
        except OSError:
            return 0, None
        finally:
            connection.close()

    def wait_for(self, method: str, path: str, body: object = None, token: str | None = None) -> float:
        """Ask until the answer is 200 or 201; return the seconds since the process was started."""
        while True:
            status, reply = self.ask(method, path, body, token)
            if status in {200, 201}:
                return time.perf_counter() - self.started
            if self._process.poll() is not None:
                raise BenchError(f"{self.name} ended by itself. The end of its log:\n{self._log_tail()}")
            if time.perf_counter() - self.started > _START_TIMEOUT_S:
                raise BenchError(f"{self.name} answers {method} {path} with {status}: {reply}\n{self._log_tail()}")
            time.sleep(0.02)

    def peak_memory_mib(self) -> float:
        """The most memory that the process and its children have held, each at its own peak."""
        return sum(_status_kib(pid, "VmHWM") for pid in self._family()) / 1024

    def processor_seconds(self) -> float:
        """Processor time that the process and its children have used."""
        ticks = 0
        for pid in self._family():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def wait_until_idle(self) -> None:
        """Wait until the process has done for a while what it was asked to."""
        before = -1.0
        while (now := self.processor_seconds()) - before > _IDLE_S * 0.05:
            before = now
            time.sleep(_IDLE_S)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _family(self) -> list[int]:
        family = [self._process.pid]
        for pid in family:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                family += map(int, (thread / "children").read_text().split())
        return family

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]


def _status_kib(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
