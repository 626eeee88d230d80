"""When the pair's summary opens, how long it is kept, and what leaves it again."""

from datetime import datetime
from typing import Any

import pytest

from coach.feedback.disclosure import WINDOW
from coach.models import FeedbackSummary
from tests.api.conftest import PairOfPeople, Serve, Service, assert_problem
from tests.api.giving import CHANGE, WELL, age, lines, sent, shared_by_both, summary


async def test_it_waits_until_feedback_is_open_and_does_not_tell_who_has_sent(pair: PairOfPeople) -> None:
    first = await summary(pair)
    assert (first["status"], first["opens_at"]) == ("waiting", None)
    assert "after your first session" in first["message"]

    session_id = await pair.held()
    held = datetime.fromisoformat((await pair.mentor.get(f"/sessions/{session_id}")).json()["held_at"])
    before = await summary(pair)
    assert "once both of you have sent" in before["message"]
    assert datetime.fromisoformat(before["opens_at"]) == held + WINDOW
    await sent(pair.mentor, session_id)
    assert await summary(pair) == before

    await sent(pair.mentee, session_id)
    assert (await summary(pair))["status"] == "ready"


async def test_it_opens_with_the_window_whoever_has_sent(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id)
    await age(service, session_id)
    assert (await summary(pair))["status"] == "ready"


async def test_a_session_that_is_no_longer_marked_held_is_left_out_until_it_is_again(pair: PairOfPeople) -> None:
    first = await pair.held()
    await sent(pair.mentor, first, went_well="The bandicoot chart.")
    await sent(pair.mentee, first)
    await shared_by_both(pair)
    whole = await summary(pair)
    for status in ("cancelled", "postponed", "planned"):
        assert (await pair.mentor.patch(f"/sessions/{first}", {"status": status})).status_code == 200
        found = await summary(pair)
        assert [session["number"] for session in found["sessions"]] == [2]
        assert "bandicoot" not in str(found)
        assert {point["session"] for row in found["series"]["ratings"] for point in row["points"]} == {2}
    await pair.mentor.patch(f"/sessions/{first}", {"status": "held"})
    again = await summary(pair)
    assert [session["what_works"] for session in again["sessions"]] == [one["what_works"] for one in whole["sessions"]]


async def test_where_the_only_session_is_no_longer_held_there_is_no_summary_yet(pair: PairOfPeople) -> None:
    session_id = await shared_by_both(pair)
    assert (await summary(pair))["status"] == "ready"
    await pair.mentee.patch(f"/sessions/{session_id}", {"status": "cancelled"})
    found = await summary(pair)
    assert (found["status"], found["opens_at"]) == ("waiting", None)


async def test_asking_again_gives_what_is_kept(service: Service, pair: PairOfPeople) -> None:
    await shared_by_both(pair)
    first = await summary(pair)
    async with service.state.store.write() as db:
        row = await db.get(FeedbackSummary, pair.id)
        assert row is not None
        row.content = {**(row.content or {}), "notice": "kept"}
    assert (await summary(pair)) == first | {"notice": "kept"}


async def test_withdrawn_feedback_leaves_the_summary_and_the_database_at_once(
    service: Service, pair: PairOfPeople
) -> None:
    session_id = await pair.held()
    await sent(pair.mentor, session_id, went_well="The bandicoot chart.")
    await sent(pair.mentee, session_id, went_well="We laughed.")
    assert "bandicoot" in str(await summary(pair))
    assert (await pair.mentor.delete(f"/sessions/{session_id}/feedback")).status_code == 204
    async with service.state.store.read() as db:
        row = await db.get(FeedbackSummary, pair.id)
        assert row is not None
        assert (row.key, row.content) == (None, None)
    found = await summary(pair)
    assert "bandicoot" not in str(found)
    assert lines(found["sessions"][0]["what_works"]) == ["We laughed."]


async def test_after_an_erasure_the_partner_keeps_what_is_theirs_and_is_told_no_name(
    service: Service, pair: PairOfPeople
) -> None:
    await shared_by_both(pair)
    assert (await pair.mentor.delete(f"/participants/{pair.mentor.id}")).status_code == 204
    reply = await pair.mentee.get(f"/pairs/{pair.id}/feedback-summary")
    assert reply.status_code == 200
    assert reply.json()["people"] == {"mentor": "The mentor", "mentee": "Martin"}
    assert not [word for word in ("Priya", "Former", WELL, CHANGE) if word in reply.text]
    assert "We ran over again." in reply.text


async def test_a_summary_of_what_is_withdrawn_meanwhile_is_not_shown(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await shared_by_both(pair)
    maker = service.state.summaries()
    make, made = maker.make, []

    async def slow(*given: Any, **more: Any) -> FeedbackSummary:
        made.append(await make(*given, **more))
        if len(made) == 1:
            assert (await pair.mentor.delete(f"/sessions/{session_id}/feedback")).status_code == 204
        return made[-1]

    monkeypatch.setattr(maker, "make", slow)
    found = (await pair.mentee.get(f"/pairs/{pair.id}/feedback-summary")).json()
    assert len(made) == 2
    assert WELL in str(made[0].content)
    assert WELL not in str(found)


async def test_a_service_from_before_the_index_is_there_says_so(serve: Serve) -> None:
    service = await serve()
    pair = await service.pair()
    await shared_by_both(pair)
    service.state.search = None
    assert_problem(await pair.mentor.get(f"/pairs/{pair.id}/feedback-summary"), 503, "library-unavailable")
