"""`python -m evals.bench.composer`: what an agenda costs without a model, and whether memory stays flat over many.

The agendas are those of the pairs in `datasets/pairs`, again and again. Their questions are embedded before the clock
runs, so what is timed is planning, searching, choosing, composing and both preps.
"""

import argparse
import asyncio
import gc
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from coach.agenda.pipeline import AgendaMaker, briefing_for
from coach.agenda.questions import questions
from coach.settings import Settings
from evals.bench.load import percentile
from evals.library_index import library_index
from evals.pairs import read_pairs

# What is wanted: at the median, besides embedding.
MOST_MILLISECONDS = 12.0
# The first agendas fill caches; memory is looked at from here on.
_WARM_UP = 1_000
_LOOK_EVERY = 250


def resident_mib() -> float:
    """The memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


async def measure(count: int) -> dict[str, float]:
    """Make so many agendas in a row; milliseconds at the median and the 99th percentile, and MiB by 1,000 agendas."""
    pairs = read_pairs()
    with library_index(Settings()) as search:
        maker = AgendaMaker(search, model=None, timeout_s=1)
        briefings = [await briefing_for(pair.facts(), search) for pair in pairs]
        for briefing in briefings:
            await search.warm(questions(briefing.brief))
        took: list[float] = []
        looks: list[tuple[int, float]] = []
        for number in range(count):
            briefing = briefings[number % len(briefings)]
            began = time.perf_counter()
            await maker.make(briefing, "pair", "program")
            took.append(1000 * (time.perf_counter() - began))
            if number >= _WARM_UP and number % _LOOK_EVERY == 0:
                gc.collect()
                looks.append((number, resident_mib()))
                sys.stderr.write(f"\r{number} of {count}, {looks[-1][1]:.0f} MiB")
        sys.stderr.write("\n")
    numbers, held = zip(*looks, strict=True)
    return {
        "agendas": count,
        "p50_ms": statistics.median(took),
        "p99_ms": percentile(took, 99),
        "mib": held[-1],
        "mib_by_1000": float(np.polyfit(np.array(numbers) / 1000, held, 1)[0]),
    }


def main() -> int:
    """Measure, print a line, and return 1 where the median is above what is wanted."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.composer", description=__doc__)
    parser.add_argument("--agendas", type=int, default=10_000, help="how many in a row (10,000)")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    given = parser.parse_args()
    if given.agendas < _WARM_UP + 2 * _LOOK_EVERY:
        parser.error(f"at least {_WARM_UP + 2 * _LOOK_EVERY} agendas, or memory cannot be judged")
    figures = asyncio.run(measure(given.agendas))
    print(f"{figures['agendas']:,} agendas by the composer, besides embedding (wanted: {MOST_MILLISECONDS:g} ms):")
    print(f"p50 {figures['p50_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms")
    print(f"{figures['mib']:.0f} MiB held, {figures['mib_by_1000']:+.2f} MiB by 1,000 agendas")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0 if figures["p50_ms"] <= MOST_MILLISECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
