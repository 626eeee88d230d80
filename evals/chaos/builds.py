"""SIGKILL in the middle of an index build, and what the next start makes of it."""

import asyncio
import random
import shutil
from pathlib import Path

from evals.bench.servers import REPOSITORY
from evals.chaos.lab import Lab
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Place, Service, begin_command, client_of, run_command
from evals.chaos.world import admin_token, must

_EMBEDDING_S = 60
# From the first passage on: short builds are caught while they embed, and while they write and swap.
_LATEST_S = 4.0
_DOCUMENTS_CHANGED = 3


async def kill_in_builds(lab: Lab, name: str, kills: int) -> Outcome:
    """Kill a build over a ready index; then start, which must serve the whole new library."""
    chance, failures, unfinished = lab.random(name), [], 0
    with lab.place() as place:
        library = place.folder / "knowledge"
        shutil.copytree(REPOSITORY / "knowledge", library)
        extra = {"COACH_KNOWLEDGE_DIR": str(library)}
        starts, token = [], ""
        for number in range(kills):
            word = f"Zanzibar{number}"
            _change(library, chance, word)
            lab.say(f"{name}: kill {number + 1} of {kills}")
            unfinished += await _killed_build(place, extra, chance.uniform(0, _LATEST_S))
            with Service(place, extra) as service:
                starts.append(await service.ready())
                token = token or await admin_token(service)
                failures += await _not_found(service, word, token)
        status, printed = await run_command(place, "index", "status", extra=extra)
        if status != 0:
            failures.append(f"coach index status ended with {status}: {printed[-300:]}")
    return Outcome(
        name,
        f"{_DOCUMENTS_CHANGED} documents changed, `coach index build` killed at a random moment, {kills} times; "
        "then a start, which must be ready and find what was changed",
        f"{kills} kills, {unfinished} before the build was over; {len(failures)} indexes broken or incomplete; "
        f"start to ready with the rest of the build {max(starts, default=0):.1f} s at most",
        tuple(failures),
    )


def _change(library: Path, chance: random.Random, word: str) -> None:
    """Add a sentence to some documents, so that their passages must be embedded anew."""
    for path in chance.sample(sorted((library / "guidance").glob("*.md")), _DOCUMENTS_CHANGED):
        path.write_text(path.read_text("utf-8").rstrip() + f" Ask each other about {word} once.\n", "utf-8")


async def _killed_build(place: Place, extra: dict[str, str], after_s: float) -> bool:
    """Start a build and kill it so long after its first sign of work; whether it was still at it."""
    process = await begin_command(place, "index", "build", extra=extra)
    assert process.stdout is not None
    try:
        await asyncio.wait_for(process.stdout.read(1), _EMBEDDING_S)
        await asyncio.sleep(after_s)
        alive = process.returncode is None
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
    return alive


async def _not_found(service: Service, word: str, token: str) -> list[str]:
    """Whether a search finds the sentence that was added last."""
    async with client_of(service) as client:
        found = await must(client, "GET", f"/v1/knowledge/search?q=ask+about+{word}&limit=20", token)
    return [] if any(word in hit["text"] for hit in found["items"]) else [f"a search does not find {word}"]
