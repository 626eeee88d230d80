"""What a slot's words must name, and what the coach adds where a model's leave it out."""

import pytest

from coach.agenda.must_haves import must_haves, with_must_haves
from coach.agenda.outlines import Purpose
from coach.agenda.words import ItemWords
from coach.agenda.write import agenda_prompt
from coach.retrieval.search import Search
from tests.agenda.conftest import Composed, compose_for
from tests.agenda.pairs import action, briefing_of

# Each part of its stage that cannot be made up for, words that hold it, and words that go on beside it.
_HELD: list[tuple[int, Purpose, str, str]] = [
    (1, "confidentiality", "Agree on confidentiality in one line.", "Agree what stays in this room."),
    (1, "ground-rules", "Each reads out one ground rule.", "Each reads out how you disagree."),
    (1, "goals", "Sharpen the goal until both see it.", "Say what each wants to be able to do."),
    (3, "review-goals", "Which goal moved, and which did not?", "What moved, and what did not?"),
    (2, "review-actions", "Did you Bring the report? Say how it went.", "Each tells how it went."),
    (6, "evaluation", "Write down what was reached.", "Lay the first page beside the last."),
    (6, "celebration", "Say one thank-you each.", "Finish the sentence: since I saw you first …"),
    (2, "next-steps", "Choose a day, and put the next date in.", "Each takes on one thing."),
]


async def _made(search: Search, position: int) -> Composed:
    return await compose_for(
        briefing_of(
            position=position, goals=("Ask better questions of our dashboards",), actions=[action("bring the report")]
        ),
        search,
    )


@pytest.mark.parametrize(("position", "purpose", "names", "leaves_out"), _HELD)
async def test_what_a_models_words_leave_out_the_coach_says(
    search: Search, position: int, purpose: Purpose, names: str, leaves_out: str
) -> None:
    made = await _made(search, position)
    place = next(place for place, slot in enumerate(made.plan.slots) if slot.purpose == purpose)
    before = made.plan.slots[place].added
    sentences = [one.sentence for one in must_haves(made.plan.slots[place], made.brief)]

    def added(description: str) -> tuple[str, ...]:
        items = list(made.words.items)
        items[place] = ItemWords(slot=place + 1, title="A talk", description=description, sources=())
        words = made.words.model_copy(update={"items": tuple(items)})
        return with_must_haves(made.plan, words, made.brief).slots[place].added

    assert added(names) == before
    assert added(leaves_out) == (*sentences, *before)
    assert sentences


async def test_the_model_is_told_beforehand_what_to_name(search: Search) -> None:
    made = await _made(search, 2)
    prompt = agenda_prompt(made.plan, made.briefing)

    assert '"must_name":["bring the report"]' in prompt.user
    assert '"must_name":["the next date"]' in prompt.user
    assert "`must_name`" in prompt.system


async def test_the_composer_names_it_all_by_itself(many_composed: list[Composed]) -> None:
    for made in many_composed:
        assert with_must_haves(made.plan, made.words, made.brief) == made.plan


async def test_the_first_action_is_named_with_its_owner_and_its_day(search: Search) -> None:
    made = await _made(search, 2)
    (slot,) = (slot for slot in made.plan.slots if slot.purpose == "review-actions")
    (one,) = must_haves(slot, made.brief)

    owner = made.brief.person(made.brief.actions[0].owner).first_name
    assert one.sentence.startswith(f"First on your list: {owner}, “bring the report”")
    assert one.is_in(ItemWords(slot=1, title="BRING THE REPORT", description="Say how it went.", sources=()))
    assert not one.is_in(ItemWords(slot=1, title="The report", description="Say how it went.", sources=()))


async def test_a_last_meeting_needs_no_next_date(search: Search) -> None:
    made = await _made(search, 6)

    assert made.plan.slots[-1].purpose == "next-steps"
    assert must_haves(made.plan.slots[-1], made.brief) == ()
    assert must_haves(made.plan.slots[0], made.brief) == ()
