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
        ("Work through my childhood trauma with Martin", "health"),
        ("I feel like ending it all some days", "health"),
        ("Cope with the death of my father", "health"),
        ("What should I eat with diabetes?", "health"),
        ("My son has ADHD, what should we do?", "health"),
        ("Check whether my contract's non-compete is enforceable", "law"),
        ("Understand my rights if they fire me", "law"),
        ("Help me appeal my written warning", "law"),
        ("Should I sign the termination agreement?", "law"),
        ("Negotiate a raise with my boss", "pay"),
        ("I am paid less than my male colleague and want that sorted out", "pay"),
        ("Find out how much colleagues earn so I can demand the same", "pay"),
        ("Get permanent residency for my wife", "papers"),
        ("Bring my parents to this country on a family visa", "papers"),
        ("Pay off my student loans", "money"),
        ("Borrow money from Martin until payday", "money"),
        ("Get a mortgage", "money"),
        ("My manager keeps making comments about my body and I want it to stop", "harm"),
        ("Prove that my team lead discriminates against me", "harm"),
        ("Make the sexual jokes stop", "harm"),
        ("Report the sexual harassment in my team", "harm"),
        ("Decide who in my team should be let go", "rating"),
        ("Get dirt on my boss", "rating"),
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
        "Improve the health of our backlog",
        "Understand the legal department's new tool",
        "Teach the harassment-prevention training team to use short video",
        "Learn how to speak to the court reporters who use our software",
        "Understand addiction to metrics in our reporting",
        "Set up our immigration-law newsletter with an AI assistant",
        "Design a grievance form that people can fill in on a phone",
        "Shorten the dose of slides in my talks",
        "See how a diabetes clinic uses video calls",
        "Understand medication errors on our ward",
        "Present figures on unfair dismissal cases more clearly",
        "Understand my payslip tool's new design",
        "Explain blockchain loans to the board",
        "Learn how to sue-proof our emails",
        "Stop abusing email",
        "Pay off technical debt",
        "Prepare for my promotion talk",
        "Work on my fear of public speaking",
        "How much costs to make snow",
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
