"""A disk that is full while the index is built, and has space again."""

import re
import shutil
import subprocess
import sys
from asyncio import to_thread

from evals.bench.servers import REPOSITORY, environment
from evals.chaos.builds import change_library
from evals.chaos.lab import Lab
from evals.chaos.outcome import Outcome
from evals.chaos.small_disk import INSIDE, bytes_of, check_mounting

_SPARE_MIB = 1
# Enough that their vectors find no room between those that are there.
_DOCUMENTS_CHANGED = 20
_TIMEOUT_S = 300
# On the small disk: fill it, build, look at what is there, make space, build again, look again.
_SCRIPT = """
cp -r "$0"/. "$1"
ended() { echo "ended with $?"; }
cat /dev/zero > "$1/ballast" 2> /dev/null
"$2" -m coach index build; ended
"$2" -m coach index status; ended
rm "$1/ballast"
"$2" -m coach index build; ended
"$2" -m coach index status; ended
"""


async def index_disk_full(lab: Lab, name: str) -> Outcome:
    """Build on a full disk after the library has changed; the index before must outlive it, and the next build work."""
    await check_mounting()
    with lab.place() as staged, lab.place(indexed=False) as place:
        library = place.folder / "knowledge"
        shutil.copytree(REPOSITORY / "knowledge", library)
        change_library(library, lab.random(name), "Zanzibar", _DOCUMENTS_CHANGED)
        size = bytes_of(staged.data_dir) + _SPARE_MIB * 2**20
        command = (*INSIDE, f"{size}", str(place.data_dir), "sh", "-c", _SCRIPT, str(staged.data_dir))
        done = await to_thread(
            subprocess.run,
            (*command, str(place.data_dir), sys.executable),
            cwd=place.folder,
            env=environment(place.environment({"COACH_KNOWLEDGE_DIR": str(library)})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_S,
        )
    printed = done.stdout.decode(errors="replace")
    parts = re.split(r"ended with (\d+)\n", printed)
    failures = wrong_with_builds(parts)
    return Outcome(
        name,
        f"a library that has changed, and an index on a disk of {size / 2**20:.0f} MiB that is full to the last block: "
        "`coach index build`, `coach index status`, then space, and both again",
        _seen(parts) if not failures else "",
        tuple(failures),
    )


def _seen(parts: list[str]) -> str:
    if parts[1] == "0":
        return "the build came through in space that the index had within its files, and the new index was whole"
    return (
        "on the full disk the build ended with a sentence and the index before was still whole; with space the next "
        "build brought the new one"
    )


def wrong_with_builds(parts: list[str]) -> list[str]:
    """What is not as it must be, of what the four commands printed, each followed by its status."""
    if len(parts) != 9:
        return [f"the commands did not come to their end: {''.join(parts)[-300:]}"]
    full, kept, built, now = zip(parts[0:8:2], map(int, parts[1:8:2]), strict=True)
    found = []
    if full[1] == 0:
        # In space that the index had within its own files.
        if kept[1] != 0:
            found.append(f"a build that came through on a full disk left no whole index: {kept[0][-300:]}")
    elif "Traceback" in full[0] or "Could not" not in full[0]:
        found.append(f"a build on a full disk does not end with a sentence: {full[0][-300:]}")
    if full[1] != 0 and (kept[1] != 1 or "stale" not in kept[0]):
        found.append(f"after a build on a full disk the index before is not there: {kept[0][-300:]}")
    if built[1] != 0 or now[1] != 0:
        found.append(f"with space again the index is not built: {built[0][-200:]} {now[0][-200:]}")
    return found
