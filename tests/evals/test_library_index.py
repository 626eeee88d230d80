"""Two runs of the evals at the same time, and the copy of the index that both begin from."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from coach.retrieval.index import keep_copy
from coach.retrieval.search import Search
from coach.settings import Settings
from evals import library_index


class Built:
    """Stands for an index of one file, whose copying takes a moment."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "whole"
        self.found = self._file.read_text() if self._file.exists() else None

    def build(self, _: object) -> bool:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text("whole")
        return self.found is None

    def close(self) -> None: ...


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(library_index, "read_library", lambda _: None)
    monkeypatch.setattr(library_index, "encoder", lambda _: None)
    monkeypatch.setattr(library_index, "Embedder", lambda _: None)
    monkeypatch.setattr(Search, "open", lambda *_, chroma_dir: Built(chroma_dir))
    return Settings(data_dir=tmp_path / "data")


def _open(settings: Settings, found: list[str | None]) -> None:
    with library_index.library_index(settings) as search:
        found.append(search.found)  # type: ignore[attr-defined]


def test_a_run_that_begins_while_another_keeps_its_copy_waits_for_the_whole_of_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slowly(folder: Path, kept: Path) -> None:
        kept.mkdir()
        (kept / "whole").write_text("half")
        begun.set()
        time.sleep(0.3)
        keep_copy(folder, kept)

    monkeypatch.setattr("evals.library_index.keep_copy", slowly)
    found: list[str | None] = []
    first = threading.Thread(target=_open, args=(settings, found))
    first.start()
    assert begun.wait(5)
    _open(settings, found)
    first.join()
    assert found == [None, "whole"]


def test_a_run_that_is_killed_while_it_keeps_its_copy_leaves_no_half_of_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path, kept: Path) -> None:
        kept.mkdir()
        (kept / "whole").write_text("half")
        raise KeyboardInterrupt

    found: list[str | None] = []
    monkeypatch.setattr("evals.library_index.keep_copy", killed)
    with pytest.raises(KeyboardInterrupt):
        _open(settings, found)
    monkeypatch.setattr("evals.library_index.keep_copy", keep_copy)
    for _ in range(2):
        _open(settings, found)
    assert found == [None, None, "whole"]


def test_without_a_folder_that_takes_files_the_index_is_built_all_the_same(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    found: list[Any] = []
    _open(settings, found)
    assert found == [None]
