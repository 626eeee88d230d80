import asyncio
from datetime import timedelta
from typing import Any

import pytest

from coach.models import MentoringSession
from coach.store import Store
from coach.store.sessions import change, get_session


async def changed(store: Store, session_id: str, **changes: Any) -> MentoringSession:
    async with store.write() as db:
        row = await get_session(db, session_id, to_change=True)
        await asyncio.sleep(0.01)
        change(row, changes)
    async with store.read() as db:
        return await get_session(db, session_id)


async def test_changes_at_once_are_all_counted(store: Store, meeting: MentoringSession) -> None:
    await asyncio.gather(*(changed(store, meeting.id, minutes=90 + minutes) for minutes in range(6)))
    async with store.read() as db:
        assert (await get_session(db, meeting.id)).changes == 6


@pytest.mark.parametrize(
    ("field", "counted"), [("scheduled_at", 1), ("minutes", 1), ("status", 1), ("focus", 0), ("nothing", 0)]
)
async def test_what_shows_in_a_calendar_is_counted_and_dated(
    store: Store, meeting: MentoringSession, field: str, counted: int
) -> None:
    values = {
        "scheduled_at": meeting.scheduled_at + timedelta(days=1),
        "minutes": meeting.minutes + 5,
        "status": "cancelled",
        "focus": "dashboards",
    }
    changes = {field: values[field]} if field in values else {"minutes": meeting.minutes, "status": meeting.status}
    row = await changed(store, meeting.id, **changes)
    assert (row.changes, row.changed_at is not None) == (counted, bool(counted))
    assert all(getattr(row, name) == value for name, value in changes.items())
