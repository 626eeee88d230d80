"""Feedback is kept as it was sent, changed and withdrawn by its author alone."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from coach.models import Comment, Feedback, now
from tests.api.conftest import FEEDBACK, PairOfPeople, Service, assert_problem
from tests.api.giving import age, put, rows, seen, sent

# Sending


async def test_feedback_comes_back_as_it_was_sent_with_the_time_until_it_may_be_changed(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    held = (await pair.mentor.get(f"/sessions/{session_id}")).json()["held_at"]
    mine = await sent(pair.mentor, session_id)
    assert mine.keys() == {*FEEDBACK, "session_id", "role", "created_at", "updated_at", "changeable_until"}
    assert mine | FEEDBACK == mine
    assert (mine["session_id"], mine["role"]) == (session_id, "mentor")
    assert datetime.fromisoformat(mine["changeable_until"]) == datetime.fromisoformat(held) + timedelta(days=7)
    assert await seen(pair.mentor, session_id) == {
        "mine": mine,
        "partner": None,
        "status": "waiting",
        "closes_at": mine["changeable_until"],
    }


async def test_what_was_sent_is_replaced_until_the_window_closes(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    first = await sent(pair.mentor, session_id)
    change = {"went_well": None, "to_change": "Shorter, please.", "share_with_partner": False}
    second = await sent(pair.mentor, session_id, **change)
    assert second | {"updated_at": first["updated_at"]} == first | change
    assert len(await rows(service.state, Feedback)) == 1
    assert [(row.question, row.text) for row in await rows(service.state, Comment)] == [
        ("to_change", "Shorter, please.")
    ]

    await age(service, session_id)
    assert "closed on" in assert_problem(await put(pair.mentor, session_id), 409, "conflict")["detail"]
    assert_problem(await put(pair.mentee, session_id), 409, "conflict")
    assert (await seen(pair.mentor, session_id))["mine"]["to_change"] == "Shorter, please."


@pytest.mark.parametrize("status", ["planned", "cancelled", "postponed"])
async def test_a_session_that_was_not_held_takes_no_feedback(service: Service, pair: PairOfPeople, status: str) -> None:
    session_id = await pair.session()
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": status})
    assert "Mark this session held first" in assert_problem(await put(pair.mentor, session_id), 409)["detail"]
    assert await rows(service.state, Feedback) == []
    assert await seen(pair.mentor, session_id) == {
        "mine": None,
        "partner": None,
        "status": "waiting",
        "closes_at": None,
    }


async def test_text_of_4000_characters_is_taken_and_more_is_refused_with_nothing_lost(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    long = "ü" * 3_998 + "🧵."
    assert (await sent(pair.mentor, session_id, went_well=long, to_change=long))["to_change"] == long
    for field, length in (("went_well", 4_001), ("to_change", 20_000)):
        body = assert_problem(await put(pair.mentor, session_id, **{field: "a" * length}), 422, "invalid-input")
        (error,) = body["errors"]
        assert error["field"] == field
        assert f"{length:,} characters, and 4,000 is the most" in error["message"]
        assert "still there" in error["message"]
        assert "aaaa" not in str(body)
    assert (await seen(pair.mentor, session_id))["mine"]["to_change"] == long


@pytest.mark.parametrize(
    "text",
    [
        "👩🏽‍💻 heel goed",
        "Очень полезно",
        "أحسنت، شكرا",
        "一緒に図を描いた",
        "<b>bold</b> & 'x'; DROP TABLE",
        "two\nlines\tand a tab",
    ],
)
async def test_any_language_and_emoji_are_kept_as_typed(pair: PairOfPeople, text: str) -> None:
    session_id = await pair.held()
    assert (await sent(pair.mentor, session_id, went_well=text))["went_well"] == text
    assert (await seen(pair.mentor, session_id))["mine"]["went_well"] == text


async def test_control_characters_are_removed(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    mine = await sent(pair.mentor, session_id, went_well="a\0b\x1b[31mc\x7f\x85\r\nd\re", to_change="\0\x07")
    assert (mine["went_well"], mine["to_change"]) == ("ab[31mc\nd\ne", None)


@pytest.mark.parametrize("empty", ["", "  \n ", None])
async def test_ratings_alone_are_enough(service: Service, pair: PairOfPeople, empty: str | None) -> None:
    session_id = await pair.held()
    mine = await sent(pair.mentor, session_id, went_well=empty, to_change=empty)
    assert (mine["went_well"], mine["to_change"]) == (None, None)
    assert await rows(service.state, Comment) == []
    body = {key: value for key, value in FEEDBACK.items() if key not in {"went_well", "to_change"}}
    assert (await pair.mentor.put(f"/sessions/{session_id}/feedback", body)).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ratings": {"usefulness": 0, "safety": 5, "progress": 3}}, "ratings.usefulness"),
        ({"ratings": {"usefulness": 1, "safety": 6, "progress": 3}}, "ratings.safety"),
        ({"ratings": {"usefulness": 1, "safety": 5}}, "ratings.progress"),
        ({"ratings": {"usefulness": 1, "safety": 5, "progress": 2.5}}, "ratings.progress"),
        ({"ratings": {"usefulness": True, "safety": 5, "progress": 2}}, "ratings.usefulness"),
        ({"ratings": {"usefulness": 1, "safety": 5, "progress": 2, "mood": 1}}, "ratings.mood"),
        ({"ratings": None}, "ratings"),
        ({"share_with_partner": None}, "share_with_partner"),
        ({"share_with_coordinators": "yes"}, "share_with_coordinators"),
        ({"share_with_my_boss": True}, "share_with_my_boss"),
        ({"went_well": ["a"]}, "went_well"),
    ],
)
async def test_feedback_that_makes_no_sense_is_refused_with_the_field_named(
    service: Service, pair: PairOfPeople, change: Any, field: str
) -> None:
    session_id = await pair.held()
    assert assert_problem(await put(pair.mentor, session_id, **change), 422)["errors"][0]["field"] == field
    assert await rows(service.state, Feedback) == []


@pytest.mark.parametrize("missing", ["ratings", "share_with_partner", "share_with_coordinators"])
async def test_nobody_shares_by_leaving_something_out(pair: PairOfPeople, missing: str) -> None:
    session_id = await pair.held()
    body = {key: value for key, value in FEEDBACK.items() if key != missing}
    reply = await pair.mentor.put(f"/sessions/{session_id}/feedback", body)
    assert assert_problem(reply, 422)["errors"][0]["field"] == missing


async def test_nobody_but_the_two_reaches_it(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    path = f"/sessions/{session_id}/feedback"
    neighbor = await service.pair(pair.program_id)
    for who, status in ((neighbor.mentor, 404), (pair.coordinator, 403), (await service.caller("admin"), 403)):
        for reply in (await who.get(path), await put(who, session_id), await who.delete(path)):
            assert_problem(reply, status)
            assert FEEDBACK["went_well"] not in reply.text
    assert len(await rows(service.state, Feedback)) == 1


async def test_feedback_is_dated_when_it_is_sent(pair: PairOfPeople) -> None:
    began = now()
    mine = await sent(pair.mentor, await pair.held())
    assert began <= datetime.fromisoformat(mine["created_at"]) == datetime.fromisoformat(mine["updated_at"]) <= now()


# At once


async def test_both_who_send_at_once_are_both_kept_and_revealed(service: Service, pair: PairOfPeople) -> None:
    for _ in range(3):
        session_id = await pair.held()
        replies = await asyncio.gather(put(pair.mentor, session_id), put(pair.mentee, session_id))
        assert [reply.status_code for reply in replies] == [200, 200]
        assert [reply.json()["changeable_until"] is None for reply in replies].count(True) == 1
        assert (await seen(pair.mentor, session_id))["partner"] is not None
        assert (await seen(pair.mentee, session_id))["partner"] is not None


async def test_one_who_sends_several_times_at_once_is_kept_once_and_whole(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    texts = [f"Version {number}" for number in range(5)]
    bodies = [{"went_well": text, "to_change": text} for text in texts]
    replies = await asyncio.gather(*(put(pair.mentor, session_id, **body) for body in bodies))
    assert {reply.status_code for reply in replies} == {200}
    (row,) = await rows(service.state, Feedback)
    assert {comment.text for comment in await rows(service.state, Comment)} == {row.went_well} == {row.to_change}
    assert (await seen(pair.mentor, session_id))["status"] == "waiting"


# Withdrawing


async def test_withdrawn_feedback_is_gone_with_its_comments_and_can_be_sent_again(
    service: Service, pair: PairOfPeople
) -> None:
    session_id = await pair.held()
    path = f"/sessions/{session_id}/feedback"
    await sent(pair.mentor, session_id)
    for _ in range(2):
        reply = await pair.mentor.delete(path)
        assert (reply.status_code, reply.content) == (204, b"")
    assert await rows(service.state, Feedback) == await rows(service.state, Comment) == []
    await sent(pair.mentor, session_id)
    await sent(pair.mentee, session_id)
    await pair.mentor.delete(path)
    shown = await seen(pair.mentee, session_id)
    assert (shown["status"], shown["partner"]) == ("revealed", None)
    assert shown["mine"] is not None


async def test_withdrawing_leaves_the_partners_alone(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    assert (await pair.mentee.delete(f"/sessions/{session_id}/feedback")).status_code == 204
    assert [row.author_id for row in await rows(service.state, Feedback)] == [pair.mentor.id]


async def test_what_a_published_report_has_counted_cannot_be_withdrawn(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def published(*_: object) -> bool:
        return True

    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    monkeypatch.setattr("api.routes.feedback.in_published_report", published)
    reply = await pair.mentor.delete(f"/sessions/{session_id}/feedback")
    assert "published report" in assert_problem(reply, 409, "conflict")["detail"]
    assert len(await rows(service.state, Feedback)) == 1
