"""An index outlives crashes, damage and full disks, and is held by one process at a time."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coach.errors import EmbeddingError, IndexInUse, IndexUnavailable
from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Embedder
from coach.retrieval.index import Index
from coach.retrieval.search import Search
from coach.settings import REPOSITORY
from tests.encoders import WordHashEncoder
from tests.retrieval.conftest import found_first
from tests.retrieval.documents import guidance, library_of, many, passages_of

# A build that fails


def test_a_crash_in_the_middle_of_a_build_leaves_the_old_index_serving(
    tmp_path: Path, index: Index, passages: list[Passage]
) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    fake = WordHashEncoder()
    fake.script += [None, EmbeddingError("out of memory")]

    with pytest.raises((EmbeddingError, IndexUnavailable), match="out of memory"):
        index.build(passages_of(tmp_path / "more", *many(300)), Embedder(fake))

    assert len(fake.batches) == 2
    assert index.is_current(passages, "word-hash")
    assert found_first(index, passages[3]) == passages[3].id


def test_a_failing_model_does_not_cost_the_index_that_serves(tmp_path: Path, folder: Path) -> None:
    small, large = library_of(tmp_path / "small", *many(5)), library_of(tmp_path / "large", *many(200))
    before = Search.open(small, Embedder(WordHashEncoder()), chroma_dir=folder)
    before.build()
    before.close()
    fake = WordHashEncoder()
    fake.script += [None, EmbeddingError("out of memory")]
    failing = Search.open(large, Embedder(fake), chroma_dir=folder)

    # An error of the model is no error of the index: nothing is thrown away for it, and the model is not asked again.
    with pytest.raises(EmbeddingError, match="out of memory"):
        failing.build()
    failing.close()

    assert len(fake.batches) == 2
    after = Search.open(small, Embedder(WordHashEncoder()), chroma_dir=folder)
    assert after.check() is None
    after.close()


def test_a_process_killed_in_the_middle_of_a_build_leaves_the_old_index_serving(
    tmp_path: Path, folder: Path, passages: list[Passage]
) -> None:
    first = Index.open(folder=folder)
    first.build(passages, Embedder(WordHashEncoder()))
    first.close()
    # The process dies when the new vectors are written and the pointer has not yet moved.
    code = f"""
import os, signal
from pathlib import Path
from chromadb.api.models.Collection import Collection
from coach.retrieval.embed import Embedder
from coach.retrieval.index import Index
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import many, passages_of
add = Collection.add
def die(self, *args, **kwargs):
    add(self, *args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
Collection.add = die
passages = passages_of(Path({str(tmp_path / "more")!r}), *many(120))
Index.open(folder=Path({str(folder)!r})).build(passages, Embedder(WordHashEncoder()))
"""
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert died.returncode == -9, died.stderr

    index = Index.open(folder=folder)

    assert index.is_current(passages, "word-hash")
    assert found_first(index, passages[3]) == passages[3].id
    more = passages_of(tmp_path / "again", *many(120))
    assert index.build(more, Embedder(WordHashEncoder())) == 20
    assert found_first(index, more[119]) == more[119].id
    index.close()


# Two processes


def test_a_second_process_is_refused_and_told_of_the_server_mode(tmp_path: Path, index: Index, folder: Path) -> None:
    code = f"""
from pathlib import Path
from coach.errors import IndexInUse
from coach.retrieval.index import Index
try:
    Index.open(folder=Path({str(folder)!r}))
except IndexInUse as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    for words in (str(folder), "COACH_CHROMA_URL=http://127.0.0.1:", "chroma run", "stop the other process"):
        assert words in done.stdout
    index.check()


def test_a_second_index_in_the_same_process_is_refused_and_names_the_holder(folder: Path, index: Index) -> None:
    with pytest.raises(IndexInUse, match=rf"pid {os.getpid()}\b.*COACH_CHROMA_URL"):
        Index.open(folder=folder)


def test_a_killed_process_does_not_hold_the_index(folder: Path, passages: list[Passage]) -> None:
    code = f"""
import os, signal
from pathlib import Path
from coach.retrieval.index import Index
Index.open(folder=Path({str(folder)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert died.returncode == -9, died.stderr

    index = Index.open(folder=folder)

    assert index.build(passages, Embedder(WordHashEncoder())) == 100
    index.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
def test_an_index_opens_where_there_is_no_space_to_say_who_holds_it(tmp_path: Path) -> None:
    (tmp_path / "chroma.lock").symlink_to("/dev/full")
    Index.open(folder=tmp_path / "chroma").close()


# Damage and lost files


@pytest.mark.parametrize("damage", [b"this is no database" * 1_000, b"", b"SQLite format 3\0" + b"\xff" * 10_000])
def test_a_corrupted_database_is_set_aside_and_a_new_index_is_built(
    folder: Path, passages: list[Passage], damage: bytes
) -> None:
    first = Index.open(folder=folder)
    first.build(passages, Embedder(WordHashEncoder()))
    first.close()
    next(folder.rglob("chroma.sqlite3")).write_bytes(damage)

    index = Index.open(folder=folder)

    assert not index.is_current(passages, "word-hash")
    assert index.build(passages, Embedder(WordHashEncoder())) == 100
    assert found_first(index, passages[7]) == passages[7].id
    index.close()


def lose_vector_files(folder: Path) -> None:
    lost = [path for path in folder.iterdir() if path.is_dir()]
    assert lost
    for path in lost:
        shutil.rmtree(path)


async def test_lost_vector_files_are_noticed_and_built_again(tmp_path: Path, folder: Path) -> None:
    # Chroma moves vectors out of its database into files of their own after a thousand.
    body = "\n\n".join(f"## Part {n}\n\nSome words: one{n} two{n} three{n}." for n in range(1_200))
    library = library_of(tmp_path / "library", guidance("long-talk", body))
    first = Search.open(library, Embedder(WordHashEncoder()), chroma_dir=folder)
    first.build()
    first.close()
    lose_vector_files(folder)

    search = Search.open(library, Embedder(WordHashEncoder()), chroma_dir=folder)
    while_broken = await search.find("one3 two3 three3", 1)
    noticed = search.check()
    await search.heal()
    healed = await search.find("one4 two4 three4", 1)
    search.close()

    assert [hit.passage.section for hit in while_broken] == ["Part 3"]
    assert noticed is not None
    assert [hit.passage.section for hit in healed] == ["Part 4"]
    assert healed[0].score > 0


def test_a_folder_deleted_while_open_is_told(folder: Path, index: Index, passages: list[Passage]) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    index.check()

    shutil.rmtree(folder)

    with pytest.raises(IndexUnavailable, match="moved or deleted"):
        index.check()


def test_an_index_folder_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("a file")

    with pytest.raises(IndexUnavailable, match=str(tmp_path / "chroma")):
        Index.open(folder=tmp_path / "chroma")


def test_an_index_is_not_thrown_away_where_the_disk_has_no_room_for_another(
    folder: Path, index: Index, passages: list[Passage], monkeypatch: pytest.MonkeyPatch
) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    before = sorted(path.name for path in folder.iterdir())
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000))
    with pytest.raises(IndexUnavailable, match=r"disk .* full"):
        index.start_over()
    assert sorted(path.name for path in folder.iterdir()) == before
    assert index.status().passages == len(passages)
