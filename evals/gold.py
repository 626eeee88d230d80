"""The questions that retrieval is judged by, in `datasets/retrieval/`; half to tune with and half held out.

`queries.jsonl` and `qrels.tsv` (0 to 2) are the gold set. `seeking_starters.jsonl` holds questions that seek
conversation starters, and others that only look like it. `known_items.jsonl` holds what somebody might type for whom
one document is the best answer, by a writer who had the documents and nothing else: not the gold set, nor what is asked
of documents, nor the search. One writer wrote both its halves; those from k352 on are of whoever wrote their documents
and what is asked of them, so they say less. `known_items_again.jsonl` is of another writer, all held out.
`unanswered.jsonl` holds what the library has no answer to.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.retrieval.find import Narrowing
from coach.retrieval.library import Stage, Topic
from evals.parts import PartNotRun
from evals.rows import checked, json_rows, once, read_text

FOLDER = Path(__file__).with_name("datasets") / "retrieval"

Split = Literal["tune", "held-out"]
Qrels = dict[str, dict[str, int]]

_Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, eq=False)
class Question:
    """One question of the gold set; `relevant` is empty where the library has no answer."""

    id: str
    text: str
    form: str
    split: Split
    narrowing: Narrowing
    relevant: Mapping[str, int]

    def groups(self) -> dict[str, Sequence[str]]:
        """What the question is of."""
        narrowing = self.narrowing
        return {
            "form": [self.form],
            "topic": sorted(narrowing.topics or ()),
            "stage": [narrowing.stage] if narrowing.stage else [],
        }

    def shown(self) -> dict[str, Any]:
        """The question, and what answers it."""
        return {"question": self.text, **self.groups(), "answered by": dict(self.relevant)}


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _About(_Row):
    form: _Text
    split: Split
    stage: Stage | None
    topic: Topic | None


class _Query(_Row):
    id: Annotated[_Text, Field(alias="_id")]
    text: _Text
    metadata: _About


class _Judgement(_Row):
    query: Annotated[_Text, Field(alias="query-id")]
    section: Annotated[_Text, Field(alias="corpus-id")]
    score: int


class Looks(BaseModel):
    """Who asks in what form, in which half; whether starters are sought, and on which topic, where one is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asker: _Text
    form: _Text
    split: Split
    seek: Literal["starters", "other"]
    about: Topic | None


class Seeking(BaseModel):
    """A question that seeks conversation starters, or one that only looks like it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(alias="_id", pattern=r"^s\d+$")]
    text: _Text
    metadata: Looks

    @property
    def for_starters(self) -> bool:
        """Whether starters are sought."""
        return self.metadata.seek == "starters"

    @property
    def split(self) -> Split:
        """The half that it is in."""
        return self.metadata.split

    def groups(self) -> dict[str, Sequence[str]]:
        """What the question is of."""
        about = [self.metadata.about] if self.metadata.about else []
        return {"form": [self.metadata.form], "topic": about, "seek": [self.metadata.seek]}

    def shown(self) -> dict[str, Any]:
        """The question, and what it seeks."""
        return {"question": self.text, **self.groups()}


class KnownItem(BaseModel):
    """A question or a sentence for which one document is the best answer, and one section of it first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(alias="_id", pattern=r"^k\d+$")]
    text: _Text
    document: _Text
    section: _Text
    form: Literal["plain", "situation", "hasty"]
    split: Split
    writer: Literal[1, 2] = 1

    def groups(self) -> dict[str, Sequence[str]]:
        """What it is of."""
        return {"form": [self.form]}

    def shown(self) -> dict[str, Any]:
        """The text, and what answers it."""
        return {"question": self.text, **self.groups(), "answered by": self.document}


class Unanswered(BaseModel):
    """What the library has no answer to: of its neighborhood, such as pay, or from far away, such as lentil soup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(alias="_id", pattern=r"^n\d+$")]
    text: _Text
    kind: Literal["near", "far"]
    split: Split

    def groups(self) -> dict[str, Sequence[str]]:
        """What it is of."""
        return {"kind": [self.kind]}

    def shown(self) -> dict[str, Any]:
        """The text; nothing answers it."""
        return {"question": self.text, **self.groups()}


def read_gold(folder: Path = FOLDER) -> list[Question]:
    """The gold set. Raises PartNotRun with the line where it is missing or broken."""
    queries, qrels = folder / "queries.jsonl", folder / "qrels.tsv"
    rows = [checked(_Query, where, row) for where, row in json_rows(queries)]
    once((row.id for row in rows), queries, "_id")
    judged = read_qrels(qrels, {row.id for row in rows})
    return [
        Question(
            id=row.id,
            text=row.text,
            form=row.metadata.form,
            split=row.metadata.split,
            narrowing=Narrowing(
                topics=frozenset({row.metadata.topic}) if row.metadata.topic else None, stage=row.metadata.stage
            ),
            relevant=judged.get(row.id, {}),
        )
        for row in rows
    ]


def read_seeking(folder: Path = FOLDER) -> list[Seeking]:
    """The questions that seek starters or look like it. Raises PartNotRun with the line that is broken."""
    file = folder / "seeking_starters.jsonl"
    found = [checked(Seeking, where, row) for where, row in json_rows(file)]
    once((one.id for one in found), file, "_id")
    return found


def read_known(folder: Path = FOLDER) -> list[KnownItem]:
    """The questions with one best document, of both writers. Raises PartNotRun with the line that is broken."""
    files = [folder / "known_items.jsonl", folder / "known_items_again.jsonl"]
    found = [checked(KnownItem, where, row) for file in files for where, row in json_rows(file)]
    once((one.id for one in found), files[-1], "_id")
    return found


def read_unanswered(folder: Path = FOLDER) -> list[Unanswered]:
    """What has no answer. Raises PartNotRun with the line that is broken."""
    file = folder / "unanswered.jsonl"
    found = [checked(Unanswered, where, row) for where, row in json_rows(file)]
    once((one.id for one in found), file, "_id")
    return found


def read_qrels(file: Path, asked: set[str] | None = None) -> Qrels:
    """What answers which question how well, without what does not. Raises PartNotRun with the line that is broken.

    Where it is known what was `asked`, each judgement is of one of these questions, from 0 to 2, and there once.
    """
    lines = read_text(file).split("\n")
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if not {"query-id", "corpus-id", "score"} <= set(rows.fieldnames or ()):
        raise PartNotRun(f"{file}:1 must name the columns query-id, corpus-id and score, with tabs between them.")
    judged: Qrels = {}
    for row in rows:
        where = f"{file}:{rows.line_num}"
        one = checked(_Judgement, where, row)
        of_query = judged.setdefault(one.query, {})
        if asked is not None:
            if one.query not in asked:
                raise PartNotRun(f"{where} judges {one.query}, and queries.jsonl has no such question.")
            if one.section in of_query:
                raise PartNotRun(f"{where} judges {one.section!r} for {one.query} a second time.")
            if not 0 <= one.score <= 2:
                raise PartNotRun(f"{where} gives a score of {one.score}; it is 0, 1 or 2.")
        of_query[one.section] = one.score
    found = {query: {name: score for name, score in one.items() if score > 0} for query, one in judged.items()}
    return {query: one for query, one in found.items() if one}
