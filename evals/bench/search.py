"""`python -m evals.bench.search`: what finding passages costs, and how that grows with their number.

Up to the library's size everything is real. Beyond it passages are made of the library's words in another order, and
their vectors are those of the library with noise: embedding 100,000 passages would take twenty minutes and measure the
model, not the search.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coach.errors import CoachError
from coach.retrieval.chunk import IndexedText, asked_lines, chunk
from coach.retrieval.embed import Embedder, SentenceTransformerEncoder, Vector
from coach.retrieval.index import Index
from coach.retrieval.library import Library, read_library
from coach.retrieval.rank import Ranker
from coach.retrieval.search import Search
from coach.settings import Settings

SIZES = (1_000, 5_000, 20_000, 50_000, 100_000)
_QUESTIONS = 200
_NOISE = 0.6
_REBUILD = """
import sys, time
from pathlib import Path
from coach.retrieval.search import open_search
from coach.settings import Settings
began = time.perf_counter()
search = open_search(Settings(data_dir=Path(sys.argv[1])), load=False)
took = time.perf_counter() - began
search.close()
print(took, "torch" in sys.modules)
"""


@dataclass(frozen=True)
class Row:
    """One line of the table; `wanted` is what the project aims at."""

    title: str
    figure: str
    wanted: str = ""

    def __str__(self) -> str:
        return f"| {self.title} | {self.figure} | {self.wanted} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a table; write the plot."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench.search", description=__doc__)
    parser.add_argument("--plot", type=Path, help="write the growth as an SVG picture to this file")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="leave out sizes beyond this many passages")
    options = parser.parse_args(arguments)
    print("| | measured | wanted |\n|---|---:|---|")
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        for row in of_the_library(Path(folder)):
            print(row, flush=True)
        points = []
        library = read_library(Settings().knowledge_dir)
        encoder = SentenceTransformerEncoder(Settings().embedding_model)
        vectors = encoder.encode([passage.embedded_text for passage in chunk(library)])
        for size in (size for size in SIZES if size <= options.largest):
            milliseconds = grown(size, library, vectors, Path(folder) / str(size))
            points.append((size, statistics.median(milliseconds)))
            wanted = "at most 25 ms" if size == SIZES[-1] else ""
            print(Row(f"{size:,} passages, vector cached: p50", f"{points[-1][1]:.2f} ms", wanted), flush=True)
    if options.plot:
        options.plot.write_text(plot(points), "utf-8")
    return 0


def of_the_library(folder: Path) -> Iterator[Row]:
    """What the library itself costs."""
    settings = Settings(data_dir=folder)
    encoder = SentenceTransformerEncoder(settings.embedding_model)
    embedder = Embedder(encoder)
    encoder.encode(["warm up"])
    search = Search.open(read_library(settings.knowledge_dir), embedder, chroma_dir=settings.chroma_dir)
    texts = sorted((text.embedded_text for text in search.texts), key=len, reverse=True)
    bare = timed(lambda: list(embedder.encode_passages(texts)))
    built = timed(search.build)
    yield Row(
        f"indexing {len(texts):,} texts, beside bare encode",
        f"{len(texts) / built:.0f} to {len(texts) / bare:.0f} texts/s ({bare / built:.2f})",
        "at least 0.9",
    )
    cached, uncached, alone = asyncio.run(asked(search, embedder, encoder))
    yield Row(
        f"{len(search.library.documents)} documents, {len(search.passages):,} passages, vector cached: p50",
        f"{statistics.median(cached):.2f} ms",
        "at most 2 ms",
    )
    ratio = statistics.median(uncached) / statistics.median(alone)
    yield Row(
        "the same, with the question embedded: p50, beside bare embedding",
        f"{statistics.median(uncached):.1f} to {statistics.median(alone):.1f} ms ({ratio:.2f})",
        "at most 1.3",
    )
    search.close()
    took, loaded = subprocess.run(
        [sys.executable, "-c", _REBUILD, str(folder)], capture_output=True, text=True, check=True
    ).stdout.split()[-2:]
    with_torch = "with torch" if loaded == "True" else "torch not loaded"
    yield Row("an unchanged rebuild", f"{float(took):.2f} s, {with_torch}", "under 1 s, without torch")


async def asked(
    search: Search, embedder: Embedder, encoder: SentenceTransformerEncoder
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of finding with a cached vector, of finding a new question, and of embedding one alone."""

    async def found(question: str) -> float:
        began = time.perf_counter()
        await search.find(question, 8)
        return (time.perf_counter() - began) * 1e3

    cached, uncached, alone = [], [], []
    await found("warm up")
    for number in range(_QUESTIONS):
        question = f"How do we share {number} minutes when my mentee talks most of the time?"
        uncached.append(await found(f"{question} And now?"))
        alone.append(timed(partial(encoder.encode, [f"{question} And then?"])) * 1e3)
        await embedder.embed([question])
        cached.append(await found(question))
    return cached, uncached, alone


def grown(size: int, library: Library, vectors: npt.NDArray[np.float32], folder: Path) -> list[float]:
    """Milliseconds of ranking among this many passages, with vectors at hand."""
    chance = np.random.default_rng(7)
    words = [passage.text.split() for passage in chunk(library)]
    questions = [line.embedded_text for line in asked_lines(library, chunk(library))[:_QUESTIONS]]
    passages = [
        IndexedText(f"p{number}", f"d{number // 6}", " ".join(chance.permutation(words[number % len(words)])))
        for number in range(size)
    ]
    made = noisy(vectors[np.arange(size) % len(vectors)], chance)
    index = Index.open(folder=folder)
    given = {passage.embedded_text: vector for passage, vector in zip(passages, made, strict=True)}
    index.build(passages, Embedder(Given(given)))
    ranker = Ranker(passages, index, Given.fingerprint)
    ranker.load()
    near = noisy(vectors[chance.integers(len(vectors), size=len(questions))], chance)
    ranker.rank(questions[0], near[0])
    times = [timed(partial(ranker.rank, one, vector)) * 1e3 for one, vector in zip(questions, near, strict=True)]
    index.close()
    return times


def noisy(vectors: npt.NDArray[np.float32], chance: np.random.Generator) -> npt.NDArray[np.float32]:
    """Unit vectors near these."""
    moved = vectors + _NOISE * chance.standard_normal(vectors.shape).astype(np.float32) / np.sqrt(vectors.shape[1])
    unit: npt.NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return unit


class Given:
    """An encoder that knows its texts already."""

    fingerprint = "given"

    def __init__(self, vectors: dict[str, Vector]) -> None:
        self._vectors = vectors

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """The vectors of these texts."""
        return np.stack([self._vectors[text] for text in texts])


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plot(points: Sequence[tuple[int, float]]) -> str:
    """Milliseconds by number of passages, as an SVG picture."""
    width, height, left, low = 640, 320, 60, 280
    most, slowest = max(size for size, _ in points), max(value for _, value in points)
    places = [(left + 560 * size / most, low - 240 * value / slowest) for size, value in points]
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4"/><text x="{x - 8:.0f}" y="{y - 10:.0f}" text-anchor="end">'
        f"{size:,}: {value:.1f} ms</text>"
        for (x, y), (size, value) in zip(places, points, strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">'
        f'<path d="M{left} 30V{low}H630" fill="none" stroke="gray"/>'
        f'<polyline points="{line}" fill="none" stroke="steelblue" stroke-width="2"/>{dots}'
        f'<text x="{left}" y="20">search, p50 in ms, by passages (vector at hand)</text></svg>\n'
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoachError as error:
        sys.exit(str(error))
