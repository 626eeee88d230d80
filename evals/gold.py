"""The questions that retrieval is judged by, in `datasets/retrieval/`; half to tune with and half held out.

`queries.jsonl` and `qrels.tsv` (0 to 2) are the gold set. `seeking_starters.jsonl` holds questions that seek
conversation starters, and others that only look like it. `known_items.jsonl` holds what somebody might type for whom
one document is the best answer, by a writer who had the documents and nothing else: not the gold set, nor what is asked
of documents, nor the search. One writer wrote both its halves; those from k352 on are of whoever wrote their documents
and what is asked of them, so they say less. `known_items_again.jsonl` and `known_items_third.jsonl` are of
other writers, all held out. `unanswered.jsonl` holds what the library has no answer to.
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
from evals.rows import checked, distinct, json_rows, read_text

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
    model_config = ConfigDict(extra="forbid", frozen=True)


class About(_Row):
    """What a question is: who asks, in what form, in which half it is, and what the search is narrowed to."""

    asker: _Text
    form: _Text
    split: Split
    stage: Stage | None
    topic: Topic | None
    seek: str | None = None


class Query(_Row):
    """A question of the gold set; `_id` is what `qrels.tsv` calls it."""

    id: Annotated[str, Field(alias="_id", pattern=r"^q\d+$")]
    text: _Text
    metadata: About


class _AnyJudgement(BaseModel):
    """A line of any collection in BEIR form, which may have more columns."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    query: Annotated[_Text, Field(alias="query-id")]
    section: Annotated[_Text, Field(alias="corpus-id")]
    score: int


class Judgement(_AnyJudgement):
    """A line of `qrels.tsv`: how well a section answers a question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Annotated[str, Field(alias="query-id", pattern=r"^q\d+$")]
    section: Annotated[str, Field(alias="corpus-id", pattern=r"^[a-z0-9-]+#.+$")]
    score: Annotated[int, Field(ge=0, le=2)]


class Looks(_Row):
    """Who asks in what form, in which half; whether starters are sought, and on which topic, where one is named."""

    asker: _Text
    form: _Text
    split: Split
    seek: Literal["starters", "other"]
    about: Topic | None


class Seeking(_Row):
    """A question that seeks conversation starters, or one that only looks like it."""

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


class KnownItem(_Row):
    """A question or a sentence for which one document is the best answer, and one section of it first."""

    id: Annotated[str, Field(alias="_id", pattern=r"^k\d+$")]
    text: _Text
    document: _Text
    section: _Text
    form: Literal["plain", "situation", "hasty"]
    split: Split
    writer: Literal[1, 2, 3] = 1

    def groups(self) -> dict[str, Sequence[str]]:
        """What it is of."""
        return {"form": [self.form]}

    def shown(self) -> dict[str, Any]:
        """The text, and what answers it."""
        return {"question": self.text, **self.groups(), "answered by": self.document}


class Unanswered(_Row):
    """What the library has no answer to: of its neighborhood, such as pay, or from far away, such as lentil soup."""

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
    rows = distinct(Query, json_rows(folder / "queries.jsonl"), "id")
    judged = read_qrels(folder / "qrels.tsv", {row.id for row in rows})
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
    return distinct(Seeking, json_rows(folder / "seeking_starters.jsonl"), "id")


def read_known(folder: Path = FOLDER) -> list[KnownItem]:
    """The questions with one best document, of all writers. Raises PartNotRun with the line that is broken."""
    files = [folder / f"known_items{name}.jsonl" for name in ("", "_again", "_third")]
    return distinct(KnownItem, (row for file in files for row in json_rows(file)), "id")


def read_unanswered(folder: Path = FOLDER) -> list[Unanswered]:
    """What has no answer. Raises PartNotRun with the line that is broken."""
    return distinct(Unanswered, json_rows(folder / "unanswered.jsonl"), "id")


def read_qrels(file: Path, asked: set[str] | None = None) -> Qrels:
    """What answers which question how well, without what does not. Raises PartNotRun with the line that is broken.

    Where it is known what was `asked`, each judgement is of one of these questions, from 0 to 2, and there once.
    """
    lines = (line if line.strip() else "" for line in read_text(file).split("\n"))
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if not {"query-id", "corpus-id", "score"} <= set(rows.fieldnames or ()):
        raise PartNotRun(f"{file}:1 must name the columns query-id, corpus-id and score, with tabs between them.")
    form: type[_AnyJudgement] = Judgement if asked is not None else _AnyJudgement
    judged: Qrels = {}
    for row in rows:
        where = f"{file}:{rows.line_num}"
        if None in row.values():
            raise PartNotRun(f"{where} does not have three columns with tabs between them.")
        # What stands in further columns comes under no name.
        one = checked(form, where, {name: value for name, value in row.items() if name is not None})
        of_query = judged.setdefault(one.query, {})
        if asked is not None:
            if one.query not in asked:
                raise PartNotRun(f"{where} judges {one.query}, and queries.jsonl has no such question.")
            if one.section in of_query:
                raise PartNotRun(f"{where} judges {one.section!r} for {one.query} a second time.")
        of_query[one.section] = one.score
    found = {query: {name: score for name, score in one.items() if score > 0} for query, one in judged.items()}
    return {query: one for query, one in found.items() if one}
