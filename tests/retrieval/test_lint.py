import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from coach.__main__ import app
from coach.errors import LibraryError
from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Vector
from coach.retrieval.library import Library, Source, read_library
from coach.retrieval.lint import Finding, lint, near_duplicates, read_sources, reading_grade
from coach.settings import REPOSITORY
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import GUIDANCE, PLACES, STARTERS, TOPIC, guidance, write

TALK, TREND, QUESTIONS = PLACES
SOURCES = "- {title: Mentoring toolkit, publisher: University of Portsmouth, year: 2020, evidence: framework}\n"
HEAVY = (
    "Organizational implementation of intergenerational developmental relationships necessitates comprehensive "
    "institutional accommodation of heterogeneous professional expectations notwithstanding considerable constraints. "
)
PLAIN = "We sat down and had a cup of tea. Then I told her what I do all day. "


def tiny(folder: Path, changed: dict[str, str] | None = None, sources: str | bytes | None = SOURCES) -> Path:
    """A library of three documents in order, but for what is changed."""
    more: dict[str, str | bytes] = {} if sources is None else {"sources.yaml": sources}
    return write(folder / "library", {**PLACES, **(changed or {}), **more})


def found(folder: Path, changed: dict[str, str] | None = None) -> list[Finding]:
    tiny(folder, changed)
    return lint(read_library(folder / "library"), folder / "library")


def check(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["library", "check", *options], env={"COACH_KNOWLEDGE_DIR": str(folder)})


def line_of(document: str, part: str) -> int:
    return next(number for number, line in enumerate(document.split("\n"), 1) if part in line)


def related(name: str) -> str:
    return GUIDANCE.replace("updated:", f"related: [{name}]\nupdated:")


def test_nothing_is_found_in_a_library_in_order(tmp_path: Path) -> None:
    link = (
        "\nSee [the trend](../topics/innovation/weigh-a-trend.md#the-idea) and [this](https://example.org/gone.md).\n"
    )
    assert found(tmp_path, {TALK: related("weigh-a-trend") + link}) == []


@pytest.mark.parametrize(
    ("path", "document", "mark", "rule", "words"),
    [
        (TALK, GUIDANCE.replace("year: 2020", "year: 2021"), "title: Ment", "unknown-source", "2021"),
        (TREND, TOPIC.replace("Mentoring toolkit", "A lost paper"), "A lost", "unknown-source", "A lost paper"),
        (TALK, related("gone"), "related", "dead-reference", "'gone'"),
        (TALK, GUIDANCE + "\nSee [that](../guidance/gone.md).\n", "See", "dead-reference", "'gone'"),
        (TALK, GUIDANCE + "\nSee [that](gone.md#part).\n", "See", "dead-reference", "'gone'"),
        (TALK, GUIDANCE + "\nThat was crazy.\n", "crazy", "exclusive-wording", "instead of 'crazy'"),
        (TALK, GUIDANCE + "\nOf course they do.\n", "Of course", "exclusive-wording", "leave out 'Of course'"),
        (TREND, TOPIC.replace("a trend.", "a crazy trend."), "crazy", "exclusive-wording", "crazy"),
        (TALK, GUIDANCE + "\n- Boomers never ask.\n", "Boomers", "stereotype", "'Boomers never'"),
        (QUESTIONS, STARTERS + "- Would you go back?\n", "Would you", "closed-question", "“Would you go back?”"),
    ],
)
def test_each_rule_tells_file_line_and_what_to_do(
    tmp_path: Path, path: str, document: str, mark: str, rule: str, words: str
) -> None:
    (finding,) = found(tmp_path, {path: document})
    assert (finding.path, finding.line, finding.rule) == (path, line_of(document, mark), rule)
    assert words in finding.advice
    assert str(finding) == f"{path}:{finding.line}: {rule}: {finding.advice}"


def test_a_document_that_refers_to_itself_is_found(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {TALK: related("first-talk")})
    assert (finding.rule, finding.advice) == ("dead-reference", "The document refers to itself.")


def test_findings_come_in_the_order_of_documents_and_lines(tmp_path: Path) -> None:
    findings = found(
        tmp_path,
        {TREND: TOPIC + "\nThat is crazy.\n", TALK: related("gone") + "\nBoomers never ask.\n\nThat is insane.\n"},
    )
    assert [(finding.path, finding.rule) for finding in findings] == [
        (TALK, "dead-reference"),
        (TALK, "stereotype"),
        (TALK, "exclusive-wording"),
        (TREND, "exclusive-wording"),
    ]


def test_lines_are_counted_as_an_editor_does_under_windows_too(tmp_path: Path) -> None:
    document = GUIDANCE + "\nThat is crazy.\n"
    (finding,) = found(tmp_path, {TALK: document.replace("\n", "\r\n")})
    assert finding.line == line_of(document, "crazy")


@pytest.mark.parametrize("quoted", ['"Boomers never listen, that is crazy"', "“Boomers never listen, that is crazy”"])
def test_what_is_quoted_is_not_linted_and_what_stands_beside_it_is(tmp_path: Path, quoted: str) -> None:
    assert found(tmp_path, {TALK: GUIDANCE + f"\nSomebody said {quoted} and left.\n"}) == []
    (finding,) = found(tmp_path, {TALK: GUIDANCE + f"\nSomebody said {quoted}, which is insane.\n"})
    assert "'insane'" in finding.advice


# Reading level


def test_plain_text_takes_few_years_of_school_and_heavy_text_many() -> None:
    assert reading_grade(PLAIN * 5) < 3
    assert reading_grade(HEAVY * 5) > 20


def test_the_grade_is_that_of_the_formula() -> None:
    assert reading_grade("The cat sat. It was fat.") == pytest.approx(0.39 * 3 + 11.8 * 1 - 15.59)


@pytest.mark.parametrize("text", ["", "...", "12 - 3 = 9", "会议"])
def test_a_text_without_words_has_grade_0(text: str) -> None:
    assert reading_grade(text) == 0


def test_a_list_is_not_one_long_sentence() -> None:
    lines = ["bring a pen and some paper"] * 9
    assert reading_grade("- " + "\n- ".join(lines)) == pytest.approx(reading_grade(". ".join(lines)))


def test_a_heavy_document_is_found_and_a_plain_or_short_one_is_not(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, {TALK: GUIDANCE + "\n" + HEAVY * 5 + "\n"})
    assert (finding.path, finding.rule) == (TALK, "reading-level")
    assert "grade" in finding.advice
    assert found(tmp_path, {TALK: GUIDANCE + "\n" + PLAIN * 9 + "\n"}) == []
    assert found(tmp_path, {TALK: GUIDANCE + "\n" + HEAVY + "\n"}) == []


# Near-duplicates


def at(*cosines: float) -> Vector:
    """Unit vectors with these similarities to the first axis."""
    return np.array([[cosine, math.sqrt(1 - cosine**2)] for cosine in cosines], np.float32)


@pytest.fixture
def passages(tmp_path: Path) -> list[Passage]:
    """One of each document."""
    documents = read_library(tiny(tmp_path)).documents
    return [Passage(f"k{document.front.id}", document, "Part", document.body) for document in documents]


def test_passages_that_say_nearly_the_same_are_found_once_with_both_places(passages: list[Passage]) -> None:
    (finding,) = near_duplicates(passages, at(1, 0, 0.95))
    assert (finding.path, finding.rule) == (passages[0].document.path, "near-duplicate")
    assert passages[2].document.path in finding.advice
    assert "0.95" in finding.advice


def test_passages_that_are_only_alike_are_left_alone(passages: list[Passage]) -> None:
    assert near_duplicates(passages[:2], at(1, 0.91)) == []
    assert near_duplicates(passages[:2], at(1, -1)) == []


def test_of_three_equal_passages_each_pair_is_found(passages: list[Passage]) -> None:
    assert len(near_duplicates(passages, at(1, 1, 1))) == 3


def test_no_passage_repeats_itself() -> None:
    assert near_duplicates([], np.zeros((0, 2), np.float32)) == []


# sources.yaml


def test_sources_are_read_and_what_else_is_said_of_them_is_passed_over(tmp_path: Path) -> None:
    source = Source(title="Mentoring toolkit", publisher="University of Portsmouth", year=2020)
    assert read_sources(tiny(tmp_path)) == {source}


def test_a_library_without_sources_yaml_is_told_what_to_do(tmp_path: Path) -> None:
    folder = tiny(tmp_path, sources=None)
    with pytest.raises(LibraryError, match=r"sources\.yaml:1: is missing"):
        lint(read_library(folder), folder)


@pytest.mark.parametrize(
    "sources",
    ["", "- 1", "title: x", "[", "just text", "- {title: x}", SOURCES.replace("2020", "soon"), "\0", b"\xff\xfe\xff"],
)
def test_broken_sources_are_refused_in_a_sentence(tmp_path: Path, sources: str | bytes) -> None:
    with pytest.raises(LibraryError, match=r"sources\.yaml:1: must be a list of entries with title"):
        read_sources(tiny(tmp_path, sources=sources))


# The command


def test_the_command_ends_well_and_counts_the_documents(tmp_path: Path) -> None:
    ended = check(tiny(tmp_path), "--quick")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert ended.stdout == "3 documents are in order: 1 guidance, 1 starters, 1 topic.\n"


def test_the_command_prints_each_finding_and_ends_with_1(tmp_path: Path) -> None:
    ended = check(tiny(tmp_path, {TALK: related("gone") + "\nThat is crazy.\n"}), "--quick")
    assert ended.exit_code == 1
    assert [line.split(": ")[1] for line in ended.stdout.splitlines()] == ["dead-reference", "exclusive-wording"]
    assert ended.stderr == "2 things to mend in 3 documents.\n"


def test_a_repeat_is_found_unless_the_check_is_quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.retrieval.embed.SentenceTransformerEncoder", lambda model: WordHashEncoder())
    twice = [guidance(name, "## Part\n\nOne and the same.", title="A title") for name in ("one", "two")]
    folder = tiny(tmp_path, dict(twice))
    assert check(folder, "--quick").exit_code == 0
    ended = check(folder)
    assert ended.exit_code == 1
    assert ended.stdout.startswith("guidance/one.md:1: near-duplicate: ")
    assert "guidance/two.md" in ended.stdout


def test_the_real_library_is_in_order(library: Library) -> None:
    assert lint(library, REPOSITORY / "knowledge") == []
    assert check(REPOSITORY / "knowledge", "--quick").exit_code == 0
