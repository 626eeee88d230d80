"""A small disk of one process and its children: a tmpfs in a mount namespace, which takes no rights where the system
has user namespaces. From outside it is seen through `/proc`.
"""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

from evals.chaos.outcome import CannotRun

# Before a command: the size in bytes and the folder, then the command.
INSIDE = ("unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@"')
_CAN_MOUNT = ("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt")
_BLOCK = 4096


async def check_mounting() -> None:
    """Raise CannotRun where a small disk cannot be had."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        raise CannotRun("a small disk takes Linux and `unshare`")
    try:
        await asyncio.to_thread(subprocess.run, _CAN_MOUNT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise CannotRun("this system lets nobody mount a small disk without more rights") from None


def seen_from_outside(pid: int, folder: Path) -> Path:
    """The folder as the process sees it."""
    return Path(f"/proc/{pid}/root") / folder.relative_to("/")


def bytes_of(folder: Path) -> int:
    """What a copy of the folder takes on such a disk, at most."""
    return sum(file.stat().st_size + _BLOCK for file in folder.rglob("*"))


def fill(ballast: Path) -> None:
    """Write until nothing more fits."""
    with ballast.open("wb", buffering=0) as file:
        for block in (2**20, _BLOCK, 1):
            try:
                while True:
                    file.write(bytes(block))
            except OSError:
                continue
