"""Searching the library over HTTP."""

import pytest

from coach.retrieval.search import Search
from tests.api.conftest import PairOfPeople, Serve, Service, assert_problem


async def test_passages_come_with_scores_and_sources_best_first(serve: Serve, search: Search) -> None:
    service = await serve(own_search=search)
    pair = await service.pair()
    for who in (await service.caller("admin"), pair.coordinator, pair.mentor):
        reply = await who.get("/knowledge/search", params={"q": "how do we agree on confidentiality", "limit": 5})
        found = reply.json()["items"]
        assert len(found) == 5
        assert found[0].keys() == {
            "id", "document_id", "title", "section", "kind", "topic", "text", "score", "similarity", "evidence",
            "updated", "references",
        }  # fmt: skip
        assert "confidential" in (found[0]["title"] + found[0]["text"]).casefold()
        scores = [hit["score"] for hit in found]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert all(-1 <= hit["similarity"] <= 1 for hit in found)
        assert all(hit["references"] for hit in found)


async def test_a_search_can_be_narrowed(pair: PairOfPeople) -> None:
    query = {"q": "what to try together", "topic": "career", "limit": 20}
    found = (await pair.mentor.get("/knowledge/search", params=query)).json()["items"]
    assert "career" in {hit["topic"] for hit in found}
    assert {hit["topic"] for hit in found} <= {"career", None}
    stages = [
        (await pair.mentor.get("/knowledge/search", params={"q": "goals", "stage": stage})).json()["items"]
        for stage in ("kickoff", "closing")
    ]
    assert stages[0] != stages[1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "?!"}, "q"),
        ({"q": "\0"}, "q"),
        ({"q": "a" * 2_001}, "q"),
        ({"q": "chart", "topic": "astrology"}, "topic"),
        ({"q": "chart", "stage": "last"}, "stage"),
        ({"q": "chart", "limit": "0"}, "limit"),
        ({"q": "chart", "limit": "51"}, "limit"),
    ],
)
async def test_a_search_that_makes_no_sense_names_the_field(
    pair: PairOfPeople, query: dict[str, str], field: str
) -> None:
    body = assert_problem(await pair.mentor.get("/knowledge/search", params=query), 422)
    assert body["errors"][0]["field"] == field


@pytest.mark.parametrize("q", ["a" * 2_000, "<script>alert(1)</script>", "'; DROP TABLE pair; --", "caf\u00e9"])
async def test_any_question_with_a_word_is_answered(pair: PairOfPeople, q: str) -> None:
    reply = await pair.mentor.get("/knowledge/search", params={"q": q})
    assert reply.status_code == 200
    assert reply.json()["items"]


async def test_bytes_that_are_no_text_do_no_harm(service: Service, pair: PairOfPeople) -> None:
    headers = {"Authorization": f"Bearer {pair.mentor.token}"}
    for query in ("%ff%fechart", "%ED%A0%80chart", "%00chart"):
        assert (await service.client.get(f"/v1/knowledge/search?q={query}", headers=headers)).status_code == 200
