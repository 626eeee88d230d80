"""What several routes take: ids in the path, pages of lists, the reply's form."""

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Header, Path, Query
from starlette.exceptions import HTTPException

from coach.errors import InvalidInput

Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by you; the same request under the same key gives the same agenda.",
    ),
]


class Paging:
    """A part of a list: at most `limit` items behind `cursor`."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=100, description="At most so many items.")] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the part before.")] = None,
    ) -> None:
        self.limit = limit
        self.after = _decode(cursor) if cursor is not None else None

    def next_cursor(self, keys: list[str]) -> str | None:
        """The cursor behind the last of `keys`, which were asked for as one more than `limit`; None at the end."""
        if len(keys) <= self.limit:
            return None
        return base64.urlsafe_b64encode(keys[self.limit - 1].encode()).decode().rstrip("=")


Page = Annotated[Paging, Depends()]


def _decode(cursor: str) -> str:
    try:
        after = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not after.isalnum():
            raise ValueError
    except (binascii.Error, ValueError):
        raise InvalidInput(
            "cursor", "This is not a cursor of ours: use `next_cursor` as it came, or leave it out."
        ) from None
    return after


def negotiate(accept: str | None, offered: tuple[str, ...]) -> str:
    """The media type of `offered` that the Accept header likes best; the first one where it does not care.

    Raises a 406 when it wants none of them.
    """
    if accept is None or not accept.strip():
        return offered[0]
    asked: dict[str, tuple[float, int]] = {}
    for position, part in enumerate(accept.split(",")):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            asked.setdefault(name, (-float(quality), position))
        except ValueError:
            continue

    def rank(offer: str) -> tuple[float, int]:
        # What is said of a type itself goes before what is said of its kind, or of all (RFC 9110, 12.5.1).
        names = (offer, f"{offer.partition('/')[0]}/*", "*/*")
        return next((asked[name] for name in names if name in asked), (0.0, 0))

    best = min(offered, key=rank)
    if rank(best)[0] < 0:
        return best
    *others, last = offered
    raise HTTPException(406, f"This can be had as {', '.join(others)} or {last}. Ask for one of them in Accept.")
