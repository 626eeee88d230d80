import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coach.errors import EmbeddingError, IndexInUse, IndexUnavailable
from coach.retrieval.chunk import Passage, chunk
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.index import Index, version_of
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from coach.settings import REPOSITORY
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import guidance, library_of


def many(count: int, *, changed: int | None = None) -> list[tuple[str, str]]:
    """`count` documents of one passage each, with words of their own; the text of number `changed` is another."""
    return [
        guidance(f"talk-{n}", f"## Part {n}\n\n{'Other' if n == changed else 'Some'} words: one{n} two{n} three{n}.")
        for n in range(count)
    ]


def passages_of(folder: Path, *documents: tuple[str, str]) -> list[Passage]:
    return chunk(library_of(folder, *documents))


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


def test_a_build_embeds_every_passage_and_each_is_found_by_its_own_words(index: Index, passages: list[Passage]) -> None:
    fake = WordHashEncoder()

    assert index.build(passages, Embedder(fake)) == 100

    assert sorted(fake.texts) == sorted(passage.embedded_text for passage in passages)
    assert [found_first(index, passage) for passage in passages[:5]] == [passage.id for passage in passages[:5]]
    status = index.status()
    assert (status.version, status.passages, status.model) == (version_of(passages, "word-hash"), 100, "word-hash")
    assert status.built_at is not None
    assert abs(time.time() - status.built_at) < 60


def test_similarity_is_the_cosine_from_minus_one_to_one(index: Index, passages: list[Passage]) -> None:
    vectors = WordHashEncoder().encode([passage.embedded_text for passage in passages])
    index.build(passages, Embedder(WordHashEncoder()))

    (pairs,) = index.query([vectors[0]], 100)
    ((opposite, *_),) = index.query([-vectors[0]], 100)

    exact = dict(zip([passage.id for passage in passages], vectors @ vectors[0], strict=True))
    assert pairs[0][0] == passages[0].id
    np.testing.assert_allclose([score for _, score in pairs], [exact[key] for key, _ in pairs], atol=1e-5)
    assert [score for _, score in pairs] == sorted((score for _, score in pairs), reverse=True)
    assert opposite[1] < 0


def test_an_index_survives_its_process_and_the_next_build_embeds_nothing(folder: Path, passages: list[Passage]) -> None:
    first = Index.open(folder=folder)
    first.build(passages, Embedder(WordHashEncoder()))
    first.close()

    second, fake = Index.open(folder=folder), WordHashEncoder()

    assert second.build(passages, Embedder(fake)) == 0
    assert fake.batches == []
    assert found_first(second, passages[7]) == passages[7].id
    second.close()


def test_a_changed_document_embeds_only_its_new_passages(tmp_path: Path, index: Index, passages: list[Passage]) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    changed = passages_of(tmp_path / "changed", *many(100, changed=42))
    fake = WordHashEncoder()

    assert index.build(changed, Embedder(fake)) == 1

    (text,) = fake.texts
    assert "Other words: one42" in text
    assert [found_first(index, changed[position]) for position in (0, 42, 99)] == [changed[p].id for p in (0, 42, 99)]


def test_a_removed_document_is_found_no_more(tmp_path: Path, index: Index, passages: list[Passage]) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    fewer = passages_of(tmp_path / "fewer", *many(99))
    gone = {passage.id for passage in passages} - {passage.id for passage in fewer}
    fake = WordHashEncoder()

    assert index.build(fewer, Embedder(fake)) == 0

    (pairs,) = index.query(list(WordHashEncoder().encode(["Some words"])), 100)
    assert len(pairs) == 99
    assert gone.isdisjoint(key for key, _ in pairs)


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
from tests.retrieval.test_index import many, passages_of
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


def test_another_model_makes_the_index_stale_and_embeds_everything_again(index: Index, passages: list[Passage]) -> None:
    index.build(passages, Embedder(WordHashEncoder("old")))
    fake = WordHashEncoder("new")

    assert not index.is_current(passages, "new")
    assert index.build(passages, Embedder(fake)) == 100

    assert len(fake.texts) == 100
    assert index.status().model == "new"
    assert found_first(index, passages[7], "new") == passages[7].id


def test_at_most_the_index_before_the_current_one_is_kept(tmp_path: Path, index: Index) -> None:
    for count in range(1, 5):
        index.build(passages_of(tmp_path / str(count), *many(count)), Embedder(WordHashEncoder()))

    names = {collection.name for collection in index._client.list_collections()}
    assert len([name for name in names if name.startswith("passages-")]) == 2


def test_going_back_to_the_library_before_embeds_only_what_is_missing(
    tmp_path: Path, index: Index, passages: list[Passage]
) -> None:
    changed = passages_of(tmp_path / "changed", *many(100, changed=42))
    for version in (passages, changed):
        index.build(version, Embedder(WordHashEncoder()))

    assert index.build(passages, Embedder(WordHashEncoder())) <= 1

    assert index.is_current(passages, "word-hash")
    assert found_first(index, passages[42]) == passages[42].id


def test_narrowing_by_ids_finds_among_those_alone(index: Index, passages: list[Passage]) -> None:
    index.build(passages, Embedder(WordHashEncoder()))
    vectors = list(WordHashEncoder().encode(["one50 two50"]))
    wanted = [passages[3].id, passages[90].id]

    (pairs,) = index.query(vectors, 2, wanted)
    (more_than_there_are,) = index.query(vectors, 10, wanted)

    assert {key for key, _ in pairs} == set(wanted)
    assert pairs == more_than_there_are


def test_narrowing_to_a_passage_that_is_not_in_the_index_yet_finds_the_others(
    index: Index, passages: list[Passage]
) -> None:
    index.build(passages, Embedder(WordHashEncoder()))

    (pairs,) = index.query(list(WordHashEncoder().encode(["one50"])), 2, [passages[3].id, "k0123456789ab"])

    assert [key for key, _ in pairs] == [passages[3].id]


def test_an_index_that_was_never_built_says_which_command_to_run(index: Index) -> None:
    assert index.status().version is None
    with pytest.raises(IndexUnavailable, match="coach index build"):
        index.query(list(WordHashEncoder().encode(["text"])), 1)


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


def test_an_unchanged_rebuild_does_not_load_torch(
    library: Library, encoder: SentenceTransformerEncoder, search: Search, tmp_path: Path
) -> None:
    """The index that the session built, opened by a process of its own as `coach serve` would."""
    built = search._index._folder
    assert built is not None
    shutil.copytree(built, tmp_path / "chroma")
    code = f"""
import json, sys, time
from pathlib import Path
from coach.retrieval.embed import PACKAGED_MODEL, Embedder, SentenceTransformerEncoder
from coach.retrieval.library import read_library
from coach.retrieval.search import Search
from coach.settings import REPOSITORY
embedder = Embedder(SentenceTransformerEncoder(PACKAGED_MODEL))
library = read_library(REPOSITORY / "knowledge")
search = Search.open(library, embedder, chroma_dir=Path({str(tmp_path / "chroma")!r}))
embedded = search.build()
search.close()
print(json.dumps([embedded, "torch" in sys.modules, time.process_time()]))
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    embedded, torch_loaded, processor_seconds = json.loads(done.stdout.splitlines()[-1])
    assert embedded == 0
    assert not torch_loaded
    assert processor_seconds < 5


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
def test_an_index_opens_where_there_is_no_space_to_say_who_holds_it(tmp_path: Path) -> None:
    (tmp_path / "chroma.lock").symlink_to("/dev/full")
    Index.open(folder=tmp_path / "chroma").close()


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
