"""Cutting documents into passages: one a section, each carrying its title and heading path."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from langchain_text_splitters import MarkdownHeaderTextSplitter, RecursiveCharacterTextSplitter

from coach.retrieval.library import Document, Kind, Library, TopicFrontMatter, starters

AT_A_GLANCE = "At a glance"
# MiniLM reads 256 word pieces and drops the rest; 900 characters of English stay inside with the title and heading.
MAX_PASSAGE_CHARACTERS = 900

_HEADERS = MarkdownHeaderTextSplitter([("##", "h2"), ("###", "h3")], strip_headers=True)
_LONG = RecursiveCharacterTextSplitter(chunk_size=MAX_PASSAGE_CHARACTERS, chunk_overlap=100)


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


def chunk(library: Library) -> list[Passage]:
    """All passages of the library in the order of its documents, without repeated ids."""
    passages = {passage.id: passage for document in library.documents for passage in _passages(document)}
    return list(passages.values())


def _passages(document: Document) -> Iterator[Passage]:
    if document.kind == "starters":
        for text, asked_by in starters(document):
            yield _passage(document, f"{asked_by} asks".capitalize(), text, asked_by)
        return
    front = document.front
    if isinstance(front, TopicFrontMatter):
        yield _passage(document, AT_A_GLANCE, front.agenda_for("the mentor", "the mentee"))
    for section in _HEADERS.split_text(document.body):
        path = " > ".join(section.metadata.values()) or document.front.title
        for text in _LONG.split_text(section.page_content):
            yield _passage(document, path, re.sub(r"\n{3,}", "\n\n", text).strip())


def _passage(document: Document, section: str, text: str, asked_by: str | None = None) -> Passage:
    key = "\0".join((document.front.id, document.front.title, section, text))
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return Passage(id=f"k{digest}", document=document, section=section, text=text, asked_by=asked_by)
