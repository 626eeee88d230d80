"""What the composer asks each of the two to do before they meet."""

import re

from coach.agenda.guard import check_prep
from coach.agenda.prep import compose_prep
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from tests.agenda.conftest import Composed, compose_for
from tests.agenda.pairs import action, briefing_of, participant


def test_every_prep_of_the_composer_passes_all_guards(many_composed: list[Composed], vocabulary: Vocabulary) -> None:
    found = {
        f"{violation.guard}: {violation.reason}": prep.steps[int(violation.where.split()[-1]) - 1]
        for made in many_composed
        for prep in made.preps.values()
        for violation in check_prep(prep, made.draft(vocabulary))
    }

    assert not found, "\n".join(f"{what} In: {text}" for what, text in found.items())


async def test_prep_is_at_most_six_steps_whatever_was_told(search: Search) -> None:
    briefing = briefing_of(
        minutes=180,
        actions=[action("call the supplier", "mentor"), action("read the dashboards", "mentor")],
        notes={"mentor": "word " * 200},
        mentor=participant("mentor", "Priya Raman", accessibility="large print " * 30, avoid_topics=["dashboards"]),
    )
    plan = (await compose_for(briefing, search)).plan

    steps = compose_prep("mentor", plan, briefing).steps

    assert len(steps) <= 6
    assert sum("private note" in step for step in steps) == 1
    assert sum("You told the coach" in step for step in steps) == 1


async def test_in_a_long_meeting_prep_still_asks_for_the_own_action(search: Search) -> None:
    made = await compose_for(briefing_of(minutes=180, actions=[action("bring the report")]), search)

    assert sum(slot.activity is not None for slot in made.plan.slots) > 3
    steps = made.preps["mentee"].steps
    assert any("bring the report" in step for step in steps)
    assert sum(step.startswith("For “") for step in steps) == 2


async def test_prep_speaks_of_the_partner_by_name_and_counts_what_is_left(search: Search) -> None:
    actions = [action("send the figures"), action("book the room")]
    made = await compose_for(briefing_of(actions=actions), search)

    for role in ("mentor", "mentee"):
        steps = " ".join(compose_prep(role, made.plan, made.briefing).steps)
        assert not re.search(r"\b(?:your|the) (?:mentor|mentee)\b", steps), steps
    assert "The other one can be told in one line." in " ".join(compose_prep("mentee", made.plan, made.briefing).steps)


async def test_prep_is_five_minutes_worth(search: Search) -> None:
    """By the same measure for all: two minutes for what is looked for or made, one for what is thought of."""
    making = re.compile(r": (?:write|collect|prepare|list|make|look through|get|jot|mark one|scroll|estimate)\b")
    for position in range(1, 7):
        for minutes in (30, 60, 90, 180):
            made = await compose_for(
                briefing_of(
                    position=position,
                    minutes=minutes,
                    actions=[action("bring the report", "mentor")],
                    notes={"mentor": "I am nervous."},
                    mentor=participant("mentor", "Priya Raman", accessibility="large print"),
                ),
                search,
            )
            for prep in made.preps.values():
                took = [2 if making.search(step) else 0.5 if "You told the coach" in step else 1 for step in prep.steps]
                took = [
                    0.5 if step.startswith("Read the starters") else t for step, t in zip(prep.steps, took, strict=True)
                ]
                assert sum(took) <= 5, prep.steps
