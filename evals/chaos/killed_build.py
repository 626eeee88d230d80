"""`coach index build`, killed at one named step of it.

`python -m evals.chaos.killed_build NUMBER DELAY_S FILE`: the number is that of the step in `STEPS`, counted from 0.
Where it is a call that is killed while it lasts, the delay is from its beginning on; if it was over before, FILE is
made.
"""

import functools
import importlib
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

_CLIENT, _COLLECTION = "chromadb.api.client:Client", "chromadb.api.models.Collection:Collection"
# So few that the smallest library takes several parts.
_WRITE_BATCH = 100


@dataclass(frozen=True)
class Step:
    """Where in a build: before, during or after the `nth` call of this name that `coach.retrieval.index` makes.

    `serves` is the index that must be served from then on: the one before, the new one, or either where the call itself
    is what decides.
    """

    name: str
    owner: str
    call: str
    moment: Literal["before", "during", "after"]
    serves: Literal["old", "new", "either"]
    nth: int = 1


# The swap comes first: a short run has it too.
STEPS = (
    Step("while the pointer moves", _COLLECTION, "modify", "during", "either"),
    Step("after the pointer has moved", _COLLECTION, "modify", "after", "new"),
    Step("before the pointer moves", _COLLECTION, "modify", "before", "either"),
    Step("filled, not yet pointed to", _CLIENT, "get_or_create_collection", "before", "old"),
    Step("while the pointer is looked up", _CLIENT, "get_or_create_collection", "during", "either"),
    Step("while passages are written", _COLLECTION, "add", "during", "old", nth=2),
    Step("half of the passages written", _COLLECTION, "add", "after", "old", nth=3),
    Step("while passages are embedded", "coach.retrieval.embed:Embedder", "encode_passages", "during", "old"),
    Step("while the new collection is made", _CLIENT, "create_collection", "during", "old"),
    Step("while an older index is removed", _CLIENT, "delete_collection", "during", "new"),
)


def main() -> None:
    """Put the kill into its place, then be `coach index build`."""
    number, delay_s, file = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    step = STEPS[number]
    module, _, name = step.owner.partition(":")
    owner = getattr(importlib.import_module(module), name)
    real = getattr(owner, step.call)
    importlib.import_module("coach.retrieval.index")._WRITE_BATCH = _WRITE_BATCH  # type: ignore[attr-defined]
    calls = iter(range(1, sys.maxsize))

    @functools.wraps(real)
    def call(*arguments: Any, **named: Any) -> Any:
        if next(calls) != step.nth:
            return real(*arguments, **named)
        if step.moment == "before":
            _die()
        if step.moment == "during":
            _die_after(delay_s)
        made = real(*arguments, **named)
        if step.moment == "during":
            file.touch()
            signal.pause()
        _die()
        return made

    def batches(*arguments: Any, **named: Any) -> Iterator[Any]:
        for batch in real(*arguments, **named):
            _die()
            yield batch

    setattr(owner, step.call, batches if step.call == "encode_passages" else call)
    sys.argv = ["coach", "index", "build"]
    runpy.run_module("coach", run_name="__main__", alter_sys=True)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_after(seconds: float) -> None:
    """Be killed from outside so much later, in whatever this process is by then, be it Chroma's own code."""
    victim = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        os.kill(victim, signal.SIGKILL)
        os._exit(0)


if __name__ == "__main__":
    main()
