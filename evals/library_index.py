"""The index that the parts search: the real library under the real model."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.retrieval.index import keep_copy
from coach.retrieval.search import Search, open_search, show_progress
from coach.settings import Settings


@contextmanager
def library_index(settings: Settings) -> Iterator[Search]:
    """The library's index in a temporary folder; a copy stays in the data folder, so that the next run is quick."""
    kept = settings.data_dir / "evals-index"
    with tempfile.TemporaryDirectory(prefix="coach-evals-") as folder:
        own = settings.model_copy(update={"data_dir": Path(folder), "chroma_url": None})
        if kept.is_dir():
            shutil.copytree(kept, own.chroma_dir)
        search = open_search(own, build=False)
        try:
            embedded = search.build(show_progress)
            yield search
        finally:
            search.close()
        if embedded:
            keep_copy(own.chroma_dir, kept)
