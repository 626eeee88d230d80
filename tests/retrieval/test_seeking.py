"""Which kind of passage a question seeks."""

import time

import pytest

from coach.retrieval.find import Finder, Narrowing
from coach.retrieval.search import Search
from coach.retrieval.seeking import seeks_starters


@pytest.mark.parametrize(
    "question",
    [
        "questions about strategy",
        "Questions for my mentor",
        "icebreaker questions",
        "An ICE BREAKER for Monday",
        "conversation starters on trust",
        "what could I ask about pay?",
        "We are stuck. What can we ask each other?",
        "Could you suggest a few good questions on inclusion?",
        "I’d like three questions that open people up",
        "which questions would make her think",
        "a question of the week",
        "something to ask on a walk",
        "questions to ask a director",
        "wat to ask in the first meeting",
    ],
)
def test_who_asks_for_questions_seeks_starters(question: str) -> None:
    assert seeks_starters(question)


@pytest.mark.parametrize(
    "question",
    [
        "question the plan",
        "how do I ask for a raise",
        "he asks too many questions",
        "a question of trust",
        "My question: may I record this?",
        "Questions were left open",
        "what can I ask of my mentor",
        "what do I ask the assistant to get a good draft",
        "survey questions to ask after a year",
        "who answers questions about pay",
        "networking questions",
        "the starter kit for coordinators",
        "",
    ],
)
def test_who_only_uses_the_words_does_not(question: str) -> None:
    assert not seeks_starters(question)


@pytest.mark.parametrize(
    "text", ["what " * 400 + "ask", "a few " * 330 + "question", "ask. " * 400, "questions " * 200]
)
def test_a_long_text_is_read_in_a_moment(text: str) -> None:
    began = time.process_time()
    seeks_starters(text)
    assert time.process_time() - began < 0.1


async def test_starters_come_first_for_who_seeks_them_and_stay_where_they_are_for_others(search: Search) -> None:
    sought = await search.find("questions about saying hello", 3)
    assert {hit.passage.kind for hit in sought} == {"starters"}
    assert search.find_now("questions about saying hello", 3) == sought
    other = await search.find("how do I say hello", 50)
    assert [hit.score for hit in other[:3]] == sorted((hit.score for hit in other[:3]), reverse=True)


async def test_starters_on_the_topic_of_what_is_nearest_come_before_others(search: Search) -> None:
    hits = await search.find("questions about careers, promotion and job moves", 3)
    assert {hit.passage.document.front.topic for hit in hits} == {"career"}


async def test_who_narrows_to_a_kind_gets_the_order_that_there_was(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nothing was to be moved")

    monkeypatch.setattr(Finder, "_topic_sought", never)
    assert await search.find("questions about strategy", 3, Narrowing(kinds=frozenset({"exercise"})))
