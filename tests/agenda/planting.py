"""Changes that plant one fault, or something sound, in an agenda."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from coach.agenda.guard import Draft, Violation
from coach.agenda.words import StarterWords, description_characters

Change = Callable[[Draft], Draft]
# For each guard: drafts that it must catch, and drafts that it must let pass.
Cases = dict[Callable[[Draft], Iterator[Violation]], tuple[list[Change], list[Change]]]


def number_of(draft: Draft, purpose: str) -> int:
    return next(number for number, slot in enumerate(draft.plan.slots) if slot.purpose == purpose)


def item(description: str | None = None, purpose: str = "exercise", **changes: Any) -> Change:
    """Other words for the slot of this purpose, which is the exercise that Priya leads."""

    def change(draft: Draft) -> Draft:
        items = list(draft.words.items)
        number = number_of(draft, purpose)
        changed = changes if description is None else changes | {"description": description}
        items[number] = items[number].model_copy(update=changed)
        return replace(draft, words=draft.words.model_copy(update={"items": tuple(items)}))

    return change


def words(**changes: Any) -> Change:
    return lambda draft: replace(draft, words=draft.words.model_copy(update=changes))


def starter(*texts: str) -> Change:
    asked = tuple(StarterWords(starter=number, text=text) for number, text in enumerate(texts, start=1))
    return words(starters=asked)


def items_at(*places: int) -> Change:
    """Only the items at these places, in this order."""
    return lambda draft: words(items=tuple(draft.words.items[place] for place in places))(draft)


def citing(which: Callable[[Draft], tuple[str, ...]]) -> Change:
    return lambda draft: item(sources=which(draft))(draft)


def offered(draft: Draft, purpose: str = "exercise") -> tuple[str, ...]:
    return tuple(passage.id for passage in draft.plan.slots[number_of(draft, purpose)].passages)


def described(characters: Callable[[int], int]) -> Change:
    def change(draft: Draft) -> Draft:
        minutes = draft.plan.slots[number_of(draft, "exercise")].minutes
        return item("x" * characters(description_characters(minutes)))(draft)

    return change


def called(change: Change, **names: str) -> Change:
    """The change in an agenda of people with these first names, by role."""

    def changed(draft: Draft) -> Draft:
        brief = draft.briefing.brief
        people = {role: getattr(brief, role).model_copy(update={"first_name": name}) for role, name in names.items()}
        return change(replace(draft, briefing=replace(draft.briefing, brief=brief.model_copy(update=people))))

    return changed


will_is_the_mentee = called(item("Priya will lead this part, and Will tries."), mentee="Will")


def unchanged(draft: Draft) -> Draft:
    return draft


def drafts(cases: Cases, which: int) -> list[Any]:
    """Each guard with each of its bad drafts (0) or good ones (1)."""
    return [
        pytest.param(checked, change, id=f"{checked.__name__}-{number}")
        for checked, changes in cases.items()
        for number, change in enumerate(changes[which])
    ]
