"""What goes over the wire: request bodies, which refuse unknown fields, and replies, which have no defaults."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, field_validator

T = TypeVar("T")


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
