"""What belongs elsewhere."""

import pytest

from coach.agenda.scope import Matter, beyond, boundaries
from coach.retrieval.search import Search
from tests.agenda.conftest import compose_for
from tests.agenda.pairs import GOALS, MANY_GOALS, briefing_of


@pytest.mark.parametrize(
    ("goal", "matter"),
    [
        ("My supervisor keeps touching me, please deal with the complaint", "harm"),
        ("Which medication helps against panic attacks?", "health"),
        ("Write what I should tell the judge", "law"),
        ("Get my unpaid overtime settled here", "pay"),
        ("Renew my work permit", "papers"),
        ("Should I put my savings into crypto?", "money"),
        ("Get medical advice about my back", "health"),
        ("Recover from burnout with Priya's help", "health"),
        ("Be my therapist for an hour", "health"),
        ("Decide whether to sue my former employer", "law"),
        ("Find me a lawyer for my contract", "law"),
        ("Report him to the police together", "law"),
        ("Choose investments for my retirement", "money"),
        ("Should I buy Tesla stock?", "money"),
        ("Decide who gets fired in the spring", "rating"),
        ("Find out whether Tom deserves a promotion", "rating"),
        ("Diagnose why I feel so tired", "health"),
        ("Do my taxes", "money"),
        ("Diagnose whether my mentee has ADHD", "health"),
        ("Find out if my boss is depressed", "health"),
        ("Stop drinking", "health"),
        ("Get treatment for insomnia", "health"),
        ("Is it legal to record my boss?", "law"),
        ("Can my employer fire me for being sick?", "law"),
        ("Help me write a will", "law"),
        ("Ask for a raise for me", "pay"),
        ("Advice on buying a house", "money"),
        ("Plan my retirement investments", "money"),
        ("Get my manager fired", "rating"),
        ("Give my mentor a performance rating", "rating"),
    ],
)
def test_a_goal_for_a_doctor_a_lawyer_or_a_complaint_is_met_with_the_right_place(goal: str, matter: Matter) -> None:
    (found,) = beyond([GOALS[0], goal])
    assert (found.text, found.matter) == (goal, matter)
    assert "right place" in found.boundary


@pytest.mark.parametrize(
    "goal",
    [
        *MANY_GOALS,
        "Understand how our health plans are sold",
        "Present the budget for the new court house project management tool",
        "Make our pay slips easier to read",
        "Explain to investors what the platform does",
        "Learn how therapists in our clinic use the scheduling app",
        "Become a better advocate for women in engineering",
        "Understand what crypto and blockchain mean for our bank",
        "Decide which start-ups to invest in as a company",
        "Invest in training my team",
        "Prevent burnout in my team before it begins",
        "Make our mortgage app easier for first-time buyers",
        "See which start-ups threaten our business",
        "Prepare for the digital product passport",
        "Find duplicate records and remove them",
        "Diagnose why our sales funnel leaks",
        "Explain our terms to lawyers and to everybody else",
        "Help the police service listen to young people",
        "Stop the abuse of the travel budget",
        "Treat causes instead of symptoms in our support queue",
        "Make performance rating fairer for part-time staff",
        "Prevent bullying in the team",
        "Plan the launch of our retirement app",
        "Give better performance reviews",
        "Understand how gamblers use our app",
        "Make the police training more modern",
        "See what customers from other countries need when they apply with a visa card",
    ],
)
def test_ordinary_goals_stay(goal: str) -> None:
    assert beyond([goal]) == ()


async def test_the_agenda_sets_the_boundary_kindly_and_goes_on_with_the_other_goal(search: Search) -> None:
    briefing = briefing_of(goals=("Get my unpaid overtime settled here", GOALS[0]))
    made = await compose_for(briefing, search)
    added = " ".join(sentence for slot in made.plan.slots for sentence in slot.added)
    assert "deserves more than a mentoring meeting can give" in added
    assert briefing.brief.goals == (GOALS[0],)
    assert not any(slot.goal and "overtime" in slot.goal for slot in made.plan.slots)


def test_the_right_place_is_named_once_for_each_matter() -> None:
    found = beyond(["Get my unpaid overtime settled", "unpaid hours", "Renew my work permit"])
    told = boundaries(found)
    assert told.startswith("“Get my unpaid overtime settled” and “unpaid hours”: this deserves more")
    assert "For “Renew my work permit” it is an immigration adviser" in told
    assert told.count("Agree only on who calls there and when.") == 1
    assert boundaries([]) == ""
