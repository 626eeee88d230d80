"""A search whose index is missing, stale or broken: it answers by words, says so, and heals."""

import shutil
from pathlib import Path

import pytest

from coach.errors import EmbeddingError, IndexUnavailable
from coach.retrieval.find import Narrowing
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from tests.encoders import WordHashEncoder
from tests.retrieval.conftest import Open, titles
from tests.retrieval.documents import PLACES, guidance, library_of


async def test_without_an_index_passages_are_found_by_words_until_it_is_healed(tmp_path: Path, opening: Open) -> None:
    search = opening(library_of(tmp_path / "library", *PLACES.items()))

    hits = await search.find("What is a TREND worth?", 2)

    assert titles(hits)[0] == "Weigh a trend"
    assert {hit.similarity for hit in hits} == {0.0}
    assert not search.healthy
    assert "coach index build" in (search.check() or "")

    await search.heal()

    assert search.healthy
    assert search.check() is None
    assert (await search.find("What is a TREND worth?", 2))[0].similarity > 0


@pytest.mark.parametrize("query", ["", "?!…", "如何给上级", "a b c"])
async def test_finding_by_words_copes_with_strange_questions(tmp_path: Path, opening: Open, query: str) -> None:
    search = opening(library_of(tmp_path / "library", *PLACES.items()))

    assert len(await search.find(query, 3)) == 3


async def test_finding_by_words_narrows_too(tmp_path: Path, opening: Open) -> None:
    search = opening(library_of(tmp_path / "library", *PLACES.items()))

    hits = await search.find("trend", 3, Narrowing(kinds=frozenset({"starters"})), without={"weigh-a-trend"})

    assert [hit.passage.kind for hit in hits] == ["starters", "starters"]


async def test_a_model_that_fails_once_is_no_end_of_searching(small: Search, fake: WordHashEncoder) -> None:
    fake.script.append(EmbeddingError("out of memory"))

    assert titles(await small.find("trend", 1)) == ["Weigh a trend"]
    assert small.check() == "out of memory"
    await small.heal()

    assert small.check() is None
    assert (await small.find("trend", 1))[0].similarity > 0


async def test_a_changed_library_is_stale_until_it_is_built(tmp_path: Path, small: Search, opening: Open) -> None:
    more = library_of(tmp_path / "more", *PLACES.items(), guidance("second-talk", "## Again\n\nAsk about bicycles."))
    search = opening(more)

    status, current = search.status()
    assert (status.passages, current) == (5, False)
    assert "stale" in (search.check() or "")
    # Words find what is new as well meanwhile; whoever wants no less than the index is told.
    assert titles(await search.find("Ask about bicycles", 1)) == ["Second talk"]
    with pytest.raises(IndexUnavailable, match="coach index build"):
        search.find_now("trend worth", 1)

    assert search.build() == 1
    assert search.check() is None
    assert search.healthy
    assert search.find_now("again: ask about bicycles", 1)[0].similarity > 0


async def test_a_passage_that_left_the_library_is_not_given_before_the_build(small: Search, opening: Open) -> None:
    fewer = Library(
        documents=tuple(document for document in small.library.documents if document.kind != "topic"), digest="fewer"
    )
    search = opening(fewer)

    assert not {hit.passage.kind for hit in await search.find("What is a trend worth?", 5)} & {"topic"}
    assert search.find_now("What is a trend worth?", 5)
    assert search.healthy


async def test_a_folder_deleted_while_open_is_told_and_healed(tmp_path: Path, small: Search) -> None:
    await small.find("hello", 1)

    shutil.rmtree(tmp_path / "chroma")

    assert "deleted" in (small.check() or "")
    assert titles(await small.find("a trend in the news", 1)) == ["Weigh a trend"]
    await small.heal()
    assert small.check() is None
    assert small.healthy
    assert list((tmp_path / "chroma").rglob("chroma.sqlite3"))
    assert (await small.find("trend again", 1))[0].similarity > 0


async def test_a_database_overwritten_while_open_is_healed(tmp_path: Path, small: Search) -> None:
    next((tmp_path / "chroma").rglob("chroma.sqlite3")).write_bytes(b"this is no database" * 1_000)

    assert titles(await small.find("a trend in the news", 1)) == ["Weigh a trend"]
    await small.heal()
    assert small.check() is None
    assert (await small.find("trend again", 1))[0].similarity > 0


async def test_a_closed_search_lets_the_folder_go(small: Search, opening: Open) -> None:
    reopened = opening(small.library)

    assert reopened.check() is None


async def test_an_index_that_cannot_be_asked_only_costs_the_standing_questions(
    small: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_texts: object) -> object:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(small._standing, "known", broken)
    assert not await small.recall_standing(["say hello"])
