"""`python -m evals` as a command: how it ends, what it writes, what it refuses, and how it is stopped."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic_evals.reporting import EvaluationReport

from coach.errors import IndexUnavailable
from evals.__main__ import command, main
from evals.baseline import read_baseline
from evals.parts import PartNotRun, register
from evals.report import not_run
from evals.results import Gate, Run, as_json
from tests.evals.small_numbers import gates_at, small


def test_the_command_ends_well_when_every_gate_is_reached(only: Any, capsys: pytest.CaptureFixture[str]) -> None:
    only(small(1, 2))
    assert main([], gates_at(1.0)) == 0
    assert "is-small        2/2   1.000  1.000 – 1.000   100%        -  passed" in capsys.readouterr().out


def test_a_gate_that_is_missed_ends_with_1_and_names_metric_and_cases(
    only: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    only(small(1, 3, 4))
    assert main(["numbers"], gates_at(0.9)) == 1
    shown = capsys.readouterr().out
    assert "numbers is-small failed: 1 of 3 cases passed, the gate asks for 90%." in shown
    assert "number 3: 6 is not small" in shown
    assert "number 4: 8 is not small" in shown
    assert "python -m evals numbers" in shown


@pytest.mark.parametrize("error", [PartNotRun("no cases"), IndexUnavailable("no index")])
def test_a_part_that_cannot_run_ends_with_1_and_is_not_passed(
    only: Any, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail() -> EvaluationReport[Any, Any, Any]:
        raise error

    only(replace(small(), run=fail))
    assert main([], gates_at(0.5)) == 1
    shown = capsys.readouterr().out
    assert f"Not run: {error}" in shown
    assert "not run" in shown.splitlines()[2]


def test_a_part_that_breaks_off_is_not_run_and_the_others_still_tell(
    only: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> EvaluationReport[Any, Any, Any]:
        raise KeyError("forty")

    only(replace(small(), name="broken", run=fail))
    register(small(1))
    gates = {**gates_at(0.5), "broken": gates_at(0.5)["numbers"]}
    assert main([], gates) == 1
    told = capsys.readouterr()
    assert "Not run: it broke off: KeyError: 'forty'" in told.out
    assert "numbers: 1 cases" in told.out
    assert "Traceback" in told.err


@pytest.mark.parametrize(("part", "metric"), [("numbers", "is-smal"), ("nubmers", "is-small")])
def test_a_gate_on_what_nothing_measures_has_not_passed(
    only: Any, capsys: pytest.CaptureFixture[str], part: str, metric: str
) -> None:
    only(small(1))
    gates = {"numbers": dict(gates_at(0.5)["numbers"])}
    gates.setdefault(part, {})[metric] = Gate(floor=0.5)
    assert main([], gates) == 1
    assert f"[{part}.{metric}]" in capsys.readouterr().err


def test_without_an_accepted_baseline_no_drop_is_noticed_so_nothing_is_run(
    only: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only(small(1))
    monkeypatch.setattr("evals.__main__.read_baseline", partial(read_baseline, tmp_path / "gone.json"))
    assert main([], gates_at(0.5)) == 1
    assert "gone.json is missing" in capsys.readouterr().err


def test_a_part_that_is_named_twice_is_run_once(only: Any, capsys: pytest.CaptureFixture[str]) -> None:
    only(small(1))
    assert main(["numbers", "numbers"], gates_at(0.5)) == 0
    assert capsys.readouterr().out.count("numbers: 1 cases") == 1


def test_the_folder_of_a_file_is_made_and_what_cannot_be_written_is_told_before_the_run(
    only: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    only(small(1))
    whole = tmp_path / "build" / "evals" / "run.json"
    assert main(["numbers", "--json", str(whole)], gates_at(0.5)) == 0
    assert json.loads(whole.read_text())["passed"] is True
    capsys.readouterr()
    # Nobody makes a file in /proc, not even who may do everything.
    for target in (tmp_path, whole / "run.html", Path("/proc/run.html")):
        assert main(["numbers", "--html", str(target)], gates_at(0.5)) == 2
        told = capsys.readouterr()
        assert (told.out, f"--html {target}" in told.err) == ("", True)


def test_cases_that_nobody_timed_have_no_times(only: Any, tmp_path: Path) -> None:
    only(small(1))
    assert main(["numbers", "--json", str(tmp_path / "run.json")], gates_at(0.5)) == 0
    times = json.loads((tmp_path / "run.json").read_text("utf-8"))["times"]["numbers"]
    assert times["cases"] == {}
    assert times["whole"] > 0


def test_results_that_cannot_be_written_have_not_passed_and_an_earlier_run_is_not_taken_for_them(
    only: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    only(small(1))
    run = tmp_path / "run.json"
    run.write_text("earlier")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("evals.__main__.write_whole", full)
    assert main(["numbers", "--json", str(run), "--html", str(tmp_path / "new.html")], gates_at(0.5)) == 1
    told = capsys.readouterr().err
    assert "run.json was not written: No space left on device. What stands there is of an earlier run." in told
    assert "new.html was not written: No space left on device.\n" in told
    monkeypatch.setattr("builtins.print", full)
    assert main(["numbers"], gates_at(0.5)) == 1
    assert "could not be printed as a whole: No space left on device" in capsys.readouterr().err


def test_half_a_sign_does_not_cost_the_results(only: Any, tmp_path: Path) -> None:
    only(replace(small(1), about="doubles \ud83d"))
    assert main(["numbers", "--json", str(tmp_path / "run.json")], gates_at(0.5)) == 0
    assert json.loads((tmp_path / "run.json").read_text("utf-8"))["parts"][0]["about"] == "doubles ?"


@pytest.mark.parametrize(
    ("show", "told"),
    [
        ("is-small", "none that is-small judged fell short"),
        ("is-smal", "'is-smal' is in no case's name, and no metric. The metrics are is-small."),
    ],
)
def test_where_there_is_no_case_to_show_that_is_said(
    only: Any, capsys: pytest.CaptureFixture[str], show: str, told: str
) -> None:
    only(small(1))
    assert main(["numbers", "--show", show], gates_at(0.5)) == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["themes", "--comments", "x.jsonl"], ["retrieval", "--beir", "x"], ["compare", "a.json", "b.json"]],
)
def test_a_form_that_would_not_be_written_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--json", "out.json"]) == 2
    assert "without --json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["numbers", "--because", "we meant it"], "--because goes with accept"),
        (["numbers", "--live", "--recorded", "x"], "Name one of them"),
        (["numbers", "--json", "--markdown"], "cannot both be printed"),
        (["accept", "nubmers"], "no part 'nubmers'"),
        (["accept", "--recorded", "x"], "goes without --live and --recorded"),
    ],
)
def test_what_would_be_left_aside_is_refused(
    only: Any, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    only(small(1))
    assert main(arguments, gates_at(0.5)) == 2
    shown = capsys.readouterr()
    assert (shown.out, told in shown.err) == ("", True)


def test_a_run_that_somebody_stops_has_not_passed_and_says_so_in_one_sentence(
    only: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stop() -> EvaluationReport[Any, Any, Any]:
        raise KeyboardInterrupt

    only(replace(small(), run=stop))
    monkeypatch.setattr("evals.__main__.read_gates", lambda: gates_at(0.5))
    monkeypatch.setattr("sys.argv", ["evals", "numbers", "--json", str(tmp_path / "run.json")])
    assert command() == 130
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n"), (tmp_path / "run.json").exists()) == ("", 2, False)


def test_an_unknown_part_ends_with_2_and_one_sentence_with_the_list(
    only: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    only(small(1))
    assert main(["nubmers"], gates_at(0.5)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "There is no part 'nubmers'; the parts are numbers.\n"


def test_json_alone_is_on_standard_output(only: Any, capsys: pytest.CaptureFixture[str]) -> None:
    only(small(1, 3))
    assert main(["numbers", "--json"], gates_at(0.9)) == 1
    shown: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    assert shown["passed"] is False
    (metric,) = shown["parts"][0]["scores"]
    assert {key: metric[key] for key in ("metric", "why", "verdict", "score", "passed", "cases", "faults")} == {
        "metric": "is-small",
        "why": "Small numbers are what this test is about.",
        "verdict": "failed",
        "score": 0.5,
        "passed": 1,
        "cases": 2,
        "faults": [{"case": "number 3", "reason": "6 is not small"}],
    }
    assert metric["gate"]["floor"] == 0.9
    assert shown["parts"][0]["cases"]["number 3"]["judged"] == {"is-small": {"value": 0}}


def test_json_tells_not_run_from_failed() -> None:
    shown = json.loads(as_json(Run(parts=(not_run(small(), PartNotRun("no cases"), gates_at(0.5)),))))
    assert shown["parts"][0]["error"] == "no cases"
    assert shown["parts"][0]["scores"][0]["verdict"] == "not run"


def test_whoever_stops_a_run_while_it_starts_reads_no_traceback() -> None:
    starting = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "evals", "prompts"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert starting.stderr is not None
    # What Python imports it says one by one; with argparse the imports of the evals have begun.
    for line in starting.stderr:
        if line.endswith(b"| argparse\n"):
            break
    starting.send_signal(signal.SIGINT)
    out, told = starting.communicate(timeout=60)
    assert starting.returncode == -signal.SIGINT
    assert (out, b"Traceback" in told) == (b"", False)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_whoever_stops_a_run_lets_it_tidy_up(tmp_path: Path, stop: signal.Signals) -> None:
    os.mkfifo(tmp_path / "a.json")
    reading = subprocess.Popen(
        [sys.executable, "-m", "evals", "compare", str(tmp_path / "a.json"), "b.json"], stderr=subprocess.PIPE
    )
    # It opens for writing as soon as the run reads.
    with (tmp_path / "a.json").open("wb"):
        reading.send_signal(stop)
        _, told = reading.communicate(timeout=60)
    assert reading.returncode == 130
    assert b"Stopped: " in told
    assert b"Traceback" not in told
