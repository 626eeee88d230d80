"""The wall clock is stepped while people wait for something: for a limit, a breaker, a model, a sign-in's end."""

import asyncio
import time
from dataclasses import dataclass, field

import httpx

from evals.chaos.clocks import FEEDBACK
from evals.chaos.endings import until_read
from evals.chaos.issuer import Issuer
from evals.chaos.lab import Lab
from evals.chaos.model import ModelStub
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Service, client_of
from evals.chaos.stepped_clock import step, stepped
from evals.chaos.stored import half_written, verified
from evals.chaos.world import Couple, World, call, make_world, must, wrong_with

_HOUR_S, _DAY_S = 3_600.0, 86_400.0
_PER_MINUTE, _GUESSES = 200, 20
_MODEL_TIMEOUT_S = 4.0
# For composing and storing beside what the model is given, on a busy machine.
_IN_TIME_S = _MODEL_TIMEOUT_S + 15
# How long a limit and the breaker hold somebody up at most, with a little for the machine.
_MINUTE_S, _PAUSE_S, _SLACK_S = 60.0, 30.0, 5.0
_GUESSER = "127.0.0.2"
# A call for admins: whoever is none is told so only after the limits were looked at.
_ANYTHING = "/v1/programs"


@dataclass
class _Seen:
    """What was asked, and what was not as it should be."""

    checks: int = 0
    waited: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def hold(self, right: bool, wrong: str) -> None:
        """Count one check."""
        self.checks += 1
        if not right:
            self.failures.append(wrong)


@dataclass
class _Round:
    """One step of the clock in a running service, and all that is under way meanwhile."""

    service: Service
    client: httpx.AsyncClient
    guesser: httpx.AsyncClient
    world: World
    model: ModelStub
    issuer: Issuer
    seen: _Seen
    stepped_s: float
    number: int

    @property
    def at(self) -> str:
        """The step, for messages."""
        return f"stepped by {self.stepped_s / _HOUR_S:+g} h"

    @property
    def busy(self) -> Couple:
        """The pair whose mentor has called too often."""
        return self.world.pairs[2 * self.number]

    @property
    def other(self) -> Couple:
        """Another pair."""
        return self.world.pairs[2 * self.number + 1]

    async def status(self, token: str, client: httpx.AsyncClient | None = None) -> int:
        """Of a call with this token."""
        return (await call(client or self.client, "GET", _ANYTHING, token)).status_code

    async def run(self) -> None:
        """Use up the limits, then step, then see when everything is as before."""
        signed_in = self.issuer.sign_in()
        self.seen.hold(await self.status(signed_in) == 200, "a sign-in is not taken")
        fetched = self.issuer.fetches
        held, partner = self.other.sessions[0], self.other.tokens["mentee"]
        path = f"/v1/sessions/{held}"
        await must(self.client, "PATCH", path, self.other.tokens["mentor"], {"status": "held"})
        await must(self.client, "PUT", f"{path}/feedback", self.other.tokens["mentor"], FEEDBACK)
        if self.stepped_s < 0:
            await self._open_the_breaker()
        limited = await self._use_up(self.client, self.busy.tokens["mentor"], _PER_MINUTE)
        guessed = await self._use_up(self.guesser, "coach_guess", _GUESSES)
        opened = time.monotonic()
        waiting = asyncio.create_task(self._agenda(self.other, 1)) if self.stepped_s > 0 else None
        await asyncio.sleep(1.0 if waiting else 0.0)

        step(self.service.place.folder / "clock", self.stepped_s)

        self.seen.hold(await self.status(signed_in) == 401, f"{self.at}: a sign-in of another time is taken")
        anew = self.issuer.sign_in(self.stepped_s)
        self.seen.hold(await self.status(anew) == 200, f"{self.at}: a sign-in of this time is not taken")
        self.seen.hold(self.issuer.fetches == fetched, f"{self.at}: the issuer's keys were fetched again")
        self.seen.hold(await self.status(self.world.admin) == 200, f"{self.at}: a token is not taken")
        window = await must(self.client, "GET", f"{path}/feedback", partner)
        closed = self.stepped_s > 0
        self.seen.hold((window["status"] == "revealed") is closed, f"{self.at}: feedback is {window['status']}")
        told = await call(self.client, "PUT", f"{path}/feedback", partner, FEEDBACK)
        self.seen.hold(told.status_code == (409 if closed else 200), f"{self.at}: feedback got {told.status_code}")
        if self.stepped_s < 0 and time.monotonic() - opened < _PAUSE_S - _SLACK_S:
            self.seen.hold(await self._breaker() == "open", f"{self.at}: the breaker's pause was cut short")
        if waiting is not None:
            self.seen.failures += await waiting
        await asyncio.gather(
            self._let_in_again(self.client, self.busy.tokens["mentor"], limited, "a limit"),
            # A token that was never good at that address: one that was goes on.
            self._let_in_again(self.guesser, self.busy.tokens["mentee"], guessed, "a limit on guesses"),
            self._model_again(opened),
        )
        # The job that reads feedback has gone on.
        self.seen.hold(await until_read(self.service.place) is not None, f"{self.at}: feedback stays unread")
        step(self.service.place.folder / "clock", 0)
        self.seen.hold(await self.status(self.world.admin) == 200, "back at 0: a token is not taken")

    async def _use_up(self, client: httpx.AsyncClient, token: str, most: int) -> float:
        """Call until it is too often; when the first of these calls was."""
        began = time.monotonic()
        for _ in range(most + 1):
            if await self.status(token, client) == 429:
                return began
        self.seen.failures.append(f"nobody is told to wait after {most + 1} calls: it was not tried")
        return began

    async def _let_in_again(self, client: httpx.AsyncClient, token: str, since: float, what: str) -> None:
        """A minute on the monotonic clock, and no longer."""
        if time.monotonic() - since < _MINUTE_S - _SLACK_S:
            reply = await call(client, "GET", _ANYTHING, token)
            self.seen.hold(reply.status_code == 429, f"{self.at}: {what} is forgotten")
            wait = int(reply.headers.get("retry-after", "0"))
            self.seen.hold(1 <= wait <= _MINUTE_S, f"{self.at}: {what} asks to wait {wait} s")
        while await self.status(token, client) == 429:
            if time.monotonic() - since > _MINUTE_S + _SLACK_S:
                self.seen.failures.append(f"{self.at}: {what} still holds after {_MINUTE_S + _SLACK_S:g} s")
                return
            await asyncio.sleep(1)
        self.seen.checks += 1
        self.seen.waited.append(time.monotonic() - since)

    async def _open_the_breaker(self) -> None:
        self.model.mood = "fails"
        # Each asks twice at most, and five failures open it.
        for _ in range(6):
            self.seen.failures += await self._agenda(self.other, 1)
        shown = await self._breaker()
        self.seen.hold(shown == "open", f"after six failures the breaker is {shown}")

    async def _breaker(self) -> str:
        return str((await call(self.client, "GET", "/readyz")).json()["model"]["breaker"])

    async def _model_again(self, opened: float) -> None:
        """The model is well again, and asked once the pause is over."""
        self.model.mood = "good"
        path, token = f"/v1/sessions/{self.other.sessions[1]}/agenda", self.other.tokens["mentor"]
        while (await must(self.client, "POST", path, token, {}))["generator"]["source"] not in {"model", "repaired"}:
            if time.monotonic() - opened > _PAUSE_S + _IN_TIME_S:
                self.seen.failures.append(f"{self.at}: the model is not asked again")
                return
            await asyncio.sleep(1)
        self.seen.checks += 1

    async def _agenda(self, couple: Couple, number: int) -> list[str]:
        """Ask for an agenda of a model that does not answer well: in time, and right."""
        if self.stepped_s > 0:
            self.model.mood = "hangs"
        began = time.monotonic()
        path, token = f"/v1/sessions/{couple.sessions[number]}/agenda", couple.tokens["mentor"]
        made = await must(self.client, "POST", path, token, {})
        took = time.monotonic() - began
        self.seen.hold(took < _IN_TIME_S, f"{self.at}: an agenda came after {took:.1f} s")
        return wrong_with(made, couple.minutes)


async def clock_limits(lab: Lab, name: str) -> Outcome:
    """Step back by an hour, and ahead by 8 days, in one running service."""
    seen = _Seen()
    with lab.place() as place, Issuer() as issuer:
        async with ModelStub() as model:
            settings = {
                **model.settings(_MODEL_TIMEOUT_S),
                **issuer.settings(),
                "COACH_REQUESTS_PER_MINUTE": f"{_PER_MINUTE}",
                "COACH_FAILED_TOKENS_PER_MINUTE": f"{_GUESSES}",
            }
            with Service(place, settings, stepped(place.folder / "clock")) as service:
                await service.ready()
                elsewhere = httpx.AsyncHTTPTransport(local_address=_GUESSER)
                guesser = httpx.AsyncClient(base_url=service.url, timeout=30, transport=elsewhere)
                async with client_of(service) as client, guesser:
                    world = await make_world(service, client, 4, 2)
                    for number, stepped_s in enumerate((-_HOUR_S, 8 * _DAY_S)):
                        lab.say(f"{name}: {stepped_s / _HOUR_S:+g} h")
                        parts = (service, client, guesser, world, model, issuer, seen, stepped_s, number)
                        await _Round(*parts).run()
        seen.failures += await half_written(place) + await verified(place)
    return Outcome(
        name,
        "the service's wall clock stepped by -1 hour and by +8 days while somebody has called too often, another has "
        "guessed at tokens, the breaker is open or a model hangs; sign-ins, the issuer's keys, windows of feedback and "
        "the reading of it are looked at too",
        f"{seen.checks} checks, {len(seen.failures)} not as the clocks demand; who had to wait was let in "
        f"{max(seen.waited, default=0):.0f} s after the first call at most",
        tuple(seen.failures),
    )
