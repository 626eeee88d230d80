"""The datasets keep their forms, and the pairs cover what pairs can be."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from coach.retrieval.chunk import chunk
from coach.retrieval.library import Stage, read_library
from coach.settings import Settings
from evals.gold import read_gold, read_known, read_seeking, read_unanswered
from evals.pairs import Trait, read_pairs
from evals.retrieval import Asked
from evals.schemas import DATASETS, FORMS, rows, schema_of
from evals.themes import held_out_comments


@pytest.mark.parametrize("name", FORMS)
def test_the_schema_beside_a_dataset_is_that_of_the_code(name: str) -> None:
    assert json.loads((DATASETS / name).read_text("utf-8")) == schema_of(FORMS[name][1]), "run python -m evals.schemas"


@pytest.mark.parametrize("name", FORMS)
def test_every_row_keeps_to_its_schema(name: str) -> None:
    pattern, form = FORMS[name]
    files = sorted(DATASETS.glob(pattern))
    assert files
    adapter: TypeAdapter[Any] = TypeAdapter(form)
    for file in files:
        found = list(rows(file))
        assert found
        for row in found:
            adapter.validate_python(row)


def test_every_dataset_has_a_schema() -> None:
    described = {file for pattern, _ in FORMS.values() for file in DATASETS.glob(pattern)}
    every = {file for file in DATASETS.rglob("*") if file.suffix in {".yaml", ".jsonl", ".tsv"}}
    # Its schema stands beside it, written by the part that reads it.
    assert every - {DATASETS / "agendas.yaml"} == described


def test_an_editor_is_told_the_schema_of_every_yaml_file() -> None:
    schemas = {file: DATASETS / name for name, (pattern, _) in FORMS.items() for file in DATASETS.glob(pattern)}
    for file in DATASETS.rglob("*.yaml"):
        schema = schemas.get(file, DATASETS / "agendas_schema.json").name
        assert file.read_text("utf-8").startswith(f"# yaml-language-server: $schema={schema}\n"), file


def test_there_are_as_many_cases_as_were_promised() -> None:
    assert len(read_pairs()) >= 120
    assert len(read_gold()) >= 150
    assert len(held_out_comments()) >= 400
    seeking = Counter((one.split, one.for_starters) for one in read_seeking())
    assert sorted(seeking.values()) == [30, 30, 30, 30]


@pytest.mark.parametrize("read", [read_gold, read_seeking, read_known, read_unanswered])
def test_half_of_what_is_asked_is_held_out_and_says_nothing_that_the_other_half_says(
    read: Callable[[], Sequence[Asked]],
) -> None:
    halves: dict[str, set[str]] = {"tune": set(), "held-out": set()}
    for one in read():
        halves[one.split].add(one.text.casefold())
    assert min(map(len, halves.values())) >= 60
    assert not halves["tune"] & halves["held-out"]


@pytest.mark.parametrize("name", ["plants/{}.jsonl", "plants/sound_{}.jsonl", "attacks/{}.jsonl", "own/{}.yaml"])
def test_what_is_held_out_is_marked_by_its_file_and_is_not_in_what_was_built_with(name: str) -> None:
    built, held_out = (_texts(DATASETS / name.format(half)) for half in ("built", "heldout"))
    assert built
    assert held_out
    assert not built & held_out


def _texts(file: Path) -> set[str]:
    if file.suffix == ".yaml":
        return {pair["name"] for whole in rows(file) for one in whole for pair in one["pairs"]}
    return {row["text"] for row in rows(file)}


def test_every_document_that_can_answer_is_the_right_one_of_questions_in_both_halves() -> None:
    passages = chunk(read_library(Settings().knowledge_dir))
    sections = {(one.document_id, one.section) for one in passages}
    asked = {one.document_id for one in passages if one.kind in {"topic", "exercise", "guidance"}}
    for half in ("tune", "held-out"):
        known = [one for one in read_known() if one.split == half]
        assert {one.document for one in known if one.writer < 3} == asked
        assert {(one.document, one.section) for one in known} <= sections
    themes = {one.document_id for one in passages if one.kind == "theme"}
    assert {one.document for one in read_known() if one.writer == 3} == asked | themes


def test_the_pairs_cover_every_stage_and_every_hard_case() -> None:
    pairs = read_pairs()
    stages = Counter(pair.briefing().brief.stage for pair in pairs)
    assert set(stages) == set(get_args(Stage))
    assert min(stages.values()) >= 8
    traits = Counter(trait for pair in pairs for trait in pair.traits)
    assert set(traits) == set(get_args(Trait))
    assert min(traits.values()) >= 5


def test_a_hard_case_is_what_it_says_that_it_is() -> None:
    by_trait = {trait: [pair for pair in read_pairs() if trait in pair.traits] for trait in get_args(Trait)}
    assert all(pair.mentor.avoid_topics or pair.mentee.avoid_topics for pair in by_trait["opted-out"])
    assert all(pair.mentor.accessibility or pair.mentee.accessibility for pair in by_trait["accessibility"])
    assert all(any(one.status != "held" for one in pair.past) for pair in by_trait["cancelled"])
    assert all(pair.traits == ("plain",) for pair in by_trait["plain"])


def test_the_pairs_cover_lengths_industries_and_cultures() -> None:
    pairs = read_pairs()
    minutes = Counter(
        "short" if pair.session.minutes <= 30 else "hour" if pair.session.minutes <= 60 else "long" for pair in pairs
    )
    assert min(minutes[length] for length in ("short", "hour", "long")) >= 12
    assert min(pair.session.minutes for pair in pairs) == 15
    assert max(pair.session.minutes for pair in pairs) >= 120
    assert len({pair.industry for pair in pairs}) >= 60
    assert len({pair.culture for pair in pairs}) >= 60
    assert len({topic for pair in pairs for topic in pair.topics}) == 7
