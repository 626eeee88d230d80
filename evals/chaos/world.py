"""The people of an experiment: a program, its pairs, their tokens and sessions, made over HTTP."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from evals.bench.briefs import Brief, briefs
from evals.chaos.outcome import ChaosError
from evals.chaos.processes import Service, run_command

_SOON = timedelta(days=3)


@dataclass(eq=False)
class Couple:
    """A pair with the tokens of its two people; `sessions` are ids, as is `mentor`, and each lasts `minutes`."""

    id: str
    tokens: dict[str, str]
    minutes: int
    sessions: list[str] = field(default_factory=list)
    mentor: str = ""


@dataclass
class World:
    """One program with its pairs, and who may do what."""

    program: str
    admin: str
    coordinator: str
    pairs: list[Couple]


class Refused(ChaosError):
    """A call that prepares an experiment was not answered well."""


async def call(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    token: str | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One call to the service."""
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.request(method, path, json=body, headers=sent | dict(headers or {}))


async def must(client: httpx.AsyncClient, method: str, path: str, token: str | None, body: object = None) -> Any:
    """The body of a good reply. Raises Refused."""
    reply = await call(client, method, path, token, body)
    if not reply.is_success:
        raise Refused(f"{method} {path} was answered with {reply.status_code}: {reply.text[:300]}")
    return reply.json() if reply.content else None


async def admin_token(service: Service) -> str:
    """A new admin's token, by the command, while the service runs."""
    status, printed = await run_command(service.place, "token", "--role", "admin")
    if status != 0:
        raise Refused(f"coach token ended with {status}: {printed[-300:]}")
    return printed.split()[-1]


async def make_world(
    service: Service, client: httpx.AsyncClient, pairs: int, sessions: int = 1, admin: str | None = None
) -> World:
    """A program with so many pairs, each with goals of its own and so many planned sessions."""
    admin = admin or await admin_token(service)
    program = (await must(client, "POST", "/v1/programs", admin, {"name": "Chaos"}))["id"]
    body = {"role": "coordinator", "program_id": program}
    coordinator = (await must(client, "POST", "/v1/tokens", admin, body))["token"]
    told = itertools.islice(briefs(), pairs)
    couples = await asyncio.gather(*(_couple(client, admin, program, brief, sessions) for brief in told))
    return World(program, admin, coordinator, list(couples))


async def _couple(client: httpx.AsyncClient, admin: str, program: str, brief: Brief, sessions: int) -> Couple:
    people = {
        role: {"name": person.name, "role_title": person.role_title, "strengths": person.strengths}
        for role, person in (("mentor", brief.mentor), ("mentee", brief.mentee))
    }
    body = {**people, "goals": brief.goals, "topics": brief.topics}
    made = await must(client, "POST", f"/v1/programs/{program}/pairs", admin, body)
    tokens = {}
    for role in people:
        wanted = {"role": "participant", "participant_id": made[role]["id"]}
        tokens[role] = (await must(client, "POST", "/v1/tokens", admin, wanted))["token"]
    couple = Couple(made["id"], tokens, brief.minutes, mentor=made["mentor"]["id"])
    for number in range(sessions):
        couple.sessions.append(await plan_session(client, couple, number))
    return couple


async def plan_session(client: httpx.AsyncClient, couple: Couple, number: int = 0) -> str:
    """Plan one more session of the pair; return its id."""
    at = datetime.now(UTC).replace(microsecond=0) + _SOON + timedelta(weeks=number)
    body = {"scheduled_at": at.isoformat(), "minutes": couple.minutes}
    made = await must(client, "POST", f"/v1/pairs/{couple.id}/sessions", couple.tokens["mentor"], body)
    return str(made["id"])


def wrong_with(agenda: dict[str, Any], minutes: int) -> list[str]:
    """What is not right about an agenda as it was served: an empty list where it is whole."""
    found = []
    spent = sum(item["minutes"] for item in agenda["items"])
    if spent != minutes or agenda["minutes"] != minutes:
        found.append(f"an agenda of {minutes} minutes has items for {spent}")
    if not agenda["starters"] or not agenda["prep"]["steps"] or not agenda["sources"]:
        found.append("an agenda lacks starters, prep or sources")
    known = {source["id"] for source in agenda["sources"]}
    if any(set(part["sources"]) - known for part in (*agenda["items"], *agenda["starters"])):
        found.append("an agenda cites what is not among its sources")
    return found
