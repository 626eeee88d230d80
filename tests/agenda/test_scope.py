"""What belongs elsewhere."""

import pytest

from coach.agenda.scope import beyond, boundaries
from coach.agenda.scope_words import Matter
from coach.retrieval.search import Search
from tests.agenda.conftest import added, compose_for, shown
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
        ("I feel like ending it all some days", "danger"),
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
        ("Pass the compliance exam with the answers he has", "cheating"),
        ("Have her sit my online certification for me", "cheating"),
        ("Pay somebody to write my dissertation", "cheating"),
        ("Get hold of next month's assessment centre questions", "cheating"),
        ("Have her build my quarterly slides for me", "errand"),
        ("Let Priya do my expense reports every month", "errand"),
        ("I'd like him to take over my monthly reporting", "errand"),
        ("She can make the presentation to the board for me, I just present it", "errand"),
        ("Read my team's private chats without them noticing", "watching"),
        ("Find out what people say about me on their private Instagram", "watching"),
        ("Let my mentor tell me who in the junior team is looking for another job", "watching"),
        ("Secretly record our team meetings", "watching"),
        ("Get a date with Sofia from marketing", "romance"),
        ("Find out if she is single", "romance"),
        ("Ask her out for a drink on Friday", "romance"),
        ("Convince colleagues to vote no in the referendum", "campaign"),
        ("Bring my mentee to Jesus", "campaign"),
        ("Collect signatures against the new minaret", "campaign"),
        ("Keep gays out of our department", "against"),
        ("Show that old people can't learn and should go", "against"),
        ("Get fewer Muslims on our trainee scheme", "against"),
        ("Get round the firewall to see blocked sites", "wrong"),
        ("Copy the customer list before I leave for a competitor", "wrong"),
        ("Fake the safety inspection records", "wrong"),
        ("Get the log-in of the CFO", "wrong"),
        ("Hide the loss from the auditors", "wrong"),
        ("I sometimes think everyone would be better off without me", "danger"),
        ("Somebody to call at night when the dark thoughts come", "danger"),
        ("Help me read my blood test results", "health"),
        ("I've been put on a PIP and need arguments for the hearing", "law"),
        ("Get my written warning taken off my file", "law"),
        ("My H-1B runs out in March, what are my options?", "papers"),
        ("Find the best mortgage for my first flat", "money"),
        ("Learn how to fire somebody on sick leave", "rating"),
        ("Build a case for disciplining the late-comers in my team", "rating"),
        ("Push Henrik out before Christmas", "rating"),
    ],
)
def test_a_goal_for_a_doctor_a_lawyer_or_a_complaint_is_met_with_the_right_place(goal: str, matter: Matter) -> None:
    (found,) = beyond([GOALS[0], goal])
    assert (found.text, found.matter) == (goal, matter)
    assert "right place" in found.boundary
    assert (goal in found.boundary) == (matter != "against")


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
        "Bring more discipline to our data",
        "Learn how performance reviews feel to junior staff",
        "Work across disciplines",
        "Keep up to date with AI",
        "Build relationships with younger colleagues",
        "Meet people across the company",
        "Understand the inclusion of religious holidays in our calendar",
        "Understand why young people care so much about climate",
        "Plan a campaign for our new product on TikTok",
        "Convince the board of our digital strategy",
        "Understand the public sector and how ministers decide",
        "Write clearer e-mails",
        "My budget spreadsheet: learn pivot tables on it",
        "Automate my expense reports",
        "Protect my phone against spyware",
        "Track our delivery vans on the new map",
        "Understand what our anonymous survey tells us",
        "Understand how students use ChatGPT in exams and what it means for hiring",
        "Pass on what I know",
        "Be fired up about technology again",
        "Get rid of paper forms",
        "Learn to hire young talent",
        "Learn how to respond to hate speech on our channels",
        "Understand why older people struggle with our app",
        "Stop hating video calls",
        "Learn how hackers think to protect our firewall",
        "Understand how the cannabis market changes our logistics business",
        "Speak more freely in steering committees",
        "Give feedback to someone who is often late",
        "Make our product one that people fall in love with",
        "Get support from the works council for a four-day week trial",
        "Help the board vote faster",
        "Learn how she makes presentations and do the next one myself",
        "Watch how a 20-year-old uses our website",
        "Record short videos for our team",
        "Find out what to ask a new graduate in an interview",
        "Push our numbers out faster",
        "Hear how mothers in our team manage their days",
        "Find words for people with disabilities that do not hurt",
        "Recognise fake news and fake reviews",
        "Get past my fear of new software",
        "My partner is two time zones off",
        "Prepare the tax return of the Dutch subsidiary",
        "Make sure that she can follow me when I go fast",
        "My son is learning fractions",
        "Choose size and dose",
        "Stop thinking that Gen Z is lazy",
        "Understand how attackers get past the firewall",
        "Hear what colleagues who live with depression need from a manager",
        "Understand why some say that women are worse at sales",
        "Prevent that somebody gets fake invoices paid",
        "Learn how trainees see a disciplinary or a grievance",
    ],
)
def test_ordinary_goals_stay(goal: str) -> None:
    assert beyond([goal]) == ()


async def test_the_agenda_sets_the_boundary_kindly_and_goes_on_with_the_other_goal(search: Search) -> None:
    briefing = briefing_of(goals=("Get my unpaid overtime settled here", GOALS[0]))
    made = await compose_for(briefing, search)
    assert "deserves more than a mentoring meeting can give" in added(made.plan)
    assert briefing.brief.goals == (GOALS[0],)
    assert not any(slot.goal and "overtime" in slot.goal for slot in made.plan.slots)


def test_the_right_place_is_named_once_for_each_matter() -> None:
    found = beyond(["Get my unpaid overtime settled", "unpaid hours", "Renew my work permit"])
    told = boundaries(found)
    assert told.startswith("“Get my unpaid overtime settled” and “unpaid hours”: this deserves more")
    assert "For “Renew my work permit” it is an immigration adviser" in told
    assert told.count("Agree only on who calls there and when.") == 1
    assert boundaries([]) == ""


def test_what_no_two_colleagues_should_do_is_left_without_a_call_to_make() -> None:
    found = beyond(["Get a date with Sofia from marketing", "Win my custody case", "Keep gays out of our department"])
    told = boundaries(found)
    assert "“Win my custody case” deserves more" in told
    assert "“Get a date with Sofia from marketing” is private" in told
    assert "turns against people" in told
    assert "gays" not in told
    assert "Agree only on who calls" not in boundaries(found[:1])


async def test_where_all_goals_belong_elsewhere_the_two_look_for_one_of_their_own(search: Search) -> None:
    made = await compose_for(briefing_of(goals=("Win my custody case",)), search)
    (slot,) = [slot for slot in made.plan.slots if slot.purpose == "goals"]
    assert "deserves more than a mentoring meeting can give" in " ".join(slot.added)
    assert "Find a goal to work on" in [item.title for item in made.words.items]


async def test_who_may_be_in_danger_is_told_whom_to_call_today_and_no_activity_is_made_of_it(search: Search) -> None:
    made = await compose_for(briefing_of(focus="I sometimes think everyone would be better off without me"), search)
    assert "better off" not in shown(made.words)
    assert "a crisis line or the emergency number, today" in added(made.plan)
