"""Search of the real library under the real model: what a question finds, and what narrows it."""

import asyncio

import pytest

from coach.retrieval.chunk import AT_A_GLANCE
from coach.retrieval.find import Hit, Narrowing
from coach.retrieval.library import STAGES, TOPICS, Kind, Stage, Topic
from coach.retrieval.search import Search
from tests.retrieval.conftest import titles


async def all_hits(search: Search, query: str, narrowing: Narrowing) -> list[Hit]:
    (hits,) = await search.find_all([query], [narrowing])
    return list(hits)


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


async def test_a_question_that_was_warmed_is_not_embedded_again_however_it_is_spelt(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = "frist meting with my mentee, a feedbak round"
    await search.warm([typed])
    monkeypatch.setattr(search, "_embedder", None)

    assert len(await search.find(typed, 3)) == 3
