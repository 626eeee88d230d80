"""Whole pages that a large language model wrote for pairs of the eval set: the only words of a good model here.

It was given the prompts of 76 pairs (`agenda@3`), and later of 30 others (`agenda@4`), as text, several at a time, and
not through an API, so nothing here tells how long it takes, what it costs or how often its JSON is broken. The guards
were widened by what it wrote: by the `first` set and later by the `second`; the `third` was measured unseen once and
then used as well, and so were the `fourth` and the `fifth`, for which it was asked to write as another maker's model:
brisk, plain, verbs first. That good pages still pass shows that nothing was lost, and not how pages of another model
would fare.

A page is kept with the plan that it was written for, as far as its words rest on it, under names that outlive a change
of the library's wording: a passage is `document#section`, a starter its text. The rest of the plan is that of now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from coach.agenda.brief import Briefing
from coach.agenda.guard import Draft
from coach.agenda.outlines import Lead, Purpose
from coach.agenda.plan import outline
from coach.agenda.words import AgendaWords, ItemWords, StarterWords
from coach.retrieval.chunk import Passage
from coach.vocabulary import Vocabulary
from evals.rows import distinct, json_rows

FILE = Path(__file__).with_name("datasets") / "plants" / "written.jsonl"

_Text = Annotated[str, Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenItem(_Row):
    """A slot of the plan, the `passages` that were offered for it, and what the model wrote.

    It cites its `sources`, all that were offered where none are named.
    """

    purpose: Purpose
    minutes: Annotated[int, Field(ge=1)]
    led_by: Lead
    goal: str | None = None
    passages: tuple[_Text, ...]
    title: _Text
    description: _Text
    sources: tuple[_Text, ...] | None = None


class WrittenStarter(_Row):
    """A starter as the library has it, and what the model made of it."""

    starter: _Text
    text: _Text


class WrittenPage(_Row):
    """A page that a model wrote for a pair of `datasets/pairs`, and what it was to rest on."""

    pair: _Text
    set: Literal["first", "second", "third", "fourth", "fifth"]
    title: _Text
    summary: _Text
    items: tuple[WrittenItem, ...]
    starters: tuple[WrittenStarter, ...]

    def groups(self) -> dict[str, tuple[str, ...]]:
        """What the page is of."""
        return {"set": (self.set,)}

    @property
    def texts(self) -> int:
        """How many texts it has that somebody reads."""
        return 2 + len(self.items) + len(self.starters)


@dataclass(frozen=True)
class Unfit:
    """A page that no longer fits what the coach plans or the library holds, and why."""

    why: str


def read_written(file: Path = FILE) -> list[WrittenPage]:
    """The pages. Raises PartNotRun naming the line that is broken."""
    return distinct(WrittenPage, json_rows(file), "pair")


def by_name(passages: Iterable[Passage]) -> dict[str, Passage]:
    """Passages by the names that the pages have for them; of a section in several pieces the first."""
    named: dict[str, Passage] = {}
    for passage in passages:
        named.setdefault(passage.text if passage.asked_by else f"{passage.document_id}#{passage.section}", passage)
    return named


def laid_out(
    page: WrittenPage, briefing: Briefing, library: Mapping[str, Passage], vocabulary: Vocabulary
) -> Draft | Unfit:
    """The page on the plan that it was written for, with the passages of now.

    Raises ValidationError where an agenda may not have such words.
    """
    plan = outline(briefing.brief)
    if len(plan.slots) != len(page.items):
        return Unfit(f"the plan has {len(plan.slots)} slots, and the page {len(page.items)} items")
    names = [*(name for item in page.items for name in item.passages), *(one.starter for one in page.starters)]
    if gone := [name for name in names if name not in library]:
        return Unfit(f"the library has no “{gone[0]}”")
    slots = []
    for slot, item in zip(plan.slots, page.items, strict=True):
        offered = tuple(library[name] for name in item.passages)
        has_activity = item.purpose in {"exercise", "discussion"} and offered
        slots.append(
            replace(
                slot,
                purpose=item.purpose,
                minutes=item.minutes,
                led_by=item.led_by,
                goal=item.goal,
                activity=offered[0].document if has_activity else None,
                passages=offered,
            )
        )
    starters = tuple(library[one.starter] for one in page.starters)
    return Draft(_words(page, library), replace(plan, slots=tuple(slots), starters=starters), briefing, vocabulary)


def _words(page: WrittenPage, library: Mapping[str, Passage]) -> AgendaWords:
    """The words as the model wrote them. What it cites beyond the library stays as it is, for a guard to find."""
    return AgendaWords(
        title=page.title,
        summary=page.summary,
        items=tuple(
            ItemWords(
                slot=place,
                title=item.title,
                description=item.description,
                sources=tuple(
                    library[name].id if name in library else name
                    for name in (item.passages if item.sources is None else item.sources)
                ),
            )
            for place, item in enumerate(page.items, start=1)
        ),
        starters=tuple(StarterWords(starter=place, text=one.text) for place, one in enumerate(page.starters, start=1)),
    )
