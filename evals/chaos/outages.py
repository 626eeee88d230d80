"""What the service stands on goes away under load and comes back: PostgreSQL, the Chroma server."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from evals.bench.load import HOST
from evals.bench.servers import environment, free_port
from evals.chaos.lab import Lab
from evals.chaos.ledger import Ledger
from evals.chaos.outcome import CannotRun, ChaosError, Outcome
from evals.chaos.postgres import Postgres, Way, postgres
from evals.chaos.processes import Service, client_of, run_command
from evals.chaos.stored import half_written, verified
from evals.chaos.traffic import Traffic
from evals.chaos.world import Couple, call, make_world, must, wrong_with

_CALLERS = 12
_LOAD_S, _DOWN_S = 2.0, 2.0
# From when the database takes connections again until no caller may see anything of it.
_RECOVERS_WITHIN_S = 5.0
_HEALS_WITHIN_S = 30.0
_PROBLEM = "application/problem+json"


def told_to_wait(reply: httpx.Response) -> str | None:
    """None for a 503 that says what is wrong and when to come back; otherwise what is not right about it."""
    if reply.status_code != 503:
        return f"while the database was away a caller got {reply.status_code}"
    if reply.headers.get("content-type") != _PROBLEM or "retry-after" not in reply.headers:
        return "a 503 lacks Retry-After, or is no problem+json"
    return None


async def database_restarts(lab: Lab, name: str) -> Outcome:
    """Stop PostgreSQL twice under load, once politely and once as in a crash, and start it again."""
    failures: list[str] = []
    recovered: list[float] = []
    with postgres() as server, lab.place(server.new_database("chaos")) as place, Service(place) as service:
        await service.ready()
        async with client_of(service) as client:
            world, ledger = await make_world(service, client, _CALLERS, 3), Ledger()
            traffic = Traffic(world, ledger, lab.random(name), agendas=0.2, judge=told_to_wait)
            await traffic.prepare(client)
            running = asyncio.create_task(traffic.run(client, survive=True, pause_s=0.02))
            try:
                for way in ("fast", "immediate"):
                    lab.say(f"{name}: {way}")
                    recovered.append(await _restart(client, server, way, traffic, failures))
            finally:
                traffic.stop()
                await running
            lost = await ledger.check(client)
            failures += lost + await ledger.repeat(client)
        failures += await half_written(place) + await verified(place)
    refused = ledger.statuses[503]
    if not refused:
        failures.append("no caller saw the outage: it was not tried")
    return Outcome(
        name,
        f"{_CALLERS} callers write and ask for agendas; PostgreSQL stopped for {_DOWN_S:g} s by `pg_ctl -m fast`, then "
        "by `-m immediate` (as in a crash), and started again; the service is left alone",
        f"{ledger.acknowledged} calls acknowledged, {len(lost)} of them lost or wrong; {refused} answered 503 with "
        f"Retry-After, {sum(ledger.statuses.values()) - ledger.acknowledged - refused} otherwise; no 503 any more "
        f"{max(recovered):.1f} s after the database was back",
        tuple(failures),
    )


async def _restart(client: httpx.AsyncClient, server: Postgres, way: Way, traffic: Traffic, wrong: list[str]) -> float:
    """Stop and start under load; return the seconds from the database's return to the last answer that tells of it."""
    await asyncio.sleep(_LOAD_S)
    await asyncio.to_thread(server.stop, way)
    await asyncio.sleep(_DOWN_S)
    away = await call(client, "GET", "/readyz")
    if away.status_code != 503 or away.json()["database"]["ok"]:
        wrong.append(f"without its database /readyz says {away.status_code}: {away.text[:200]}")
    await asyncio.to_thread(server.start)
    back = time.perf_counter()
    last, refused = back, traffic.ledger.statuses[503]
    while time.perf_counter() < back + _RECOVERS_WITHIN_S:
        await asyncio.sleep(0.05)
        if traffic.ledger.statuses[503] != refused:
            last, refused = time.perf_counter(), traffic.ledger.statuses[503]
    await asyncio.sleep(_LOAD_S)
    if traffic.ledger.statuses[503] != refused:
        wrong.append(f"{_RECOVERS_WITHIN_S:g} s after the database was back callers still get 503")
    ready = await call(client, "GET", "/readyz")
    if ready.status_code != 200:
        wrong.append(f"after the database was back /readyz says {ready.status_code}: {ready.text[:200]}")
    return last - back


class Chroma:
    """`chroma run` over a ready index, on a loopback port."""

    def __init__(self, folder: Path) -> None:
        self._program = Path(sys.executable).with_name("chroma")
        if not self._program.exists():
            raise CannotRun("the `chroma` command is not installed beside this Python")
        self._folder = folder
        self._port = free_port()
        self.url = f"http://{HOST}:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises ChaosError."""
        self._process = subprocess.Popen(
            [self._program, "run", "--path", self._folder, "--host", HOST, "--port", str(self._port)],
            cwd=self._folder,
            env=environment({"ANONYMIZED_TELEMETRY": "False"}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat", timeout=2, trust_env=False).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise ChaosError("the Chroma server did not start")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def _chroma(folder: Path) -> Iterator[Chroma]:
    server = Chroma(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def index_server_goes(lab: Lab, name: str) -> Outcome:
    """Stop the Chroma server, see what still works, and start it again."""
    failures: list[str] = []
    with lab.place() as place:
        (home,) = (path for path in (place.data_dir / "chroma").iterdir() if path.is_dir())
        with _chroma(home) as chroma:
            extra = {"COACH_CHROMA_URL": chroma.url}
            with Service(place, extra) as service:
                await service.ready()
                async with client_of(service) as client:
                    world = await make_world(service, client, 4, 2)
                    failures += await _agendas(client, world.pairs, 0)
                    await asyncio.to_thread(chroma.stop)
                    lab.say(f"{name}: stopped")
                    away = await call(client, "GET", "/readyz")
                    if away.status_code != 503 or away.json()["index"]["ok"]:
                        failures.append(f"without Chroma /readyz says {away.status_code}: {away.text[:200]}")
                    wrong = await _agendas(client, world.pairs, 1)
                    failures += wrong
                    path = "/v1/knowledge/search?q=how+do+we+begin+the+first+session"
                    found = await must(client, "GET", path, world.admin)
                    if not found["items"]:
                        failures.append("without Chroma a search finds nothing")
                    status, printed = await run_command(place, "index", "status", extra=extra)
                    if status == 0 or "chroma run" not in printed or "Traceback" in printed:
                        failures.append(f"without Chroma a command ends with {status}: {printed[-300:]}")
                    await asyncio.to_thread(chroma.start)
                    back = time.perf_counter()
                    while (ready := await call(client, "GET", "/readyz")).status_code != 200:
                        if time.perf_counter() - back > _HEALS_WITHIN_S:
                            failures.append(f"after Chroma was back /readyz says {ready.text[:300]}")
                            break
                        await asyncio.sleep(0.2)
                    seconds = time.perf_counter() - back
                    failures += await _agendas(client, world.pairs, 1)
    return Outcome(
        name,
        "Chroma as a server, killed while the service runs, started again; the service is left alone",
        f"without it {len(world.pairs)} agendas were asked for, {len(wrong)} not right, and a search found "
        f"{len(found['items'])} passages, both from memory; /readyz said {away.status_code}; a command that needs it "
        f"ended with {status}; ready again {seconds:.1f} s after it was back",
        tuple(failures),
    )


async def _agendas(client: httpx.AsyncClient, pairs: list[Couple], session: int) -> list[str]:
    found = []
    for couple in pairs:
        path = f"/v1/sessions/{couple.sessions[session]}/agenda"
        reply = await call(client, "POST", path, couple.tokens["mentor"], {})
        if reply.status_code != 201:
            found.append(f"an agenda call got {reply.status_code}: {reply.text[:200]}")
        else:
            found += wrong_with(reply.json(), couple.minutes)
    return found
