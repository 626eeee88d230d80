"""The datasets keep their forms, and the pairs cover what pairs can be."""

import json
from collections import Counter
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from coach.retrieval.library import Stage
from evals.pairs import Trait, read_pairs
from evals.retrieval import read_gold
from evals.schemas import DATASETS, FORMS, rows, schema_of
from evals.themes import read_comments


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
