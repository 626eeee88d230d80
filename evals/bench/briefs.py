"""Pairs to ask agendas for: realistic goals, strengths and jobs, combined so that no goal's text comes twice."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

# A goal, its topic, and what its mentor is good at.
_GOALS: tuple[tuple[str, str, str], ...] = (
    ("Use an AI assistant for {it} without leaking customer data", "digital-tools", "prompting and checking AI drafts"),
    ("Build {it} as a dashboard that answers one question", "digital-tools", "data visualisation"),
    ("Get {it} out of email and onto a shared board", "digital-tools", "running a Kanban board"),
    ("Write shorter chat messages about {it}", "digital-tools", "calm channel habits"),
    ("Automate one dull step of {it}", "digital-tools", "low-code automation"),
    ("Understand what our analytics tool says about {it}", "digital-tools", "web analytics"),
    ("Record a two-minute screen video about {it}", "digital-tools", "video editing on a phone"),
    ("Check what an assistant writes about {it} before it goes out", "digital-tools", "fact checking"),
    ("Work on {it} in a document together instead of sending versions", "digital-tools", "collaborative editing"),
    ("Learn enough about phishing to protect {it}", "digital-tools", "security awareness"),
    ("Understand how younger colleagues experience {it}", "generational-differences", "facilitating candid talks"),
    ("Stop guessing what new starters want from {it}", "generational-differences", "onboarding interviews"),
    ("Compare how we each learnt to do {it}", "generational-differences", "oral history interviews"),
    ("Find out which unwritten rules of {it} confuse newcomers", "generational-differences", "asking naive questions"),
    ("Talk about flexible hours around {it} without old assumptions", "generational-differences", "remote team habits"),
    ("Notice when age decides who gets {it}", "generational-differences", "bias awareness"),
    ("Make {it} a place where quiet people are heard", "inclusion", "meeting facilitation"),
    ("See who is missing when we decide on {it}", "inclusion", "stakeholder mapping"),
    ("Write {it} so that a screen reader can read it", "inclusion", "accessible documents"),
    ("Take interruptions out of {it}", "inclusion", "meeting observation"),
    ("Make the invitation to {it} welcome people with care duties", "inclusion", "event organising"),
    ("Learn how it feels to be the only one of a kind in {it}", "inclusion", "employee network lead"),
    ("Change how we share out the thankless work of {it}", "inclusion", "fair task rotas"),
    ("Give everybody the same start in {it}", "inclusion", "structured interviewing"),
    ("Ask for candid feedback on how I run {it}", "communication", "giving feedback upward"),
    ("Listen longer before I answer about {it}", "communication", "coaching questions"),
    ("Explain {it} without jargon to people who join", "communication", "plain-language writing"),
    ("Choose the right channel for news of {it}", "communication", "internal communications"),
    ("Tell a story about {it} that people remember", "communication", "storytelling"),
    ("Disagree about {it} in the room rather than after it", "communication", "debate coaching"),
    ("Say no to parts of {it} kindly and early", "communication", "negotiation"),
    ("Hold {it} on video so that nobody drifts off", "communication", "hosting remote workshops"),
    ("Try a cheap test before we spend money on {it}", "innovation", "rapid prototyping"),
    ("Watch three customers struggle with {it}", "innovation", "user research"),
    ("Bring one idea about {it} from the front line to a decision", "innovation", "idea pipelines"),
    ("Tell a trend from a fad in {it}", "innovation", "market scouting"),
    ("Run a retrospective on {it} that changes something", "innovation", "agile coaching"),
    ("Stop one thing in {it} that nobody would miss", "innovation", "process mapping"),
    ("Learn how start-ups would handle {it}", "innovation", "start-up experience"),
    ("Sketch three versions of {it} before choosing one", "innovation", "design sketching"),
    ("Make {it} a chance for people who are not visible yet", "career", "peer mentoring"),
    ("Understand what keeps junior people in {it}", "career", "exit interview analysis"),
    ("Show how careers really move through {it}", "career", "career mapping"),
    ("Talk about next steps with everyone on {it}", "career", "development talks"),
    ("Reshape my own part in {it} towards what I do best", "career", "job crafting"),
    ("Open my network to people who work on {it}", "career", "community building"),
    ("Learn to be a sponsor for somebody on {it}", "career", "knowing the talent pool"),
    ("Prepare to hand {it} over well", "career", "knowledge transfer"),
    ("Explain our strategy through {it}", "business-strategy", "turning strategy into stories"),
    ("Hear what staff believe the strategy means for {it}", "business-strategy", "pulse surveys"),
    ("Decide what {it} will no longer do", "business-strategy", "portfolio reviews"),
    ("See {it} with the eyes of a first-time customer", "business-strategy", "customer journeys"),
    ("Find out how social media changes {it}", "business-strategy", "social media strategy"),
    ("Read the numbers of {it} as an investor would", "business-strategy", "financial modelling"),
    ("Weigh what climate rules will mean for {it}", "business-strategy", "sustainability reporting"),
    ("Understand which competitors copy {it} and why", "business-strategy", "competitor research"),
    ("Learn what young buyers expect of {it}", "business-strategy", "consumer research"),
    ("Place three small bets on {it} with a date for each", "business-strategy", "forecasting"),
    ("Ask better questions when data about {it} is shown", "digital-tools", "statistics"),
    ("Keep notes on {it} that somebody else could use", "digital-tools", "knowledge bases"),
    ("Share decisions on {it} the day they are made", "communication", "working in public"),
    ("Use pronouns and names in {it} without fuss", "inclusion", "inclusive language"),
    ("Learn from what went wrong with {it} last year", "innovation", "blameless reviews"),
    ("Make room for learning while we deliver {it}", "career", "learning design"),
)
_WORK = (
    "the monthly report", "the budget round", "the sales forecast", "the weekly team meeting", "the hiring plan",
    "the supplier review", "the customer newsletter", "the safety briefing", "the intranet relaunch",
    "the training calendar", "the quarterly town hall", "the complaints desk", "the spare parts shop",
    "the branch visits", "the annual conference", "the product launch", "the apprentice scheme", "the audit",
    "the shift rota", "the innovation fund", "the website", "the board papers", "the field service app",
    "the loyalty programme", "the merger project", "the warehouse move", "the press office", "the research portfolio",
    "the call centre", "the pricing model", "the campus tour", "the works council talks", "the energy plan",
    "the claims process", "the ward round", "the parents' evening", "the tender", "the grant application",
    "the design review", "the release train", "the risk register", "the travel policy", "the welcome week",
    "the staff survey", "the contract archive", "the lab schedule", "the delivery route", "the showroom",
    "the pension scheme", "the night shift", "the steering committee", "the data catalogue", "the partner network",
    "the service desk", "the museum shop", "the test plant", "the customer council", "the payroll change",
    "the crisis drill", "the summer fair", "the harvest plan", "the archive project", "the volunteer day",
    "the repair workshop",
)  # fmt: skip
_JOBS = (
    ("Junior analyst", "Finance director"),
    ("Apprentice technician", "Plant manager"),
    ("Graduate nurse", "Head of nursing"),
    ("Service designer", "Chief operating officer"),
    ("Trainee lawyer", "General counsel"),
    ("Data engineer", "Head of sales"),
    ("Teacher in training", "Head of school"),
    ("Store associate", "Regional manager"),
)
_MENTORS = ("Amira", "Jonas", "Priya", "Mateo", "Lena", "Kofi", "Sofia", "Tomasz", "Yuki", "Nadia", "Elif")
_MENTEES = ("Robert", "Ingrid", "Charles", "Margaret", "Hans", "Beatrice", "Victor", "Helen", "Olaf", "Teresa")
_LENGTHS = (60, 45, 90, 60, 30)


@dataclass(frozen=True)
class Person:
    """One of the two."""

    name: str
    role_title: str
    strengths: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """What both sides of the benchmark are asked with."""

    mentor: Person
    mentee: Person
    goals: tuple[str, ...]
    topics: tuple[str, ...]
    minutes: int


def briefs() -> Iterator[Brief]:
    """Briefs with one, two or three goals; no goal's text comes twice. There are about 2,000."""
    # Neighbours differ in goal and in work, so that one round does not ask one question in many dresses.
    goals = iter(
        (_GOALS[number % len(_GOALS)], _WORK[(number + number // len(_GOALS)) % len(_WORK)])
        for number in range(len(_GOALS) * len(_WORK))
    )
    for number in itertools.count():
        chosen = list(itertools.islice(goals, 1 + number % 3))
        if len(chosen) < 1 + number % 3:
            return
        mentor_title, mentee_title = _JOBS[number % len(_JOBS)]
        yield Brief(
            mentor=Person(
                _MENTORS[number % len(_MENTORS)], mentor_title, tuple(dict.fromkeys(g[2] for g, _ in chosen))
            ),
            mentee=Person(_MENTEES[number % len(_MENTEES)], mentee_title, ("running large teams",)),
            goals=tuple(goal[0].format(it=work) for goal, work in chosen),
            topics=tuple(dict.fromkeys(goal[1] for goal, _ in chosen)),
            minutes=_LENGTHS[number % len(_LENGTHS)],
        )
