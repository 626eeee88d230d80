"""How a part has its cases judged: outputs that are made already, and tasks that may break off."""

import asyncio

import pytest

from evals.parts import Metric, carried_out, judged
from evals.progress import begin


class Even(Metric[int, int]):
    """For tests."""

    def faults(self, inputs: int, output: int) -> list[str] | None:
        return [f"{output}"] if output % 2 else []


def test_each_case_is_judged_by_the_output_of_its_name() -> None:
    report = judged("p", {"a": 1001, "b": 1002}, (Even,), {"b": 3, "a": 2})
    assert [(case.name, case.inputs, case.output) for case in report.cases] == [("a", 1001, 2), ("b", 1002, 3)]
    assert [case.assertions["even"].value for case in report.cases] == [True, False]


def test_a_task_that_breaks_off_is_reported_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    async def task(name: str) -> int:
        if name == "b":
            raise RuntimeError("broken")
        return 2

    watch = begin("p")
    report = asyncio.run(carried_out("p", {"a": 1001, "b": 1002, "c": 1003}, (Even,), task))
    assert [case.name for case in report.cases] == ["a", "c"]
    assert [broken.name for broken in report.failures] == ["b"]
    assert set(watch.seconds) == {"a", "b", "c"}
    watch.close(3, "failed")
    assert "3 of    3 cases" in capsys.readouterr().err
