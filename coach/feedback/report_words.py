"""The words of theme reports: labels, summaries and actions by theme, all written beforehand.

Labels and summaries are in `words.yaml` beside this module, actions and their sources in the library. Nothing in a
report is written from comments, by a model or otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from coach.feedback.subjects import subject_labels
from coach.retrieval.library import Document, Library, ThemeFrontMatter

WORDS_FILE = Path(__file__).with_name("words.yaml")
# The part of a theme's document that its actions come from.
_SECTION = "What helps"

Kind = Literal["concern", "gain", "emerging"]
# What is said of a subject that came up beside the themes of the taxonomy.
_SUBJECT_SUMMARIES = (
    "This came up beside the usual themes: {label}.",
    "{label}: a subject outside of the program's own themes.",
    "Remarks here touch on something else, namely: {label}.",
)
_SUBJECT_ACTIONS = (
    "Ask everybody one open question about it in the next message, with answers that need no name.",
    "Pass the subject on to whoever answers for it, as a subject and without any remark.",
)
_SUBJECT_SOURCE = "program-support"
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=200)]


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
    summaries: Annotated[tuple[Sentence, ...], Field(min_length=2)]


@dataclass(frozen=True)
class ReportTheme:
    """What reports say of a theme. `summaries` say the same in several ways; `source` is a document of the library."""

    id: str
    label: str
    kind: Kind
    summaries: tuple[str, ...]
    actions: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class ReportWords:
    """All themes that a report can list, by id, and the documents that their actions rest on, as reports show them."""

    themes: Mapping[str, ReportTheme]
    sources: Mapping[str, Mapping[str, Any]]

    def all_texts(self) -> list[str]:
        """Every text of these that can come into a report."""
        texts = [text for theme in self.themes.values() for text in (*theme.summaries, *theme.actions, theme.label)]
        for source in self.sources.values():
            texts += [source["title"], *source["references"]]
        return texts


def report_words(library: Library) -> ReportWords:
    """The words for the themes of this library. A theme that `words.yaml` does not know goes by its title alone."""
    documents = {document.front.id: document for document in library.documents}
    themes = {
        front.id: _theme(front)
        for document in documents.values()
        if isinstance(front := document.front, ThemeFrontMatter)
    }
    for name, label in subject_labels().items():
        actions = (
            tuple(action.format(label=label) for action in _SUBJECT_ACTIONS) if _SUBJECT_SOURCE in documents else ()
        )
        summaries = tuple(summary.format(label=label) for summary in _SUBJECT_SUMMARIES)
        themes[name] = ReportTheme(name, label, "emerging", summaries, actions, _SUBJECT_SOURCE)
    used = sorted({theme.source for theme in themes.values()} & documents.keys())
    return ReportWords(themes, {name: _source(documents[name]) for name in used})


@cache
def _written() -> Mapping[str, _Words]:
    return TypeAdapter(dict[str, _Words]).validate_python(yaml.safe_load(WORDS_FILE.read_text("utf-8")))


def _theme(front: ThemeFrontMatter) -> ReportTheme:
    words = _written().get(front.id)
    label, summaries = (words.label, words.summaries) if words else (front.title, ())
    return ReportTheme(front.id, label, front.polarity, summaries, front.actions, front.id)


def _source(document: Document) -> dict[str, Any]:
    front = document.front
    return {
        "id": front.id,
        "title": front.title,
        "section": _SECTION,
        "evidence": front.evidence,
        "updated": front.updated.isoformat(),
        "references": [str(source) for source in front.sources],
    }
