"""What a search gives of a small library under a quick model: how many, in which order, and embedded once."""

from pathlib import Path

import pytest

from coach.retrieval.chunk import AT_A_GLANCE
from coach.retrieval.find import Narrowing
from coach.retrieval.search import Search, open_search
from coach.settings import Settings
from tests.encoders import WordHashEncoder
from tests.retrieval.conftest import Open, titles
from tests.retrieval.documents import PLACES, guidance, library_of, write


async def test_equal_questions_are_embedded_once(small: Search, fake: WordHashEncoder) -> None:
    fake.batches.clear()

    both = await small.find_all(["say hello", "say hello"], [Narrowing(), Narrowing(kinds=frozenset({"starters"}))])
    await small.find("say hello", 1)
    await small.warm(["say hello"])

    assert fake.texts == ["say hello"]
    everything, starters = both
    assert {hit.passage.kind for hit in everything} == {"guidance", "topic", "starters"}
    assert [hit.passage.kind for hit in starters] == ["starters", "starters"]


async def test_a_question_that_was_warmed_is_not_embedded_again(small: Search, fake: WordHashEncoder) -> None:
    await small.warm(["trend", "hello"])
    fake.batches.clear()

    assert titles(await small.find("trend", 1)) == ["Weigh a trend"]

    assert fake.batches == []


@pytest.mark.parametrize(("count", "given"), [(0, 0), (1, 1), (1_000, 5)])
async def test_no_more_is_given_than_was_asked_for_or_is_there(small: Search, count: int, given: int) -> None:
    assert len(await small.find("hello", count)) == given


def test_a_count_of_nothing_gives_nothing_without_a_loop_too(small: Search) -> None:
    assert small.find_now("hello", 0) == []


async def test_a_narrowing_that_admits_nothing_gives_nothing(small: Search) -> None:
    narrowing = Narrowing(kinds=frozenset({"exercise"}))

    assert await small.find("hello", 3, narrowing) == small.find_now("hello", 3, narrowing) == []


@pytest.fixture
def equal_passages(tmp_path: Path, opening: Open) -> Search:
    """Thirty documents, named in the order of the library, that answer any question equally well."""
    same = [guidance(f"talk-{number:02}", "Say hello.", title="Same title") for number in range(30)]
    search = opening(library_of(tmp_path / "library", *same))
    search.build()
    return search


async def test_passages_that_answer_equally_well_come_in_the_order_of_the_library(equal_passages: Search) -> None:
    hits = await equal_passages.find("say hello", 30)

    assert [hit.passage.document.front.id for hit in hits] == [f"talk-{number:02}" for number in range(30)]


async def test_without_a_loop_equal_passages_come_in_the_same_order(equal_passages: Search) -> None:
    assert equal_passages.find_now("say hello", 3) == await equal_passages.find("say hello", 3)


async def test_narrowing_reaches_past_the_first_thousand_of_a_large_library(tmp_path: Path, opening: Open) -> None:
    near = "\n\n".join(f"## Part {number}\n\nSay hello, hello, hello {number}." for number in range(1_100))
    search = opening(
        library_of(
            tmp_path / "library",
            guidance("near-talk", near),
            guidance("far-talk", "## Thanks\n\nWrite a card.", stages="closing"),
        )
    )
    search.build()

    hits = await search.find("say hello", 3, Narrowing(stage="closing"))

    assert titles(hits) == ["Far talk"]


def test_the_settings_say_which_library_is_opened_and_where_its_index_lies(tmp_path: Path, settings: Settings) -> None:
    folder = write(tmp_path / "own-library", dict([guidance("bicycle-talk", "## Ride\n\nAsk about bicycles.")]))
    told: list[tuple[int, int]] = []
    own = settings.model_copy(update={"knowledge_dir": folder})

    search = open_search(own, progress=lambda *step: told.append(step))

    assert search.check() is None
    assert told == [(1, 1)]
    assert [hit.passage.text for hit in search.find_now("cycling", 3)] == ["Ask about bicycles."]
    assert list((settings.data_dir / "chroma").rglob("chroma.sqlite3"))
    search.close()


def test_the_passages_of_a_document_come_in_its_order(small: Search) -> None:
    assert [passage.section for passage in small.passages_of("weigh-a-trend")] == [AT_A_GLANCE, "The idea"]
    assert small.passages_of("no-such-document") == []


async def test_standing_questions_are_known_again_after_a_start_and_to_the_last_bit(
    tmp_path: Path, opening: Open, fake: WordHashEncoder
) -> None:
    library = library_of(tmp_path / "library", *PLACES.items())
    before = opening(library)
    before.build()
    assert not await before.recall_standing(["say hello", "see a trend"])
    await before.keep_standing(["say hello", "an old question"])
    await before.keep_standing(["say hello", "see a trend"])
    kept = await before.vectors_of(["say hello", "see a trend"])

    after = opening(library)
    fake.batches.clear()
    assert not await after.recall_standing(["an old question"])
    assert await after.recall_standing(["say hello", "see a trend"])

    assert await after.vectors_of(["say hello", "see a trend"]) == kept
    assert fake.batches == []
