"""A model's replies, kept in a file and given again: the same agenda cases in a real model's words, without the model.

`recorded/<name>.jsonl` holds a first line that names the model and, where it is not of all cases, which; then one line
for each request: the hash of the whole request (turns, schema, most tokens) and what came of it. A request that is not
there was changed since: the recording is stale, and a run with it is not a run.

A recording may stop at any time and go on later: each reply is in the file as soon as it came.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach import errors
from coach.errors import (
    ModelError,
    ModelPaused,
    ModelRateLimited,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnreachable,
)
from coach.llm import LanguageModel, ModelReply, ModelRequest
from evals.parts import PartNotRun
from evals.rows import in_words
from evals.whole_files import write_whole

FOLDER = Path(__file__).with_name("recorded")
# What a reply costs in tokens where nobody counted: English has about four characters to one.
_CHARACTERS_A_TOKEN = 4

_ERRORS = {
    kind.reason: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ModelError) and kind is not ModelError
}
# What says nothing of the model, only of the way to it at that hour: the next run asks again.
PASSING = frozenset(kind.reason for kind in (ModelUnreachable, ModelRateLimited, ModelRejected, ModelPaused))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Head(_Strict):
    """The first line of a recording: whose replies these are, in how many seconds an agenda had to be written, and of
    which cases; of all where none is named.
    """

    model: Annotated[str, Field(min_length=1)]
    timeout_s: float = 0.0
    cases: tuple[str, ...] | None = None


class Row(_Strict):
    """What came of one request: a text with its tokens, or the reason of the error."""

    request: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    form: str
    text: str | None = None
    prompt_tokens: Annotated[int, Field(ge=0)] = 0
    completion_tokens: Annotated[int, Field(ge=0)] = 0
    error: str | None = None


def key(request: ModelRequest) -> str:
    """The hash of the whole request: whatever changes in it makes another key."""
    whole = json.dumps(asdict(request), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def _read(file: Path) -> tuple[Head, dict[str, Row]]:
    """A recording, without a last line that was not written to its end. Raises OSError or ValueError if it is none."""
    # Not splitlines: a text may hold other ends of lines.
    first, *lines = file.read_text("utf-8", "replace").split("\n")
    head, rows = Head.model_validate_json(first), []
    for number, line in enumerate(lines, start=2):
        try:
            rows += [Row.model_validate_json(line)] if line else []
        except ValidationError as error:
            if number <= len(lines):
                raise ValueError(f"its line {number} is none of its rows ({in_words(error)})") from error
    return head, {row.request: row for row in rows}


def _write(file: Path, head: Head, rows: Mapping[str, Row]) -> None:
    lines = [one.model_dump_json(exclude_none=True) for one in (head, *rows.values())]
    write_whole(file, "".join(f"{line}\n" for line in lines))


def _given(row: Row) -> ModelReply:
    if row.text is None:
        raise _ERRORS.get(row.error or "", ModelReplyInvalid)("So it was when this was recorded.")
    return ModelReply(row.text, row.prompt_tokens, row.completion_tokens)


def recorded_before(file: Path, model: str, timeout_s: float = 0.0) -> dict[str, Row]:
    """What the file has of this model, by the request's hash, so that a recording goes on where it stopped.

    Nothing where there is no file; without what failed on the way to the model, and what was too slow where an agenda
    has more seconds now. Raises PartNotRun where the file is something else, or of another model.
    """
    if not file.exists():
        return {}
    try:
        head, rows = _read(file)
    except (OSError, ValueError) as error:
        raise PartNotRun(f"{file} is no recording and stays as it is. Name another file for --record.") from error
    if head.model != model:
        raise PartNotRun(f"{file} is a recording of {head.model}, not of {model}. Name another file for --record.")
    again = PASSING | {ModelTimeout.reason} if timeout_s > head.timeout_s else PASSING
    return {name: row for name, row in rows.items() if row.error not in again}


class RecordingModel:
    """Passes requests on, and writes each with what came of it to a file; what the file has already is not asked again.

    `cases` are named in its first line, with the seconds that an agenda may take. Raises PartNotRun where the file is
    no recording of this model, and OSError.
    """

    def __init__(
        self, model: LanguageModel, file: Path, timeout_s: float = 0.0, cases: Sequence[str] | None = None
    ) -> None:
        self._model, self._file = model, file
        self._head = Head(model=model.name, timeout_s=timeout_s, cases=None if cases is None else tuple(cases))
        self._known = recorded_before(file, model.name, timeout_s)
        self._asked: dict[str, Row] = {}
        self._too_slow: list[Row] = []
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, self._head, self._known)

    @property
    def name(self) -> str:
        """Name of the model behind."""
        return self._model.name

    async def reply(self, request: ModelRequest) -> ModelReply:
        """What the file has, or what the model behind says. Raises ModelError."""
        self._keep_slow()
        row = Row(request=key(request), form=request.schema_name)
        if (known := self._known.get(row.request)) is not None:
            self._asked[row.request] = known
            return _given(known)
        try:
            reply = await self._model.reply(request)
        except ModelError as error:
            self._keep(row.model_copy(update={"error": error.reason}))
            raise
        except asyncio.CancelledError:
            # The agenda's own deadline: too slow is what came of it. But somebody may have stopped the whole run as
            # well; then nothing comes after it, and it is not kept.
            self._too_slow.append(row.model_copy(update={"error": ModelTimeout.reason}))
            raise
        self._keep(
            row.model_copy(
                update={
                    "text": reply.text,
                    "prompt_tokens": reply.prompt_tokens,
                    "completion_tokens": reply.completion_tokens,
                }
            )
        )
        return reply

    def finish(self) -> None:
        """The run is over: the file keeps what was asked in it, and nothing that only an earlier one asked."""
        self._keep_slow()
        _write(self._file, self._head, self._asked)

    def _keep_slow(self) -> None:
        while self._too_slow:
            self._keep(self._too_slow.pop(0))

    def _keep(self, row: Row) -> None:
        self._known[row.request] = self._asked[row.request] = row
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(f"{row.model_dump_json(exclude_none=True)}\n")


class RecordedModel:
    """Gives again what a file holds. What it was asked and does not have is in `missing`."""

    def __init__(self, file: Path) -> None:
        try:
            self._head, self._rows = _read(file)
        except (OSError, ValueError) as error:
            why = in_words(error) if isinstance(error, ValidationError) else getattr(error, "strerror", None) or error
            raise PartNotRun(f"{file} is no recording: {why}. --live --record FILE makes one.") from error
        self._file = file
        self.missing: list[ModelRequest] = []

    @property
    def name(self) -> str:
        """Name of the model whose replies these are."""
        return self._head.model

    @property
    def cases(self) -> tuple[str, ...] | None:
        """The cases that were recorded; None for all."""
        return self._head.cases

    async def reply(self, request: ModelRequest) -> ModelReply:
        """What came of this very request. Raises the ModelError of then, or ModelReplyInvalid where it is missing."""
        row = self._rows.get(key(request))
        if row is None:
            self.missing.append(request)
            raise ModelReplyInvalid("The recording does not have this request.")
        return _given(row)

    def check(self) -> None:
        """Raises PartNotRun where requests were missing: then the agendas are not this model's."""
        if self.missing:
            forms = ", ".join(sorted({request.schema_name for request in self.missing}))
            some = "" if self.cases is None else f" --cases {len(self.cases)}"
            raise PartNotRun(
                f"{self._file.name} is stale: it does not have {len(self.missing)} of the requests ({forms}). It was "
                "stopped, or the prompt, the schema or the cases have changed since. Record what it lacks: "
                f"python -m evals agendas --live --yes --record {self._file}{some}"
            )


class CountingModel:
    """Counts what asking would send, for an estimate before anything is spent; answers only what is `known` already.

    `requests` are those that would be asked, and `answered` counts the others.
    """

    name = "nobody"

    def __init__(self, known: Mapping[str, Row] | None = None) -> None:
        self._known = known or {}
        self.requests: list[ModelRequest] = []
        self.answered = 0

    async def reply(self, request: ModelRequest) -> ModelReply:
        """What is known, or else ModelReplyInvalid, so that nothing more is asked for this agenda."""
        known = self._known.get(key(request))
        if known is not None:
            self.answered += 1
            return _given(known)
        self.requests.append(request)
        raise ModelReplyInvalid("This is only counted.")

    def tokens(self) -> tuple[int, int]:
        """About how many tokens go in, and at most how many come out, where every agenda passes at once."""
        sent = sum(len(turn.text) for request in self.requests for turn in request.turns)
        return sent // _CHARACTERS_A_TOKEN, sum(request.max_tokens for request in self.requests)


def estimate(counted: CountingModel, prices: tuple[float, float] | None, graded: CountingModel | None = None) -> str:
    """What a live run would cost, in words. `prices` are for a million tokens in and out; `graded` is for the judge."""
    read, said = graded.tokens() if graded is not None else (0, 0)
    judge = f" The judge reads about {read:,} tokens more and writes at most {said:,}." if graded is not None else ""
    if counted.answered and not counted.requests:
        return f"of {counted.answered} requests {counted.answered} recorded already: nothing is left to ask.{judge}"
    sent, received = counted.tokens()
    # A repair turn sends the first exchange again, with the answer and what was wrong in it.
    most_sent, most_received = 2 * sent + received, 2 * received
    asked = f"{len(counted.requests)} agendas"
    if counted.answered:
        whole = counted.answered + len(counted.requests)
        asked = f"of {whole} requests {counted.answered} recorded already, {len(counted.requests)} to ask"
    told = (
        f"{asked}: about {sent:,} tokens in and at most {received:,} out; where every one "
        f"takes a repair turn, up to {most_sent:,} in and {most_received:,} out. Preps from private notes come on "
        f"top.{judge}"
    )
    if prices is None:
        return f"{told} With --prices IN OUT, for a million tokens each, the cost is shown too."

    def cost(tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * prices[0] + tokens_out * prices[1]) / 1_000_000

    least, most = cost(sent + read, received + said), cost(most_sent + read, most_received + said)
    return f"{told} That costs {_money(least, 'about')}, {_money(most, 'at most')}."


def _money(cost: float, bound: str) -> str:
    return "less than 0.01" if cost < 0.01 else f"{bound} {cost:.2f}"
