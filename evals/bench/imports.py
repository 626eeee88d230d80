"""`python -m evals.bench.imports`: what an import costs a served coach, as JSON and as CSV, with its progress.

Each form is sent to one service on this machine, over HTTP, in one request, to a program of its own. Beside it somebody
else asks for `/v1/me` again and again: the longest wait tells whether the service stands still meanwhile. The memory is
the service's peak so far; the comments of the first import are being read while the second one comes in.
"""

import argparse
import csv
import http.client
import io
import json
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from evals.bench.feedback import FROM, comments, pairs_of_bench
from evals.bench.load import HOST
from evals.bench.servers import BenchError, Server

ROWS = 100_000
_FORMS = ("json", "csv")
_TIMEOUT_S, _PAUSE_S = 900, 0.05
_DAYS = 92
_PEOPLE_IN_A_PAIR = 2
_COLUMNS = ("pair_id", "author", "held_at", "usefulness", "safety", "progress", "went_well", "to_change")


@dataclass(frozen=True)
class ImportCost:
    """What one import took: seconds to the first sign of progress and to the end, the longest silence between two
    signs and the longest wait of another caller in seconds, and the service's peak of memory in MiB.
    """

    form: str
    rows: int
    mib_sent: float
    first: float
    whole: float
    silence: float
    signs: int
    waited: float
    peak_mib: float
    before_mib: float


def rows_of(pair_ids: Sequence[str], count: int) -> list[dict[str, Any]]:
    """So many rows, each with two answers and three ratings."""
    texts = comments(count)
    return [
        {
            "pair_id": pair_ids[number % len(pair_ids)],
            "author": ("mentor", "mentee")[number // len(pair_ids) % _PEOPLE_IN_A_PAIR],
            "held_at": (FROM + timedelta(days=number % _DAYS)).date().isoformat(),
            "ratings": {"usefulness": 1 + number % 5, "safety": 4, "progress": 1 + number % 3},
            "went_well": text,
            "to_change": texts[-1 - number],
        }
        for number, text in enumerate(texts)
    ]


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """The rows as a file of comma-separated values."""
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, _COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({**{name: value for name, value in row.items() if name != "ratings"}, **row["ratings"]})
    return made.getvalue().encode()


def bring_in(server: Server, form: str, program_id: str, pair_ids: Sequence[str], count: int, token: str) -> ImportCost:
    """Send, listen to the progress, and measure. Raises BenchError where the import is refused."""
    rows = rows_of(pair_ids, count)
    body = json.dumps({"rows": rows}).encode() if form == "json" else as_csv(rows)
    del rows
    before, waits, done = server.peak_memory_mib(), [0.0], threading.Event()

    def another() -> None:
        while not done.is_set():
            asked = time.perf_counter()
            server.ask("GET", "/v1/me", token=token)
            waits.append(time.perf_counter() - asked)
            time.sleep(_PAUSE_S)

    beside = threading.Thread(target=another)
    beside.start()
    times, last = [time.perf_counter()], ""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=_TIMEOUT_S)
    try:
        kind = "application/json" if form == "json" else "text/csv"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": "text/event-stream"}
        connection.request("POST", f"/v1/programs/{program_id}/feedback/import", body, headers)
        reply = connection.getresponse()
        for line in reply:
            if line.startswith(b"data:"):
                times.append(time.perf_counter())
                last = line.decode()
    finally:
        connection.close()
        done.set()
        beside.join()
    if reply.status != 200 or f'"imported":{count}' not in last.replace(" ", ""):
        raise BenchError(f"The import was answered with {reply.status}: {last[:300]}")
    gaps = [after - earlier for earlier, after in pairwise(times)]
    whole, peak = times[-1] - times[0], server.peak_memory_mib()
    return ImportCost(form, count, len(body) / 2**20, gaps[0], whole, max(gaps), len(gaps), max(waits), peak, before)


def table(found: Sequence[ImportCost]) -> str:
    """The figures as a table in Markdown."""
    lines = [
        "| form | rows | sent | first sign | whole | longest silence | signs | others waited at most | memory |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.form} | {one.rows:,} | {one.mib_sent:.1f} MiB | {one.first:.1f} s | {one.whole:.1f} s "
        f"| {one.silence:.1f} s | {one.signs} | {one.waited:.2f} s "
        f"| {one.peak_mib:,.0f} MiB, {one.before_mib:,.0f} before |"
        for one in found
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    found = []
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as name:
        folder = Path(name)
        programs = [pairs_of_bench(folder, max(given.rows // 20, 1)) for _ in _FORMS]
        try:
            with Server("imports", ["-m", "coach", "serve"], folder, {"COACH_DATA_DIR": name}) as server:
                server.wait_for("GET", "/v1/me", token=programs[0][2])
                server.wait_until_idle()
                for form, (program_id, pair_ids, token) in zip(_FORMS, programs, strict=True):
                    found.append(bring_in(server, form, program_id, pair_ids, given.rows, token))
                    print(table(found[-1:]), file=sys.stderr, flush=True)
        except BenchError as error:
            print(error, file=sys.stderr)
            return 2
    print(table(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
