"""Runs the `coach` command with a wall clock that is stepped while it runs.

`python -m evals.chaos.stepped_clock FILE ARGUMENTS`: the file holds the seconds that are added to the time. Stepped are
the one clock of the coach, `coach.models.now`, PyJWT's, by which sign-ins are checked, and `time.time`, by which all
others go. The monotonic clock, which deadlines, limits and the breaker use, is not, as it is not where an operator or
NTP sets a machine's clock.
"""

import os
import runpy
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path


class Offset:
    """The seconds in a file; read again whenever the file was replaced."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[int, float] = (0, 0.0)

    def seconds(self) -> float:
        """What is added to the time now."""
        written = self._file.stat().st_mtime_ns
        if written != self._read[0]:
            self._read = (written, float(self._file.read_text()))
        return self._read[1]


def step(file: Path, seconds: float) -> None:
    """Set what is added to the time, all at once."""
    beside = file.with_suffix(".new")
    beside.write_text(f"{seconds}")
    beside.replace(file)


def stepped(file: Path) -> tuple[str, ...]:
    """The arguments of a service whose clock is stepped by the file, which is made with nothing added."""
    step(file, 0)
    return ("-m", "evals.chaos.stepped_clock", str(file), "serve")


def main() -> None:
    """Replace the clocks, then be `coach` with the rest of the arguments."""
    offset = Offset(Path(sys.argv[1]))
    system_time = time.time

    class SteppedDatetime(datetime):
        """`now` is ahead or behind; everything else is a datetime's."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            """The stepped time, as an ordinary datetime."""
            return datetime.now(tz) + timedelta(seconds=offset.seconds())

    time.time = lambda: system_time() + offset.seconds()

    from jwt import api_jwt

    from coach import models

    models.datetime = SteppedDatetime  # type: ignore[attr-defined]
    api_jwt.datetime = SteppedDatetime  # type: ignore[attr-defined]
    sys.argv = ["coach", *sys.argv[2:]]
    # A supervisor's signals come to this process, which from here on is the service.
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    runpy.run_module("coach", run_name="__main__")


if __name__ == "__main__":
    main()
