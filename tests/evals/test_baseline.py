from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_evals import Case, Dataset

from evals.baseline import Baseline, accept, read_baseline, write_baseline
from evals.bootstrap import interval, paired, score
from evals.parts import Graded, Part, PartNotRun
from evals.report import judge, table
from evals.results import Gate, PartResult, Run, as_json, read_run

values = st.lists(st.tuples(st.floats(0, 1), st.floats(0.5, 3)), min_size=1, max_size=20)


class Height(Graded[float, float | None]):
    """How high a number is matters to nobody but to this test."""

    def grade(self, inputs: float, output: float | None) -> float | None:
        return output


def measured(
    heights: Sequence[float | None],
    gate: Gate,
    before: Baseline | None = None,
    inputs: str = "",
    *,
    some_cases: bool = False,
) -> PartResult:
    cases: list[Case[Any, Any, Any]] = [
        Case(name=f"case {place}", inputs=f"{inputs}{place}") for place in range(len(heights))
    ]
    dataset = Dataset[Any, Any, Any](name="heights", cases=cases, evaluators=[Height()])
    found = dict(zip([case.inputs for case in cases], heights, strict=True))
    report = dataset.evaluate_sync(lambda one: found[one], progress=False)
    part = Part("heights", "", (Height,), lambda: report)
    return judge(part, report, {"heights": {"height": gate}}, before, some_cases=some_cases)


def accepted(heights: Sequence[float], inputs: str = "") -> Baseline:
    result = measured(heights, Gate(floor=0.01), inputs=inputs)
    return accept(Run(parts=(result,)), Baseline())


# Intervals


@given(values)
def test_the_interval_is_the_same_twice_and_within_the_values(cases: list[tuple[float, float]]) -> None:
    low, high = interval(cases)
    assert (low, high) == interval(cases)
    assert min(value for value, _ in cases) - 1e-6 <= low <= high <= max(value for value, _ in cases) + 1e-6


@given(st.data(), values)
def test_in_what_order_the_cases_stand_changes_no_figure(data: st.DataObject, cases: list[tuple[float, float]]) -> None:
    before = [(value / 2, weight) for value, weight in cases]
    order = data.draw(st.permutations(range(len(cases))))
    other, other_before = [cases[place] for place in order], [before[place] for place in order]
    assert (score(other), interval(other)) == (score(cases), interval(cases))
    assert paired(other, other_before) == paired(cases, before)


def test_a_heavier_case_counts_for_more() -> None:
    assert score([(1.0, 3.0), (0.0, 1.0)]) == 0.75


def test_the_interval_narrows_with_the_number_of_cases() -> None:
    few, many = [(0.0, 1.0), (1.0, 1.0)] * 5, [(0.0, 1.0), (1.0, 1.0)] * 200
    assert interval(many)[1] - interval(many)[0] < interval(few)[1] - interval(few)[0]


@given(values)
def test_a_change_that_is_the_same_everywhere_is_certain(cases: list[tuple[float, float]]) -> None:
    less = [(value - 0.25, weight) for value, weight in cases]
    assert paired(less, cases) == pytest.approx((-0.25, -0.25), abs=2e-6)


def test_a_change_needs_the_same_cases() -> None:
    with pytest.raises(ValueError, match="same cases"):
        paired([(1.0, 1.0)], [])


# Against the baseline


def test_a_drop_beyond_what_is_allowed_turns_the_gate_red_and_says_by_how_much() -> None:
    result = measured([0.7] * 20, Gate(floor=0.5, drop=0.05), accepted([0.8] * 20))
    assert result.scores[0].verdict == "failed"
    shown = table([result])
    assert "heights height failed" in shown
    assert "fell by 0.100 against the baseline" in shown
    assert "python -m evals heights --show height" in shown


@pytest.mark.parametrize(
    ("now", "why"),
    [([0.78] * 20, "smaller than allowed"), ([0.9] * 20, "a rise"), ([0.8] * 19 + [0.0], "one case, as chance has it")],
)
def test_no_other_change_does(now: list[float], why: str) -> None:
    assert measured(now, Gate(floor=0.5, drop=0.03), accepted([0.8] * 20)).scores[0].verdict == "passed", why


def test_one_case_may_not_fall_far_where_the_gate_says_so() -> None:
    (found,) = measured([0.8] * 19 + [0.4], Gate(floor=0.5, drop=0.05, case_drop=0.3), accepted([0.8] * 20)).scores
    assert found.verdict == "failed"
    assert found.red is not None
    assert "case 19" in found.red


def test_a_case_whose_input_changed_is_not_compared_and_named() -> None:
    before = accepted([0.9] * 4)
    cases = dict(before.parts["heights"])
    cases["case 2"] = cases["case 2"].model_copy(update={"input": "other"})
    result = measured([0.9, 0.9, 0.1, 0.9], Gate(floor=0.05), Baseline(parts={"heights": cases}))
    assert result.scores[0].verdict == "passed"
    assert result.scores[0].change is not None
    assert result.scores[0].change.cases == 3
    assert "1 case (case 2) with another input than in the baseline, so not held against it." in table([result])


@pytest.mark.parametrize(
    "before",
    [
        accepted([0.9] * 4, inputs="other"),
        Baseline(parts={"other": accepted([0.9] * 4).parts["heights"]}),
        Baseline(
            parts={
                "heights": {
                    name: one.model_copy(update={"judged": {}})
                    for name, one in accepted([0.9] * 4).parts["heights"].items()
                }
            }
        ),
    ],
    ids=["all inputs are other ones", "without the part", "without the metric"],
)
def test_what_the_baseline_does_not_hold_has_not_passed_until_it_is_accepted(before: Baseline) -> None:
    result = measured([1.0] * 4, Gate(floor=0.05), before)
    assert result.scores[0].verdict == "failed"
    assert "no drop would be noticed" in table([result])
    assert "--show" not in table([result])
    again = accept(Run(parts=(result,)), before, "the briefs have a field more")
    assert measured([1.0] * 4, Gate(floor=0.05), again).passed


def test_cases_that_are_gone_are_named() -> None:
    result = measured([0.8] * 3, Gate(floor=0.5), accepted([0.8] * 4))
    assert result.scores[0].change is not None
    assert result.scores[0].change.gone == ("case 3",)
    assert "1 case (case 3) of the baseline not run" in table([result])


@pytest.mark.parametrize(("judged", "verdict"), [(19, "passed"), (18, "failed"), (1, "failed")])
def test_a_metric_that_stops_judging_its_cases_has_not_passed(judged: int, verdict: str) -> None:
    heights = [1.0] * judged + [None] * (20 - judged)
    result = measured(heights, Gate(floor=0.5, drop=0.05), accepted([1.0] * 20))
    assert result.scores[0].verdict == verdict
    assert "no longer judge" in table([result])
    assert measured(heights, Gate(floor=0.5, drop=0.05), accepted([1.0] * 20), some_cases=True).passed


def test_of_one_reason_is_told_once() -> None:
    result = measured([1.0] * 3, Gate(floor=0.5), accepted([1.0] * 4))
    result = result.model_copy(
        update={"scores": (result.scores[0], result.scores[0].model_copy(update={"metric": "b"}))}
    )
    assert table([result]).count("were not run, such as") == 1
    assert "heights height, b failed: 1 of the baseline's cases were not run" in table([result])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"parts": {}}', "holds no part"),
        ('{"parts": {"a": {"b": {"input": "", "judged": {"c": {"value": NaN}}}}}}', "is not a baseline"),
        ('{"parts": {"a": {"b": {"input": "", "judged": {"c": {"value": 2}}}}}}', "is not a baseline"),
        ('{"parts": {"a"', "Restore it from version control, or delete it"),
        ("", "is not a baseline"),
    ],
)
def test_a_baseline_that_would_hold_nothing_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "accepted.json").write_text(text)
    with pytest.raises(PartNotRun, match=told) as caught:
        read_baseline(tmp_path / "accepted.json", required=True)
    assert "pydantic" not in str(caught.value)


def test_cases_that_were_taken_out_have_not_passed_until_that_is_accepted() -> None:
    result = measured([1.0] * 3, Gate(floor=0.5), accepted([1.0] * 3 + [0.0]))
    assert result.scores[0].verdict == "failed"
    assert "1 of the baseline's cases were not run, such as “case 3”" in table([result])
    run = Run(parts=(result,))
    with pytest.raises(PartNotRun, match="--because"):
        accept(run, Baseline())
    assert set(accept(run, Baseline(), "it was a riddle").parts["heights"]) == {"case 0", "case 1", "case 2"}


# Accepting


def test_what_was_accepted_is_read_again_and_keeps_the_other_parts(tmp_path: Path) -> None:
    file = tmp_path / "baselines" / "accepted.json"
    assert read_baseline(file).parts == {}
    first = accepted([0.5, 0.75])
    write_baseline(Baseline(parts={"other": first.parts["heights"], **first.parts}), file)
    again = accept(Run(parts=(measured([1.0], Gate(floor=0.1)),)), read_baseline(file))
    assert set(again.parts) == {"heights", "other"}
    assert again.parts["other"]["case 1"].judged["height"].value == 0.75
    assert again.parts["heights"]["case 0"].judged["height"].value == 1.0


def test_only_a_run_that_passed_is_accepted() -> None:
    run = Run(parts=(measured([0.2], Gate(floor=0.5)),))
    for because in (None, "we meant it"):
        with pytest.raises(PartNotRun, match="heights height"):
            accept(run, Baseline(), because)


def test_a_drop_is_accepted_with_a_reason_that_is_kept() -> None:
    run = Run(parts=(measured([0.6] * 9, Gate(floor=0.5, drop=0.1), accepted([0.9] * 9)),))
    with pytest.raises(PartNotRun, match="--because"):
        accept(run, Baseline())
    assert accept(run, Baseline(), "shorter agendas").because == "shorter agendas"


def test_what_a_model_wrote_is_no_baseline() -> None:
    with pytest.raises(PartNotRun, match="recorded"):
        accept(Run(mode="recorded", parts=(measured([1.0], Gate(floor=0.5)),)), Baseline())


def test_a_run_is_the_same_twice_but_for_its_times_and_can_be_read_again(tmp_path: Path) -> None:
    runs = [Run(parts=(measured([0.25, 1.0], Gate(floor=0.5)),)) for _ in range(2)]
    assert as_json(runs[0]) == as_json(runs[1])
    file = tmp_path / "run.json"
    file.write_text(as_json(runs[0]))
    assert read_run(file) == runs[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "has no list of parts"),
        ("{}", "has no list of parts"),
        ('{"parts": {}}', "has no list of parts"),
        ("", "is no JSON"),
        ('{"format": 2, "par', "is no JSON"),
        ('{"format": 1, "parts": []}', "another format"),
        ('{"parts": []}', "another format"),
        ('{"format": 2, "parts": [{}]}', r"parts\.0\.part: is missing"),
        (
            '{"format": 2, "parts": [{"part": "a", "cases": {"b": {"input": "", "judged": {"c": {"value": NaN}}}}}]}',
            "value",
        ),
    ],
)
def test_a_file_that_is_no_run_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(PartNotRun, match=told) as caught:
        read_run(tmp_path / "run.json")
    assert "--json" in str(caught.value)
    assert "pydantic" not in str(caught.value)
