"""Programs that ended are kept for so many days; then their people are erased."""

import json
from datetime import timedelta
from typing import Any

import pytest

from coach.models import now
from tests.api.conftest import Caller, PairOfPeople, Service, assert_problem


async def test_people_of_a_program_that_ended_long_ago_are_erased_and_others_are_not(
    service: Service, admin: Caller
) -> None:
    old, kept, running = [await service.pair() for _ in range(3)]
    for pair, days in ((old, 366), (kept, 364)):
        at = (now() - timedelta(days=days)).isoformat()
        reply = await admin.patch(f"/programs/{pair.program_id}", {"closed_at": at})
        assert (reply.status_code, reply.json()["retention_days"]) == (200, 365)
    service.state.jobs.enqueue("retention")
    await service.state.jobs.drain()
    names = {}
    for pair in (old, kept, running):
        names[pair.id] = (await pair.coordinator.get(f"/pairs/{pair.id}")).json()["mentee"]["name"]
    assert list(names.values()) == ["Former participant", "Martin Olsen", "Martin Olsen"]

    assert (await admin.patch(f"/programs/{kept.program_id}", {"retention_days": 30})).status_code == 200
    assert (await admin.patch(f"/programs/{running.program_id}", {"retention_days": 0})).status_code == 200
    service.state.jobs.enqueue("retention")
    await service.state.jobs.drain()
    assert (await kept.coordinator.get(f"/pairs/{kept.id}")).json()["mentee"]["name"] == "Former participant"
    assert (await running.coordinator.get(f"/pairs/{running.id}")).json()["mentee"]["name"] == "Martin Olsen"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"retention_days": -1}, "retention_days"),
        ({"retention_days": 4_000}, "retention_days"),
        ({"closed_at": "2026-01-01T00:00:00"}, "closed_at"),
        ({"closed_at": "9999-12-31T23:59:59-14:00"}, "closed_at"),
        ({"closed_at": "0001-01-01T00:00:00+14:00"}, "closed_at"),
        ({"name": "New"}, "name"),
    ],
)
async def test_a_change_of_a_program_that_makes_no_sense_is_refused(
    pair: PairOfPeople, admin: Caller, body: Any, field: str
) -> None:
    reply = await admin.patch(f"/programs/{pair.program_id}", body)
    assert_problem(reply, 422)
    assert field in json.dumps(reply.json()["errors"])
    assert_problem(await pair.coordinator.patch(f"/programs/{pair.program_id}", {"retention_days": 1}), 403)


async def test_a_program_can_be_opened_again(pair: PairOfPeople, admin: Caller) -> None:
    path = f"/programs/{pair.program_id}"
    assert (await admin.patch(path, {"closed_at": now().isoformat(), "retention_days": 7})).json()["closed_at"]
    changed = (await admin.patch(path, {"closed_at": None, "retention_days": None})).json()
    assert (changed["closed_at"], changed["retention_days"]) == (None, 365)
