"""The index that the parts search: the real library under the real model, opened once for all of them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.index import keep_copy
from coach.retrieval.library import read_library
from coach.retrieval.search import Search, show_progress
from coach.settings import Settings

# Where an index is shared: what closes it, and the index itself as soon as somebody asked for it.
_shared: list[tuple[ExitStack, list[Search]]] = []


@cache
def encoder(embedding_model: str) -> SentenceTransformerEncoder:
    """The one encoder of this process for a model."""
    return SentenceTransformerEncoder(embedding_model)


@contextmanager
def shared_index() -> Iterator[None]:
    """Everything within that asks for the library's index gets the same one, opened when first asked for."""
    if _shared:
        yield
        return
    with ExitStack() as stack:
        _shared.append((stack, []))
        try:
            yield
        finally:
            _shared.pop()


def forget_answers() -> None:
    """Let a shared index forget what it found, as if it had just been opened: what ranks may have changed."""
    for _, opened in _shared:
        for search in opened:
            search._rankings.clear()


@contextmanager
def library_index(settings: Settings) -> Iterator[Search]:
    """The library's index in a temporary folder; a copy stays in the data folder, so that the next run is quick.

    Within `shared_index` it stays open, and is brought up to the library again where it failed meanwhile.
    """
    if not _shared:
        with _opened(settings) as search:
            yield search
        return
    stack, opened = _shared[-1]
    if not opened:
        opened.append(stack.enter_context(_opened(settings)))
    elif not opened[0].healthy:
        opened[0].build(show_progress)
    yield opened[0]


@contextmanager
def _opened(settings: Settings) -> Iterator[Search]:
    kept = settings.data_dir / "evals-index"
    with tempfile.TemporaryDirectory(prefix="coach-evals-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "chroma_url": None})
        if kept.is_dir():
            shutil.copytree(kept, own.chroma_dir)
        library = read_library(own.knowledge_dir)
        search = Search.open(library, Embedder(encoder(own.embedding_model)), chroma_dir=own.chroma_dir)
        try:
            embedded = search.build(show_progress)
            yield search
        finally:
            search.close()
        if embedded:
            keep_copy(own.chroma_dir, kept)
