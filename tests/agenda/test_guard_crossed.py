"""Whether a text has the two do each other's part."""

from dataclasses import replace
from pathlib import Path

import pytest

from coach.agenda import guard
from coach.agenda.guard import Draft
from coach.agenda.guard.crossed import crossed
from coach.retrieval.chunk import Passage, chunk
from coach.retrieval.library import TopicFrontMatter, read_library
from tests.agenda.planting import item, number_of

LIBRARY = Path(__file__).resolve().parents[2] / "knowledge"
BOTH = ("the mentor", "the mentee")


@pytest.fixture(scope="module")
def activities() -> dict[str, list[Passage]]:
    """The passages of each activity whose agenda gives both of them something to do."""
    found: dict[str, list[Passage]] = {}
    for passage in chunk(read_library(LIBRARY)):
        front = passage.document.front
        if isinstance(front, TopicFrontMatter) and all(f"{{{who[4:]}}}" in front.agenda for who in BOTH):
            found.setdefault(passage.document_id, []).append(passage)
    return found


def told(passages: list[Passage], mentor: str, mentee: str) -> str:
    front = passages[0].document.front
    assert isinstance(front, TopicFrontMatter)
    return front.agenda_for(mentor, mentee)


def test_no_activity_of_the_library_is_crossed_as_it_stands(activities: dict[str, list[Passage]]) -> None:
    assert len(activities) > 60
    assert [name for name, passages in activities.items() if crossed(told(passages, *BOTH), passages)] == []


def test_nearly_every_one_is_with_the_two_exchanged(activities: dict[str, list[Passage]]) -> None:
    missed = [name for name, passages in activities.items() if not crossed(told(passages, *BOTH[::-1]), passages)]
    assert len(missed) <= 0.05 * len(activities), missed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Draw a staircase, a stair for each person a message passes.",
        "The mentor waters a fern, and the mentee hums.",
        "The mentor's sheet lies beside the mentee's.",
    ],
)
def test_what_the_passages_give_neither_is_not_crossed(activities: dict[str, list[Passage]], text: str) -> None:
    assert not any(crossed(text, passages) for passages in activities.values())


def test_an_item_that_exchanges_the_parts_of_its_activity_is_sent_back(draft: Draft) -> None:
    slot = draft.plan.slots[number_of(draft, "exercise")]
    assert slot.activity is not None
    front = slot.activity.front
    assert isinstance(front, TopicFrontMatter)
    names = draft.briefing.brief.mentor.first_name, draft.briefing.brief.mentee.first_name

    assert not list(guard.roles(item(front.agenda_for(*names))(draft)))
    assert list(guard.roles(item(front.agenda_for(*names[::-1]))(draft)))
    alone = replace(slot, activity=None)
    slots = tuple(alone if one is slot else one for one in draft.plan.slots)
    elsewhere = replace(draft, plan=replace(draft.plan, slots=slots))
    assert not list(guard.roles(item(front.agenda_for(*names[::-1]))(elsewhere)))
