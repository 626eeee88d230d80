"""Feedback that two people give over HTTP, what each sees of it, and the summary that both get."""

from datetime import timedelta
from typing import Any

import httpx
from sqlmodel import col, select

from api.state import AppState
from coach.feedback.disclosure import WINDOW
from coach.models import MentoringSession
from coach.store.feedback import move_feedback
from tests.api.conftest import FEEDBACK, Caller, PairOfPeople, Service

WELL, CHANGE = "Trying the chart on real data was great.", "Shorter demos please, I lose track after ten minutes."


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


async def summary(pair: PairOfPeople) -> Any:
    """The summary, after a check that both get the very same."""
    replies = [await who.get(f"/pairs/{pair.id}/feedback-summary") for who in (pair.mentor, pair.mentee)]
    assert [reply.status_code for reply in replies] == [200, 200], replies[0].text
    assert replies[0].content == replies[1].content
    return replies[0].json()


async def shared_by_both(pair: PairOfPeople) -> str:
    """Hold a session that both give feedback on and share with each other, and return its id."""
    session_id = await pair.held()
    await sent(pair.mentor, session_id, went_well=WELL, to_change=CHANGE)
    await sent(pair.mentee, session_id, went_well="Priya explained it step by step.", to_change="We ran over again.")
    return session_id


def lines(of: Any) -> list[str]:
    return [line["text"] for line in of]
