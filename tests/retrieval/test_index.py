"""What a build of the index embeds, what is then found in it, and what a build after that leaves alone."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from coach.errors import IndexUnavailable
from coach.retrieval.chunk import Passage
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder
from coach.retrieval.index import Index, version_of
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from coach.settings import REPOSITORY
from tests.encoders import WordHashEncoder
from tests.retrieval.conftest import found_first
from tests.retrieval.documents import many, passages_of


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
embedded = search.build(load=False)
seconds = time.process_time()
search.build()
search.close()
print(json.dumps([embedded, "torch" in sys.modules, seconds]))
"""

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPOSITORY, check=True)

    embedded, torch_loaded, processor_seconds = json.loads(done.stdout.splitlines()[-1])
    assert embedded == 0
    assert not torch_loaded
    assert processor_seconds < 5
