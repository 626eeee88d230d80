"""The language model: one protocol, and one client for every OpenAI-compatible server.

Servers differ in what they understand. The client climbs down a ladder (a strict JSON schema, then any JSON object,
then plain text) and stays on the rung that worked. Whatever comes back is text: `extract_json` finds the object in
it, and the caller decides whether it will do.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import openai
import structlog

from coach.errors import (
    ModelError,
    ModelPaused,
    ModelRateLimited,
    ModelRejected,
    ModelReplyInvalid,
    ModelTimeout,
    ModelUnreachable,
    UnsafeModelAddress,
)
from coach.llm_address import watch_connections
from coach.settings import Settings

log = structlog.get_logger(__name__)

FAILURES_BEFORE_PAUSE = 5
PAUSE_S = 30.0

_RUNGS: tuple[Literal["json_schema", "json_object", "text"], ...] = ("json_schema", "json_object", "text")
_DECODER = json.JSONDecoder()
# A text in which so many braces begin nothing holds no object, and each costs time that grows with the text.
_MOST_STARTS = 100
# More tokens than any reply costs; a server may say anything, and the database has 32 bits.
_MOST_TOKENS = 10_000_000
_THINKING = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)


@dataclass(frozen=True)
class Turn:
    """One message of the exchange."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True)
class ModelRequest:
    """What is asked: the turns, the schema that the reply should have, and the most tokens it may use."""

    turns: tuple[Turn, ...]
    schema_name: str
    schema: dict[str, Any]
    max_tokens: int


@dataclass(frozen=True)
class ModelReply:
    """What came back, as text, and the tokens it cost (0 where the server does not tell)."""

    text: str
    prompt_tokens: int
    completion_tokens: int


class LanguageModel(Protocol):
    """Anything that can answer a request."""

    @property
    def name(self) -> str:
        """Name of the model, as shown to people."""
        ...

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Answer. Raises ModelError."""
        ...


class CircuitBreaker:
    """Stops asking a server that fails, for a while.

    After `failures` errors in a row it opens for `pause_s` seconds; then one request is let through, and its
    outcome decides.
    """

    def __init__(
        self,
        failures: int = FAILURES_BEFORE_PAUSE,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._pause_s, self._clock = failures, pause_s, clock
        self._failed = 0
        self._opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests are held back now."""
        return self._opened_at is not None and self._clock() - self._opened_at < self._pause_s

    @property
    def state(self) -> Literal["closed", "open", "trying"]:
        """`closed` lets requests through, `open` none; `trying` is between: the next request decides."""
        if self._opened_at is None:
            return "closed"
        return "open" if self.is_open else "trying"

    @property
    def seconds_left(self) -> float:
        """How long requests are held back from now on; 0 where they are not."""
        if self._opened_at is None:
            return 0.0
        return max(self._opened_at + self._pause_s - self._clock(), 0.0)

    def before(self) -> None:
        """Call before a request. Raises ModelPaused while the breaker is open."""
        if self.is_open:
            raise ModelPaused("The language model has failed several times in a row and is left alone for a while.")
        if self._opened_at is not None:
            # Let one through; the others wait for what it brings.
            self._opened_at = self._clock()

    def succeeded(self) -> None:
        """Call after a request that was answered."""
        self._failed, self._opened_at = 0, None

    def failed(self) -> None:
        """Call after a request that was not."""
        self._failed += 1
        if self._failed >= self._limit:
            self._opened_at = self._clock()


class OpenAIModel:
    """Any server that speaks OpenAI's chat completions."""

    def __init__(self, settings: Settings, breaker: CircuitBreaker | None = None) -> None:
        assert settings.llm_model is not None
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
        self._client = openai.AsyncOpenAI(
            # Local servers want no key, but the client insists on one.
            api_key=key or "none",
            base_url=settings.llm_base_url or "https://api.openai.com/v1",
            timeout=settings.llm_timeout_s,
            max_retries=1,
            # A redirect would lead past the check of the address that was set.
            http_client=openai.DefaultAsyncHttpxClient(
                follow_redirects=False,
                timeout=settings.llm_timeout_s,
                event_hooks={"request": [] if settings.llm_allow_link_local else [watch_connections]},
            ),
        )
        self._model = settings.llm_model
        self._rung = 0
        # OpenAI's newer models know only the one name of this parameter, other servers only the other.
        host = urlsplit(settings.llm_base_url or "https://api.openai.com/v1").hostname or ""
        self._limit_name = "max_completion_tokens" if f".{host}".endswith(".openai.com") else "max_tokens"
        self.breaker = breaker or CircuitBreaker()

    @property
    def name(self) -> str:
        """Name of the model, as set."""
        return self._model

    async def reply(self, request: ModelRequest) -> ModelReply:
        """Answer, on the highest rung that the server understands.

        Raises ModelPaused, ModelUnreachable, ModelTimeout, ModelRateLimited, ModelRejected or ModelReplyInvalid.
        """
        self.breaker.before()
        try:
            completion = await self._climb_down(request)
        except ModelError as error:
            # A server that refuses what it was asked lives. Else one person's words, which its filter does not let
            # through, could have the model left alone for everybody.
            refused = isinstance(error.__cause__, openai.BadRequestError | openai.UnprocessableEntityError)
            (self.breaker.succeeded if refused else self.breaker.failed)()
            raise
        except BaseException:
            # Cancelled by the caller's deadline: too slow counts as failed.
            self.breaker.failed()
            raise
        self.breaker.succeeded()
        return _read(completion)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _climb_down(self, request: ModelRequest) -> object:
        rung = self._rung
        while True:
            try:
                completion = await self._ask(request, _RUNGS[rung])
            except openai.APIStatusError as error:
                if (
                    error.status_code not in {400, 404, 415, 422, 501}
                    or rung + 1 == len(_RUNGS)
                    or not _about_format(error)
                ):
                    raise _meaning(error) from error
                rung += 1
                log.info("model.rung", rung=_RUNGS[rung], status=error.status_code)
            except openai.OpenAIError as error:
                raise _meaning(error) from error
            else:
                self._rung = max(rung, self._rung)
                return completion

    async def _ask(self, request: ModelRequest, rung: str) -> object:
        turns = [{"role": turn.role, "content": turn.text} for turn in request.turns]
        body: dict[str, Any] = {"model": self._model, "messages": turns, self._limit_name: request.max_tokens}
        if rung == "json_schema":
            schema = {"name": request.schema_name, "schema": request.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        else:
            if rung == "json_object":
                body["response_format"] = {"type": "json_object"}
            shape = json.dumps(request.schema, separators=(",", ":"))
            # Every request begins with what is fixed; servers that know no system turn get it in the first one.
            turns[0]["content"] += f"\n\nThe JSON object must fit this JSON schema:\n{shape}"
        try:
            # `chat.completions.create` first walks through all that it sends, and then makes a model of the reply
            # without checking it: each takes as long as sending it.
            return await self._client.post("/chat/completions", cast_to=object, body=body)
        except UnsafeModelAddress as error:
            raise ModelUnreachable(str(error)) from error
        except UnicodeEncodeError:
            # What is sent is UTF-8 by now; only a header takes less.
            raise ModelRejected("The model's key holds a character that no key can. Check COACH_LLM_API_KEY.") from None
        except (ValueError, RecursionError, TypeError, AttributeError) as error:
            raise ModelReplyInvalid("The model's server sent something that is not a chat completion.") from error


def extract_json(text: str) -> dict[str, Any] | None:
    """The first whole JSON object in `text`, whatever stands around it; None when there is none."""
    text = _THINKING.sub("", text)
    start = text.find("{")
    for _ in range(_MOST_STARTS):
        if start < 0:
            break
        try:
            value: dict[str, Any] = _DECODER.raw_decode(text, start)[0]
        except json.JSONDecodeError as error:
            # Whole objects inside a broken one are parts of it: the search goes on where it broke.
            start = text.find("{", max(error.pos, start + 1))
        except (ValueError, RecursionError):
            # A number of thousands of digits, or thousands of levels.
            break
        else:
            return value
    return None


def _read(completion: Any) -> ModelReply:
    # A "compatible" server may send anything.
    try:
        message = completion["choices"][0]["message"]
        text, refusal = message.get("content"), message.get("refusal")
        usage = completion.get("usage")
    except (AttributeError, LookupError, TypeError) as error:
        raise ModelReplyInvalid("The model's server sent a reply without a message.") from error
    if refusal:
        raise ModelReplyInvalid("The model refused to answer.")
    spent = usage if isinstance(usage, dict) else {}
    return ModelReply(
        # JSON may hold half a surrogate pair, which can neither be stored nor sent back.
        text=text.encode("utf-8", "replace").decode() if isinstance(text, str) else "",
        prompt_tokens=_count(spent.get("prompt_tokens", 0)),
        completion_tokens=_count(spent.get("completion_tokens", 0)),
    )


def _count(value: object) -> int:
    return min(value, _MOST_TOKENS) if isinstance(value, int) and value >= 0 else 0


def _about_format(error: openai.APIStatusError) -> bool:
    """Whether a refusal may be for the reply format: 404 only when it says so, since it mostly means a wrong model
    or address.
    """
    said = str(error).lower()
    named = any(
        word in said for word in ("response_format", "json_schema", "json_object", "schema", "format", "grammar")
    )
    return named or error.status_code in {400, 415, 422, 501}


def _meaning(error: openai.OpenAIError) -> ModelError:
    """What an error of the client means to us."""
    if isinstance(error, openai.APITimeoutError):
        return ModelTimeout("The model's server did not answer in time.")
    if isinstance(error, openai.RateLimitError):
        return ModelRateLimited("The model's server has had too many requests, or the account's quota is spent (429).")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ModelRejected(f"The model's server refused the key ({error.status_code}). Check COACH_LLM_API_KEY.")
    if isinstance(error, openai.NotFoundError):
        return ModelRejected(
            "The model's server knows no such model or address (404). Check COACH_LLM_MODEL and COACH_LLM_BASE_URL."
        )
    if isinstance(error, openai.APIStatusError):
        if error.status_code < 400:
            return ModelUnreachable(
                f"The model's server sends its callers elsewhere ({error.status_code}). Check COACH_LLM_BASE_URL."
            )
        if error.status_code >= 500:
            return ModelUnreachable(f"The model's server failed ({error.status_code}).")
        return ModelRejected(f"The model's server refused the request ({error.status_code}).")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnreachable("The model's server cannot be reached. Check COACH_LLM_BASE_URL.")
    return ModelReplyInvalid("The model's server sent something that is not a chat completion.")
