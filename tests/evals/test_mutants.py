"""The mutation run: what it breaks is there to be broken, and what stays green is a failure."""

import subprocess
import time
from collections.abc import Sequence
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from coach.agenda import pipeline
from coach.retrieval.search import Search
from evals import mutants
from evals.mutants import CONTROL, Found, Workers, main, outcome, red_gates, red_in, run_all, table
from evals.mutations import MUTATIONS, Mutation
from evals.parts import PartNotRun, registered
from evals.report import read_gates
from evals.results import Gate, PartResult, Run, Score

BROKEN = Mutation("broken", "a test", ("pairs.theirs", "pairs.no-orders"), lambda patch: None)
LATER = Mutation("later", "a test", ("later.metric",), None, "it is not there yet")


def test_at_least_25_ways_to_break_the_coach_are_run_and_each_has_a_name() -> None:
    assert sum(one.apply is not None for one in MUTATIONS) >= 25
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)


def test_every_gate_that_must_turn_red_is_there() -> None:
    gates = {f"{part}.{metric}" for part, metrics in read_gates().items() for metric in metrics}
    for one in MUTATIONS:
        if one.apply is None:
            assert one.not_run, one.name
        else:
            assert one.expects, one.name
            assert gates.issuperset(one.expects), one.name
            assert set(one.parts) <= set(registered()), one.name


def test_every_gate_has_a_mutation_that_must_turn_it_red() -> None:
    gates = {f"{part}.{metric}" for part, metrics in read_gates().items() for metric in metrics}
    assert gates - {gate for one in MUTATIONS for gate in one.expects} == set()


@pytest.mark.parametrize("mutation", [one for one in MUTATIONS if one.apply], ids=lambda one: one.name)
def test_what_a_mutation_replaces_is_there_to_be_replaced(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced: list[str] = []

    def patch(owner: Any, name: str, value: Any) -> None:
        assert getattr(owner, name) is not value
        replaced.append(name)
        monkeypatch.setattr(owner, name, value)

    assert mutation.apply is not None
    mutation.apply(patch)
    assert replaced


def test_a_mutation_breaks_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    (fixed,) = (one for one in MUTATIONS if one.name == "stage fixed")
    assert fixed.apply is not None
    fixed.apply(monkeypatch.setattr)
    from coach.agenda import brief

    assert vars(brief)["stage_at"](None, [], 6, {}) == "building"


@pytest.mark.parametrize(
    ("red", "expected"),
    [
        ({"pairs.theirs": "x", "pairs.no-orders": "x", "more": "x"}, "caught"),
        ({"pairs.theirs": "x"}, "survived"),
        ({"agendas.other": "x"}, "survived"),
        ({}, "survived"),
    ],
)
def test_only_all_gates_that_were_named_count_as_caught(red: dict[str, str], expected: str) -> None:
    assert outcome(BROKEN, red) == expected


def test_where_nothing_is_broken_nothing_may_be_red() -> None:
    assert outcome(CONTROL, {}) == "caught"
    assert outcome(CONTROL, {"pairs.theirs": "x"}) == "survived"


def test_the_control_runs_every_part_and_each_mutant_only_its_own() -> None:
    asked: list[tuple[str, Sequence[str]]] = []

    def run(mutation: Mutation, parts: Sequence[str]) -> dict[str, str]:
        asked.append((mutation.name, list(parts)))
        return {}

    other = Mutation("other", "a test", ("agendas.minutes-sum",), lambda patch: None)
    found = run_all([BROKEN, other, LATER], run)
    assert asked == [("nothing", ["pairs", "agendas"]), ("broken", ["pairs"]), ("other", ["agendas"])]
    assert [one.outcome for one in found] == ["caught", "survived", "survived", "not run"]


def test_a_mutant_that_breaks_off_is_not_taken_for_caught() -> None:
    def run(mutation: Mutation, parts: Sequence[str]) -> dict[str, str]:
        raise ValueError("no index")

    (control, broken) = run_all([BROKEN], run)
    assert (control.outcome, broken.outcome, broken.error) == ("broke off", "broke off", "no index")


def test_the_table_names_the_gates_that_stayed_green_and_why_others_were_not_run() -> None:
    told = "\n".join(
        table(
            [
                Found(CONTROL, "caught", {}),
                Found(BROKEN, "survived", {"pairs.theirs": "x", "pairs.more": "x"}),
                Found(LATER, "not run", {}, error=LATER.not_run),
            ]
        )
    )
    assert "pairs.theirs, pairs.no-orders (GREEN); also pairs.more" in told
    assert "it is not there yet" in told
    assert "0 of 1 mutants caught, 1 not run" in told


@pytest.mark.parametrize(("red", "status"), [({"pairs.theirs": "", "pairs.no-orders": ""}, 0), ({}, 1)])
def test_the_exit_status_tells_whether_all_were_caught(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], red: dict[str, str], status: int
) -> None:
    monkeypatch.setattr(mutants, "MUTATIONS", [BROKEN])
    answer = SimpleNamespace(run=lambda mutation, parts: red if mutation is BROKEN else {}, close=lambda: None)
    monkeypatch.setattr(mutants, "Workers", lambda: answer)
    assert main([]) == status
    assert "mutants caught" in capsys.readouterr().out
    # What was not run was not noticed.
    monkeypatch.setattr(mutants, "MUTATIONS", [BROKEN, LATER])
    assert main([]) == 1


def test_a_part_that_a_mutation_keeps_from_running_has_not_noticed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = PartResult(part="agendas", error="it broke off")
    monkeypatch.setattr(mutants, "run_parts", lambda *args, **kwargs: Run(parts=(broken,)))
    with pytest.raises(PartNotRun, match="agendas: it broke off"):
        red_gates(BROKEN, ["agendas"])


def test_an_unknown_mutation_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "--list" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["exec <&-; sleep 9", "read line; kill -KILL $$", "read line; printf '{\"red\"'"])
def test_a_worker_that_is_killed_breaks_off_its_mutation_alone(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    real, commands = (
        subprocess.Popen,
        [["sh", "-c", ending], ["sh", "-c", 'read line; echo \'{"red": {}, "error": null}\'']],
    )
    began: list[subprocess.Popen[str]] = []

    def start(_: object, **how: Any) -> subprocess.Popen[str]:
        began.append(real(commands[len(began)], **how))
        time.sleep(0.1)
        return began[-1]

    monkeypatch.setattr("evals.mutants.subprocess.Popen", start)
    workers = Workers()
    with pytest.raises((OSError, ValueError)):
        workers.run(BROKEN, ["agendas"])
    began[0].kill()
    began[0].wait()
    assert workers.run(BROKEN, ["agendas"]) == {}
    workers.close()
    assert all(one.poll() is not None for one in began)


def test_a_gate_is_red_where_it_failed_or_judged_nothing() -> None:
    def scored(metric: str, verdict: Any) -> Score:
        gate = Gate(floor=1)
        return Score(metric=metric, score=None, passed=0, cases=0, gate=gate, verdict=verdict, red="low")

    scores = (scored("a", "passed"), scored("b", "failed"), scored("c", "not run"))
    assert set(red_in(Run(parts=(PartResult(part="p", scores=scores),)))) == {"p.b", "p.c"}


def test_breaking_it_really_turns_the_gate_red_and_is_undone(search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.agendas.library_index", lambda settings: nullcontext(search))
    (invented,) = (one for one in MUTATIONS if one.name == "citation invented")
    before = pipeline._content
    assert set(invented.expects) <= set(red_gates(invented, ["agendas"]))
    assert pipeline._content is before
