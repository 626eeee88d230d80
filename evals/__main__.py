"""`python -m evals [part …]`: the offline evals, each metric against its gate in `gates.toml`.

`python -m evals accept` makes a run that passed the baseline; `python -m evals compare A.json B.json` compares two.

Exit status 0: every gate was reached; 1: one was not, or something was not run; 2: the arguments do not go together.
"""

import signal

if __name__ == "__main__":
    # What is imported below takes seconds, and whoever stops meanwhile wants no pages of what was on its way.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import json
import logging
import shlex
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path

import structlog

from coach.errors import CoachError
from coach.llm import CircuitBreaker, OpenAIModel
from coach.settings import Settings
from evals.baseline import ACCEPTED, Baseline, accept, read_baseline, write_baseline
from evals.compare import comparison
from evals.library_index import shared_index
from evals.markdown import as_markdown
from evals.page import as_page
from evals.parts import ALIASES, Part, PartNotRun, registered
from evals.progress import begin
from evals.replies import FOLDER, CountingModel, RecordedModel, RecordingModel, estimate, recorded_before
from evals.report import Gates, judge, not_run, read_gates, table
from evals.results import PartResult, Run, Times, as_json, read_run
from evals.whole_files import write_whole
from evals.writers import Writer, only_agendas, written_by

_FORMS: dict[str, Callable[[Run], str]] = {"json": as_json, "markdown": as_markdown, "html": as_page}


def main(arguments: Sequence[str] | None = None, gates: Gates | None = None, baseline: Baseline | None = None) -> int:
    """Do what the arguments say, print the results and return the exit status.

    Where gates or a baseline are given, they stand for those of the files.
    """
    options = _parser().parse_args(arguments)
    if _prints_alone(options) and any(getattr(options, option) is not None for option in (*_FORMS, "show")):
        sys.stderr.write(
            "compare, --beir and --comments print what they find, without --json, --markdown, --html, --show.\n"
        )
        return 2
    if options.parts[:1] == ["compare"]:
        return _compare([Path(name) for name in options.parts[1:]])
    parts = registered()
    accepting = options.parts[:1] == ["accept"]
    called = options.parts[1:] if accepting else options.parts
    names = list(dict.fromkeys(ALIASES.get(name, name) for name in called))
    if (reason := _unfit(options, parts, called, accepting) or _unwritable(options)) is not None:
        sys.stderr.write(f"{reason}\n")
        return 2
    if options.beir is not None or options.comments is not None:
        return _beir(options.beir) if options.beir is not None else _comments(options.comments)
    try:
        gates = read_gates() if gates is None else gates
        _check_gates(gates, parts)
        baseline = read_baseline(required=not accepting) if baseline is None else baseline
    except PartNotRun as error:
        sys.stderr.write(f"{error}\n")
        return 1
    chosen = [parts[name] for name in names] or list(parts.values())
    if options.recorded is not None or options.live:
        return _with_a_model(options, parts["agendas"], names, gates)
    run = run_parts(chosen, gates, baseline, options.show)
    written = _write(run, options)
    if accepting:
        return _accept(run, baseline, options.because)
    return 0 if run.passed and written else 1


def command() -> int:
    """What `main` does, and where somebody stops it, one sentence and the status that a shell knows for that."""
    try:
        return main()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped: nothing was finished, so nothing has passed, and nothing was written.\n")
        return 130


def run_parts(
    parts: Sequence[Part], gates: Gates, baseline: Baseline, show: str | None = None, *, some_cases: bool = False
) -> Run:
    """Run the parts one after the other over one index; progress goes to standard error.

    With `some_cases` those of the baseline that are not among them do not count as not run.
    """
    results: list[PartResult] = []
    times: dict[str, Times] = {}
    with shared_index():
        for part in parts:
            watch = begin(part.name)
            cases: dict[str, float] = {}
            try:
                report = part.run()
                # What was made for all cases at once was not timed one by one.
                cases = {case.name: watch.seconds[case.name] for case in report.cases if case.name in watch.seconds}
                result = judge(part, report, gates, baseline, show, some_cases=some_cases)
            except (CoachError, PartNotRun) as error:
                result = not_run(part, error, gates)
            except Exception as error:
                # The other parts still tell what they find; whoever mends this one needs to know where it broke.
                traceback.print_exc()
                result = not_run(part, PartNotRun(f"it broke off: {type(error).__name__}: {error}"), gates)
            results.append(result)
            outcome = "not run" if result.error else "passed" if result.passed else "failed"
            watch.close(len(result.cases), outcome)
            rounded = {case: round(seconds, 4) for case, seconds in cases.items()}
            times[part.name] = Times(whole=round(watch.whole, 3), cases=rounded)
    return Run(parts=tuple(results), times=times)


def _with_a_model(options: argparse.Namespace, agendas: Part, names: Sequence[str], gates: Gates) -> int:
    """The part `agendas` with a model's words: what the composer's baseline says is then no measure."""
    try:
        only_agendas(names)
        by = _recorded(options.recorded) if options.recorded is not None else _live(options, agendas)
        if by is None:
            return 2
        with written_by(by):
            run = run_parts([agendas], gates, Baseline(), options.show)
        if isinstance(by.model, RecordingModel) and all(part.error is None for part in run.parts):
            by.model.finish()
    except (CoachError, PartNotRun, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    kept = options.recorded if options.recorded is not None else options.record
    again = None if kept is None else f" --recorded {shlex.quote(str(kept))}"
    run = run.model_copy(update={"mode": by.mode, "writer": by.model.name if by.model else None, "again": again})
    written = _write(run, options)
    return 0 if run.passed and written else 1


def _recorded(name: str) -> Writer:
    known = FOLDER / f"{name}.jsonl"
    file = known if known.exists() else Path(name)
    if not file.exists():
        kept = ", ".join(sorted(one.stem for one in FOLDER.glob("*.jsonl"))) or "none"
        raise PartNotRun(
            f"There is no recording {name!r}, neither a file nor among those kept here: {kept}. "
            "--live --record FILE makes one."
        )
    recorded = RecordedModel(file)
    return Writer("recorded", recorded, Settings().llm_timeout_s, cases=recorded.cases)


def _live(options: argparse.Namespace, agendas: Part) -> Writer | None:
    """The model that is set, after the estimate of what it costs; None where nobody agreed to that yet."""
    settings = Settings()
    if settings.llm_model is None:
        raise PartNotRun("--live asks the model of COACH_LLM_MODEL at COACH_LLM_BASE_URL; none is set.")
    cases = None if options.cases is None else _first(options.cases)
    known = (
        {} if options.record is None else recorded_before(options.record, settings.llm_model, settings.llm_timeout_s)
    )
    with shared_index():
        counting, grading = CountingModel(known), CountingModel() if options.judge else None
        with written_by(Writer("live", counting, judge=grading, cases=cases)):
            agendas.run()
    sys.stderr.write(f"{settings.llm_model}, {estimate(counting, options.prices, grading)}\n")
    if not options.yes:
        sys.stderr.write("Nothing was asked yet. Add --yes to go on.\n")
        return None
    # Each agenda has its try, whatever came of those before it.
    asked = OpenAIModel(settings, CircuitBreaker(failures=sys.maxsize))
    model = asked if options.record is None else RecordingModel(asked, options.record, settings.llm_timeout_s, cases)
    return Writer("live", model, settings.llm_timeout_s, asked if options.judge else None, cases)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="The offline evals of the session coach.")
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="part",
        help=f"the parts to run, all where none is named: {', '.join(registered())}; `accept` before them makes a run "
        "that passed the baseline; `compare A.json B.json` compares two runs",
    )
    parser.add_argument("--beir", type=Path, metavar="FOLDER", help="with retrieval: a collection in BEIR form")
    parser.add_argument(
        "--comments", type=Path, metavar="FILE", help="with themes: rows of {text, themes} to measure on"
    )
    parser.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="the results as JSON, to print or to a file"
    )
    parser.add_argument("--markdown", nargs="?", const="-", metavar="FILE", help="a summary for a pull request")
    parser.add_argument("--html", metavar="FILE", help="a report in one file, with plots and the worst cases in full")
    parser.add_argument("--recorded", metavar="NAME", help="agendas from recorded replies, evals/recorded/NAME.jsonl")
    parser.add_argument("--live", action="store_true", help="agendas from the model of COACH_LLM_MODEL")
    parser.add_argument("--yes", action="store_true", help="with --live: go on after the estimate of what it costs")
    parser.add_argument(
        "--prices", nargs=2, type=float, metavar=("IN", "OUT"), help="with --live: prices for a million tokens"
    )
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="with --live: keep the replies in this file; what it has already is not asked again, so that a run that "
        "was stopped goes on",
    )
    parser.add_argument(
        "--cases", type=_number, metavar="N", help="with --live: only the first N pairs; a recording is then of these"
    )
    parser.add_argument("--judge", action="store_true", help="with --live: the model also grades each agenda, no gate")
    parser.add_argument("--show", metavar="METRIC", help="the cases that this metric did not pass, or of this name")
    parser.add_argument("--because", metavar="WHY", help="with accept: why a drop against the baseline is accepted")
    return parser


def _first(number: int) -> tuple[str, ...]:
    from evals import agendas

    return tuple(case.name or "" for case in agendas.read_dataset().cases[:number])


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("say how many, 1 or more")
    return int(text)


def _unfit(
    options: argparse.Namespace, parts: Mapping[str, Part], called: Sequence[str], accepting: bool
) -> str | None:
    """What in the arguments does not go together."""
    for name in called:
        if name not in {*parts, *ALIASES}:
            return f"There is no part {name!r}; the parts are {', '.join(parts)}."
    for option in _FORMS:
        if str(getattr(options, option)) in {*parts, *ALIASES}:
            return f"Name the parts before --{option}, which takes the name of a file."
    for option, part in (("beir", "retrieval"), ("comments", "themes")):
        if getattr(options, option) is not None and called != [part]:
            return f"--{option} goes with the part {part}: python -m evals {part} --{option} PATH"
    if options.json == options.markdown == "-":
        return "--json and --markdown cannot both be printed. Give one of them a file."
    if options.live and options.recorded is not None:
        return "--live asks the model and --recorded does not. Name one of them."
    if (options.yes or options.record or options.judge or options.prices or options.cases) and not options.live:
        return "--yes, --prices, --cases, --record and --judge go with --live."
    if options.because is not None and not accepting:
        return '--because goes with accept: python -m evals accept PART --because "why"'
    if accepting and (options.live or options.recorded is not None):
        return "A baseline is the composer's: accept goes without --live and --recorded."
    return None


def _prints_alone(options: argparse.Namespace) -> bool:
    return options.parts[:1] == ["compare"] or options.beir is not None or options.comments is not None


def _check_gates(gates: Gates, parts: Mapping[str, Part]) -> None:
    """Raises PartNotRun where a gate is on something that nothing measures: it would be open for good."""
    measured = {(name, metric.metric()) for name, part in parts.items() for metric in part.metrics}
    if stray := [
        f"[{part}.{metric}]" for part, named in gates.items() for metric in named if (part, metric) not in measured
    ]:
        raise PartNotRun(f"gates.toml has {', '.join(stray)}, and nothing measures that. Is the name misspelt?")


def _unwritable(options: argparse.Namespace) -> str | None:
    """Why a file that was asked for could not be written, found out before minutes are spent; makes its folder."""
    for option in _FORMS:
        target = getattr(options, option)
        if target is None or target == "-":
            continue
        try:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            if Path(target).is_dir():
                return f"--{option} {target} is a folder. Name a file."
            if not Path(target).exists() or Path(target).is_file():
                tempfile.TemporaryFile(dir=Path(target).resolve().parent).close()
        except OSError as error:
            return f"--{option} {target} cannot be written: {error.strerror}."
    return None


def _write(run: Run, options: argparse.Namespace) -> bool:
    """Each form that was asked for to its file, or to standard output; without one, the table there.

    Whether all could be written.
    """
    printed, written = False, True
    for option, form in _FORMS.items():
        target = getattr(options, option)
        if target == "-":
            written &= _printed(form(run))
            printed = True
        elif target is not None:
            try:
                write_whole(Path(target), f"{form(run)}\n")
            except OSError as error:
                left = " What stands there is of an earlier run." if Path(target).exists() else ""
                sys.stderr.write(f"--{option} {target} was not written: {error.strerror}.{left}\n")
                written = False
    if not printed:
        written &= _printed(table(run.parts, run.again))
        if options.show is not None:
            written &= _printed("\n".join(_in_full(run)) or _nothing_to_show(run, options.show))
    return written


def _printed(text: str) -> bool:
    try:
        print(text, flush=True)
    except OSError as error:
        sys.stderr.write(f"The results could not be printed as a whole: {error.strerror}.\n")
        return False
    return True


def _nothing_to_show(run: Run, show: str) -> str:
    metrics = [one.metric for part in run.parts for one in part.scores]
    if show in metrics:
        return f"\nNo case to show: none that {show} judged fell short."
    return f"\nNo case to show: {show!r} is in no case's name, and no metric. The metrics are {', '.join(metrics)}."


def _in_full(run: Run) -> Iterator[str]:
    for part in run.parts:
        for one in part.shown:
            yield f"\n{part.part}: {one.case}"
            yield from (f"  {fault}" for fault in one.faults)
            for title, value in (("input", one.input), ("output", one.output)):
                yield f"{title}: {json.dumps(value, indent=1, ensure_ascii=False)}"


def _compare(files: Sequence[Path]) -> int:
    if len(files) != 2:
        sys.stderr.write("Name two runs: python -m evals compare A.json B.json\n")
        return 2
    try:
        first, second = map(read_run, files)
        print(comparison(first, second))
    except PartNotRun as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _accept(run: Run, before: Baseline, because: str | None) -> int:
    try:
        write_baseline(accept(run, before, because))
    except (PartNotRun, OSError) as error:
        sys.stderr.write(f"Nothing was accepted. {error}\n")
        return 1
    sys.stderr.write(f"Accepted: {ACCEPTED}\n")
    return 0


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
    # Half a sign in what a model wrote must not cost the results of a whole run.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    # Standard output is for the results alone, and what falls back on purpose is no news.
    structlog.configure(
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
    )
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    sys.exit(command())
