"""The service as a process of its own: started, watched, killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from evals.bench.load import HOST
from evals.bench.servers import REPOSITORY, Server, environment
from evals.chaos.outcome import ChaosError

SERVE = ("-m", "coach", "serve")
_COMMAND_TIMEOUT_S = 120


@dataclass(frozen=True)
class Place:
    """Where a service keeps its data: a folder, and a database where it is not in that folder."""

    folder: Path
    database_url: str | None = None

    @property
    def data_dir(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The settings of a service there."""
        url = {"COACH_DATABASE_URL": self.database_url} if self.database_url else {}
        settings = {"COACH_DATA_DIR": str(self.data_dir), "COACH_KNOWLEDGE_DIR": str(REPOSITORY / "knowledge")}
        return {**settings, **url, **(extra or {})}


class Service(Server):
    """A `coach serve` that listens on a loopback port."""

    def __init__(self, place: Place, extra: Mapping[str, str] | None = None, arguments: Sequence[str] = SERVE) -> None:
        self.place = place
        super().__init__("service", arguments, place.folder, place.environment(extra))

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    async def ready(self) -> float:
        """Wait until it is ready; return the seconds since it was started. Raises BenchError where it ends first."""
        return await asyncio.to_thread(self.wait_for, "GET", "/readyz")

    def kill(self) -> None:
        """End it by SIGKILL: it gets no chance to tidy up."""
        self._process.kill()
        self._process.wait()

    def ask_to_end(self) -> None:
        """Send SIGTERM, as a supervisor does."""
        self._process.send_signal(signal.SIGTERM)

    async def ended(self, within_s: float) -> tuple[int, float] | None:
        """Its exit status and the seconds that the end took; None where it runs on."""
        began = time.perf_counter()
        try:
            status = await asyncio.to_thread(self._process.wait, within_s)
        except subprocess.TimeoutExpired:
            return None
        return status, time.perf_counter() - began

    def log_text(self) -> str:
        """All that it and its forerunners in this folder have written."""
        return self._log.read_text(errors="replace")

    def resident_mib(self) -> float:
        """Memory that it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def handles(self) -> tuple[int, int]:
        """How many files it has open now, and how many of them are sockets."""
        names = list(_targets(Path(f"/proc/{self.pid}/fd")))
        return len(names), sum(name.startswith("socket:") for name in names)


def _targets(folder: Path) -> Iterator[str]:
    for link in folder.iterdir():
        try:
            yield str(link.readlink())
        except FileNotFoundError:
            continue


async def run_command(place: Place, *arguments: str, extra: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run `coach` with these arguments to its end; return its exit status and what it printed. Raises ChaosError."""
    return await run_python(place, "-m", "coach", *arguments, extra=extra)


async def run_python(place: Place, *arguments: str, extra: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run Python with these arguments to its end; return its exit status, negative for the signal that ended it, and
    what it printed. Raises ChaosError.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=place.folder,
        env=environment(place.environment(extra)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), _COMMAND_TIMEOUT_S)
    except TimeoutError:
        process.kill()
        raise ChaosError(f"{' '.join(arguments)} did not end in {_COMMAND_TIMEOUT_S} s") from None
    assert process.returncode is not None
    return process.returncode, printed.decode(errors="replace")


def client_of(service: Service, *, timeout_s: float = 30) -> httpx.AsyncClient:
    """A client with connections of its own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=128)
    return httpx.AsyncClient(base_url=service.url, timeout=timeout_s, limits=limits, trust_env=False)
