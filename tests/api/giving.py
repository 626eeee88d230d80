"""Feedback that two people give over HTTP, and what each sees of it."""

from datetime import timedelta
from typing import Any

import httpx
from sqlmodel import col, select

from api.state import AppState
from coach.feedback.disclosure import WINDOW
from coach.models import MentoringSession
from coach.store.feedback import move_feedback
from tests.api.conftest import FEEDBACK, Caller, Service


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
