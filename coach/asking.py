"""Asking a model for words in a schema: ask, read, check, one repair turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from coach.errors import ModelReplyInvalid
from coach.llm import LanguageModel, ModelReply, ModelRequest, Turn, extract_json
from coach.prompts import Rendered, load
from coach.tracing import span

_MOST_PROBLEMS_NAMED = 12

W = TypeVar("W", bound=BaseModel)
Turning = Literal["writing", "checking", "repairing"]


class Found(Protocol):
    """What a check found: where in the words, and why, in a sentence that the model can act on."""

    @property
    def where(self) -> str:
        """The place."""

    @property
    def reason(self) -> str:
        """The reason; it holds nothing that the check protects."""


@dataclass
class Spent:
    """Model tokens used so far, whatever came of them."""

    prompt: int = 0
    completion: int = 0

    def add(self, reply: ModelReply) -> None:
        """Count one reply."""
        self.prompt += reply.prompt_tokens
        self.completion += reply.completion_tokens


def _silent(step: Turning) -> None:
    """For who only wants the words."""


async def ask(
    model: LanguageModel,
    prompt: Rendered,
    words: type[W],
    schema: dict[str, Any],
    max_tokens: int,
    check: Callable[[W], Sequence[Found]],
    spent: Spent,
    progress: Callable[[Turning], None] = _silent,
    *,
    unasked: Literal["forbid", "ignore"] = "forbid",
) -> tuple[W, bool]:
    """Ask, and once more with the problems named; what was found in the second answer is final.

    Gives the words, and whether it took the second turn. Keys that are `unasked` for make an answer invalid, or are
    left aside. Raises ModelError.
    """
    turns: tuple[Turn, ...] = (Turn("system", prompt.system), Turn("user", prompt.user))
    problems: list[str] = []
    for attempt in ("first", "repair"):
        progress("writing" if attempt == "first" else "repairing")
        with span("model", turn=attempt, prompt=prompt.label, gen_ai__request__model=model.name) as under_way:
            reply = await model.reply(ModelRequest(turns, prompt.label.split("@")[0], schema, max_tokens))
            under_way.tell(
                outcome="answered",
                gen_ai__usage__input_tokens=reply.prompt_tokens,
                gen_ai__usage__output_tokens=reply.completion_tokens,
            )
        spent.add(reply)
        progress("checking")
        read = _read(reply.text, words, unasked)
        if isinstance(read, words):
            violations = check(read)
            if not violations:
                return read, attempt == "repair"
            problems = [f"- {violation.where}: {violation.reason}" for violation in violations]
        else:
            assert isinstance(read, list)
            problems = read
        repair = load("repair").render(problems="\n".join(dict.fromkeys(problems[:_MOST_PROBLEMS_NAMED])))
        turns = (*turns, Turn("assistant", reply.text[:8_000]), Turn("user", repair.user))
    raise ModelReplyInvalid(f"{len(problems)} problems were left after the repair turn.")


def _read(text: str, words: type[W], unasked: Literal["forbid", "ignore"]) -> W | list[str]:
    """The words, or what is wrong with the reply in lines that the model can act on."""
    value = extract_json(text)
    if value is None:
        return ["- The answer is not one whole JSON object."]
    try:
        return words.model_validate(value, extra=unasked)
    except ValidationError as error:
        return [
            f"- {'.'.join(str(part + 1 if isinstance(part, int) else part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors(include_input=False)
        ]


# What strict JSON schema modes of servers refuse; the limits are still checked when the reply is read.
_NOT_ON_THE_WIRE = {"minLength", "maxLength", "minimum", "title", "default"}


def wire_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of `model` in the subset that strict modes take."""

    def strip(node: Any, *, is_properties: bool = False) -> Any:
        if isinstance(node, dict):
            return {
                key: strip(value, is_properties=key in {"properties", "$defs"})
                for key, value in node.items()
                if is_properties or key not in _NOT_ON_THE_WIRE
            }
        return [strip(value) for value in node] if isinstance(node, list) else node

    return strip(model.model_json_schema())  # type: ignore[no-any-return]
