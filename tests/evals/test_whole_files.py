"""What is written stands there as a whole, or what was there before does."""

import os
from pathlib import Path
from typing import Any

import pytest

from evals.whole_files import write_whole


def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the disk has room for four more bytes."""
    whole = Path.write_text

    def write(file: Path, text: str, *more: Any) -> int:
        whole(file, text[:4], *more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", write)


def test_where_the_disk_is_full_what_was_there_stays_and_no_half_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "run.json"
    write_whole(file, "before")
    _full(monkeypatch)
    for name in ("run.json", "new.json"):
        with pytest.raises(OSError, match="No space left"):
            write_whole(tmp_path / name, '{"passed": true')
    monkeypatch.undo()
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("run.json", "before")]


def test_a_link_stays_a_link_and_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_whole(tmp_path / "link.json", "half a sign \ud83d")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "half a sign ?"
    read, write = os.pipe()
    write_whole(Path(f"/dev/fd/{write}"), "printed")
    assert os.read(read, 100) == b"printed"
    os.close(read)
    os.close(write)
