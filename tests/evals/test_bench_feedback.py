"""The benchmark of reading feedback: its comments, its line, and what it calls reached."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from evals.bench.feedback import Figures, comments, line, plot, table

ONE = Figures(1_000, 0.1, 0.2, 11.0, 0.0, 10.0, 11.0, 10.0, 800.0)


def test_comments_are_distinct_and_the_same_in_every_run() -> None:
    made = comments(7_000)
    assert len(set(made)) == 7_000
    assert made == comments(7_000)
    assert made[:10] == comments(10)


def test_the_line_is_that_of_the_figures() -> None:
    slope, start, fit = line([1, 2, 3], [3, 5, 7])
    assert (slope, start, fit) == pytest.approx((2, 1, 1))
    assert line([1, 2, 3, 4], [1, 4, 9, 16])[2] < 0.99
    assert line([10], [20]) == (2, 0, 1)


def test_what_takes_too_long_or_too_much_is_missed() -> None:
    assert ONE.reached
    assert replace(ONE, reading=72.0).reached
    assert not replace(ONE, reading=72.1).reached
    assert not replace(ONE, publishing=62.0).reached
    assert not replace(ONE, mib=2_048.0).reached


def test_the_table_has_a_row_for_each_size() -> None:
    told = "\n".join(table([replace(ONE, publishing=7.5)]))
    assert f"| {ONE.comments:,} |" in told
    assert "| 7.5 s |" in told


def test_the_plot_is_a_picture() -> None:
    picture = ElementTree.fromstring(plot([ONE, replace(ONE, comments=3_000, reading=33.0)]))
    assert sum(part.tag.endswith("circle") for part in picture) == 4
