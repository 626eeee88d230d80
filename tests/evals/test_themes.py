import json
import re
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.feedback.head import Head, Tuning, read_examples
from coach.feedback.themes import taxonomy
from coach.retrieval.library import Library
from evals.__main__ import main
from evals.parts import Part, PartNotRun
from evals.report import judge
from evals.results import Gate
from evals.themes import (
    HELD_OUT,
    Labelled,
    MicroF1,
    Precision,
    best_f1_threshold,
    by_theme,
    evaluate,
    held_out_comments,
    interval,
    measure,
    read_comments,
)
from evals.train_themes import Recipe, _both, _joined, averaged, signs

GOLD = (
    Labelled("one", frozenset({"a"})),
    Labelled("two", frozenset({"a", "b"})),
    Labelled("three", frozenset()),
    Labelled("four", frozenset({"b"})),
)
FOUND = [frozenset({"a"}), frozenset({"a"}), frozenset({"c"}), frozenset({"a", "b"})]


def write(file: Path, rows: Iterable[Any]) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


class WordReader:
    """Finds rapport where somebody laughs."""

    def read(self, texts: list[str]) -> list[Any]:
        return [SimpleNamespace(themes=[SimpleNamespace(id="rapport")] if "laugh" in text else []) for text in texts]


@pytest.fixture
def words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.themes.ThemeReader", SimpleNamespace(open=lambda model, themes: WordReader()))


# Figures


def test_figures_are_what_one_works_out_by_hand() -> None:
    figures = measure(GOLD, FOUND)

    assert (figures.micro.precision, figures.micro.recall, figures.micro.f1) == pytest.approx((3 / 5, 3 / 4, 6 / 9))
    assert figures.themes["a"].f1 == pytest.approx(4 / 5)
    assert figures.themes["b"].f1 == pytest.approx(2 / 3)
    assert (figures.themes["c"].f1, figures.themes["c"].raised) == (0, 0)
    assert figures.macro_f1 == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)


@pytest.mark.parametrize(("metric", "figure"), [(MicroF1, "f1"), (Precision, "precision")])
def test_the_gated_figures_over_comments_are_those_of_all_pairs(metric: type[MicroF1], figure: str) -> None:
    report = evaluate(GOLD, FOUND)
    part = Part("themes", "", (metric,), lambda: report)
    (score,) = judge(part, report, {"themes": {metric.metric(): Gate(floor=0.1)}}).scores
    assert score.score == pytest.approx(getattr(measure(GOLD, FOUND).micro, figure), abs=1e-6)


def test_finding_nothing_at_all_is_worth_nothing() -> None:
    figures = measure(GOLD, [frozenset[str]()] * 4)

    assert (figures.micro.precision, figures.micro.recall, figures.micro.f1, figures.macro_f1) == (0, 0, 0, 0)


themes = st.frozensets(st.sampled_from("abcd"))


@given(st.lists(st.tuples(themes, themes), min_size=1, max_size=30))
def test_figures_keep_their_bounds_and_perfection_is_1(rows: list[tuple[frozenset[str], frozenset[str]]]) -> None:
    gold = [Labelled("", one) for one, _ in rows]
    figures = measure(gold, [other for _, other in rows])
    assert 0 <= figures.macro_f1 <= 1
    assert 0 <= figures.micro.f1 <= max(figures.micro.precision, figures.micro.recall) <= 1
    if any(one for one, _ in rows):
        assert measure(gold, [one for one, _ in rows]).micro.f1 == 1


def test_the_interval_holds_the_figure_and_is_the_same_twice() -> None:
    low, high = interval(GOLD * 20, FOUND * 20)

    assert low < measure(GOLD, FOUND).micro.f1 < high
    assert interval(GOLD * 20, FOUND * 20) == (low, high)


def test_each_theme_has_its_line() -> None:
    header, *lines = by_theme(measure(GOLD, FOUND))

    assert "precision" in header
    assert [line.split()[0] for line in lines] == ["a", "b", "c"]
    assert lines[0].split()[1:] == ["0.667", "1.000", "0.800", "2"]


def test_the_threshold_for_f1_is_the_best_there_is() -> None:
    raised = np.array([[1, 0, 1, 0]], np.float32)
    assert best_f1_threshold(raised, np.array([[0.9, 0.1, 0.7, 0.4]], np.float32)) == pytest.approx(0.7)


# Files


def test_the_held_out_comments_are_many_and_none_is_among_the_examples(library: Library) -> None:
    comments = held_out_comments()
    known = {theme.id for theme in taxonomy(library)}

    assert len(comments) >= 400
    assert set().union(*(comment.themes for comment in comments)) == known
    assert sum(not comment.themes for comment in comments) >= 20
    assert not {comment.text for comment in comments} & {example.text for example in read_examples()}


@pytest.mark.parametrize(
    "line", ["{", '{"text": "a"}', '{"themes": []}', '{"text": 1, "themes": []}', '{"text": "a", "themes": "b"}', "[]"]
)
def test_a_broken_file_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"text": "a", "themes": []}\n\n' + line)
    with pytest.raises(PartNotRun, match=rf"{re.escape(str(file))}:3"):
        read_comments(file)


def test_a_file_is_read_as_outsiders_write_it(tmp_path: Path) -> None:
    rows = [
        '{"text": "one\u2028two\x85three", "themes": ["rapport"], "id": 7}',
        '{"text": "caf\u00e9 \\ud83d", "themes": []}',
        '{"text": "", "themes": ["rapport", "rapport"], "polarity": null}',
    ]
    file = tmp_path / "some.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(rows).encode() + b"\r\n")
    assert read_comments(file) == (
        Labelled("one\u2028two\x85three", frozenset({"rapport"})),
        Labelled("caf\u00e9 ?", frozenset()),
        Labelled("", frozenset({"rapport"})),
    )


def test_a_theme_that_the_taxonomy_does_not_have_is_named_with_its_line_and_what_is_near(tmp_path: Path) -> None:
    file = write(tmp_path / "some.jsonl", [{"text": "a", "themes": []}, {"text": "b", "themes": ["raport", "xyz"]}])
    with pytest.raises(
        PartNotRun, match=r"some\.jsonl:2 names 'raport' \(rapport\?\), 'xyz', and .* has only match-fit, rapport\."
    ):
        read_comments(file, known=["rapport", "match-fit"])


def test_a_file_that_is_no_utf_8_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_bytes('{"text": "a", "themes": []}\n{"text": "café", "themes": []}'.encode("latin-1"))
    with pytest.raises(PartNotRun, match=r"some\.jsonl:2 is not UTF-8\. Save"):
        read_comments(file)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"text": "b", "themes": []}, "2: polarity: is missing"),
        ({"text": "b", "themes": [], "polarity": "bad"}, "2: polarity: “bad” is none of 'concern', 'gain'"),
        ({"text": "a", "themes": [], "polarity": "gain"}, "2 has the text “a”, as the one at .*:1 has"),
    ],
)
def test_a_held_out_comment_keeps_to_its_schema_and_is_no_other_one(
    tmp_path: Path, second: dict[str, object], told: str
) -> None:
    file = write(tmp_path / "some.jsonl", [{"text": "a", "themes": [], "polarity": "neutral"}, second])
    with pytest.raises(PartNotRun, match=rf"some\.jsonl:{told}"):
        held_out_comments(file=file)


def test_a_file_without_comments_is_not_run(tmp_path: Path) -> None:
    with pytest.raises(PartNotRun, match="no comments"):
        read_comments(write(tmp_path / "empty.jsonl", []))


# The command


@pytest.mark.usefixtures("words_alone")
def test_the_command_prints_the_figures_of_any_file_on_lines_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"text": "we laughed", "themes": ["rapport"]},
        {"text": "she laughed at the agenda", "themes": ["session-structure"]},
        {"text": "late again", "themes": ["time-and-scheduling"], "anything": "else"},
    ]
    assert main(["themes", "--comments", str(write(tmp_path / "rows.jsonl", rows))]) == 0

    printed = capsys.readouterr().out.splitlines()
    assert printed[:4] == ["micro F1 0.400", "macro F1 0.222", "precision 0.500", "recall 0.333"]
    assert any(line.split()[0] == "session-structure" for line in printed)


@pytest.mark.usefixtures("words_alone")
def test_a_theme_that_nobody_knows_counts_as_missed_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"text": "we laughed", "themes": ["rapport", "weather"]}]
    assert main(["themes", "--comments", str(write(tmp_path / "rows.jsonl", rows))]) == 0

    told = capsys.readouterr()
    assert "micro F1 0.667" in told.out
    assert "weather" in told.err


def test_a_file_that_is_missing_ends_with_1_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["themes", "--comments", str(tmp_path / "none.jsonl")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "none.jsonl" in told.err


def test_comments_go_with_themes_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["retrieval", "--comments", str(tmp_path)]) == 2
    assert "python -m evals themes --comments" in capsys.readouterr().err


# Training


def tuning(value: float) -> Tuning:
    factors = (np.full((3, 2), value, np.float32), np.full((2, 4), value, np.float32))
    head = Head(("a",), np.full((5, 8), value, np.float32), np.full(5, value, np.float32), np.ones(1, np.float32))
    return Tuning("base", {"layer": factors}, head)


def test_several_trainings_become_one_with_the_mean_of_their_changes() -> None:
    made = averaged([tuning(1), tuning(3)], rank=2)

    up, down = made.changes["layer"]
    np.testing.assert_allclose(up @ down, np.full((3, 4), (2 * 1 + 2 * 9) / 2), rtol=1e-5)
    np.testing.assert_allclose(made.head.weights, np.full((5, 8), 2))


def test_an_average_keeps_no_more_than_the_rank_that_the_file_has_room_for() -> None:
    chance = np.random.default_rng(1)
    head = tuning(1).head
    factors = [
        (chance.normal(size=(9, 3)).astype(np.float32), chance.normal(size=(3, 9)).astype(np.float32)) for _ in range(3)
    ]
    many = [Tuning("base", {"layer": pair}, head) for pair in factors]

    up, down = averaged(many, rank=4).changes["layer"]

    mean = np.mean([one.changes["layer"][0] @ one.changes["layer"][1] for one in many], axis=0)
    assert (up.shape, down.shape) == ((9, 4), (4, 9))
    lost = np.linalg.svd(mean, compute_uv=False)[4:]
    assert np.linalg.norm(mean - up @ down) == pytest.approx(np.linalg.norm(lost), rel=1e-4)


def test_two_comments_read_as_one_are_of_both_sides() -> None:
    import torch

    concern, gain, mixed, neutral = range(4)
    one = torch.tensor([concern, concern, gain, neutral, mixed, neutral])
    other = torch.tensor([concern, gain, neutral, gain, gain, neutral])

    assert _both(one, other).tolist() == [concern, mixed, gain, gain, mixed, neutral]
    assert _joined([101, 5, 6, 102], [101, 7, 102], Recipe()) == [101, 5, 6, 7, 102]
    assert _joined([101, 5, 6, 102], [101, 7, 8, 102], Recipe(longest=5)) == [101, 5, 6, 7, 102]


def test_the_signs_of_the_library_are_examples_of_their_theme(library: Library) -> None:
    found = list(signs(library))

    assert {one.themes[0] for one in found} == {theme.id for theme in taxonomy(library)}
    assert all(one.text and not one.text.endswith((",", '"')) for one in found)


def test_the_recipe_is_not_trained_on_what_it_is_measured_by() -> None:
    assert HELD_OUT.name not in {f"{example.writer}.jsonl" for example in read_examples()}
    assert Recipe().seeds
