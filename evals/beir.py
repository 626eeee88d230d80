"""Collections in BEIR form: a folder with `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from coach.retrieval.chunk import IndexedText
from evals.gold import Qrels, read_qrels
from evals.parts import PartNotRun
from evals.rows import checked, json_rows


class _Row(BaseModel):
    # Public collections have further keys, and some of them numbers for ids.
    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

    id: Annotated[str, Field(alias="_id", min_length=1)]


class _Document(_Row):
    title: str | None = None
    text: str


class _Question(_Row):
    text: str


@dataclass(frozen=True)
class BeirCollection:
    """The documents, the text of each judged question by its id, and what answers it; `odd` says in sentences which
    judgements are of what the collection does not have.
    """

    documents: list[IndexedText]
    questions: Mapping[str, str]
    judged: Qrels
    odd: tuple[str, ...]


def read_collection(folder: Path) -> BeirCollection:
    """The collection of a folder. Raises PartNotRun with the file and the line that is wrong."""
    try:
        documents = [_indexed(checked(_Document, *row)) for row in json_rows(folder / "corpus.jsonl")]
        asked = [checked(_Question, *row) for row in json_rows(folder / "queries.jsonl")]
        judged = read_qrels(folder / "qrels" / "test.tsv")
    except PartNotRun as error:
        raise PartNotRun(f"{folder} is not a collection in BEIR form: {error}") from error
    texts = {one.id: one.text for one in asked}
    known = {one.id for one in documents}
    kept = {name: found for name, found in judged.items() if name in texts}
    if not known or not kept:
        raise PartNotRun(f"{folder} has no documents, or no judged question among its queries.")
    odd = [
        *_odd("question", "queries.jsonl", judged.keys() - texts.keys(), "left out"),
        *_odd("document", "corpus.jsonl", {name for found in kept.values() for name in found} - known, "never found"),
    ]
    return BeirCollection(documents, {name: texts[name] for name in kept}, kept, tuple(odd))


def _indexed(row: _Document) -> IndexedText:
    return IndexedText(row.id, row.id, ". ".join(filter(None, [row.title, row.text])))


def _odd(what: str, file: str, names: Collection[str], so: str) -> Iterator[str]:
    if names:
        of_them = f"1 judged {what} is" if len(names) == 1 else f"{len(names)} judged {what}s are"
        yield f"{of_them} not in {file}, such as {min(names)!r}, and so {so}."
