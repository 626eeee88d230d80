"""`python -m evals [part] [--json]`: the offline evals, each metric against its gate in `gates.toml`.

Exit status 0: every gate was reached; 1: one was not, or something was not run; 2: no such part.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from coach.errors import CoachError
from coach.settings import Settings
from evals.parts import PartNotRun, registered
from evals.report import Gates, PartResult, as_json, judge, not_run, read_gates, table


def main(arguments: Sequence[str] | None = None, gates: Gates | None = None) -> int:
    """Run the parts that the arguments name, print the results and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evals", description="The offline evals of the session coach.")
    parser.add_argument("part", nargs="?", help="the part to run; all of them where none is named")
    parser.add_argument("--beir", type=Path, metavar="FOLDER", help="with retrieval: a collection in BEIR form")
    parser.add_argument(
        "--comments", type=Path, metavar="FILE", help="with themes: rows of {text, themes} to measure on"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    options = parser.parse_args(arguments)

    parts = registered()
    if options.part is not None and options.part not in parts:
        sys.stderr.write(f"There is no part {options.part!r}; the parts are {', '.join(parts)}.\n")
        return 2
    if options.beir is not None:
        if options.part != "retrieval":
            sys.stderr.write("--beir goes with the part retrieval: python -m evals retrieval --beir FOLDER\n")
            return 2
        return _beir(options.beir)
    if options.comments is not None:
        if options.part != "themes":
            sys.stderr.write("--comments goes with the part themes: python -m evals themes --comments FILE.jsonl\n")
            return 2
        return _comments(options.comments)
    try:
        gates = read_gates() if gates is None else gates
    except PartNotRun as error:
        sys.stderr.write(f"{error}\n")
        return 1

    results: list[PartResult] = []
    for part in parts.values() if options.part is None else [parts[options.part]]:
        sys.stderr.write(f"evals: {part.name}, {part.about}\n")
        try:
            results.append(judge(part, part.run(), gates))
        except (CoachError, PartNotRun) as error:
            results.append(not_run(part, error, gates))
    print(json.dumps(as_json(results), indent=2, ensure_ascii=False) if options.json else table(results))
    return 0 if results and all(result.passed for result in results) else 1


def _beir(folder: Path) -> int:
    from evals.retrieval import run_beir

    try:
        figures = run_beir(folder, Settings(), sys.stderr.write)
    except (CoachError, PartNotRun) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"nDCG@10: {figures['both']:.4f}")
    print(f"for comparison, BM25 alone {figures['words']:.4f} and dense alone {figures['meaning']:.4f}")
    return 0


def _comments(file: Path) -> int:
    from evals.themes import run_comments

    try:
        lines = list(run_comments(file, Settings(), sys.stderr.write))
    except (CoachError, PartNotRun) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    # Standard output is for the results alone.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sys.exit(main())
