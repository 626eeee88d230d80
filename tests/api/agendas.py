"""Agendas that are asked for over HTTP: reading them, and what is kept of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlmodel import col, select

from coach.models import Agenda
from tests.api.conftest import Caller, Service


async def read(who: Caller, session_id: str, accept: str = "application/json") -> Any:
    reply = await who.get(f"/sessions/{session_id}/agenda", headers={"Accept": accept})
    assert reply.status_code == 200, reply.text
    return reply.json() if accept == "application/json" else reply.text


async def versions(service: Service, session_id: str) -> list[int]:
    async with service.state.store.read() as db:
        query = select(Agenda.version).where(col(Agenda.session_id) == session_id).order_by(col(Agenda.version))
        return list((await db.execute(query)).scalars())


def starters(*agendas: Any) -> list[str]:
    return [starter["text"] for agenda in agendas for starter in agenda["starters"]]


@contextmanager
def locked(service: Service) -> Iterator[None]:
    file = service.state.settings.data_dir / "coach.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
