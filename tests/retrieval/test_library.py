import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from coach.errors import LibraryError
from coach.retrieval.library import STAGES, TOPICS, Library, read_library, starters
from coach.settings import REPOSITORY
from tests.retrieval.documents import GUIDANCE, PLACES, STARTERS, TOPIC, write

TALK, TREND, QUESTIONS = PLACES


def problems(folder: Path) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        read_library(folder)
    return caught.value.problems


def line_of(document: str, start: str) -> int:
    """Line of `document`, counted from 1, that begins with `start`."""
    return next(number for number, line in enumerate(document.split("\n"), 1) if line.startswith(start))


def test_documents_in_order_are_read(tmp_path: Path) -> None:
    library = read_library(write(tmp_path, {**PLACES, "README.md": "Not a document."}))

    assert {document.path: document.kind for document in library.documents} == {
        TALK: "guidance",
        TREND: "topic",
        QUESTIONS: "starters",
    }
    assert [document.front.id for document, _ in library.activities()] == ["weigh-a-trend"]


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"),
    [
        pytest.param(TALK, "## Say hello\n", 1, "must begin with front matter", id="no front matter"),
        pytest.param(TALK, "", 1, "must begin with front matter", id="empty file"),
        pytest.param(TALK, "---\nid: first-talk\n\n## Hello", 4, "never closed", id="front matter never closed"),
        pytest.param(TALK, GUIDANCE.replace("The first", "First: the"), 3, "quote values", id="colon in a value"),
        pytest.param(TALK, GUIDANCE.replace("[kickoff]", "[kickoff"), 5, "expected", id="bracket not closed"),
        pytest.param(TALK, GUIDANCE.replace("evidence:", "\tevidence:"), 6, "quote", id="a tab"),
        pytest.param(TALK, "---\n- a list\n---\nText.\n", 2, "keys with values", id="a list for front matter"),
        pytest.param(TALK, "---\n---\nText.\n", 2, "keys with values", id="nothing in the front matter"),
        pytest.param(TALK, GUIDANCE.replace("updated", "mood: good\nupdated"), 11, "mood: Extra", id="unknown key"),
        pytest.param(TALK, GUIDANCE.replace("year: 2020", "year: soon"), 10, "sources.0.year", id="wrong type"),
        pytest.param(TALK, GUIDANCE.replace("year: 2020", "page: 1"), 10, "sources.0.page", id="unknown key, nested"),
        pytest.param(TALK, GUIDANCE.replace("2026-11-21", "lately"), 11, "updated", id="no date"),
        pytest.param(TALK, GUIDANCE.replace("[kickoff]", "[lunch]"), 4, "stages.0", id="unknown stage"),
        pytest.param(TALK, GUIDANCE.replace("title: The first talk\n", ""), 2, "title: Field required", id="no title"),
        pytest.param(TALK, GUIDANCE.replace("updated", "topic: golf\nupdated"), 11, "topic: Input", id="unknown topic"),
        pytest.param(TALK, GUIDANCE.partition("## ")[0], 13, "no text after", id="empty body"),
        pytest.param(TALK, GUIDANCE.replace("first-talk", "second-talk"), 2, "must be the file's name", id="id"),
        pytest.param(TALK, GUIDANCE.replace("id: first-talk", "id: First Talk"), 2, "id: String", id="id with blanks"),
        pytest.param(TALK, GUIDANCE.encode() + b"\x89PNG\r\n\x1a\n\0\0", 17, "not UTF-8", id="an image"),
        pytest.param(TALK, GUIDANCE.replace("how", "how\0"), 16, "a binary file", id="a binary file"),
        pytest.param(TALK, GUIDANCE.replace("hello", "olé").encode("latin-1"), 14, "not UTF-8", id="latin-1"),
        pytest.param(TALK, GUIDANCE + "a" * 200_001, 1, "split it", id="over 200 kB"),
        pytest.param(TALK, b"\xff" * 5_000_001, 1, "5,000,001 bytes", id="over 5 MB"),
        pytest.param("notes/first-talk.md", GUIDANCE, 1, "in none of the folders", id="unknown folder"),
        pytest.param("first-talk.md", GUIDANCE, 1, "in none of the folders", id="no folder"),
        pytest.param(TREND, TOPIC.replace("least: 10", "least: 30"), 13, "least must not", id="minutes the wrong way"),
        pytest.param(TREND, TOPIC.replace("least: 10", "least: 1"), 13, "minutes.least", id="minutes too few"),
        pytest.param(TREND, TOPIC.replace("  mentee: Think of the last one.\n", ""), 16, "prep.mentee", id="prep"),
        pytest.param(
            QUESTIONS, STARTERS.replace("most?", "most."), 17, "must be a question", id="starter, no question"
        ),
        pytest.param(QUESTIONS, STARTERS.replace("## The mentor asks", ""), 17, "says who asks", id="nobody asks"),
        pytest.param(QUESTIONS, STARTERS.replace("Either", "Both"), 19, "heading must be", id="unknown heading"),
        pytest.param(QUESTIONS, STARTERS + "\nAnd so on.\n", 23, "only headings and lists", id="prose in starters"),
    ],
)
def test_a_broken_document_stops_with_file_line_and_reason(
    tmp_path: Path, name: str, content: str | bytes, line: int, reason: str
) -> None:
    found = problems(write(tmp_path, {name: content}))

    assert any(problem.startswith(f"{name}:{line}: ") and reason in problem for problem in found), found
    assert all(problem.startswith(f"{name}:") and "\n" not in problem for problem in found)


def test_one_wrong_item_of_a_list_is_one_problem(tmp_path: Path) -> None:
    found = problems(write(tmp_path, {TALK: GUIDANCE.replace("[kickoff]", "[lunch]")}))

    assert len(found) == 1, found


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        pytest.param(
            TREND, TOPIC.replace("topic: innovation", "topic: career"), "topic:", id="topic of another folder"
        ),
        pytest.param(TREND, TOPIC.replace("{mentee} says", "they say"), "agenda:", id="agenda names one person"),
        pytest.param(
            TALK,
            GUIDANCE.replace("id: first-talk\ntitle: The first talk", "title: The first talk\nid: other"),
            "id:",
            id="id below the title",
        ),
    ],
)
def test_a_problem_of_one_key_names_the_line_of_that_key(tmp_path: Path, name: str, content: str, key: str) -> None:
    (problem,) = problems(write(tmp_path, {name: content}))

    assert problem.startswith(f"{name}:{line_of(content, key)}: ")


@pytest.mark.parametrize("brace", ["{mentor.name}", "{mentor!r}", "{0}", "a { brace", "a } brace", "{{mentor}"])
def test_an_agenda_that_cannot_be_filled_in_stops_when_the_library_is_read(tmp_path: Path, brace: str) -> None:
    text = TOPIC.replace("brings one trend", f"brings {brace} and one trend")

    (problem,) = problems(write(tmp_path, {TREND: text}))

    assert problem.startswith(f"{TREND}:")
    assert "agenda" in problem


@pytest.mark.parametrize("case", ["Choose one.", "Choose {goal} or {goal}.", "Choose {goal} of {mentor.name}."])
def test_a_case_without_one_place_for_the_goal_stops_when_the_library_is_read(tmp_path: Path, case: str) -> None:
    (problem,) = problems(write(tmp_path, {TREND: TOPIC.replace("\nprep:", f"\ncase: {case}\nprep:")}))

    assert problem.startswith(f"{TREND}:")
    assert "case" in problem


def test_front_matter_nested_without_end_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {TALK: GUIDANCE.replace("[kickoff]", "[" * 50_000)})
    code = f"""
from pathlib import Path
from coach.errors import LibraryError
from coach.retrieval.library import read_library
try:
    read_library(Path({str(tmp_path)!r}))
except LibraryError as error:
    print(error.problems[0])
"""

    # In a process of its own, since too deep a nesting can end the process.
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=False)

    assert (done.returncode, done.stdout.split(":")[0]) == (0, TALK), done.stderr[-500:]


def test_starters_without_a_single_question_are_refused(tmp_path: Path) -> None:
    text = "\n".join(line for line in STARTERS.split("\n") if not line.startswith("- W"))

    (problem,) = problems(write(tmp_path, {QUESTIONS: text}))

    assert problem.startswith(f"{QUESTIONS}:")


def test_two_documents_with_one_id_name_each_other(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, {TALK: GUIDANCE, "guidance/kickoff/first-talk.md": GUIDANCE}))

    assert problem == f"guidance/kickoff/first-talk.md:2: id 'first-talk' is taken by {TALK}" or problem == (
        f"{TALK}:2: id 'first-talk' is taken by guidance/kickoff/first-talk.md"
    )


def test_all_problems_are_reported_at_once(tmp_path: Path) -> None:
    broken = GUIDANCE.replace("updated: 2026-11-21", "updated: soon\nmood: good").replace("mentee]", "boss]")
    questions = STARTERS.replace("most?", "most.").replace("again?", "again.")

    found = problems(write(tmp_path, {TALK: broken, TREND: "no front matter", QUESTIONS: questions}))

    assert sorted(problem.split(": ")[0] for problem in found) == sorted(
        [f"{TALK}:5", f"{TALK}:11", f"{TALK}:12", f"{QUESTIONS}:17", f"{QUESTIONS}:21", f"{TREND}:1"]
    )


def test_the_message_counts_the_problems_and_lists_each(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="2 problems in the knowledge library; nothing was indexed") as caught:
        read_library(write(tmp_path, {TALK: "a", TREND: "b"}))

    assert str(caught.value).split("\n")[1:] == caught.value.problems


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_library_without_documents_says_which_setting_to_change(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()

    (problem,) = problems(tmp_path / folder)

    assert problem.startswith(f"{tmp_path / folder}:")
    assert "COACH_KNOWLEDGE_DIR" in problem


def test_a_document_from_windows_reads_like_any_other(tmp_path: Path) -> None:
    plain = read_library(write(tmp_path / "a", {TALK: GUIDANCE})).documents[0]
    windows = read_library(write(tmp_path / "b", {TALK: b"\xef\xbb\xbf" + GUIDANCE.replace("\n", "\r\n").encode()}))

    assert windows.documents[0] == plain


def test_the_digest_changes_with_any_byte(tmp_path: Path) -> None:
    digests = {
        read_library(write(tmp_path / name, {TALK: text})).digest
        for name, text in {"a": GUIDANCE, "b": GUIDANCE + " ", "c": GUIDANCE.replace("hello", "Hello")}.items()
    }

    assert len(digests) == 3
    assert read_library(tmp_path / "a").digest in digests


def test_the_library_covers_all_topics_stages_and_kinds(library: Library) -> None:
    kinds = [document.kind for document in library.documents]

    assert len(library.documents) >= 45
    assert {document.front.topic for document in library.documents} == {*TOPICS, None}
    assert {stage for document in library.documents for stage in document.front.stages} == set(STAGES)
    for stage in STAGES:
        guides = [d for d in library.documents if d.kind == "guidance" and d.front.stages == (stage,)]
        assert guides, f"no guidance for {stage} alone"
    assert {"guidance", "topic", "exercise", "starters", "theme"} == set(kinds)


def test_every_topic_has_activities_with_minutes_and_starters_for_every_stage(library: Library) -> None:
    activities = {(document.kind, front.topic) for document, front in library.activities() if front.minutes.most >= 5}
    asked = {(d.front.topic, stage) for d in library.documents if d.kind == "starters" for stage in d.front.stages}

    assert activities >= {(kind, topic) for kind in ("topic", "exercise") for topic in TOPICS}
    assert asked >= {(topic, stage) for topic in TOPICS for stage in STAGES}


def test_every_activity_tells_what_it_is_good_for(library: Library) -> None:
    told = [front.gives for _, front in library.activities()]

    assert all(told)
    assert len(set(told)) == len(told)


def test_a_pair_that_meets_often_has_questions_for_many_building_sessions(library: Library) -> None:
    for document in library.documents:
        if document.kind == "starters" and "building" in document.front.stages:
            asking = Counter(side for _, side in starters(document))
            assert min(asking[side] for side in ("mentor", "mentee", "either")) >= 8, document.path


def test_every_topic_has_an_exercise_for_a_building_session_of_a_quarter_of_an_hour(library: Library) -> None:
    short = {
        front.topic
        for document, front in library.activities()
        if document.kind == "exercise" and front.minutes.least == 5 and "building" in front.stages
    }

    assert short >= {*TOPICS, None}
