"""Datasets as people edit them: what is wrong is told with the file, the line and what to do."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from evals.agendas import DATASET, read_dataset
from evals.pairs import FOLDER, read_pairs
from evals.parts import PartNotRun
from evals.rows import checked, json_rows, yaml_files, yaml_rows
from evals.shared_feedback import read_cases


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str


CASE = """- name: {name}
  mentor: Ada
  mentee: Max
  sessions:
  - mentor: {{ratings: [4, 4, 4], well: "It was good"}}
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- name: one\n  mentor: 'Ada\n", "some.yaml:3 is no YAML that can be read: "),
        ("- name: one\n mentor: Ada\n", "some.yaml:2 is no YAML that can be read: "),
        (
            "- name: one\n  mentor: Ada\n  mentor: Max\n",
            "some.yaml:3 is no YAML that can be read: the key 'mentor' comes",
        ),
        ("- {a: 1}\n- name: two\n", "some.yaml:1: name: is missing"),
        ("name: one\n", "some.yaml has no list of cases"),
        ("", "some.yaml has no list of cases"),
        ("- just a text\n", "some.yaml:1: the row: is no entry with fields"),
        (CASE.format(name="one") * 2, "some.yaml:6 has the name “one”, as the one at "),
        ("- [name, mentor]: one\n", "some.yaml:1 is no YAML that can be read: a key in brackets"),
        ("- name: one\n  {mentor}: Ada\n", "some.yaml:2 is no YAML that can be read: a key in brackets"),
        ("- name: one\n  mentor: 2026-09-31\n", "some.yaml:2 is no YAML that can be read: 2026-09-31, day is out of"),
        ("- name: one\n  mentor: Ada\x0b\n", "some.yaml:2 is no YAML that can be read: "),
        ("- name: one\n\tmentor: Ada\n", "the indent (spaces, no tabs)"),
        ("- " + "[" * 5_000, "some.yaml: its brackets are nested too deeply"),
        ("-\n", "some.yaml:1: the row: is no entry with fields"),
        (CASE.format(name="No"), "some.yaml:1: name: is no text. Put it in quotes"),
        (CASE.format(name="one").replace("[4, 4, 4]", "[4, 4]"), "some.yaml:1 (one): sessions.0.mentor.ratings"),
        (CASE.format(name="one").replace("4, 4]", "4, 9]"), "ratings.2 (line 5): “9” is not 5 or less"),
        (CASE.format(name="one").replace("well:", "wel:"), "sessions.0.mentor.wel (line 5): there is no such field"),
        (f"# first\n{CASE.format(name='one')}  goals: []\n", "some.yaml:2 (one): goals (line 7): there is no such"),
        (
            f"{CASE.format(name='one')}  done: {{3: {{mentor: true}}}}\n",
            "asked or done is of session 3, and there are 1",
        ),
    ],
)
def test_a_broken_file_of_cases_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "some.yaml").write_text(text, "utf-8")
    with pytest.raises(PartNotRun) as caught:
        read_cases(tmp_path)
    assert told in str(caught.value)
    assert "pydantic" not in str(caught.value)


class Numbers(BaseModel):
    minutes: Annotated[int, Field(ge=15, le=180)] = 60
    share: float = 0.5
    key: Annotated[str, Field(pattern=r"^q\d+$")] = "q1"
    status: Literal["held", "cancelled"] = "held"
    ratings: tuple[int, int, int] = (1, 2, 3)
    goals: Annotated[tuple[str, ...], Field(min_length=1)] = ("one",)
    text: Annotated[str, Field(min_length=1)] = "some"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"minutes": "about 60"}, "minutes: “about 60” is no whole number, such as 45"),
        ({"minutes": 7.5}, "minutes: “7.5” is no whole number, such as 45"),
        ({"minutes": -60}, "minutes: “-60” is not 15 or more"),
        ({"minutes": 600}, "minutes: “600” is not 180 or less"),
        ({"share": "half"}, "share: “half” is no number, such as 0.5"),
        ({"key": "one"}, "key: “one” is not of the form that the others have, ^q\\d+$"),
        ({"status": "hold"}, "status: “hold” is none of 'held' or 'cancelled'"),
        ({"ratings": [1, 2, 3, 4]}, "ratings: has 4 entries, and 3 are the most that it may have"),
        ({"goals": []}, "goals: has 0 entries, and 1 are the fewest that it may have"),
        ({"text": ""}, "text: is empty"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_words_of_no_programmer(row: dict[str, object], told: str) -> None:
    with pytest.raises(PartNotRun) as caught:
        checked(Numbers, "some.jsonl:1", row)
    assert str(caught.value) == f"some.jsonl:1: {told}"


def test_a_file_of_cases_may_have_a_mark_and_other_ends_of_lines(tmp_path: Path) -> None:
    text = "\ufeff" + CASE.format(name="one") + "\n" + CASE.format(name="two")
    (tmp_path / "some.yaml").write_bytes(text.replace("\n", "\r\n").encode())
    assert [case.name for case in read_cases(tmp_path)] == ["one", "two"]


def test_a_folder_without_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(PartNotRun, match="has no cases"):
        yaml_files(tmp_path)


def test_a_pair_that_comes_twice_is_told(tmp_path: Path) -> None:
    first = min(FOLDER.glob("*.yaml"))
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_bytes(first.read_bytes())
    with pytest.raises(PartNotRun, match=r"b\.yaml:2 has the name “[a-z-]+”, as the one at .*a\.yaml:2 has"):
        read_pairs(tmp_path)


def test_an_action_of_a_session_that_there_was_not_is_told(tmp_path: Path) -> None:
    text = min(FOLDER.glob("*.yaml")).read_text("utf-8").replace("after: 1", "after: 7", 1)
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    with pytest.raises(PartNotRun, match="“Bring the list of alarms nobody believes” is of session 7, and 1 are past"):
        read_pairs(tmp_path)


def test_a_brief_that_comes_twice_is_told(tmp_path: Path) -> None:
    head, _, cases = DATASET.read_text("utf-8").partition("\ncases:\n")
    (tmp_path / "agendas.yaml").write_text(f"{head}\ncases:\n{cases}{cases}", "utf-8")
    with pytest.raises(PartNotRun, match=r"agendas\.yaml:\d+ has the name “kickoff-two-goals”, as the one at .*:7 has"):
        read_dataset(tmp_path / "agendas.yaml")


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("cases: []", "is no YAML that can be read: the key 'cases' comes twice"),
        ("evaluators:\n- Equals: 1", "evaluators: there is no such field"),
        ("colour: red", "colour: there is no such field"),
    ],
)
def test_beside_the_list_of_cases_there_is_nothing_else(tmp_path: Path, added: str, told: str) -> None:
    text = DATASET.read_text("utf-8")
    (tmp_path / "agendas.yaml").write_text(text.replace("\nname: agendas\n", f"\n{added}\nname: agendas\n"), "utf-8")
    with pytest.raises(PartNotRun) as caught:
        read_dataset(tmp_path / "agendas.yaml")
    assert told in str(caught.value)
    assert "validation error" not in str(caught.value)


@pytest.mark.parametrize("line", ["{", "[]", '"text"', "{'text': 'a'}", "7", "[" * 100_000])
def test_a_line_that_is_no_row_is_told(tmp_path: Path, line: str) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"a": 1}\n\n' + line)
    with pytest.raises(PartNotRun, match=r"some\.jsonl:3 "):
        list(json_rows(file))


def test_a_key_that_comes_twice_in_a_row_is_told(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text('{"a": {"b": 1}}\n{"a": {"b": 1, "b": 2}}\n')
    with pytest.raises(PartNotRun, match=r"some\.jsonl:2 is no JSON \(the key 'b' comes twice"):
        list(json_rows(file))


def test_of_a_line_that_is_no_row_the_column_is_told(tmp_path: Path) -> None:
    file = tmp_path / "some.jsonl"
    for line, column in (('{"a": 1,}', 9), ('{"a\x0b"}', 4)):
        file.write_text(f"{{}}\n{line}\n")
        with pytest.raises(PartNotRun, match=rf"some\.jsonl:2 is no JSON \([^()]*[a-z] at column {column}\)") as caught:
            list(json_rows(file))
        assert "at at" not in str(caught.value)


def test_of_many_faults_the_first_are_told() -> None:
    with pytest.raises(PartNotRun, match=r"^here: .*is missing; .*there is no such field.*; and 2 more$"):
        checked(Form, "here", {f"key {number}": 1 for number in range(11)})


def test_where_an_entry_stands_is_told_also_under_a_key(tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_text("name: x\ncases:\n\n- a: 1\n# a word\n- b: 2\n")
    assert list(yaml_rows(file, "cases")) == [(f"{file}:4", {"a": 1}), (f"{file}:6", {"b": 2})]
    with pytest.raises(PartNotRun, match=r"some\.yaml:2: cases: there is no such field"):
        list(yaml_rows(file, "other"))
    file.write_text("name: x\n")
    with pytest.raises(PartNotRun, match="no list of cases under cases"):
        list(yaml_rows(file, "cases"))
