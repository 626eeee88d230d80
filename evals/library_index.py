"""The index that the parts search: the real library under the real model, opened once for all of them."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from coach.agenda.reading import forget_read
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.index import keep_copy
from coach.retrieval.library import read_library
from coach.retrieval.search import Search, show_progress
from coach.settings import Settings

T = TypeVar("T")


@dataclass
class _Shared:
    """Where an index is shared: what closes it, the index as soon as somebody asked for it, and what was made of it."""

    stack: ExitStack
    opened: list[Search] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)


_shared: list[_Shared] = []


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
        _shared.append(_Shared(stack))
        try:
            yield
        finally:
            _shared.pop()


def made_once(name: str, make: Callable[[], T]) -> T:
    """What `make` gives; parts that share an index share what is made under one name, so that it is made once."""
    if not _shared:
        return make()
    made = _shared[-1].made
    if name not in made:
        made[name] = make()
    kept: T = made[name]
    return kept


def forget_answers() -> None:
    """Let a shared index forget what it found and what was made of it, as if it had just been opened: what ranks and
    what writes may have changed.
    """
    for shared in _shared:
        shared.made.clear()
        for search in shared.opened:
            search._rankings.clear()
    forget_read()


@contextmanager
def library_index(settings: Settings) -> Iterator[Search]:
    """The library's index in a temporary folder; a copy stays in the data folder, so that the next run is quick.

    Runs at the same time take turns with the copy, so that none begins from half of one.
    Within `shared_index` it stays open, and is brought up to the library again where it failed meanwhile.
    """
    if not _shared:
        with _opened(settings) as search:
            yield search
        return
    opened = _shared[-1].opened
    if not opened:
        opened.append(_shared[-1].stack.enter_context(_opened(settings)))
    elif not opened[0].healthy:
        opened[0].build(show_progress)
    yield opened[0]


@contextmanager
def _opened(settings: Settings) -> Iterator[Search]:
    kept = settings.data_dir / "evals-index"
    with tempfile.TemporaryDirectory(prefix="coach-evals-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "chroma_url": None})
        with _turn(settings.data_dir):
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
            with _turn(settings.data_dir):
                _keep(own.chroma_dir, kept)


def _keep(folder: Path, kept: Path) -> None:
    # A run that is killed while it copies leaves half a copy beside, and not in its place.
    aside = kept.with_name(f"{kept.name}.new")
    keep_copy(folder, aside)
    if aside.is_dir():
        shutil.rmtree(kept, ignore_errors=True)
        aside.rename(kept)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Within, no other run touches the copy in this folder; where the folder takes no file, nobody keeps a copy."""
    with ExitStack() as stack:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            fcntl.flock(stack.enter_context((folder / "evals-index.lock").open("w")), fcntl.LOCK_EX)
        yield
