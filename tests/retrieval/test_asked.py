"""What people ask: read with the library, and indexed beside its passages."""

from pathlib import Path

import pytest

from coach.errors import LibraryError
from coach.retrieval.chunk import asked_lines, chunk
from coach.retrieval.library import Library, read_library
from coach.retrieval.lint import lint
from coach.retrieval.spelling import Spelling
from tests.retrieval.documents import PLACES, write

NAME = "asked/first-talk.yaml"
ASKED = "whole:\n  - what do we say first\nsections:\n  Say hello:\n    - how do I greet a director\n"
SOURCES = "- title: Mentoring toolkit\n  publisher: University of Portsmouth\n  year: 2020\n"


def read(folder: Path, name: str, content: str | bytes) -> Library:
    return read_library(write(folder, {**PLACES, "sources.yaml": SOURCES, name: content}))


def test_what_people_ask_is_read_with_its_document(tmp_path: Path) -> None:
    library = read(tmp_path, NAME, ASKED)
    asked = {document.front.id: document.asked for document in library.documents}
    assert asked["first-talk"].whole == ("what do we say first",)
    assert asked["first-talk"].sections == {"Say hello": ("how do I greet a director",)}
    assert asked["weigh-a-trend"].whole == ()


def test_it_belongs_to_what_the_library_is(tmp_path: Path) -> None:
    before = read_library(write(tmp_path / "before", dict(PLACES))).digest
    assert read(tmp_path / "after", NAME, ASKED).digest != before


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        (NAME, "whole: [a\n", f"{NAME}:"),
        (NAME, "- a list\n", f"{NAME}:1: must be keys with values"),
        (NAME, "", f"{NAME}:1: must be keys with values"),
        (NAME, "whole:\n  - a question\nparts: {}\n", f"{NAME}:3: parts: Extra"),
        (NAME, "whole:\n  - a question\n  - 7\n", f"{NAME}:3: whole.1"),
        (NAME, b"whole:\n  - \xff\xfe\n", f"{NAME}:1: cannot be read"),
        ("asked/nobody.yaml", ASKED, "asked/nobody.yaml:1: there is no document 'nobody'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, name: str, content: str | bytes, problem: str
) -> None:
    with pytest.raises(LibraryError) as caught:
        read(tmp_path, name, content)
    assert [found for found in caught.value.problems if found.startswith(problem)] == caught.value.problems != []


def test_lines_are_indexed_under_their_section_and_with_title_and_heading(tmp_path: Path) -> None:
    library = read(tmp_path, NAME, ASKED)
    lines = asked_lines(library, chunk(library))
    assert [(line.section, line.embedded_text) for line in lines] == [
        (None, "The first talk"),
        (None, "what do we say first"),
        ("Say hello", "Say hello"),
        ("Say hello", "how do I greet a director"),
    ]
    assert {line.document_id for line in lines} == {"first-talk"}
    assert len({line.id for line in lines}) == 4


def test_a_section_that_is_gone_is_found_by_the_check_and_not_indexed(tmp_path: Path) -> None:
    library = read(tmp_path, NAME, ASKED.replace("Say hello", "Say goodbye"))
    assert [line.section for line in asked_lines(library, chunk(library))] == [None, None]
    (finding,) = lint(library, tmp_path)
    assert (finding.path, finding.line, finding.rule) == (NAME, 4, "dead-reference")
    assert "'Say goodbye'" in finding.advice


def test_a_line_is_mended_as_a_question_is(tmp_path: Path) -> None:
    library = read(tmp_path, NAME, ASKED.replace("do we say", "do we sya").replace("director", "directer"))
    spelling = Spelling(["Say what the director does"] * 2, {"greet"}, typed=library.documents[0].asked.lines)
    lines = [line.embedded_text for line in asked_lines(library, chunk(library), spelling.mender())]
    assert lines[1:] == ["what do we say first", "Say hello", "how do I greet a director"]
