"""Cutting documents into passages: one a section, each carrying its title and heading path."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from langchain_text_splitters import MarkdownHeaderTextSplitter, RecursiveCharacterTextSplitter

from coach.retrieval.library import Document, Kind, Library, TopicFrontMatter, starters
from coach.untrusted import quotable

AT_A_GLANCE = "At a glance"
# MiniLM reads 256 word pieces and drops the rest; 900 characters of English stay inside with the title and heading.
MAX_PASSAGE_CHARACTERS = 900

_HEADERS = MarkdownHeaderTextSplitter([("##", "h2"), ("###", "h3")], strip_headers=True)
# A program's own documents are written as people write Markdown, with a title above.
_OWN_HEADERS = MarkdownHeaderTextSplitter([(mark, mark) for mark in ("#", "##", "###", "####")], strip_headers=True)
# Where a sentence begins with a role instead of a name.
_SENTENCE = re.compile(r"(^|[.!?][”\"]?\s+)the (?=mentor|mentee)")
_LONG = RecursiveCharacterTextSplitter(chunk_size=MAX_PASSAGE_CHARACTERS, chunk_overlap=100)


class Embeddable(Protocol):
    """What can be indexed: a text under an id that changes with it."""

    @property
    def id(self) -> str:
        """Unique in the index."""
        ...

    @property
    def document_id(self) -> str:
        """What it is a piece of."""
        ...

    @property
    def embedded_text(self) -> str:
        """What the embedding model reads."""
        ...

    @property
    def section(self) -> str | None:
        """Which part of it, or None."""
        ...


@dataclass(frozen=True, eq=False)
class Passage:
    """A retrievable piece of the library. Two passages are the same when they are one object.

    `id` is made from the content, so an unchanged passage keeps its id, and its vector, across builds. `section` is the
    heading path. `asked_by` is set for starters alone.
    """

    id: str
    document: Document
    section: str
    text: str
    asked_by: str | None = None

    @property
    def document_id(self) -> str:
        """Id of the document."""
        return self.document.front.id

    @property
    def kind(self) -> Kind:
        """What the passage can be used for."""
        return self.document.kind

    @property
    def title(self) -> str:
        """Title of the document."""
        return self.document.front.title

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The sources of the document, ready to print."""
        return tuple(str(source) for source in self.document.front.sources)

    @property
    def embedded_text(self) -> str:
        """What the embedding model reads: title and heading path travel with the text."""
        return self.text if self.asked_by else f"{self.title}. {self.section}.\n{self.text}"


@dataclass(frozen=True, eq=False)
class IndexedText:
    """A text that is indexed as it stands, such as what people ask when they need a section or a whole document."""

    id: str
    document_id: str
    embedded_text: str
    section: str | None = None


def asked_lines(library: Library, passages: Iterable[Passage], mended: Callable[[str], str] = str) -> list[IndexedText]:
    """What people ask when they need a document or a section: compared with questions, and never shown.

    `passages` are the library's; what is asked of a section that none of them belongs to is left out. Each line is
    `mended` as a question is, so that a slip in either does not keep them apart.
    """
    found = {}
    known = {(passage.document_id, passage.section) for passage in passages}
    for document in library.documents:
        asked = document.asked
        # Whoever knows the title types that; and a heading, where it is the document's own.
        sections: list[tuple[str | None, tuple[str, ...]]] = []
        if asked.whole:
            sections.append((None, (document.front.title, *asked.whole)))
        sections += [
            (section, lines) for section, lines in asked.sections.items() if (document.front.id, section) in known
        ]
        for section, lines in sections:
            headed = (section, *lines) if section is not None and document.kind == "guidance" else lines
            for text in map(mended, headed):
                digest = hashlib.sha256(f"{document.front.id}\0{section}\0{text}".encode()).hexdigest()[:12]
                found[digest] = IndexedText(f"n{digest}", document.front.id, text, section)
    return list(found.values())


def chunk(library: Library) -> list[Passage]:
    """All passages of the library in the order of its documents, without repeated ids."""
    passages = {passage.id: passage for document in library.documents for passage in chunk_document(document)}
    return list(passages.values())


def chunk_document(document: Document) -> Iterator[Passage]:
    """The passages of one document, in order."""
    if document.kind == "starters":
        for text, asked_by in starters(document):
            yield _passage(document, f"{asked_by} asks".capitalize(), text, asked_by)
        return
    front = document.front
    if isinstance(front, TopicFrontMatter):
        yield _passage(document, AT_A_GLANCE, _SENTENCE.sub(r"\1The ", front.agenda_for("the mentor", "the mentee")))
    headers = _OWN_HEADERS if document.kind == "program" else _HEADERS
    for section in headers.split_text(document.body):
        headings: list[str] = list(section.metadata.values())
        if document.kind == "program":
            # Nobody here has read it: what is shown of it is plain, and gives no orders to a model.
            headings = [quotable(heading, 60) for heading in headings]
        path = " > ".join(filter(None, headings)) or document.front.title
        for text in _LONG.split_text(section.page_content):
            text = re.sub(r"\n{3,}", "\n\n", text).strip()
            if document.kind == "program":
                text = quotable(text, MAX_PASSAGE_CHARACTERS)
            if text:
                yield _passage(document, path, text)


def _passage(document: Document, section: str, text: str, asked_by: str | None = None) -> Passage:
    key = "\0".join((document.front.id, document.front.title, section, text))
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return Passage(id=f"k{digest}", document=document, section=section, text=text, asked_by=asked_by)
