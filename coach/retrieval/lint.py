"""Looking through the library for what a schema cannot see: wording, reading level, repeats, dead ends."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyphen
import yaml

from coach.errors import LibraryError
from coach.retrieval.chunk import Passage, chunk_document
from coach.retrieval.library import ASKED, Document, Library, Source, TopicFrontMatter, starters
from coach.wording import exclusive_terms, is_closed_question, stereotypes

# Cosine similarity above which one of two passages says nothing new.
NEAR_DUPLICATE = 0.92
# Flesch-Kincaid grade: years of school that a text takes. Nine is a newspaper.
HARDEST_GRADE = 9.0
_FEWEST_WORDS = 60

_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)\s#]+?)(?:\.md)?(?:#[^)\s]*)?(?:\s[^)]*)?\)")
_KEY = re.compile(r"\w+: ")
_QUOTED = re.compile(r"“[^”]*”|(?<![\w:])\"[^\"]*\"(?!\w)")


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend: where, which rule, and what to do."""

    path: str
    line: int
    rule: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.advice}"


def lint(library: Library, folder: Path) -> list[Finding]:
    """Everything that can be found without an embedding model, in the order of the documents.

    Raises LibraryError when `sources.yaml` cannot be read.
    """
    known = read_sources(folder)
    ids = {document.front.id for document in library.documents}
    findings: list[Finding] = []
    for document in library.documents:
        text = (folder / document.path).read_text("utf-8")
        findings += _sources(document, known, text)
        findings += _references(document, ids, text)
        findings += _wording(document, text)
        findings += _reading_level(document)
        findings += _closed_questions(document, text)
        findings += _asked(document, folder)
    return sorted(findings)


def near_duplicates(passages: Sequence[Passage], vectors: npt.NDArray[np.float32]) -> list[Finding]:
    """Pairs of passages that say nearly the same; `vectors` are their unit vectors, shape (passages, dimensions)."""
    similar = np.triu(vectors @ vectors.T, k=1)
    return [
        Finding(
            passages[one].document.path,
            1,
            "near-duplicate",
            f"“{_beginning(passages[one])}” is nearly “{_beginning(passages[other])}” in "
            f"{passages[other].document.path} (similarity {similar[one, other]:.2f}): take one out, or make it differ.",
        )
        for one, other in zip(*np.where(similar > NEAR_DUPLICATE), strict=True)
    ]


def read_sources(folder: Path) -> frozenset[Source]:
    """The sources that documents may name, from `sources.yaml`. Raises LibraryError."""
    name = "sources.yaml"
    try:
        rows = yaml.load((folder / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        return frozenset(Source(title=row["title"], publisher=row["publisher"], year=row["year"]) for row in rows)
    except FileNotFoundError:
        raise LibraryError([f"{name}:1: is missing; list each source of the library there, once"]) from None
    except (OSError, yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise LibraryError([f"{name}:1: must be a list of entries with title, publisher and year ({error})"]) from None


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text: 0.39 words a sentence + 11.8 syllables a word - 15.59.

    The formula is of Kincaid and others, 1975; syllables are counted where pyphen would hyphenate.
    """
    words = re.findall(r"[A-Za-z][A-Za-z'’]*", text)
    sentences = [
        part for part in re.split(r"[.!?:;]+(?:\s|$)|\n{2,}|\n(?=[-*\d])", text) if re.search(r"[A-Za-z]", part)
    ]
    if not words:
        return 0.0
    syllables = sum(len(_hyphens().positions(word)) + 1 for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _sources(document: Document, known: frozenset[Source], text: str) -> Iterator[Finding]:
    for source in document.front.sources:
        if source not in known:
            yield Finding(
                document.path,
                _line_of(text, source.title),
                "unknown-source",
                f"{source} is not in sources.yaml with this title, publisher and year.",
            )


def _references(document: Document, ids: set[str], text: str) -> Iterator[Finding]:
    named = [*document.front.related, *(match.group(1).rsplit("/", 1)[-1] for match in _LINK.finditer(document.body))]
    for name in named:
        if name not in ids:
            yield Finding(document.path, _line_of(text, name), "dead-reference", f"There is no document {name!r}.")
        elif name == document.front.id:
            yield Finding(document.path, _line_of(text, name), "dead-reference", "The document refers to itself.")


def _wording(document: Document, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        # What is quoted is shown to be looked at; the value of a key in the front matter is not.
        shown = line if _KEY.match(line) else _QUOTED.sub(" ", line)
        if shown.lstrip(" -").startswith(("title:", "publisher:")) and line.startswith(" "):
            continue  # A source is called what it is called.
        for term, instead in exclusive_terms(shown):
            advice = f"write {' or '.join(instead)} instead of {term!r}" if instead else f"leave out {term!r}"
            yield Finding(document.path, number, "exclusive-wording", f"{advice} (retext-equality).")
        for phrase in stereotypes(shown):
            advice = f"{phrase!r} speaks of an age as if all of it were alike; say who did what."
            yield Finding(document.path, number, "stereotype", advice)


def _reading_level(document: Document) -> Iterator[Finding]:
    if document.kind == "starters":
        return
    prose = [line.lstrip("-*0123456789. ") for line in document.body.splitlines() if not line.startswith(("#", "|"))]
    text = re.sub(r"[*_`]", "", "\n".join(prose))
    if isinstance(document.front, TopicFrontMatter):
        text = f"{document.front.agenda_for('Lena', 'Omar')}\n{text}"
    if len(text.split()) >= _FEWEST_WORDS and (grade := reading_grade(text)) > HARDEST_GRADE:
        advice = f"Flesch-Kincaid grade {grade:.1f}, at most {HARDEST_GRADE:g}: shorter sentences, plainer words."
        yield Finding(document.path, 1, "reading-level", advice)


def _closed_questions(document: Document, text: str) -> Iterator[Finding]:
    if document.kind != "starters":
        return
    for starter, _ in starters(document):
        if is_closed_question(starter):
            advice = f"“{starter}” can be answered with yes or no; begin with what, which, when or how."
            yield Finding(document.path, _line_of(text, starter), "closed-question", advice)


def _asked(document: Document, folder: Path) -> Iterator[Finding]:
    """What people ask is seldom kind, so only its addresses are checked: each must be a section that exists."""
    lines = document.asked.sections
    for section in lines.keys() - {passage.section for passage in chunk_document(document)}:
        name = f"{ASKED}/{document.front.id}.yaml"
        place = _line_of((folder / name).read_text("utf-8"), section)
        yield Finding(name, place, "dead-reference", f"{document.path} has no section {section!r}.")


@cache
def _hyphens() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US", left=1, right=1)


def _line_of(text: str, part: str) -> int:
    position = text.find(part)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1


def _beginning(passage: Passage) -> str:
    words = passage.text.split()
    return " ".join(words[:9]) + ("…" if len(words) > 9 else "")
