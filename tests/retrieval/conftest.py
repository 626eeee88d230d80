"""A search index of its own for each test, and passages to put into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.retrieval.chunk import Passage
from coach.retrieval.index import Index
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import many, passages_of


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


def found_first(index: Index, passage: Passage, fingerprint: str = "word-hash") -> str:
    (vector,) = WordHashEncoder(fingerprint).encode([passage.embedded_text])
    ((best, *_),) = index.query([vector], 3)
    return best[0]
