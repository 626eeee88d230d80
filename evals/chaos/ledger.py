"""What a service has acknowledged, held against what it serves later.

A change whose answer never came may have been stored or not; both are right, and the ledger holds both.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from evals.chaos.world import Couple, call, must, wrong_with

_PAGE = 100
# Of the tokens made last, so many are tried at the door; an address may send only a hundred in a minute that are not
# good.
_TRIED = 8


@dataclass
class Kept:
    """One thing whose values can change: those that it may have now, the last one acknowledged among them."""

    couple: Couple
    values: list[Any]

    def trying(self, value: Any) -> None:
        """A change is sent."""
        self.values.append(value)

    def acknowledged(self, value: Any) -> None:
        """A change was answered with a 2xx: from now on nothing else is right."""
        self.values = [value]


@dataclass(frozen=True)
class Asked:
    """An agenda that was asked for under a key."""

    couple: Couple
    session: str
    key: str


@dataclass
class Ledger:
    """Everything that was answered with a 2xx, by its id; tokens are `active` or `revoked`.

    `admin` is the token that lists tokens.
    """

    admin: str = ""

    actions: dict[str, Kept] = field(default_factory=dict)
    focuses: dict[str, Kept] = field(default_factory=dict)
    feedback: dict[str, Kept] = field(default_factory=dict)
    tokens: dict[str, Kept] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    agendas: dict[Asked, str] = field(default_factory=dict)
    unanswered: set[Asked] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        """How many calls were answered with a 2xx."""
        return sum(count for status, count in self.statuses.items() if 200 <= status < 300)

    async def check(self, client: httpx.AsyncClient, agendas: int = 40) -> list[str]:
        """What of all that was acknowledged is not served as it was; the last `agendas` are asked for again."""
        found = list(self.wrong)
        couples = {kept.couple.id: kept.couple for kept in (*self.actions.values(), *self.focuses.values())}
        for part in await asyncio.gather(*(self._check_pair(client, couple) for couple in couples.values())):
            found += part
        for session, kept in self.feedback.items():
            reply = await must(client, "GET", f"/v1/sessions/{session}/feedback", kept.couple.tokens["mentor"])
            served = reply["mine"] and reply["mine"]["went_well"]
            if served not in kept.values:
                found.append(f"feedback was acknowledged as {kept.values} and is served as {served!r}")
        for asked, agenda_id in list(self.agendas.items())[-agendas:]:
            found += await self._check_agenda(client, asked, agenda_id)
        return found + await self._check_tokens(client)

    async def repeat(self, client: httpx.AsyncClient) -> list[str]:
        """Ask again, under the same keys, for the agendas whose answers never came."""
        found = []
        for asked in list(self.unanswered):
            reply = await ask(client, asked)
            self.statuses[reply.status_code] += 1
            if reply.status_code != 201:
                found.append(f"an agenda that was asked for again got {reply.status_code}: {reply.text[:200]}")
                continue
            self.unanswered.discard(asked)
            self.agendas[asked] = reply.json()["id"]
            found += wrong_with(reply.json(), asked.couple.minutes)
        return found

    async def _check_pair(self, client: httpx.AsyncClient, couple: Couple) -> list[str]:
        found = []
        token = couple.tokens["mentor"]
        path = f"/v1/pairs/{couple.id}"
        actions = {row["id"]: (row["text"], row["done"]) async for row in _all(client, f"{path}/actions", token)}
        sessions = {row["id"]: row["focus"] async for row in _all(client, f"{path}/sessions", token)}
        for kind, served, kept in (("action", actions, self.actions), ("session", sessions, self.focuses)):
            for key, one in kept.items():
                if one.couple is couple and served.get(key, "missing") not in one.values:
                    found.append(f"{kind} was acknowledged as {one.values} and is served as {served.get(key)!r}")
        return found

    async def _check_tokens(self, client: httpx.AsyncClient) -> list[str]:
        """What the list says of each token, and whether the last ones open the door accordingly."""
        if not self.tokens:
            return []
        found = []
        served = {row["id"]: row["status"] async for row in _all(client, "/v1/tokens", self.admin)}
        for key, kept in self.tokens.items():
            if served.get(key, "missing") not in kept.values:
                found.append(f"a token was acknowledged as {kept.values} and is served as {served.get(key)!r}")
        for key, kept in list(self.tokens.items())[-_TRIED:]:
            reply = await call(client, "GET", f"/v1/pairs/{kept.couple.id}", self.secrets[key])
            expected = 200 if served.get(key) == "active" else 401
            if reply.status_code != expected:
                found.append(f"a token that is {served.get(key)} is answered with {reply.status_code}")
        return found

    async def _check_agenda(self, client: httpx.AsyncClient, asked: Asked, agenda_id: str) -> list[str]:
        reply = await ask(client, asked)
        if reply.status_code != 201:
            return [f"an acknowledged agenda is answered with {reply.status_code}: {reply.text[:200]}"]
        if reply.json()["id"] != agenda_id:
            return ["an acknowledged agenda is another one when it is asked for again under its key"]
        return wrong_with(reply.json(), asked.couple.minutes)


async def ask(client: httpx.AsyncClient, asked: Asked) -> httpx.Response:
    """Ask for the agenda under its key."""
    headers = {"Idempotency-Key": asked.key}
    token = asked.couple.tokens["mentor"]
    return await call(client, "POST", f"/v1/sessions/{asked.session}/agenda", token, {}, headers)


async def _all(client: httpx.AsyncClient, path: str, token: str) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = await must(client, "GET", f"{path}?limit={_PAGE}" + (f"&cursor={cursor}" if cursor else ""), token)
        for row in page["items"]:
            yield row
        cursor = page["next_cursor"]
        if cursor is None:
            return
