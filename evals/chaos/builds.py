"""SIGKILL at each step of an index build: what is served then, and what the next start makes of it."""

import asyncio
import random
import shutil
import signal
import tempfile
from pathlib import Path

import numpy as np

from coach.errors import IndexUnavailable
from coach.retrieval.index import Index, IndexStatus
from evals.bench.servers import REPOSITORY
from evals.chaos.killed_build import STEPS, Step
from evals.chaos.lab import Lab
from evals.chaos.outcome import ChaosError, Outcome
from evals.chaos.processes import Place, Service, client_of, run_command, run_python
from evals.chaos.world import admin_token, must

# How long the calls take that are killed while they last depends on the machine: moments of every size are tried.
_SOONEST_S, _LATEST_S = 0.00005, 0.02
_DOCUMENTS_CHANGED = 3
# Of the packaged model's vectors.
_DIMENSIONS = 384


async def kill_in_builds(lab: Lab, name: str, kills: int) -> Outcome:
    """Kill a build over a ready index at one step after the other; then start, which must serve the new library."""
    chance, failures, within = lab.random(name), [], 0
    with lab.place() as place:
        library = place.folder / "knowledge"
        shutil.copytree(REPOSITORY / "knowledge", library)
        extra = {"COACH_KNOWLEDGE_DIR": str(library)}
        starts, token = [], ""
        served = await asyncio.to_thread(serving, place)
        for number in range(kills):
            step, word = STEPS[number % len(STEPS)], f"Zanzibar{number}"
            lab.say(f"{name}: kill {number + 1} of {kills}, {step.name}")
            change_library(library, chance, word)
            within += await _killed_build(place, extra, step, _SOONEST_S * (_LATEST_S / _SOONEST_S) ** chance.random())
            left = await asyncio.to_thread(serving, place)
            with Service(place, extra) as service:
                starts.append(await service.ready())
                token = token or await admin_token(service)
                failures += await _not_found(service, word, token)
            healed = await asyncio.to_thread(serving, place)
            failures += wrong_with_index(step, served, left, healed)
            served = healed
        status, printed = await run_command(place, "index", "status", extra=extra)
        if status != 0:
            failures.append(f"coach index status ended with {status}: {printed[-300:]}")
    during = sum(STEPS[number % len(STEPS)].moment == "during" for number in range(kills))
    return Outcome(
        name,
        f"{_DOCUMENTS_CHANGED} documents changed, `coach index build` killed {kills} times, at "
        f"{min(kills, len(STEPS))} steps by name: {'; '.join(step.name for step in STEPS[:kills])}. A copy of what is "
        "left must serve the index before or the new one, whole, as the step demands; then a start, which must be "
        "ready and find what was changed",
        f"{kills} kills, {during} of them aimed at the inside of a call and {within} of these within it, the others "
        f"just after it; {len(failures)} indexes broken or incomplete; start to ready with the rest of the build "
        f"{max(starts, default=0):.1f} s at most",
        tuple(failures),
    )


def wrong_with_index(step: Step, before: IndexStatus, left: IndexStatus, healed: IndexStatus) -> list[str]:
    """What is not as it must be: the index before the build, the one that the kill left, the one after a start."""
    found = []
    if healed.version in {None, before.version}:
        found.append(f"{step.name}: the next start did not build the new index")
    allowed = {"old": (before,), "new": (healed,), "either": (before, healed)}[step.serves]
    if (left.version, left.passages) not in {(one.version, one.passages) for one in allowed}:
        found.append(f"{step.name}: the index left is {left.version} of {left.passages}, not the {step.serves} one")
    return found


def serving(place: Place) -> IndexStatus:
    """What the index of a place would serve as it is, of a copy; version None where that is nothing. Blocks."""
    # Chroma keeps what it opened under a path for the life of the process: each look has a path of its own.
    with tempfile.TemporaryDirectory(prefix="coach-chaos-index-") as folder:
        copied = Path(folder) / "chroma"
        shutil.copytree(place.data_dir / "chroma", copied)
        try:
            index = Index.open(folder=copied)
        except IndexUnavailable:
            return IndexStatus(None, 0, None, None)
        try:
            status = index.status()
            anything = np.full(_DIMENSIONS, _DIMENSIONS**-0.5, dtype=np.float32)
            (hits,) = index.query([anything], min(5, status.passages))
            return status if len(hits) == min(5, status.passages) else IndexStatus(None, 0, None, None)
        except IndexUnavailable:
            return IndexStatus(None, 0, None, None)
        finally:
            index.close()


def change_library(library: Path, chance: random.Random, word: str, count: int = _DOCUMENTS_CHANGED) -> None:
    """Add a sentence to so many documents, so that their passages must be embedded anew."""
    for path in chance.sample(sorted((library / "guidance").glob("*.md")), count):
        path.write_text(path.read_text("utf-8").rstrip() + f" Ask each other about {word} once.\n", "utf-8")


async def _killed_build(place: Place, extra: dict[str, str], step: Step, delay_s: float) -> bool:
    """Build until the kill; whether it fell within a call that it was aimed at. Raises ChaosError where none fell."""
    over = place.folder / "over"
    over.unlink(missing_ok=True)
    arguments = ("-m", "evals.chaos.killed_build", str(STEPS.index(step)), f"{delay_s:.6f}", str(over))
    status, printed = await run_python(place, *arguments, extra=extra)
    if status != -signal.SIGKILL:
        raise ChaosError(f"{step.name}: the build came through with {status}: {printed[-300:]}")
    return step.moment == "during" and not over.exists()


async def _not_found(service: Service, word: str, token: str) -> list[str]:
    """Whether a search finds the sentence that was added last."""
    async with client_of(service) as client:
        found = await must(client, "GET", f"/v1/knowledge/search?q=ask+about+{word}&limit=20", token)
    return [] if any(word in hit["text"] for hit in found["items"]) else [f"a search does not find {word}"]
