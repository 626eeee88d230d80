"""What people say after a meeting: told beforehand who sees it, kept apart, and read as themes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

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


@dataclass(frozen=True)
class Weighed:
    """A comment as a reader read it, with what it takes for possible.

    `chances` are the probabilities of all themes of the taxonomy, by id, and empty where it says nothing or is not in
    English; a theme is found from the probability `least` on.
    """

    themes: tuple[ThemeFound, ...]
    vector: bytes
    chances: Mapping[str, float]
    least: float


@runtime_checkable
class WeighingReader(CommentReader, Protocol):
    """A reader that says of every theme how likely it is."""

    async def weigh(self, texts: Sequence[str]) -> list[Weighed]:
        """Each text, in order, as `read` reads it, with the chances of all themes."""
        ...
