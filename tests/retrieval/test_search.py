import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coach.errors import EmbeddingError, IndexUnavailable
from coach.retrieval.chunk import AT_A_GLANCE
from coach.retrieval.embed import Embedder
from coach.retrieval.find import Hit, Narrowing
from coach.retrieval.library import STAGES, TOPICS, Kind, Library, Stage, Topic
from coach.retrieval.search import Search, open_search
from coach.settings import Settings
from tests.encoders import WordHashEncoder
from tests.retrieval.documents import PLACES, guidance, library_of, write

Open = Callable[[Library], Search]


@pytest.fixture
def fake() -> WordHashEncoder:
    return WordHashEncoder()


@pytest.fixture
def opening(tmp_path: Path, fake: WordHashEncoder) -> Iterator[Open]:
    """Opens the test's own index for a library; the index is not built."""
    opened: list[Search] = []

    def open_over(library: Library) -> Search:
        for search in opened:
            search.close()
        opened[:] = [Search.open(library, Embedder(fake), chroma_dir=tmp_path / "chroma")]
        return opened[0]

    yield open_over
    for search in opened:
        search.close()


@pytest.fixture
def small(tmp_path: Path, opening: Open) -> Search:
    """Three documents and their built index, under the quick model."""
    search = opening(library_of(tmp_path / "library", *PLACES.items()))
    search.build()
    return search


async def all_hits(search: Search, query: str, narrowing: Narrowing) -> list[Hit]:
    (hits,) = await search.find_all([query], [narrowing])
    return list(hits)


def titles(hits: list[Hit]) -> list[str]:
    return [hit.passage.title for hit in hits]


# --- The real library under the real model ---


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("keeping what we say confidential", "confidentiality-between-two"),
        ("Our pair keeps moving its meetings and has stopped talking", "reviving-a-stalled-pair"),
        ("Do generations really differ at work? What does research say?", "what-studies-say-about-generations"),
        ("captions and accessible slides for a presentation", "talks-and-slides-for-everyone"),
        ("The AI tool invents facts. How do I check its answers?", "check-what-an-assistant-writes"),
        ("too many notifications on my phone", "last-ten-alerts"),
        ("Some colleagues never get a word in during meetings", "who-speaks-in-meetings"),
        ("how to give my boss honest criticism", "candid-feedback-upward"),
        ("matching mentors with mentees", "matching-pairs"),
        ("reviewing our goals halfway through the program", "midpoint-review"),
    ],
)
async def test_a_plain_question_finds_the_document_that_answers_it(search: Search, query: str, document: str) -> None:
    hits = await search.find(query, 3)

    assert document in [hit.passage.document.front.id for hit in hits]


async def test_every_passage_can_be_found_best_first(search: Search) -> None:
    hits = await all_hits(search, "listening", Narrowing())

    assert {hit.passage.id for hit in hits} == {passage.id for passage in search.passages}
    assert [round(hit.score, 6) for hit in hits] == sorted((round(hit.score, 6) for hit in hits), reverse=True)
    assert all(-1 <= hit.score <= 1 for hit in hits)


@pytest.mark.parametrize("topic", TOPICS)
async def test_narrowing_by_topic_gives_that_topic_or_what_serves_every_topic(search: Search, topic: Topic) -> None:
    hits = await all_hits(search, "something to do together", Narrowing(topics=frozenset({topic})))

    assert {hit.passage.document.front.topic for hit in hits} == {topic, None}


@pytest.mark.parametrize("stage", STAGES)
async def test_narrowing_by_stage_gives_what_fits_that_stage(search: Search, stage: Stage) -> None:
    hits = await search.find("something to do together", 50, Narrowing(stage=stage))

    assert len(hits) == 50
    assert all(stage in hit.passage.document.front.stages for hit in hits)


@pytest.mark.parametrize("kind", ["guidance", "topic", "exercise", "starters"])
async def test_narrowing_by_kind_gives_that_kind(search: Search, kind: Kind) -> None:
    hits = await search.find("something to do together", 20, Narrowing(kinds=frozenset({kind})))

    assert [hit.passage.kind for hit in hits] == [kind] * 20


async def test_narrowings_work_together(search: Search) -> None:
    narrowing = Narrowing(
        kinds=frozenset({"exercise", "topic"}), topics=frozenset({"career"}), stage="midpoint", at_a_glance=True
    )

    hits = await all_hits(search, "the next step", narrowing)

    assert len(hits) >= 2
    assert all(narrowing.admits(hit.passage) and hit.passage.section == AT_A_GLANCE for hit in hits)
    assert len({hit.passage.document.front.id for hit in hits}) == len(hits)


async def test_what_is_for_coordinators_alone_does_not_reach_a_mentor(search: Search) -> None:
    question = "matching mentors with mentees"

    hits = await search.find(question, 10, Narrowing(audience="mentor"))

    assert "Matching pairs" in titles(await search.find(question, 3))
    assert len(hits) == 10
    assert all("mentor" in hit.passage.document.front.audience for hit in hits)


async def test_documents_in_without_never_come_and_others_take_their_place(search: Search) -> None:
    first = await search.find("honest feedback", 5)
    seen = {hit.passage.document.front.id for hit in first}

    others = await search.find("honest feedback", 5, without=seen)

    assert len(others) == 5
    assert seen.isdisjoint(hit.passage.document.front.id for hit in others)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="nothing"),
        pytest.param(" \n\t", id="blanks"),
        pytest.param("?!… --- '\";%_", id="punctuation"),
        pytest.param("feedback " * 1_112, id="10,000 characters"),
        pytest.param("x" * 10_000, id="one word of 10,000 characters"),
        pytest.param("Wie sage ich meiner Chefin ehrlich die Meinung?", id="German"),
        pytest.param("如何给上级诚实的反馈？", id="Chinese"),
        pytest.param("כיצד נותנים משוב 🙂\u202e", id="right to left"),
        pytest.param("nul \0 and bell \a", id="control characters"),
        pytest.param("broken \ud800 text", id="half a surrogate pair"),
    ],
)
async def test_a_strange_question_gets_an_answer(search: Search, query: str) -> None:
    hits = await search.find(query, 3)

    assert len(hits) == 3
    assert search.healthy
    assert [hit.passage.id for hit in search.find_now(query, 3)] == [hit.passage.id for hit in hits]


async def test_many_questions_at_once_are_answered_each_for_itself(search: Search) -> None:
    queries = [passage.embedded_text[:200] for passage in search.passages[::20]]

    at_once = await asyncio.gather(*(search.find(query, 3) for query in queries))
    search._rankings.clear()
    alone = [await search.find(query, 3) for query in queries]

    assert [[hit.passage.id for hit in hits] for hits in at_once] == [
        [hit.passage.id for hit in hits] for hits in alone
    ]
    assert len({hits[0].passage.id for hits in at_once}) > len(queries) / 2


def test_one_search_serves_one_event_loop_after_another(search: Search) -> None:
    """Tests, notebooks and scripts ask from loops of their own."""
    first = asyncio.run(search.find("a question of the first loop", 3))
    second = asyncio.run(search.find("a question of the second loop", 3))
    again = asyncio.run(search.find("a question of the first loop", 3))

    assert len(first) == len(second) == 3
    assert again == first


# --- The mechanics, under the quick model ---


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


async def test_a_closed_search_lets_the_folder_go(small: Search, opening: Open) -> None:
    reopened = opening(small.library)

    assert reopened.check() is None


async def test_a_question_that_was_warmed_is_not_embedded_again_however_it_is_spelt(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "frist meting with my mentee, a feedbak round"
    await search.warm([typed])
    monkeypatch.setattr(search, "_embedder", None)

    assert len(await search.find(typed, 3)) == 3


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


async def test_an_index_that_cannot_be_asked_only_costs_the_standing_questions(
    small: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_texts: object) -> object:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(small._standing, "known", broken)
    assert not await small.recall_standing(["say hello"])
