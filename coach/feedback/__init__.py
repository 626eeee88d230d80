"""What people say after a meeting: told beforehand who sees it, kept apart, and read as themes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Question = Literal["went_well", "to_change"]
QUESTIONS: tuple[Question, ...] = ("went_well", "to_change")
# The longest answer that is taken.
MOST_CHARACTERS = 4_000


@dataclass(frozen=True)
class ThemeFound:
    """A theme that a comment raises: an id of the taxonomy, and whether it is a worry or a gain here.

    What comes up beside the taxonomy has the polarity `emerging` and an id that begins with `subject:`.

    `confidence`, from 0 to 1, compares comments read by one version of the reader and nothing else.
    """

    theme: str
    polarity: Literal["concern", "gain", "emerging"]
    confidence: float


class CommentReader(Protocol):
    """Finds themes in comments, and embeds them.

    `version` names all that its results depend on: another version means that every comment is read again.
    """

    @property
    def version(self) -> str:
        """Which reader this is."""
        ...

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        """For each text, in order, the themes that it raises, most certain first, and its vector as bytes."""
        ...
