"""Two people are told who will see their feedback before they send any."""

from datetime import datetime, timedelta

from coach.models import Program, now
from tests.api.conftest import PairOfPeople, Service
from tests.api.giving import sent


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
