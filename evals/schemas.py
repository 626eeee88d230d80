"""The forms of the datasets: what a row of each file holds, as JSON schemas for editors beside the files.

`python -m evals.schemas` writes them anew after a form has changed.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from evals.gold import Judgement, KnownItem, Query, Seeking, Unanswered
from evals.lives import Life
from evals.own_documents import OwnProgram
from evals.pairs import PairCase
from evals.shared_feedback import FeedbackCase
from evals.sound_texts import PlantRow, SoundRow
from evals.themes import Comment
from evals.told import KeptOut, ToldNeed, Touched
from evals.typed import TypedGoal, Wished
from evals.worst import Attack
from evals.written_pages import WrittenPage

DATASETS = Path(__file__).with_name("datasets")


# The files of each form, and the schema that stands beside them.
FORMS: dict[str, tuple[str, Any]] = {
    "pairs/schema.json": ("pairs/*.yaml", list[PairCase]),
    "lives/schema.json": ("lives/*.yaml", list[Life]),
    "retrieval/queries_schema.json": ("retrieval/queries.jsonl", Query),
    "retrieval/seeking_starters_schema.json": ("retrieval/seeking_starters.jsonl", Seeking),
    "retrieval/known_items_schema.json": ("retrieval/known_items*.jsonl", KnownItem),
    "retrieval/unanswered_schema.json": ("retrieval/unanswered.jsonl", Unanswered),
    "retrieval/qrels_schema.json": ("retrieval/qrels.tsv", Judgement),
    "themes/schema.json": ("themes/*.jsonl", Comment),
    "typed/wishes_schema.json": ("typed/wishes.jsonl", Wished),
    "typed/goals_schema.json": ("typed/goals.jsonl", TypedGoal),
    "told/needs_schema.json": ("told/needs.jsonl", ToldNeed),
    "told/kept_out_schema.json": ("told/kept_out.jsonl", KeptOut),
    "told/touched_schema.json": ("told/touched.jsonl", Touched),
    "plants/schema.json": ("plants/?[!or]*.jsonl", PlantRow),
    "plants/sound_schema.json": ("plants/sound_*.jsonl", SoundRow),
    "plants/written_schema.json": ("plants/written.jsonl", WrittenPage),
    "attacks/schema.json": ("attacks/*.jsonl", Attack),
    "own/schema.json": ("own/*.yaml", list[OwnProgram]),
    "summaries/schema.json": ("summaries/*.yaml", list[FeedbackCase]),
}


def schema_of(form: Any) -> dict[str, Any]:
    """The JSON schema of a row, or of the file where it is one list."""
    return TypeAdapter(form).json_schema()


def rows(file: Path) -> Iterator[Any]:
    """What the form of a file speaks of: each row, or the whole of a YAML file."""
    text = file.read_text("utf-8")
    if file.suffix == ".yaml":
        yield yaml.safe_load(text)
    elif file.suffix == ".tsv":
        yield from csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        yield from (json.loads(line) for line in text.split("\n") if line.strip())


def write_schemas(folder: Path = DATASETS) -> None:
    """Write every schema beside its files."""
    for name, (_, form) in FORMS.items():
        (folder / name).write_text(f"{json.dumps(schema_of(form), indent=1, ensure_ascii=False)}\n", "utf-8")


if __name__ == "__main__":
    write_schemas()
