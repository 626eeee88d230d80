"""Feedback opens to both at once, and until then nothing tells whether the other has sent any."""

from datetime import datetime, timedelta
from typing import Any

from coach.feedback.disclosure import WINDOW
from coach.models import Feedback
from tests.api.conftest import FEEDBACK, PairOfPeople, Service, assert_problem
from tests.api.giving import age, put, rows, seen, sent

OTHERS: Any = {"ratings": {"usefulness": 2, "safety": 1, "progress": 2}, "went_well": "The bandicootboss left early."}
MINE: Any = {"mentor": FEEDBACK, "mentee": {**FEEDBACK, **OTHERS}}


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
