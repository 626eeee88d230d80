"""What an experiment found, and the table of all of them."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from coach.errors import CoachError

_SHOWN = 3
_PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "aiosqlite", "psycopg", "chromadb", "httpx")


class ChaosError(CoachError):
    """An experiment cannot go on; the message says why. It counts as failed."""


class CannotRun(Exception):
    """The machine does not allow the experiment; the message says what is missing. It counts as not run."""


@dataclass(frozen=True)
class Outcome:
    """One row of the table: what was done, what was seen, and each thing that was not as promised."""

    name: str
    done: str
    seen: str
    failures: tuple[str, ...] = ()
    not_run: str | None = None
    seconds: float = 0.0

    @property
    def verdict(self) -> str:
        """`passed`, `failed` or `not run`, which is never taken for passed."""
        if self.not_run is not None:
            return "not run"
        return "failed" if self.failures else "passed"


def markdown(outcomes: Sequence[Outcome], command: str, seconds: float) -> str:
    """The table with the machine, the command and the day above it, and every failure below it.

    `seconds` is how long all of it took: less than the sum of the rows, since some run beside each other.
    """
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    lines = [
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with `{command}`: {platform.system()} {platform.release()}, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}, {packages}.",
        "",
        "| experiment | what was done | what was seen | verdict | s |",
        "|---|---|---|---|---:|",
    ]
    for one in outcomes:
        seen = one.not_run or one.seen
        cells = (one.name, one.done, seen, f"**{one.verdict}**" if one.verdict != "passed" else one.verdict)
        lines.append("| " + " | ".join(_cell(text) for text in cells) + f" | {one.seconds:.0f} |")
    failed = [one for one in outcomes if one.failures]
    for one in failed:
        lines += ["", f"{one.name}, what was not as promised ({len(one.failures)}):", ""]
        lines += [f"- {_cell(text)}" for text in one.failures[:_SHOWN]]
        if len(one.failures) > _SHOWN:
            lines.append(f"- and {len(one.failures) - _SHOWN} more")
    counts = {verdict: sum(one.verdict == verdict for one in outcomes) for verdict in ("passed", "failed", "not run")}
    lines += ["", ", ".join(f"{count} {verdict}" for verdict, count in counts.items()) + f"; {seconds:.0f} s in all."]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
