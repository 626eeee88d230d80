"""`python -m evals.chaos`: break what the service stands on, and see what becomes of what it promised.

Only loopback traffic; everything is written to a temporary folder and removed. Exit status 1 when one experiment fails.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from coach.settings import Settings
from evals.chaos.experiments import EXPERIMENTS, Experiment
from evals.chaos.lab import Lab
from evals.chaos.outcome import CannotRun, Outcome, markdown
from evals.library_index import library_index

# What is not timed runs so many at once: most of its time goes into starting a process, on one processor.
_AT_ONCE = 2


async def run(lab: Lab, experiments: Sequence[Experiment]) -> list[Outcome]:
    """Every experiment: what is not timed beside each other, then the rest in turn. In the order given."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(experiment: Experiment) -> tuple[Experiment, Outcome]:
        async with free:
            return experiment, await _tried(lab, experiment)

    done = dict(await asyncio.gather(*(in_turn(one) for one in experiments if not one.timed)))
    for experiment in experiments:
        if experiment.timed:
            done[experiment] = await _tried(lab, experiment)
    return [done[experiment] for experiment in experiments]


async def _tried(lab: Lab, experiment: Experiment) -> Outcome:
    """One experiment; where it breaks down it counts as failed."""
    lab.say(f"--- {experiment.name}")
    began = time.monotonic()
    try:
        outcome = await experiment.run(lab, experiment.name)
    except CannotRun as missing:
        outcome = Outcome(experiment.name, experiment.about, "", not_run=f"not run: {missing}")
    except Exception as error:
        # Whatever it is, it is a row of the table, and the other experiments still run.
        outcome = Outcome(experiment.name, experiment.about, "", (f"{type(error).__name__}: {error}",))
    outcome = replace(outcome, seconds=time.monotonic() - began)
    said = f"{outcome.seen} {' | '.join(outcome.failures[:3])}"
    lab.say(f"{outcome.verdict} in {outcome.seconds:.0f} s: {outcome.name}. {said}")
    return outcome


def main() -> int:
    """Run, print the table, and write it where it was asked for; 1 when an experiment failed."""
    parser = argparse.ArgumentParser(prog="python -m evals.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="how often a process is killed, all experiments together")
    parser.add_argument("--soak-seconds", type=float, default=150, help="how long the mixed load lasts")
    parser.add_argument("--seed", type=int, default=7, help="of every random choice")
    parser.add_argument("--only", metavar="WORD", help="the experiments whose name holds this word")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="also write the table here")
    given = parser.parse_args()
    chosen = [one for one in EXPERIMENTS if given.only is None or given.only in one.name]
    if not chosen:
        parser.error(f"no experiment's name holds {given.only!r}: {', '.join(one.name for one in EXPERIMENTS)}")
    # A plain end would leave the servers running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-chaos-")))
        with library_index(Settings()):
            pass
        index = folder / "index"
        shutil.copytree(Settings().data_dir / "evals-index", index)
        lab = Lab(folder, index, given.kills, given.soak_seconds, given.seed)
        outcomes = asyncio.run(run(lab, chosen))
    text = markdown(outcomes, _command(given), lab.seconds)
    print(text)
    if given.markdown:
        given.markdown.write_text(text, "utf-8")
    return 1 if any(one.verdict == "failed" for one in outcomes) else 0


def _command(given: argparse.Namespace) -> str:
    """What repeats this run; where its table goes is left out."""
    sizes = f"--kills {given.kills} --soak-seconds {given.soak_seconds:g} --seed {given.seed}"
    return f"python -m evals.chaos {sizes}" + (f" --only '{given.only}'" if given.only else "")


if __name__ == "__main__":
    raise SystemExit(main())
