"""The wall clock is stepped, forwards and backwards, while the service runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from evals.chaos.lab import Lab
from evals.chaos.outcome import Outcome
from evals.chaos.processes import Service, client_of
from evals.chaos.stepped_clock import step, stepped
from evals.chaos.stored import half_written, verified
from evals.chaos.world import Couple, World, call, make_world, wrong_with

FEEDBACK = {
    "ratings": {"usefulness": 4, "safety": 4, "progress": 4},
    "went_well": "The chart made sense at last",
    "share_with_partner": True,
    "share_with_coordinators": True,
}


class _Clock:
    """The steps of one experiment, and what was not as it should be after each."""

    def __init__(self, lab: Lab, name: str, service: Service, client: httpx.AsyncClient, world: World) -> None:
        self._lab, self._name, self._client = lab, name, client
        self._file = service.place.folder / "clock"
        self._world = world
        self.failures: list[str] = []
        self.checks = 0
        self._at = "0"

    def step(self, days: float) -> None:
        """Step to so many days from the real time."""
        self._at = f"{days:+g} days"
        self._lab.say(f"{self._name}: {self._at}")
        step(self._file, days * 24 * 60 * 60)

    async def expect(self, status: int, what: str, method: str, path: str, token: str, body: object = None) -> Any:
        """Ask, and note where the answer is another one."""
        self.checks += 1
        reply = await call(self._client, method, path, token, body)
        if reply.status_code != status:
            self.failures.append(
                f"at {self._at}: {what} got {reply.status_code} instead of {status}: {reply.text[:150]}"
            )
        return reply.json() if reply.content else None

    async def agenda(self, couple: Couple, number: int) -> int:
        """Get an agenda, which must be right and be the newest from now on; return its version."""
        path, token = f"/v1/sessions/{couple.sessions[number]}/agenda", couple.tokens["mentor"]
        made = await self.expect(201, "an agenda", "POST", path, token, {})
        newest = await self.expect(200, "the newest agenda", "GET", path, token)
        self.failures += wrong_with(made, couple.minutes)
        if newest["id"] != made["id"]:
            self.failures.append(f"at {self._at}: the agenda made last is not the newest")
        return int(made["version"])


async def clock_steps(lab: Lab, name: str) -> Outcome:
    """Step over the ends of windows, periods and tokens, and back."""
    with lab.place() as place:
        with Service(place, arguments=stepped(place.folder / "clock")) as service:
            await service.ready()
            async with client_of(service) as client:
                world = await make_world(service, client, 2, 2)
                clock = _Clock(lab, name, service, client, world)
                await _window_and_period(clock, world)
                await _backwards(clock, world.pairs[1])
                await _tokens(clock, world)
        failures = clock.failures + await half_written(place) + await verified(place)
    return Outcome(
        name,
        "the service's wall clock stepped by +8, -2, +45, +91 and back to 0 days while it runs: windows of feedback, "
        "a report's period, the end of tokens, versions of agendas, the audit's chain",
        f"{clock.checks} answers, {len(failures)} of them other than the clock demands",
        tuple(failures),
    )


async def _window_and_period(clock: _Clock, world: World) -> None:
    """Feedback closes and reports open by the clock, and what was published stays when the clock goes back."""
    couple, held = world.pairs[0], world.pairs[0].sessions[0]
    mentor, mentee = couple.tokens["mentor"], couple.tokens["mentee"]
    month = f"{datetime.now(UTC):%Y-%m}"
    reports = f"/v1/programs/{world.program}/theme-reports"
    await clock.expect(200, "a session held", "PATCH", f"/v1/sessions/{held}", mentor, {"status": "held"})
    await clock.expect(200, "feedback", "PUT", f"/v1/sessions/{held}/feedback", mentor, FEEDBACK)
    await clock.expect(409, "a report of a running month", "POST", reports, world.coordinator, {"period": month})
    clock.step(8)
    await clock.expect(409, "feedback after its window", "PUT", f"/v1/sessions/{held}/feedback", mentee, FEEDBACK)
    shown = await clock.expect(200, "the partner's feedback", "GET", f"/v1/sessions/{held}/feedback", mentee)
    if shown["status"] != "revealed":
        clock.failures.append(f"after the window feedback is {shown['status']}")
    first = await clock.agenda(couple, 1)
    clock.step(45)
    made = await clock.expect(201, "a report of a past month", "POST", reports, world.coordinator, {"period": month})
    clock.step(0)
    again = await clock.expect(200, "the same report", "POST", reports, world.coordinator, {"period": month})
    if again != made:
        clock.failures.append("a published report changed when the clock went back")
    if await clock.agenda(couple, 1) != first + 1:
        clock.failures.append("the versions of an agenda did not go on when the clock went back")


async def _backwards(clock: _Clock, couple: Couple) -> None:
    """What was written last stays the newest, though its time is earlier."""
    token = couple.tokens["mentor"]
    first = await clock.agenda(couple, 1)
    clock.step(-2)
    if await clock.agenda(couple, 1) != first + 1:
        clock.failures.append("the versions of an agenda did not go on when the clock went back")
    held = couple.sessions[0]
    await clock.expect(200, "a session held", "PATCH", f"/v1/sessions/{held}", token, {"status": "held"})
    await clock.expect(200, "feedback", "PUT", f"/v1/sessions/{held}/feedback", token, FEEDBACK)
    later = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    body = {"scheduled_at": later, "minutes": couple.minutes}
    await clock.expect(201, "a new session", "POST", f"/v1/pairs/{couple.id}/sessions", token, body)
    clock.step(0)


async def _tokens(clock: _Clock, world: World) -> None:
    """A token ends by the clock."""
    couple = world.pairs[0]
    path, token = f"/v1/pairs/{couple.id}", couple.tokens["mentor"]
    await clock.expect(200, "a pair", "GET", path, token)
    clock.step(91)
    await clock.expect(401, "an expired token", "GET", path, token)
    clock.step(0)
    await clock.expect(200, "a token that is good again", "GET", path, token)
