"""A copy of the SQLite database while the service runs."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from coach.errors import StoreError, StoreUnavailable
from coach.settings import Settings


def back_up(settings: Settings, target: Path) -> int:
    """Copy the database to `target`, as it was at one moment, and check the copy; return its size in bytes. Blocks.

    Writers go on meanwhile. Copying the file of a running service would not do: what was written last is in the log
    beside it. Only the owner may read the copy. Raises StoreError where the database is PostgreSQL, where `target` is
    there already, or where the copy cannot be written or is not whole; then nothing is left at `target`.
    """
    url = make_url(settings.sqlalchemy_url)
    if not url.drivername.startswith("sqlite"):
        raise StoreError("The database is PostgreSQL. Back it up with `pg_dump`, as docs/operations.md shows.")
    source = Path(url.database or "")
    if not source.is_file():
        raise StoreUnavailable("There is no database to back up yet. Check COACH_DATA_DIR and COACH_DATABASE_URL.")
    if target.exists():
        raise StoreError(f"{target} is there already. Choose another name, or move it away first.")
    # The name is the backup's once it is whole; what a failure leaves behind cannot be taken for one.
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            live.backup(copy)
            # A file by itself, without a log beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise StoreError("The copy is damaged, and so may be the database. Keep your earlier backups.")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        size = part.stat().st_size
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"The backup could not be written: {reason}. Nothing was kept of it.") from error
    finally:
        part.unlink(missing_ok=True)
    return size
