"""What goes over the wire: request bodies, which refuse unknown fields, and replies, which have no defaults."""

import re
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

T = TypeVar("T")

_NUMBER = re.compile(r"[+-]?[\d.]+")


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @field_validator("*", mode="after")
    @classmethod
    def _no_nul(cls, value: object) -> object:
        # PostgreSQL keeps no NUL in text, and nobody means to send one.
        if any("\0" in text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)):
            raise ValueError("must not hold the character NUL")
        return value


# For a body of changes, each of which may be left out: at least one is there.
CHANGES = ConfigDict(json_schema_extra={"minProperties": 1})


def _as_json_counts(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _in_words(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and _NUMBER.fullmatch(value.strip())):
        raise ValueError("must be a date or time in ISO 8601, such as 2026-12-03")
    return value


def _without_null(schema: dict[str, Any]) -> None:
    (kept,) = (option for option in schema.pop("anyOf") if option != {"type": "null"})
    schema.pop("default", None)
    schema |= kept


# For a change that may be left out, but is never null; which is said more kindly than by its type.
NEVER_NULL = Field(json_schema_extra=_without_null)
# For strict numbers: to JSON, 3.0 is as whole a number as 3.
WHOLE = BeforeValidator(_as_json_counts)
# For dates and times: a number is none, quoted or not, though it could be taken for seconds since 1970.
IN_WORDS = BeforeValidator(_in_words)


class Reply(BaseModel):
    """A reply."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Page(Reply, Generic[T]):
    """A part of a list; `next_cursor` asks for the next part and is null at the end."""

    items: list[T]
    next_cursor: str | None


class FieldProblem(Reply):
    """What is wrong with one field; `field` is its path in the body, such as `goals.0`."""

    field: str
    message: str


class Problem(Reply):
    """An error, as RFC 9457 has it. `type` never changes; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
