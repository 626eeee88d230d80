"""Feedback is given by two people who were told before who will see it, and opens to both at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from api.state import AppState
from coach.feedback.disclosure import WINDOW
from coach.models import Comment, Feedback, MentoringSession, Program, now
from coach.store.feedback import move_feedback
from tests.api.conftest import FEEDBACK, Caller, PairOfPeople, Service, assert_problem

OTHERS: Any = {"ratings": {"usefulness": 2, "safety": 1, "progress": 2}, "went_well": "The bandicootboss left early."}
MINE: Any = {"mentor": FEEDBACK, "mentee": {**FEEDBACK, **OTHERS}}


async def put(who: Caller, session_id: str, **more: Any) -> httpx.Response:
    return await who.put(f"/sessions/{session_id}/feedback", {**FEEDBACK, **more})


async def sent(who: Caller, session_id: str, **more: Any) -> Any:
    reply = await put(who, session_id, **more)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def seen(who: Caller, session_id: str) -> Any:
    reply = await who.get(f"/sessions/{session_id}/feedback")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def age(service: Service, session_id: str, by: timedelta = WINDOW) -> None:
    """Let the session have been marked held that much earlier."""
    async with service.state.store.write() as db:
        session = await db.get(MentoringSession, session_id)
        assert session is not None
        assert session.held_at is not None
        session.held_at -= by
        await move_feedback(db, session_id, session.held_at)


async def rows(state: AppState, table: Any) -> list[Any]:
    async with state.store.read() as db:
        return list((await db.execute(select(table).order_by(col(table.id)))).scalars())


# The receipt


async def test_the_receipt_can_be_read_before_anything_is_sent(pair: PairOfPeople) -> None:
    session_id = await pair.session()
    path = f"/sessions/{session_id}/feedback-receipt"
    before = (await pair.mentor.get(path)).json()
    assert before.keys() == {"sections", "window_closes_at", "shared_by_default"}
    assert before["window_closes_at"] is None
    assert before["shared_by_default"] == {"with_partner": False, "with_coordinators": False}
    assert all(part.keys() == {"title", "text"} for part in before["sections"])

    held = (await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})).json()["held_at"]
    after = (await pair.mentee.get(path)).json()
    assert datetime.fromisoformat(after["window_closes_at"]) == datetime.fromisoformat(held) + timedelta(days=7)


async def test_the_receipt_does_not_tell_whether_the_other_has_sent(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    path = f"/sessions/{session_id}/feedback-receipt"
    before = (await pair.mentor.get(path)).text
    await sent(pair.mentee, session_id)
    assert (await pair.mentor.get(path)).text == before
    await sent(pair.mentor, session_id)
    assert "can no longer be sent" in (await pair.mentor.get(path)).text


async def test_the_receipt_tells_the_minimums_that_hold_for_the_session(service: Service) -> None:
    pair = await service.pair()
    raised = {"report_minimum_people": 25, "theme_minimum_people": 7}
    assert (await pair.coordinator.patch(f"/programs/{pair.program_id}", raised)).status_code == 200

    async def told(session_id: str) -> str:
        return (await pair.mentor.get(f"/sessions/{session_id}/feedback-receipt")).text

    # The quarter had begun when they were raised.
    session_id = await pair.held()
    assert "at least 10 people from at least 5 pairs" in await told(session_id)
    async with service.state.store.write() as db:
        program = await db.get(Program, pair.program_id)
        assert program is not None
        (entry,) = program.raised_minimums
        program.raised_minimums = [{**entry, "at": (now() - timedelta(days=100)).isoformat()}]
    for one in (session_id, await pair.session()):
        assert "at least 25 people from at least 5 pairs" in await told(one)
        assert "only if at least 7 people from at least 3 pairs" in await told(one)


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


# The reveal


async def test_before_the_reveal_nothing_tells_whether_the_other_has_sent(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    paths = [f"/sessions/{session_id}{more}" for more in ("", "/feedback", "/feedback-receipt")]
    paths += [f"/pairs/{pair.id}/sessions", f"/pairs/{pair.id}"]

    async def everything() -> list[str]:
        return [(await who.get(path)).text for who in (pair.mentor, pair.coordinator) for path in paths]

    before = await everything()
    for share in (True, False):
        await sent(pair.mentee, session_id, share_with_partner=share)
        assert await everything() == before
    await pair.mentee.delete(f"/sessions/{session_id}/feedback")
    assert await everything() == before


async def test_marking_the_session_anew_does_not_tell_whether_the_other_has_sent(pair: PairOfPeople) -> None:
    for send in (False, True):
        session_id = await pair.held()
        if send:
            await sent(pair.mentee, session_id)
        for status in ("planned", "held", "cancelled", "held"):
            assert (await pair.mentor.patch(f"/sessions/{session_id}", {"status": status})).status_code == 200
        assert (await seen(pair.mentor, session_id))["status"] == "waiting"


async def test_when_both_have_sent_it_opens_to_both_and_closes_to_changes(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id, **MINE["mentor"])
    assert (await sent(pair.mentee, session_id, **MINE["mentee"]))["changeable_until"] is None

    for who, other in ((pair.mentor, "mentee"), (pair.mentee, "mentor")):
        shown = await seen(who, session_id)
        assert shown["status"] == "revealed"
        assert shown["partner"] == {
            "role": other,
            **{name: MINE[other][name] for name in ("ratings", "went_well", "to_change")},
        }
        assert "Both of you have sent" in assert_problem(await put(who, session_id), 409)["detail"]


async def test_when_the_window_is_over_what_was_shared_opens_though_the_other_sent_nothing(
    service: Service, pair: PairOfPeople
) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    await age(service, session_id, WINDOW - timedelta(minutes=1))
    assert (await seen(pair.mentee, session_id))["partner"] is None
    await age(service, session_id, timedelta(minutes=1))
    shown = await seen(pair.mentee, session_id)
    assert (shown["status"], shown["mine"]) == ("revealed", None)
    assert shown["partner"]["went_well"] == FEEDBACK["went_well"]


async def test_what_was_not_shared_looks_the_same_after_the_window_as_what_was_not_sent(
    service: Service, pair: PairOfPeople
) -> None:
    shown = []
    for send in (False, True):
        session_id = await pair.held()
        if send:
            await sent(pair.mentee, session_id, share_with_partner=False)
        await age(service, session_id)
        shown.append({**await seen(pair.mentor, session_id), "closes_at": None})
    assert shown[0] == shown[1] == {"mine": None, "partner": None, "status": "revealed", "closes_at": None}


async def test_sharing_with_coordinators_does_not_share_with_the_partner(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentee, session_id, share_with_partner=False, share_with_coordinators=True)
    await sent(pair.mentor, session_id, share_with_partner=True, share_with_coordinators=False)
    assert (await seen(pair.mentor, session_id))["partner"] is None
    assert (await seen(pair.mentee, session_id))["partner"] is not None
    assert "share_with" not in str((await seen(pair.mentee, session_id))["partner"])


async def test_whoever_has_read_the_other_cannot_withdraw_and_write_anew(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    for who in (pair.mentor, pair.mentee):
        await sent(who, session_id)
    for who in (pair.mentor, pair.mentee):
        assert (await who.delete(f"/sessions/{session_id}/feedback")).status_code == 204
    for status in ("planned", "held"):
        await pair.mentor.patch(f"/sessions/{session_id}", {"status": status})
        for who in (pair.mentor, pair.mentee):
            assert_problem(await put(who, session_id), 409, "conflict")


async def test_a_session_cannot_be_marked_anew_to_open_its_window_again(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    await age(service, session_id)
    for who in (pair.mentee, pair.coordinator):
        for status in ("planned", "cancelled", "postponed"):
            reply = await who.patch(f"/sessions/{session_id}", {"status": status})
            assert "stays held" in assert_problem(reply, 409, "conflict")["detail"]
    assert (await pair.mentee.patch(f"/sessions/{session_id}", {"status": "held", "minutes": 45})).is_success
    assert (await seen(pair.mentee, session_id))["status"] == "revealed"


async def test_feedback_counts_from_when_its_session_was_marked_held_anew(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    await pair.mentor.patch(f"/sessions/{session_id}", {"status": "planned"})
    held = (await pair.mentor.patch(f"/sessions/{session_id}", {"status": "held"})).json()["held_at"]
    (row,) = await rows(service.state, Feedback)
    assert row.held_at == datetime.fromisoformat(held)


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


async def test_feedback_is_dated_when_it_is_sent(pair: PairOfPeople) -> None:
    began = now()
    mine = await sent(pair.mentor, await pair.held())
    assert began <= datetime.fromisoformat(mine["created_at"]) == datetime.fromisoformat(mine["updated_at"]) <= now()
