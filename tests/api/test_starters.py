"""More starters, none of which the pair has had."""

import asyncio
from typing import Any

import pytest

from coach.retrieval.library import TOPICS
from tests.api.conftest import Caller, PairOfPeople, assert_problem


async def starters(who: Caller, session_id: str, **body: Any) -> Any:
    reply = await who.post(f"/sessions/{session_id}/starters", body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_starters_come_with_their_sources(pair: PairOfPeople) -> None:
    found = await starters(pair.mentor, await pair.session())
    assert found.keys() == {"starters", "sources", "notice"}
    assert len(found["starters"]) == 4
    assert found["notice"] is None
    assert found["starters"][0].keys() == {"text", "asked_by", "topic", "sources"}
    assert {key for starter in found["starters"] for key in starter["sources"]} == {
        source["id"] for source in found["sources"]
    }
    assert found["sources"][0].keys() == {"id", "title", "section", "evidence", "updated", "references"}


async def test_the_body_may_be_left_out(pair: PairOfPeople) -> None:
    reply = await pair.mentor.post(f"/sessions/{await pair.session()}/starters")
    assert len(reply.json()["starters"]) == 4


@pytest.mark.parametrize("topic", TOPICS)
async def test_a_topic_gives_starters_of_that_topic_alone(pair: PairOfPeople, topic: str) -> None:
    found = await starters(pair.mentor, await pair.session(), topic=topic, count=6)
    assert [starter["topic"] for starter in found["starters"]] == [topic] * 6


@pytest.mark.parametrize("body", [{"count": 0}, {"count": 13}, {"topic": "astrology"}, {"number": 3}, {"count": "all"}])
async def test_a_wish_that_makes_no_sense_is_refused(pair: PairOfPeople, body: Any) -> None:
    assert_problem(await pair.mentor.post(f"/sessions/{await pair.session()}/starters", body), 422)


async def test_a_pair_never_gets_a_starter_twice_and_is_told_when_there_are_no_more(pair: PairOfPeople) -> None:
    first, second = await pair.session(), await pair.session()
    given = [starter["text"] for _ in range(2) for starter in (await pair.agenda(first))["starters"]]
    asked = 0
    for session_id, who in ((first, pair.mentor), (second, pair.mentee)):
        found = {"notice": None}
        while found["notice"] is None:
            found = await starters(who, session_id, count=12)
            given += [starter["text"] for starter in found["starters"]]
            asked += 12
            assert asked < 1_000
    assert len(given) == len({text.casefold() for text in given})
    assert len(given) > 100
    assert "no more starters" in str(found["notice"])

    agenda = await pair.agenda(second)
    assert agenda["starters"] == []
    assert "no more starters" in agenda["notice"]
    assert (await starters(pair.mentor, first))["starters"] == []


async def test_when_a_topic_runs_dry_others_still_have_starters(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    found = {"notice": None}
    while found["notice"] is None:
        found = await starters(pair.mentor, session_id, topic="career", count=12)
    assert (await starters(pair.mentor, session_id, topic="inclusion"))["notice"] is None


async def test_another_pair_has_starters_of_its_own(pair: PairOfPeople, service: Any) -> None:
    other = await service.pair()
    texts = [
        [starter["text"] for starter in (await starters(one.mentor, await one.session()))["starters"]]
        for one in (pair, other)
    ]
    assert texts[0] == texts[1]


async def test_starters_asked_for_at_once_are_different(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    found = await asyncio.gather(*(starters(who, session_id) for who in (pair.mentor, pair.mentee)))
    given = [starter["text"] for reply in found for starter in reply["starters"]]
    assert len(given) == len(set(given))
