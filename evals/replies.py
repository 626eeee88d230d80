"""A model's replies, kept in a file and given again: the same agenda cases in a real model's words, without the model.

`recorded/<name>.jsonl` holds a first line that names the model, then one line for each request: the hash of the whole
request (turns, schema, most tokens) and what came of it. A request that is not there was changed since: the recording
is stale, and a run with it is not a run.
"""

import asyncio
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach import errors
from coach.errors import ModelError, ModelReplyInvalid, ModelTimeout
from coach.llm import LanguageModel, ModelReply, ModelRequest
from evals.parts import PartNotRun

FOLDER = Path(__file__).with_name("recorded")
# What a reply costs in tokens where nobody counted: English has about four characters to one.
_CHARACTERS_A_TOKEN = 4

_ERRORS = {
    kind.reason: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, ModelError) and kind is not ModelError
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Head(_Strict):
    """The first line of a recording: whose replies these are."""

    model: Annotated[str, Field(min_length=1)]


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


class RecordingModel:
    """Passes requests on, and writes each with what came of it to a file, which it begins anew."""

    def __init__(self, model: LanguageModel, file: Path) -> None:
        self._model, self._file = model, file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{Head(model=model.name).model_dump_json()}\n", "utf-8")

    @property
    def name(self) -> str:
        """Name of the model behind."""
        return self._model.name

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Ask the model behind. Raises ModelError."""
        row = Row(request=key(request), form=request.schema_name)
        try:
            reply = await self._model.reply(request)
        except ModelError as error:
            self._write(row.model_copy(update={"error": error.reason}))
            raise
        except asyncio.CancelledError:
            # The agenda's own deadline: too slow is what came of it.
            self._write(row.model_copy(update={"error": ModelTimeout.reason}))
            raise
        self._write(
            row.model_copy(
                update={
                    "text": reply.text,
                    "prompt_tokens": reply.prompt_tokens,
                    "completion_tokens": reply.completion_tokens,
                }
            )
        )
        return reply

    def _write(self, row: Row) -> None:
        with self._file.open("a", encoding="utf-8") as lines:
            lines.write(f"{row.model_dump_json(exclude_none=True)}\n")


class RecordedModel:
    """Gives again what a file holds. What it was asked and does not have is in `missing`."""

    def __init__(self, file: Path) -> None:
        try:
            # Not splitlines: a text may hold other ends of lines.
            first, *lines = file.read_text("utf-8").split("\n")
            self._name = Head.model_validate_json(first).model
            rows = [Row.model_validate_json(line) for line in lines if line]
        except (OSError, ValueError, ValidationError) as error:
            raise PartNotRun(f"{file} is no recording; --live --record FILE makes one: {error}") from error
        self._file = file
        self._rows = {row.request: row for row in rows}
        self.missing: list[ModelRequest] = []

    @property
    def name(self) -> str:
        """Name of the model whose replies these are."""
        return self._name

    async def reply(self, request: ModelRequest) -> ModelReply:
        """What came of this very request. Raises the ModelError of then, or ModelReplyInvalid where it is missing."""
        row = self._rows.get(key(request))
        if row is None:
            self.missing.append(request)
            raise ModelReplyInvalid("The recording does not have this request.")
        if row.text is None:
            raise _ERRORS.get(row.error or "", ModelReplyInvalid)("So it was when this was recorded.")
        return ModelReply(row.text, row.prompt_tokens, row.completion_tokens)

    def check(self) -> None:
        """Raises PartNotRun where requests were missing: then the agendas are not this model's."""
        if self.missing:
            forms = ", ".join(sorted({request.schema_name for request in self.missing}))
            raise PartNotRun(
                f"{self._file.name} is stale: it does not have {len(self.missing)} of the requests ({forms}). The "
                "prompt, the schema or the cases have changed since. Record it again: "
                f"python -m evals agendas --live --yes --record {self._file}"
            )


class CountingModel:
    """Answers nothing, and counts what asking would send: for an estimate before anything is spent."""

    name = "nobody"

    def __init__(self) -> None:
        self.requests: list[ModelRequest] = []

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Raises ModelReplyInvalid, so that nothing more is asked for this agenda."""
        self.requests.append(request)
        raise ModelReplyInvalid("This is only counted.")

    def tokens(self) -> tuple[int, int]:
        """About how many tokens go in, and at most how many come out, where every agenda passes at once."""
        sent = sum(len(turn.text) for request in self.requests for turn in request.turns)
        return sent // _CHARACTERS_A_TOKEN, sum(request.max_tokens for request in self.requests)


def estimate(counted: CountingModel, prices: tuple[float, float] | None) -> str:
    """What a live run would cost, in words. `prices` are for a million tokens in and out."""
    sent, received = counted.tokens()
    # A repair turn sends the first exchange again, with the answer and what was wrong in it.
    most_sent, most_received = 2 * sent + received, 2 * received
    told = (
        f"{len(counted.requests)} agendas: about {sent:,} tokens in and at most {received:,} out; where every one "
        f"takes a repair turn, up to {most_sent:,} in and {most_received:,} out. Preps from private notes come on top."
    )
    if prices is None:
        return f"{told} With --prices IN OUT, for a million tokens each, the cost is shown too."

    def cost(tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * prices[0] + tokens_out * prices[1]) / 1_000_000

    return f"{told} That costs about {cost(sent, received):.2f}, at most {cost(most_sent, most_received):.2f}."
