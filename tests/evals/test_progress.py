import io

import pytest

from evals.progress import Watch, begin, counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_part_has_one_line_with_cases_and_seconds() -> None:
    out, times = io.StringIO(), iter([0.0, 12.34])
    watch = Watch("pairs", out, lambda: next(times))
    watch.expect(2)
    watch.done("a", 1.0)
    watch.done("b", 2.0)
    watch.close(2, "passed")
    assert out.getvalue() == "evals: pairs           2 of    2 cases    12.3 s  passed\n"
    assert watch.seconds == {"a": 1.0, "b": 2.0}


def test_a_terminal_sees_the_line_grow() -> None:
    out, times = Terminal(), iter([0.0, 1.0, 1.0, 1.0, 2.0])
    watch = Watch("pairs", out, lambda: next(times))
    watch.expect(2)
    watch.done("a", 1.0)
    watch.close(2, "passed")
    assert out.getvalue().split("\r")[1:] == [
        "evals: pairs           1 of    2 cases     1.0 s",
        "evals: pairs           2 of    2 cases     2.0 s  passed\n",
    ]


def test_what_is_done_with_a_case_is_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("evals.progress.time.monotonic", lambda: clock[0])
    watch = begin("numbers")
    for number in counted([1, 2], str):
        clock[0] += number
    assert watch.seconds == {"1": 1.0, "2": 2.0}
