"""Coordinators learn which pairs may need help, and nothing of what they wrote."""

from datetime import timedelta
from typing import Any

from coach.models import Pair, now
from tests.api.conftest import FEEDBACK, Caller, PairOfPeople, Service, in_days


async def in_need(who: Caller, program_id: str) -> list[Any]:
    reply = await who.get(f"/programs/{program_id}/attention")
    assert reply.status_code == 200, reply.text
    return list(reply.json()["items"])


async def call_off(pair: PairOfPeople, times: int = 2) -> None:
    for _ in range(times):
        session_id = await pair.session()
        await pair.mentee.patch(f"/sessions/{session_id}", {"status": "cancelled"})


async def test_a_pair_that_calls_off_twice_is_listed_with_reason_advice_and_source(
    service: Service, pair: PairOfPeople
) -> None:
    healthy = await service.pair(pair.program_id)
    for each in (pair, healthy):
        await each.session(scheduled_at=in_days(30))
    await call_off(pair)
    (row,) = await in_need(pair.coordinator, pair.program_id)
    assert row.keys() == {"pair_id", "mentor", "mentee", "reasons"}
    assert (row["pair_id"], row["mentor"], row["mentee"]) == (pair.id, "Priya Raman", "Martin Olsen")
    (reason,) = row["reasons"]
    assert reason.keys() == {"kind", "text", "advice", "sources"}
    assert (reason["kind"], reason["sources"]) == ("called-off", ["planning-the-session-series"])
    assert reason["text"] == "The last 2 sessions were canceled or postponed."
    assert await in_need(await service.caller("admin"), pair.program_id) == [row]


async def test_a_pair_that_was_silent_for_35_days_is_listed(service: Service, pair: PairOfPeople) -> None:
    await pair.session()
    assert await in_need(pair.coordinator, pair.program_id) == []
    async with service.state.store.write() as db:
        row = await db.get(Pair, pair.id)
        assert row is not None
        row.created_at = now() - timedelta(days=36)
    (found,) = await in_need(pair.coordinator, pair.program_id)
    assert [reason["kind"] for reason in found["reasons"]] == ["silence"]


async def test_feedback_changes_nothing_of_it(pair: PairOfPeople) -> None:
    session_id = await pair.held()
    await call_off(pair)
    before = await in_need(pair.coordinator, pair.program_id)
    assert len(before) == 1
    bad = {
        **FEEDBACK,
        "ratings": {"usefulness": 1, "safety": 1, "progress": 1},
        "went_well": "Nothing. I want to stop.",
    }
    for who in (pair.mentor, pair.mentee):
        assert (await who.put(f"/sessions/{session_id}/feedback", bad)).status_code == 200
    assert await in_need(pair.coordinator, pair.program_id) == before


async def test_pairs_in_need_are_paged_and_each_comes_once(service: Service) -> None:
    program_id = await service.program()
    made = {(await service.pair(program_id)).id for _ in range(5)}
    await service.pair()
    coordinator = await service.caller("coordinator", program_id)
    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await coordinator.get(f"/programs/{program_id}/attention", params=query)).json()
        seen += [row["pair_id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 5
    assert set(seen) == made
