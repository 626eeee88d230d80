"""The load generator, a process of its own: a number of clients, each with one kept-alive connection, ask in turn.

It reads one job as JSON from standard input and prints the result as JSON. It spends little itself, since it shares the
machine with what it measures: raw sockets, a parser in C, and replies are looked at after the clock has stopped.
"""

import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict, cast

import httptools
import uvloop

HOST = "127.0.0.1"


class Call(TypedDict):
    """One request."""

    method: str
    path: str
    token: str | None
    body: object


class Job(TypedDict):
    """What to send to `port`, and from how many clients at once.

    `source_at` is the path in a reply's JSON whose values are counted. With `keep` the replies themselves are returned.
    """

    port: int
    at_once: int
    calls: list[Call]
    source_at: NotRequired[list[str]]
    keep: NotRequired[bool]
    timeout_s: NotRequired[float]


class Result(TypedDict):
    """What was seen: times in milliseconds, in the order of the calls.

    `failure` is the first reply that was not 200, 201 or 204.
    """

    seconds: float
    milliseconds: list[float]
    statuses: dict[str, int]
    sources: dict[str, int]
    failure: str | None
    replies: list[Any]


class Client(asyncio.Protocol):
    """One connection that is kept alive."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[tuple[int, bytes]] | None = None
        self._parts: list[bytes] = []
        self._parser: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._transport = None
        if self._reply and not self._reply.done():
            self._reply.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._reply and not self._reply.done():
            self._reply.set_result((self._parser.get_status_code(), b"".join(self._parts)))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send the request and wait for status and body."""
        if self._transport is None:
            raise ConnectionError("there is no connection")
        self._parts = []
        self._parser = httptools.HttpResponseParser(self)
        self._reply = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        """Close the connection."""
        if self._transport:
            self._transport.close()


def encode(call: Call) -> bytes:
    """The request as it goes on the wire."""
    body = b"" if call["body"] is None else json.dumps(call["body"]).encode()
    lines = [f"{call['method']} {call['path']} HTTP/1.1", f"Host: {HOST}", "Accept: application/json"]
    if call["token"]:
        lines.append(f"Authorization: Bearer {call['token']}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def run(job: Job) -> Result:
    """Send all calls and time each from the first byte sent to the last byte received."""
    loop = asyncio.get_running_loop()
    waiting = iter(list(enumerate(map(encode, job["calls"]))))
    seen: list[tuple[int, bytes, float]] = [(0, b"", 0.0)] * len(job["calls"])
    clients = [
        (await loop.create_connection(Client, HOST, job["port"]))[1] for _ in range(min(job["at_once"], len(seen)))
    ]

    started = time.perf_counter()
    await asyncio.gather(*(_keep_asking(client, waiting, seen, job.get("timeout_s", 120)) for client in clients))
    seconds = time.perf_counter() - started

    for client in clients:
        client.close()
    return _result(job, seen, seconds)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of the values are at or below, interpolated."""
    if len(values) < 2:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def _keep_asking(
    client: Client, waiting: Iterator[tuple[int, bytes]], seen: list[tuple[int, bytes, float]], timeout_s: float
) -> None:
    for position, request in waiting:
        began = time.perf_counter()
        try:
            status, body = await asyncio.wait_for(client.ask(request), timeout_s)
        except (ConnectionError, TimeoutError) as error:
            seen[position] = (0, repr(error).encode(), time.perf_counter() - began)
            return
        seen[position] = (status, body, time.perf_counter() - began)


def _result(job: Job, seen: list[tuple[int, bytes, float]], seconds: float) -> Result:
    good = [body for status, body, _ in seen if status in {200, 201, 204}]
    replies: list[Any] = [json.loads(body) if body else None for body in good]
    failures = (
        f"{status} {body[:400].decode(errors='replace')}" for status, body, _ in seen if status not in {200, 201, 204}
    )
    sources: Counter[str] = Counter()
    if source_at := job.get("source_at"):
        for value in replies:
            for key in source_at:
                value = value[key]
            sources[str(value)] += 1
    return {
        "seconds": seconds,
        "milliseconds": [1000 * taken for _, _, taken in seen],
        "statuses": {str(status): count for status, count in Counter(status for status, _, _ in seen).items()},
        "sources": dict(sources),
        "failure": next(failures, None),
        "replies": replies if job.get("keep") else [],
    }


def main() -> None:
    """Do the job on standard input."""
    job: Job = json.load(sys.stdin)
    json.dump(uvloop.run(run(job)), sys.stdout)


if __name__ == "__main__":
    main()
