"""`python -m evals.bench.feedback`: what reading the comments of one period costs, beside embedding the same texts.

Comments are imported as an admin would, read as the service reads them, and embedded once more by the bare model, in
one process for each size, so that both sides have the same machine, and the peak of memory is that of one size. The
comments are those that the classifier learned from; beyond their number, two of them are joined.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlmodel import col, func, select

from coach.feedback.head import read_examples
from coach.feedback.imported import read_rows
from coach.feedback.periods import parse_period
from coach.feedback.publishing import publish as publish_report
from coach.feedback.reading import MANY, OwnReader, read_comments
from coach.feedback.report_words import report_words
from coach.models import Comment, Pair, Participant, Program
from coach.retrieval.embed import SentenceTransformerEncoder
from coach.retrieval.library import read_library
from coach.settings import Settings
from coach.store import Store
from coach.store.imports import add_imported, pairs_of_program
from coach.store.tokens import issue_token

SIZES = (1_000, 3_000, 10_000)
FULL = (*SIZES, 100_000)
# What is wanted: at most this times the bare embedding and so many seconds more, in so many MiB.
TIMES, SECONDS_MORE, MOST_MIB = 1.2, 60.0, 2_048
FROM = datetime(2026, 7, 1, tzinfo=UTC)
_DAYS = 92
_AT_A_TIME = 4_096
_PEOPLE_IN_A_PAIR = 2

_PERIOD, _AT = parse_period("2026-Q3"), datetime(2027, 1, 1, tzinfo=UTC)


async def publish(store: Store, program_id: str) -> None:
    """Publish the period's report, as a coordinator would once every comment is read."""
    words = report_words(read_library(Settings().knowledge_dir))
    await publish_report(store, None, words, program_id, _PERIOD, _AT)


@dataclass(frozen=True)
class Figures:
    """What one size took: seconds, and the peak of memory in MiB.

    What `worked` are seconds of the processor, which tell the two sides apart also where others use the machine.
    """

    comments: int
    checking: float
    storing: float
    reading: float
    publishing: float
    embedding: float
    reading_worked: float
    embedding_worked: float
    mib: float

    @property
    def allowed(self) -> float:
        """The most seconds that reading and publishing may take."""
        return TIMES * self.embedding + SECONDS_MORE

    @property
    def reached(self) -> bool:
        """Whether this size keeps to what is wanted."""
        return self.reading + self.publishing <= self.allowed and self.mib < MOST_MIB


def comments(count: int) -> list[str]:
    """So many comments, each once, the same ones in every run."""
    texts = [example.text for example in read_examples()]
    made: dict[str, None] = dict.fromkeys(texts)
    step = 1
    while len(made) < count:
        for place, text in enumerate(texts):
            made[f"{text} {texts[(place + 37 * step) % len(texts)]}"] = None
            if len(made) >= count:
                break
        step += 1
    return list(made)[:count]


async def measure(count: int, folder: Path) -> Figures:
    """Import, read and embed so many comments."""
    settings = Settings(data_dir=folder, database_url=None)
    texts = comments(count)
    store = Store(settings)
    await store.migrate()
    program_id, pair_ids = await _pairs(store, max(count // 20, 1))
    rows = [
        {
            "pair_id": pair_ids[number % len(pair_ids)],
            "author": ("mentor", "mentee")[number // len(pair_ids) % _PEOPLE_IN_A_PAIR],
            "held_at": (FROM + timedelta(days=number % _DAYS)).date().isoformat(),
            "to_change": text,
        }
        for number, text in enumerate(texts)
    ]
    body = json.dumps({"rows": rows}).encode()
    del rows
    async with store.read() as db:
        pairs = await pairs_of_program(db, program_id)
    began = time.perf_counter()
    checked = read_rows(body, "json", pairs, _AT)
    checking, began = time.perf_counter() - began, time.perf_counter()
    async with store.write() as db:
        await add_imported(db, program_id, checked, lambda done: None)
    storing = time.perf_counter() - began
    del body, checked

    reader = OwnReader(settings.embedding_model, read_library(settings.knowledge_dir))
    bare = SentenceTransformerEncoder(settings.embedding_model)
    # Both models are loaded before anything is timed.
    await reader.read(texts[:4])
    bare.encode(texts[:4])
    began, work = time.perf_counter(), time.process_time()
    await read_comments(store, reader, batch=MANY)
    reading_worked = time.process_time() - work
    reading, began = time.perf_counter() - began, time.perf_counter()
    await publish(store, program_id)
    publishing = time.perf_counter() - began
    began, work = time.perf_counter(), time.process_time()
    for start in range(0, count, _AT_A_TIME):
        bare.encode(texts[start : start + _AT_A_TIME])
    embedding, embedding_worked = time.perf_counter() - began, time.process_time() - work
    async with store.read() as db:
        read = await db.scalar(select(func.count()).select_from(Comment).where(col(Comment.reader).is_not(None)))
    await store.close()
    if read != count:
        raise RuntimeError(f"{read} of {count} comments were read.")
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Figures(count, checking, storing, reading, publishing, embedding, reading_worked, embedding_worked, mib)


async def _pairs(store: Store, count: int) -> tuple[str, list[str]]:
    program = Program(name="Bench")
    pair_ids = []
    async with store.write() as db:
        db.add(program)
        await db.flush()
        for number in range(count):
            mentor = Participant(program_id=program.id, name=f"Mentor {number}")
            mentee = Participant(program_id=program.id, name=f"Mentee {number}")
            db.add_all([mentor, mentee])
            await db.flush()
            pair = Pair(program_id=program.id, mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6)
            pair_ids.append(pair.id)
            db.add(pair)
    return program.id, pair_ids


def pairs_of_bench(folder: Path, count: int) -> tuple[str, list[str], str]:
    """A program with so many pairs in a database in the folder: its id, theirs, and an admin's token."""

    async def made() -> tuple[str, list[str], str]:
        store = Store(Settings(data_dir=folder, database_url=None))
        try:
            await store.migrate()
            program_id, pair_ids = await _pairs(store, count)
            async with store.write() as db:
                return program_id, pair_ids, await issue_token(db, "admin")
        finally:
            await store.close()

    return asyncio.run(made())


def line(sizes: Sequence[float], seconds: Sequence[float]) -> tuple[float, float, float]:
    """The straight line through the seconds by size: seconds a comment, seconds at none, and R² from 0 to 1.

    R² says how much of the differences the line explains; with fewer than three sizes it says nothing and is 1.
    """
    slope, start = np.polyfit(sizes, seconds, 1) if len(sizes) > 1 else (seconds[0] / sizes[0], 0.0)
    rest = np.asarray(seconds) - (slope * np.asarray(sizes) + start)
    spread = float(((np.asarray(seconds) - np.mean(seconds)) ** 2).sum())
    return float(slope), float(start), 1 - float((rest**2).sum()) / spread if spread else 1.0


def table(found: Sequence[Figures]) -> Iterator[str]:
    """The figures as a table in Markdown, and the line below."""
    yield "| comments | checking | storing | reading | publishing | bare embedding | allowed | processor | memory | |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for one in found:
        yield (
            f"| {one.comments:,} | {one.checking:.1f} s | {one.storing:.1f} s | {one.reading:.1f} s "
            f"| {one.publishing:.1f} s | {one.embedding:.1f} s | {one.allowed:.1f} s "
            f"| {one.reading_worked:.1f} s against {one.embedding_worked:.1f} s | {one.mib:,.0f} MiB "
            f"| {'reached' if one.reached else 'missed'} |"
        )
    slope, start, fit = line([one.comments for one in found], [one.reading for one in found])
    yield ""
    yield f"Reading: {1000 * slope:.2f} ms a comment and {start:.1f} s more; R² {fit:.3f} over {len(found)} sizes."


def plot(found: Sequence[Figures]) -> str:
    """Reading and bare embedding by the number of comments, with the line through the readings, as SVG."""
    width, height, left, top, right, bottom = 640, 360, 60, 40, 20, 40
    most_x = max(one.comments for one in found)
    most_y = max(max(one.reading, one.embedding) for one in found) * 1.1

    def x(size: float) -> float:
        return left + (width - left - right) * size / most_x

    def y(seconds: float) -> float:
        return height - bottom - (height - top - bottom) * max(seconds, 0) / most_y

    def dots(color: str, values: Sequence[float]) -> str:
        return "".join(
            f'<circle cx="{x(one.comments):.1f}" cy="{y(value):.1f}" r="4" fill="{color}"/>'
            for one, value in zip(found, values, strict=True)
        )

    slope, start, _ = line([one.comments for one in found], [one.reading for one in found])
    text = 'font-family="sans-serif" font-size="12"'
    ticks = "".join(
        f'<text x="{x(one.comments):.1f}" y="{height - 20}" text-anchor="middle" {text}>{one.comments:,}</text>'
        for one in found
    )
    scale = "".join(
        f'<text x="{left - 8}" y="{y(part * most_y) + 4:.1f}" text-anchor="end" {text}>{part * most_y:.0f}</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="seconds to read comments, by their number">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        f'<text x="{left}" y="20" {text}>seconds by comments: reading (blue), bare embedding (gray)</text>\n'
        f'<path d="M{left} {top}V{height - bottom}H{width - right}" fill="none" stroke="black"/>\n'
        f'<path d="M{x(0):.1f} {y(start):.1f}L{x(most_x):.1f} {y(start + slope * most_x):.1f}" stroke="#1f77b4"/>\n'
        f"{dots('#7f7f7f', [one.embedding for one in found])}\n{dots('#1f77b4', [one.reading for one in found])}\n"
        f"{ticks}\n{scale}\n</svg>\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size in a process of its own and print the table; 1 where one misses what is wanted."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.feedback", description=__doc__)
    parser.add_argument("--full", action="store_true", help="100,000 comments too: an hour or so on two cores")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="these numbers of comments instead")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw the figures here, as SVG")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here, as JSON")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
            print(json.dumps(asdict(asyncio.run(measure(given.one, Path(folder))))))
        return 0
    found = []
    for size in given.sizes or (FULL if given.full else SIZES):
        print(f"{size:,} comments", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "evals.bench.feedback", "--one", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 2
        found.append(Figures(**json.loads(done.stdout.splitlines()[-1])))
    print("\n".join(table(found)))
    print(f"\n{os.cpu_count()} cores; load when done: {os.getloadavg()[0]:.1f}")
    if given.plot:
        given.plot.write_text(plot(found), "utf-8")
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", "utf-8")
    return 0 if all(one.reached for one in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
