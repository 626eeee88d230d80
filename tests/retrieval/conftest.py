"""A search index of its own for each test, passages to put into it, and a search of a small library."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Embedder
from coach.retrieval.find import Hit
from coach.retrieval.index import Index
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import PLACES, library_of, many, passages_of

Open = Callable[[Library], Search]


@pytest.fixture
def passages(tmp_path: Path) -> list[Passage]:
    """More than one batch of the embedding model."""
    return passages_of(tmp_path / "library", *many(100))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chroma"


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    index = Index.open(folder=folder)
    yield index
    index.close()


@pytest.fixture
def fake() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def opening(tmp_path: Path, fake: WordHashEncoder) -> Iterator[Open]:
    """Opens the test's own index for a library; the index is not built."""
    opened: list[Search] = []

    def open_over(library: Library) -> Search:
        for search in opened:
            search.close()
        opened[:] = [Search.open(library, Embedder(fake), chroma_dir=tmp_path / "chroma")]
        return opened[0]

    yield open_over
    for search in opened:
        search.close()


@pytest.fixture
def small(tmp_path: Path, opening: Open) -> Search:
    """Three documents and their built index, under the quick model."""
    search = opening(library_of(tmp_path / "library", *PLACES.items()))
    search.build()
    return search


def titles(hits: list[Hit]) -> list[str]:
    return [hit.passage.title for hit in hits]


def found_first(index: Index, passage: Passage, fingerprint: str = "word-hash") -> str:
    (vector,) = WordHashEncoder(fingerprint).encode([passage.embedded_text])
    ((best, *_),) = index.query([vector], 3)
    return best[0]
