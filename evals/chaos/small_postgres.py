"""A PostgreSQL server whose whole folder lies on a small disk, and which a supervisor starts again where it ends."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from evals.bench.servers import environment
from evals.chaos.outcome import ChaosError
from evals.chaos.postgres import programs
from evals.chaos.small_disk import INSIDE, seen_from_outside

_START_TIMEOUT_S = 60.0
# PostgreSQL refuses to run as root, which `unshare -r` makes of whoever runs it, and as somebody without a name: within
# that, it is nobody.
_NOBODY = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
_SUPERVISED = (
    '"$0/initdb" -A trust -E utf8 -U postgres -D "$1/server" || exit 1; '
    'while [ ! -e "$2/stop" ]; do "$0/postgres" -D "$1/server" -h "" -k "$2"; echo >> "$2/ended"; sleep 0.3; done'
)


class SmallPostgres:
    """The running server. `folder` is its disk as it is seen from here, `url` leads to the database `postgres`."""

    def __init__(self, outside: Path, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self._outside, self._process = outside, process
        self.folder = seen_from_outside(process.pid, folder)
        self.url = f"postgresql://postgres@/postgres?host={outside}"

    @property
    def ends(self) -> int:
        """How often the server has ended by itself."""
        ended = self._outside / "ended"
        return len(ended.read_text()) if ended.exists() else 0

    def wait(self) -> None:
        """Until it takes connections. Raises ChaosError."""
        until = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url):
                return
            time.sleep(0.1)
        raise ChaosError("PostgreSQL did not start on a small disk")

    def new_database(self, name: str) -> str:
        """The URL of a new and empty database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url.replace("/postgres?", f"/{name}?")

    def stop(self) -> None:
        """End it and its supervisor; its disk goes with them."""
        (self._outside / "stop").touch()
        with suppress(OSError, ValueError):
            running = (self.folder / "server" / "postmaster.pid").read_text().splitlines()[0]
            os.kill(int(running), signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def small_postgres(folder: Path, mib: int) -> Iterator[SmallPostgres]:
    """A server on a disk of so many MiB. Raises CannotRun without the package that brings PostgreSQL. Blocks."""
    home = programs()
    # The way to a socket may have a hundred letters.
    with tempfile.TemporaryDirectory(prefix="coach-pg-") as made:
        outside, disk = Path(made), folder / "postgres-disk"
        disk.mkdir(exist_ok=True)
        mounted = (*INSIDE, str(mib * 2**20), str(disk))
        with (outside / "log").open("wb") as log:
            process = subprocess.Popen(
                (*mounted, *_NOBODY, "sh", "-c", _SUPERVISED, str(home), str(disk), str(outside)),
                cwd=outside,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        server = SmallPostgres(outside, disk, process)
        try:
            server.wait()
            yield server
        finally:
            server.stop()
