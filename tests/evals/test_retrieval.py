import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.retrieval.chunk import Passage
from coach.retrieval.find import Narrowing
from coach.retrieval.library import read_library
from coach.settings import Settings
from evals.__main__ import main
from evals.gold import KnownItem, Question, Seeking, Unanswered, read_gold, read_known
from evals.parts import PartNotRun
from evals.retrieval import (
    FarTold,
    FoundAtAll,
    FoundFirst,
    NoAnswerSaid,
    NothingPretended,
    RightDocument,
    RightDocumentAgain,
    RightDocumentThird,
    StartersSought,
    StartersUnsought,
    check_names,
    interval,
    judged_name,
    measure,
    run_beir,
    top,
)
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import PLACES, write

HEADER = "query-id\tcorpus-id\tscore\n"
ASKED = Question("q1", "How do we begin?", "question", "held-out", Narrowing(), {"talk#Hello": 2, "talk#Bye": 1})
UNANSWERED = replace(ASKED, relevant={})


def lines(*rows: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def row(key: str, split: str = "tune", topic: str | None = None, stage: str | None = None) -> dict[str, Any]:
    metadata = {"asker": "mentor", "form": "question", "split": split, "topic": topic, "stage": stage}
    return {"_id": key, "text": f"text of {key}", "metadata": metadata}


def gold(folder: Path, queries: str, qrels: str) -> Path:
    return write(folder / "gold", {"queries.jsonl": queries, "qrels.tsv": qrels})


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six documents and two questions in BEIR form, under a quick model."""
    monkeypatch.setattr("evals.retrieval.SentenceTransformerEncoder", lambda model: WordHashEncoder())
    texts = ["phones at work", "the garden party", "pay talks", "remote days", "a walk in town", "rice and beans"]
    corpus = [{"_id": f"d{number}", "title": "", "text": text} for number, text in enumerate(texts)]
    queries = [
        {"_id": "q1", "text": "remote days"},
        {"_id": "q2", "text": "pay talks"},
        {"_id": "q3", "text": "unjudged"},
    ]
    return write(
        tmp_path / "beir",
        {
            "corpus.jsonl": lines(*corpus),
            "queries.jsonl": lines(*queries),
            "qrels/test.tsv": HEADER + "q1\td3\t1\nq2\td2\t2\nq2\td0\t0\n",
        },
    )


# Figures


def test_ndcg_is_what_one_works_out_by_hand() -> None:
    figures = measure({"q": {"best": 2, "good": 1}}, {"q": {"good": 3.0, "other": 2.0, "best": 1.0}})["q"]
    found, ideal = 1 + 2 / math.log2(4), 2 + 1 / math.log2(3)
    assert figures["ndcg_cut_10"] == figures["ndcg_cut_5"] == pytest.approx(found / ideal)
    assert (figures["recip_rank"], figures["recall_10"]) == (1, 1)


def test_what_comes_too_late_does_not_count() -> None:
    late = {f"other {rank}": 100.0 - rank for rank in range(5)} | {"best": 1.0}
    figures = measure({"q": {"best": 1}}, {"q": late})["q"]
    assert [figures[name] for name in ("ndcg_cut_5", "ndcg_cut_10", "recip_rank")] == pytest.approx(
        [0, 1 / math.log2(7), 1 / 6]
    )


@pytest.mark.parametrize("values", [[0, 1], [0.2, 0.4, 0.9, 1.0, 0.0], [0.0] * 30 + [1.0] * 3])
def test_an_interval_holds_the_mean_and_is_the_same_twice(values: list[float]) -> None:
    low, high = interval(values)
    assert 0 <= low < sum(values) / len(values) < high <= 1
    assert interval(values) == (low, high)
    assert interval([0.5, 0.5]) == (0.5, 0.5)


def test_a_name_that_comes_twice_counts_where_it_is_best() -> None:
    assert top(["a", "b", "a", "out"], np.array([0.25, 0.5, 1, -1])) == {"a": 1, "b": 0.5}


# The gold set


def test_a_gold_set_is_read_with_judgements_split_and_narrowing(tmp_path: Path) -> None:
    queries = lines(row("q1"), row("q2", "held-out", "career", "kickoff")) + "\n"
    folder = gold(tmp_path, queries, HEADER + 'q1\ttalk#"Say" hello\t2\nq1\ttalk#Bye\t1\n  \nq1\ttalk#Tea\t0\n')
    one, two = read_gold(folder)
    assert (one.id, one.text, one.split) == ("q1", "text of q1", "tune")
    assert one.relevant == {'talk#"Say" hello': 2, "talk#Bye": 1}
    assert one.narrowing == Narrowing()
    assert (two.split, two.relevant) == ("held-out", {})
    assert two.narrowing == Narrowing(topics=frozenset({"career"}), stage="kickoff")


@pytest.mark.parametrize(
    ("queries", "qrels", "told"),
    [
        ("{", HEADER, "queries.jsonl:1 is no JSON"),
        (lines({"_id": "q1"}), HEADER, "queries.jsonl:1: text: is missing"),
        (lines({"_id": "q1", "text": "no metadata"}), HEADER, "queries.jsonl:1: metadata: is missing"),
        (lines(row("q1"), row("q2", "heldout")), HEADER, "queries.jsonl:2: metadata.split: “heldout” is none of"),
        (lines(row("q1", topic="carreer")), HEADER, "queries.jsonl:1: metadata.topic: “carreer” is none of"),
        (lines(row("q1"), row("q1")), HEADER, "queries.jsonl:2 has the id “q1”, as the one at "),
        (lines(row("q1") | {"colour": 1}), HEADER, "queries.jsonl:1: colour: there is no such field"),
        (lines(row("k1")), HEADER, "queries.jsonl:1: _id: “k1” is not of the form"),
        (lines(row("q1")), HEADER + "q1\ttalk#Hello\ttwo\n", "qrels.tsv:2: score: "),
        (lines(row("q1")), HEADER + "q1\ttalk#Hello\t3\n", "qrels.tsv:2: score: “3” is not 2 or less"),
        (lines(row("q1")), HEADER + "q1\ttalk\t2\n", "qrels.tsv:2: corpus-id: “talk” is not of the form"),
        (lines(row("q1")), HEADER + "q1 talk#Hello 2\n", "qrels.tsv:2 does not have three columns with tabs between"),
        (lines(row("q1")), HEADER + "q1\ta#b\t1\nq1\ta#b\t2\n", "qrels.tsv:3 judges 'a#b' for q1 a second time"),
        (lines(row("q1")), HEADER + "q2\ta#b\t1\n", "qrels.tsv:2 judges q2, and queries.jsonl has no such question"),
        (lines(row("q1")), HEADER + "q1\ta#b\n", "qrels.tsv:2 does not have three columns with tabs between"),
        (lines(row("q1")), "query,document,score\nq1,talk#Hello,2\n", "qrels.tsv:1 must name the columns"),
    ],
)
def test_a_broken_gold_set_is_not_run_and_says_where(tmp_path: Path, queries: str, qrels: str, told: str) -> None:
    folder = gold(tmp_path, queries, qrels)
    with pytest.raises(PartNotRun) as caught:
        read_gold(folder)
    assert f"{folder}/{told}" in str(caught.value)


def test_a_gold_set_that_an_editor_gave_a_mark_and_other_ends_of_lines_is_read(tmp_path: Path) -> None:
    queries = f"\ufeff{lines(row('q1'), row('q2'))}".replace("\n", "\r\n")
    folder = gold(tmp_path, queries, f"\ufeff{HEADER}q1\ttalk#Hello\t2\n\n".replace("\n", "\r\n"))
    one, two = read_gold(folder)
    assert (one.relevant, two.relevant) == ({"talk#Hello": 2}, {})


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_a_gold_set_that_lacks_a_file_is_not_run(tmp_path: Path, name: str) -> None:
    folder = gold(tmp_path, lines(row("q1")), HEADER)
    (folder / name).unlink()
    with pytest.raises(PartNotRun, match=name):
        read_gold(folder)


def test_a_section_is_judged_by_document_and_heading_and_a_starter_by_its_text(tmp_path: Path) -> None:
    document = read_library(write(tmp_path / "library", dict(PLACES))).documents[0]
    name = document.front.id
    assert judged_name(Passage("k1", document, "Say hello", "Tell each other.")) == f"{name}#Say hello"
    assert judged_name(Passage("k2", document, "Mentor asks", "Why?", "mentor")) == f"{name}#Why?"


@pytest.mark.parametrize(("section", "near"), [("Say helo", "Say hello"), ("Say hello", None)])
def test_what_is_judged_and_is_not_in_the_library_is_told_with_what_is_near(
    tmp_path: Path, section: str, near: str | None
) -> None:
    document = read_library(write(tmp_path / "library", dict(PLACES))).documents[0]
    passages, name = [Passage("k1", document, "Say hello", "Tell each other.")], document.front.id
    asked = replace(ASKED, relevant={f"{name}#{section}": 2})
    item = {"_id": "k1", "text": "hello?", "document": name, "section": section, "form": "plain", "split": "tune"}
    known = KnownItem.model_validate(item)
    check_names([replace(ASKED, relevant={})], [], passages)
    for questions, items in (([asked], []), ([], [known])):
        if near is None:
            check_names(questions, items, passages)
            continue
        with pytest.raises(PartNotRun, match=rf"“{name}#{section}” \(“{name}#{near}”\?\)"):
            check_names(questions, items, passages)


# Metrics


@pytest.mark.parametrize(
    ("output", "first", "at_all"),
    [
        (["talk#Hello", "talk#Bye"], 1, 1),
        (["talk#Hello"], 2 / (2 + 1 / math.log2(3)), 0.5),
        (["other", "talk#Bye"], (1 / math.log2(3)) / (2 + 1 / math.log2(3)), 0.5),
        ([f"other {rank}" for rank in range(5)] + ["talk#Hello", "talk#Bye"], 0, 1),
        ([f"other {rank}" for rank in range(10)] + ["talk#Hello"], 0, 0),
        ([], 0, 0),
    ],
)
def test_what_is_found_is_graded_by_where_it_stands(output: list[str], first: float, at_all: float) -> None:
    assert FoundFirst().grade(ASKED, output) == pytest.approx(first)
    assert FoundAtAll().grade(ASKED, output) == pytest.approx(at_all)


def test_a_question_without_an_answer_is_judged_by_getting_none() -> None:
    assert FoundFirst().grade(UNANSWERED, ["talk#Hello"]) is FoundAtAll().grade(UNANSWERED, []) is None
    faults = NoAnswerSaid().faults
    assert faults(UNANSWERED, []) == faults(ASKED, ["anything"]) == []
    assert faults(UNANSWERED, ["anything"]) == ["answered, though the library has no answer"]
    assert faults(ASKED, []) == ["turned away, though there is an answer"]


def seeking(seek: str, about: str | None = None) -> Seeking:
    told = {"asker": "mentor", "form": "short", "split": "tune", "seek": seek, "about": about}
    return Seeking.model_validate({"_id": "s1", "text": "?", "metadata": told})


@pytest.mark.parametrize(
    ("about", "output", "grade"),
    [
        (None, ["starters-career-kickoff#A?", "starters-relationship-kickoff#B?", "starters-career-closing#C?"], 1),
        ("career", ["starters-career-kickoff#A?", "starters-inclusion-kickoff#B?", "talk#Hello"], 1 / 3),
        ("career", ["talk#Hello", "starters-career-kickoff#A?", "talk#Bye", "starters-career-kickoff#B?"], 1 / 3),
        (None, ["talk#Hello"], 0),
        (None, [], 0),
    ],
)
def test_who_seeks_starters_is_to_get_three_on_the_topic(about: str | None, output: list[str], grade: float) -> None:
    assert StartersSought().grade(seeking("starters", about), output) == pytest.approx(grade)
    assert StartersUnsought().grade(seeking("starters", about), output) is None


def test_who_seeks_something_else_is_to_get_no_starters() -> None:
    grade = StartersUnsought().grade
    assert grade(seeking("other"), ["talk#Hello", "starters-career-kickoff#A?", "talk#Bye"]) == pytest.approx(2 / 3)
    assert grade(seeking("other"), []) == grade(seeking("other"), ["talk#Hello"]) == 1
    assert StartersSought().grade(seeking("other"), []) is None


def test_the_gold_set_and_what_seeks_starters_are_judged_each_by_its_own() -> None:
    assert StartersSought().grade(ASKED, []) is StartersUnsought().grade(ASKED, []) is None
    for metric in (FoundFirst(), FoundAtAll()):
        assert metric.grade(seeking("starters"), ["talk#Hello"]) is None
    assert NoAnswerSaid().faults(seeking("other"), []) is None


def unanswered(kind: str) -> Unanswered:
    return Unanswered.model_validate({"_id": "n1", "text": "?", "kind": kind, "split": "held-out"})


def test_what_is_near_the_library_and_what_is_far_from_it_are_counted_apart() -> None:
    answered = ["answered, though the library has no answer"]
    for metric, own, other in ((NothingPretended(), "near", "far"), (FarTold(), "far", "near")):
        assert metric.faults(unanswered(own), ["talk#Hello"]) == answered
        assert metric.faults(unanswered(own), []) == []
        assert metric.faults(unanswered(other), ["talk#Hello"]) is None
        assert metric.faults(UNANSWERED, ["talk#Hello"]) is metric.faults(known_item("talk"), []) is None
    assert NoAnswerSaid().faults(unanswered("near"), ["talk#Hello"]) is None


def known_item(document: str, writer: int = 1) -> KnownItem:
    told = {"text": "?", "document": document, "section": "Hello", "form": "plain", "split": "tune", "writer": writer}
    return KnownItem.model_validate({"_id": "k1", **told})


@pytest.mark.parametrize(
    ("output", "grade"),
    [
        (["talk#Bye", "walk#Hello"], 1),
        (["walk#Hello", "walk#Bye", "talk#Hello"], 1 / 2),
        (["walk#Hello"], 0),
        ([], 0),
    ],
)
def test_the_right_document_is_counted_among_documents_not_among_passages(output: list[str], grade: float) -> None:
    assert RightDocument().grade(known_item("talk"), output) == grade
    assert FoundFirst().grade(known_item("talk"), output) is None
    assert NoAnswerSaid().faults(known_item("talk"), output) is None
    assert RightDocument().grade(ASKED, output) is RightDocument().grade(seeking("other"), output) is None


def test_what_each_writer_asks_is_counted_apart() -> None:
    first, second, third = known_item("talk"), known_item("talk", writer=2), known_item("talk", writer=3)
    assert RightDocument().grade(first, ["talk#Hello"]) == RightDocumentAgain().grade(second, ["talk#Hello"]) == 1
    assert RightDocumentThird().grade(third, ["talk#Hello"]) == 1
    assert RightDocumentAgain().grade(second, ["walk#Hello"]) == 0
    assert RightDocumentThird().grade(second, ["talk#Hello"]) is None
    assert RightDocument().grade(second, ["talk#Hello"]) is RightDocumentAgain().grade(first, ["talk#Hello"]) is None


def test_nothing_of_later_writers_is_tuned_with() -> None:
    assert {(one.writer, one.split) for one in read_known() if one.writer > 1} == {(2, "held-out"), (3, "held-out")}


# BEIR


def test_a_collection_is_measured_by_words_by_meaning_and_by_both(collection: Path, tmp_path: Path) -> None:
    figures = run_beir(collection, Settings(data_dir=tmp_path), len)
    assert figures == {"words": 1.0, "meaning": 1.0, "both": 1.0}


def test_what_no_leg_finds_costs_the_figure(collection: Path, tmp_path: Path) -> None:
    (collection / "qrels" / "test.tsv").write_text(HEADER + "q1\td3\t1\nq2\tgone\t1\n")
    figures = run_beir(collection, Settings(data_dir=tmp_path), len)
    assert figures == {"words": 0.5, "meaning": 0.5, "both": 0.5}


def test_judgements_of_what_the_collection_does_not_have_are_told(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judgements = "q1\td3\t1\nq2\tgone\t1\nq1\tlost\t1\nq9\td1\t1\nq3\toff\t0\n"
    (collection / "qrels" / "test.tsv").write_text(HEADER + judgements)
    assert main(["retrieval", "--beir", str(collection)]) == 0
    told = capsys.readouterr().err
    assert "1 judged question is not in queries.jsonl, such as 'q9', and so left out.\n" in told
    assert "2 judged documents are not in corpus.jsonl, such as 'gone', and so never found.\n" in told


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("corpus.jsonl", '{"_id": "d9", "txt": "x"}', "corpus.jsonl:7: text: is missing"),
        ("corpus.jsonl", '{"text": "x"}', "corpus.jsonl:7: _id: is missing"),
        ("queries.jsonl", '{"_id": "q9", "text": null}', "queries.jsonl:4: text: is no text"),
        ("qrels/test.tsv", "q1\td1\tyes", "test.tsv:5: score: “yes” is no whole number"),
    ],
)
def test_a_row_of_a_collection_that_is_none_is_told_with_its_line(
    collection: Path, capsys: pytest.CaptureFixture[str], file: str, line: str, told: str
) -> None:
    with (collection / file).open("a") as whole:
        whole.write(f"{line}\n")
    assert main(["retrieval", "--beir", str(collection)]) == 1
    assert told in capsys.readouterr().err


def test_ids_may_be_numbers_and_titles_may_be_left_out(tmp_path: Path, collection: Path) -> None:
    (collection / "corpus.jsonl").write_text('{"_id": 3, "title": null, "text": "remote days", "metadata": {}}\n')
    (collection / "queries.jsonl").write_text('{"_id": 1, "text": "remote days"}\n')
    (collection / "qrels" / "test.tsv").write_text(HEADER + "1\t3\t1\n")
    assert run_beir(collection, Settings(data_dir=tmp_path), len)["both"] == 1


def test_the_command_prints_the_figure_on_a_line_of_its_own(
    collection: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retrieval", "--beir", str(collection)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if line.startswith("nDCG@10: ")] == ["nDCG@10: 1.0000"]


@pytest.mark.parametrize("missing", ["", "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_folder_that_is_no_collection_ends_with_1_and_says_so(
    collection: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    (collection / missing).rename(collection.parent / "away")
    assert main(["retrieval", "--beir", str(collection)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{collection} is not a collection in BEIR form" in told.err
