"""Callers that write and ask for agendas, and note in a ledger what was acknowledged."""

import asyncio
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from evals.chaos.ledger import Asked, Kept, Ledger, ask
from evals.chaos.world import Couple, World, call, must, wrong_with

_MOST_OPEN = 60
_RATINGS = {"usefulness": 4, "safety": 5, "progress": 3}
# Of a hundred calls: actions noted, actions done, sessions moved on to another focus, sessions planned, feedback,
# tokens made, tokens revoked.
_WRITES = (31, 18, 18, 9, 14, 6, 4)


@dataclass
class Traffic:
    """Callers of one world. `agendas` is the share of calls that ask for one; the others write small things.

    `judge` is told each answer that is no 2xx, and says what is wrong about it, or None where it is as promised.
    `texts` is how many different texts are written, None for a new one each time.
    """

    world: World
    ledger: Ledger
    random: random.Random
    agendas: float
    judge: Callable[[httpx.Response], str | None] | None = None
    texts: int | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    stopping: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.ledger.admin = self.world.admin

    async def prepare(self, client: httpx.AsyncClient) -> None:
        """Mark each pair's first session held, so that feedback can be sent on it."""
        for couple in self.world.pairs:
            await must(
                client, "PATCH", f"/v1/sessions/{couple.sessions[0]}", couple.tokens["mentor"], {"status": "held"}
            )

    async def run(self, client: httpx.AsyncClient, *, survive: bool = False, pause_s: float = 0.0) -> None:
        """One caller for each pair, until `stop` or until the service is gone; with `survive` they go on asking."""
        self.stopping = False
        callers = (self._caller(client, couple, survive, pause_s) for couple in self.world.pairs)
        await asyncio.gather(*callers)

    def stop(self) -> None:
        """Let each caller finish its call."""
        self.stopping = True

    async def _caller(self, client: httpx.AsyncClient, couple: Couple, survive: bool, pause_s: float) -> None:
        due = time.monotonic()
        while not self.stopping:
            self.in_flight += 1
            try:
                await self._one(client, couple)
            except httpx.TransportError as error:
                if not survive:
                    return
                self.ledger.wrong.append(f"a call got no answer: {type(error).__name__}")
            finally:
                self.in_flight -= 1
            # So often whatever the answers take, but never in step with the other callers.
            due = max(due + pause_s * 2 * self.random.random(), time.monotonic() - pause_s)
            await asyncio.sleep(due - time.monotonic())

    async def _one(self, client: httpx.AsyncClient, couple: Couple) -> None:
        if self.random.random() < self.agendas:
            await self._agenda(client, couple)
            return
        writes = (self._note, self._finish, self._refocus, self._plan, self.tell, self._let_in, self._shut_out)
        await self.random.choices(writes, _WRITES)[0](client, couple)

    def _text_number(self) -> int:
        number = next(self._numbers)
        return number if self.texts is None else number % self.texts

    async def _agenda(self, client: httpx.AsyncClient, couple: Couple) -> None:
        asked = Asked(couple, self.random.choice(couple.sessions[1:]), f"key-{next(self._numbers)}")
        self.ledger.unanswered.add(asked)
        reply = await ask(client, asked)
        if self._good(reply):
            self.ledger.unanswered.discard(asked)
            agenda = reply.json()
            self.ledger.agendas[asked] = agenda["id"]
            self.ledger.wrong += wrong_with(agenda, couple.minutes)

    async def _note(self, client: httpx.AsyncClient, couple: Couple) -> None:
        text = f"Bring figure number {self._text_number()}"
        mine = [key for key, kept in self.ledger.actions.items() if kept.couple is couple and not kept.values[-1][1]]
        if len(mine) >= _MOST_OPEN:
            await self._finish(client, couple)
            return
        body = {"owner": "mentor", "text": text}
        reply = await call(client, "POST", f"/v1/pairs/{couple.id}/actions", couple.tokens["mentor"], body)
        if self._good(reply):
            self.ledger.actions[reply.json()["id"]] = Kept(couple, [(text, False)])

    async def _finish(self, client: httpx.AsyncClient, couple: Couple) -> None:
        mine = [(key, one) for key, one in self.ledger.actions.items() if one.couple is couple]
        if not mine:
            return
        key, kept = self.random.choice(mine)
        value = (kept.values[-1][0], True)
        await self._change(client, kept, f"/v1/actions/{key}", {"done": True}, value)

    async def _refocus(self, client: httpx.AsyncClient, couple: Couple) -> None:
        session = self.random.choice(couple.sessions[1:])
        focus = f"Question number {self._text_number()} about our charts"
        kept = self.ledger.focuses.setdefault(session, Kept(couple, [None]))
        await self._change(client, kept, f"/v1/sessions/{session}", {"focus": focus}, focus)

    async def _plan(self, client: httpx.AsyncClient, couple: Couple) -> None:
        at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=self.random.randint(1, 300))
        body = {"scheduled_at": at.isoformat(), "minutes": couple.minutes, "focus": "One more chart"}
        reply = await call(client, "POST", f"/v1/pairs/{couple.id}/sessions", couple.tokens["mentor"], body)
        if self._good(reply):
            self.ledger.focuses[reply.json()["id"]] = Kept(couple, ["One more chart"])

    async def tell(self, client: httpx.AsyncClient, couple: Couple) -> None:
        """Send feedback on the pair's first session, in place of what was sent before."""
        said = f"We looked at chart number {self._text_number()} and I learned something"
        body = {"ratings": _RATINGS, "went_well": said, "share_with_partner": True, "share_with_coordinators": True}
        session = couple.sessions[0]
        kept = self.ledger.feedback.setdefault(session, Kept(couple, [None]))
        await self._change(client, kept, f"/v1/sessions/{session}/feedback", body, said, method="PUT")

    async def _let_in(self, client: httpx.AsyncClient, couple: Couple) -> None:
        """Make one more token for the pair's mentor."""
        body = {"role": "participant", "participant_id": couple.mentor}
        reply = await call(client, "POST", "/v1/tokens", self.world.admin, body)
        if self._good(reply):
            made = reply.json()
            self.ledger.secrets[made["id"]] = made["token"]
            self.ledger.tokens[made["id"]] = Kept(couple, ["active"])

    async def _shut_out(self, client: httpx.AsyncClient, couple: Couple) -> None:
        mine = [(key, one) for key, one in self.ledger.tokens.items() if one.couple is couple]
        if not mine:
            return
        key, kept = self.random.choice(mine)
        kept.trying("revoked")
        if self._good(await call(client, "DELETE", f"/v1/tokens/{key}", self.world.admin)):
            kept.acknowledged("revoked")

    async def _change(
        self, client: httpx.AsyncClient, kept: Kept, path: str, body: object, value: Any, method: str = "PATCH"
    ) -> None:
        kept.trying(value)
        if self._good(await call(client, method, path, kept.couple.tokens["mentor"], body)):
            kept.acknowledged(value)

    def _good(self, reply: httpx.Response) -> bool:
        self.ledger.statuses[reply.status_code] += 1
        if reply.is_success:
            self.answered.set()
            return True
        wrong = self.judge(reply) if self.judge else f"{reply.request.method} got {reply.status_code}"
        if wrong is not None:
            self.ledger.wrong.append(f"{wrong}: {reply.text[:200]}")
        return False
