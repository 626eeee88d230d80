"""The words of an agenda: what a model or the composer writes, and the schema that holds both to it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

TITLE_CHARACTERS = 90
SUMMARY_CHARACTERS = 400
STARTER_CHARACTERS = 240
PREP_CHARACTERS = 320
MOST_PREP_STEPS = 6


def description_characters(minutes: int) -> int:
    """The longest description that a slot of so many minutes bears: people read it at a glance, before they begin."""
    return min(900, 240 + 40 * minutes)


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemWords(_Words):
    """The words of one slot; `sources` are ids of passages that were offered for it."""

    slot: Annotated[int, Field(ge=1, description="number of the slot in the plan")]
    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=TITLE_CHARACTERS),
        Field(description="what the two do, in a few words"),
    ]
    description: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=10, max_length=description_characters(180)),
        Field(description="what to open, try, ask, draw or compare, in two to four plain sentences"),
    ]
    sources: Annotated[tuple[str, ...], Field(max_length=4, description="ids of the passages that this rests on")]


class StarterWords(_Words):
    """One conversation starter; `starter` is its number in the plan."""

    starter: Annotated[int, Field(ge=1, description="number of the starter in the plan")]
    text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=10, max_length=STARTER_CHARACTERS),
        Field(description="one open question"),
    ]


PrepStep = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=PREP_CHARACTERS)]


class AgendaWords(_Words):
    """All that both people may read."""

    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=TITLE_CHARACTERS),
        Field(description="title of the meeting"),
    ]
    summary: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=10, max_length=SUMMARY_CHARACTERS),
        Field(description="one or two sentences: what this meeting is for"),
    ]
    items: Annotated[tuple[ItemWords, ...], Field(min_length=1, max_length=16)]
    starters: Annotated[tuple[StarterWords, ...], Field(max_length=12)]


class PrepWords(_Words):
    """What one person alone reads before the meeting."""

    steps: Annotated[tuple[PrepStep, ...], Field(min_length=1, max_length=MOST_PREP_STEPS)]
