"""`python -m evals.mutants [name …]`: breaks the coach in known ways; each must turn the gates red that it names.

Each mutation runs on the parts that should notice, in processes beside this one that break the coach, look, and undo
it again; cases are fewer than in a whole run. First the same parts run with nothing broken: they must be green.

Exit status 0: everything was noticed; 1: a mutant stayed green, or was not run; 2: no such mutation.
"""

import argparse
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import structlog

from evals import injection, made, plants, retrieval, themes, worst
from evals.__main__ import run_parts
from evals.baseline import read_baseline
from evals.library_index import forget_answers, shared_index
from evals.mutations import MUTATIONS, Mutation, Patch
from evals.pairs import read_pairs
from evals.parts import PartNotRun, registered
from evals.report import read_gates
from evals.results import Run

CONTROL = Mutation("nothing", "nothing is broken", (), None)
# Of the situations with a bad model every fourth is enough to notice that something is let through; there are five
# habits in turn, so that all of them are among these.
_EVERY_SITUATION = 4
_EVERY_PAIR = 3
_SERIES = 5

Outcome = Literal["caught", "survived", "broke off", "not run"]


@dataclass(frozen=True)
class Found:
    """What came of a mutation: which gates turned red, why, and in how many seconds."""

    mutation: Mutation
    outcome: Outcome
    red: Mapping[str, str]
    seconds: float = 0.0
    error: str | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutations that are named, or all, print the table and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals.mutants", description="Breaks the coach in known ways.")
    parser.add_argument("names", nargs="*", metavar="name", help="the mutations to run; all where none is named")
    parser.add_argument("--list", action="store_true", help="list the mutations and the gates that must turn red")
    parser.add_argument("--workers", type=int, default=2, help="processes at a time")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    by_name = {one.name: one for one in MUTATIONS}
    if options.serve:
        _serve(by_name)
        return 0
    if options.list:
        print("\n".join(f"{one.name}: {one.breaks} -> {', '.join(one.expects)}" for one in MUTATIONS))
        return 0
    if unknown := [name for name in options.names if name not in by_name]:
        sys.stderr.write(f"There is no mutation {unknown[0]!r}; --list shows them.\n")
        return 2
    chosen = [by_name[name] for name in options.names] or list(MUTATIONS)
    workers = Workers()
    try:
        found = run_all(chosen, workers.run, options.workers, _say)
    finally:
        workers.close()
    print("\n".join(table(found)))
    return 0 if all(one.outcome == "caught" for one in found) else 1


def run_all(
    mutations: Sequence[Mutation],
    run: Callable[[Mutation, Sequence[str]], dict[str, str]],
    workers: int = 1,
    say: Callable[[Found], object] = lambda found: None,
) -> list[Found]:
    """The control with the parts of all of these, then each of them; `run` gives the red gates with why."""
    parts = [part for one in mutations if one.apply for part in one.parts]
    control = _one(CONTROL, list(dict.fromkeys(parts)), run)
    say(control)
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        found = []
        for one in pool.map(lambda mutation: _one(mutation, mutation.parts, run), mutations):
            say(one)
            found.append(one)
    return [control, *found]


def _one(mutation: Mutation, parts: Sequence[str], run: Callable[[Mutation, Sequence[str]], dict[str, str]]) -> Found:
    if mutation.not_run is not None:
        return Found(mutation, "not run", {}, error=mutation.not_run)
    began = time.monotonic()
    try:
        red = run(mutation, parts) if parts else {}
    except (OSError, ValueError, PartNotRun, subprocess.SubprocessError) as error:
        return Found(mutation, "broke off", {}, time.monotonic() - began, str(error))
    return Found(mutation, outcome(mutation, red), red, time.monotonic() - began)


def outcome(mutation: Mutation, red: Mapping[str, str]) -> Outcome:
    """Caught where every gate that was named turned red; of the control, where none did."""
    if not mutation.expects:
        return "survived" if red else "caught"
    return "caught" if all(gate in red for gate in mutation.expects) else "survived"


class Workers:
    """A process for each thread that asks, which breaks one thing after the other and undoes it."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._all: list[subprocess.Popen[str]] = []

    def run(self, mutation: Mutation, parts: Sequence[str]) -> dict[str, str]:
        """The red gates of these parts with this one thing broken. Raises ValueError where the process broke off."""
        process: subprocess.Popen[str] | None = getattr(self._mine, "process", None)
        if process is None or process.poll() is not None:
            command = [sys.executable, "-m", "evals.mutants", "--serve"]
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
            self._mine.process = process
            self._all.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{json.dumps([mutation.name, list(parts)])}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise ValueError("its process broke off")
        told: dict[str, Any] = json.loads(answer)
        if told["error"] is not None:
            raise ValueError(told["error"])
        red: dict[str, str] = told["red"]
        return red

    def close(self) -> None:
        """Let the processes go."""
        for process in self._all:
            if process.stdin is not None:
                # One that was killed reads no more, and the others' outcomes are still to be told.
                with suppress(OSError):
                    process.stdin.close()
            process.wait()


def _serve(by_name: Mapping[str, Mutation]) -> None:
    """Take mutations from standard input, a line each, and answer with the gates that turned red."""
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
    )
    _shorten(setattr)
    with shared_index():
        for line in sys.stdin:
            name, parts = json.loads(line)
            error, red = None, {}
            try:
                red = red_gates(by_name.get(name, CONTROL), parts)
            except Exception as broken:
                error = f"{type(broken).__name__}: {broken}"
            print(json.dumps({"red": red, "error": error}), flush=True)


def red_gates(mutation: Mutation, parts: Sequence[str]) -> dict[str, str]:
    """Break it here and now, run the parts, undo it, and give each gate that did not pass with why."""
    known = registered()
    undo: list[tuple[Any, str, Any]] = []

    def patch(owner: Any, name: str, value: Any) -> None:
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    forget_answers()
    try:
        if mutation.apply is not None:
            mutation.apply(patch)
        run = run_parts([known[name] for name in parts], read_gates(), read_baseline(), some_cases=True)
        if broken := [f"{part.part}: {part.error}" for part in run.parts if part.error]:
            # What did not run noticed nothing.
            raise PartNotRun("; ".join(broken))
        return red_in(run)
    finally:
        for owner, name, value in reversed(undo):
            setattr(owner, name, value)
        forget_answers()


def red_in(run: Run) -> dict[str, str]:
    """Each gate of the run that did not pass, and why."""
    return {
        f"{part.part}.{one.metric}": one.red or part.error or "it judged no case"
        for part in run.parts
        for one in part.scores
        if one.verdict != "passed"
    }


def _shorten(patch: Patch) -> None:
    """Leave out what no gate is on, and most of many like cases; the rare kinds stay whole."""
    situations, pairs, tallies = worst.situations, read_pairs, plants.tallies
    every_pair = pairs()
    some_pairs = tuple(
        pair for place, pair in enumerate(every_pair) if pair.traits != ("plain",) or not place % _EVERY_PAIR
    )
    some = dict(list(situations().items())[::_EVERY_SITUATION])
    for part in (worst, injection):
        patch(part, "situations", lambda: some)
    patch(made, "read_pairs", lambda: some_pairs)
    patch(made, "_SERIES_OF", _SERIES)
    patch(plants, "tallies", lambda drafts, **library: tallies(drafts, ("sixth", "heldout"), **library))
    patch(themes, "_beside", lambda *args: iter(()))
    patch(retrieval, "_notes", lambda *args: iter(()))

    async def nothing(*args: Any) -> list[str]:
        return []

    patch(retrieval, "_found", nothing)
    patch(retrieval, "_as_used", lambda *args: [])
    patch(retrieval, "_right_documents", lambda *args: iter(()))


def table(found: Sequence[Found]) -> Iterator[str]:
    """A row for each mutation, and what is to be done about those that stayed green."""
    wide = max(len(one.mutation.name) for one in found)
    yield f"{'broken':<{wide}}  {'outcome':<9}  {'s':>4}  gates that must turn red, and what did"
    for one in found:
        gates = ", ".join(f"{gate}{'' if gate in one.red else ' (GREEN)'}" for gate in one.mutation.expects)
        more = [gate for gate in one.red if gate not in one.mutation.expects]
        also = f"; also {', '.join(more)}" if more else ""
        shown = one.error if one.error else f"{gates}{also}" or "none"
        yield f"{one.mutation.name:<{wide}}  {one.outcome:<9}  {one.seconds:>4.0f}  {shown}"
    run = [one for one in found if one.mutation is not CONTROL and one.outcome != "not run"]
    caught = sum(one.outcome == "caught" for one in run)
    yield f"{caught} of {len(run)} mutants caught, {len(found) - 1 - len(run)} not run"
    if found[0].outcome != "caught":
        yield f"Nothing was broken, and these gates are red: {', '.join(found[0].red) or found[0].error}"


def _say(found: Found) -> None:
    sys.stderr.write(f"mutants: {found.mutation.name}: {found.outcome}, {found.seconds:.0f} s\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
