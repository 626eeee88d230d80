"""Pairs to make agendas for, as the database would give them: one by default, and many that vary."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from coach.agenda.brief import Briefing, make_brief
from coach.models import ActionItem, MentoringSession, Pair, Participant, Program
from coach.retrieval.library import TOPICS
from coach.store.agendas import AgendaFacts, PastAgenda
from coach.store.feedback import SharedFeedback
from coach.store.pairs import PairPeople

FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOALS = ("Use an AI assistant for the first draft of my monthly report", "Ask better questions of our dashboards")


def participant(role: str, name: str, **changes: Any) -> Participant:
    known: dict[str, Any] = {"id": role, "program_id": "program", "name": name}
    if role == "mentor":
        known |= {"role_title": "Data analyst", "strengths": ["turning raw numbers into one clear chart"]}
    else:
        known |= {"role_title": "Director of logistics", "wants_to_learn": ["using AI assistants for drafts"]}
    return Participant(**(known | changes))


def action(text: str, owner: str = "mentee", due_on: date | None = None, session_id: str | None = None) -> ActionItem:
    return ActionItem(pair_id="pair", owner=owner, text=text, due_on=due_on, session_id=session_id)


def meeting(number: int, *, status: str = "planned", minutes: int = 60, focus: str | None = None) -> MentoringSession:
    return MentoringSession(
        id=f"session-{number}",
        pair_id="pair",
        number=number,
        scheduled_at=FIRST_DAY + timedelta(weeks=3 * number),
        minutes=minutes,
        focus=focus,
        status=status,
    )


def agenda_facts(
    *,
    position: int = 2,
    planned: int = 6,
    minutes: int = 60,
    goals: Iterable[str] = GOALS,
    topics: Iterable[str] = ("digital-tools", "communication"),
    focus: str | None = None,
    session_format: str | None = None,
    actions: Iterable[ActionItem] = (),
    mentor: Participant | None = None,
    mentee: Participant | None = None,
    notes: dict[str, str] | None = None,
    past: Iterable[PastAgenda] = (),
    asked: frozenset[str] = frozenset(),
    fell_through: str | None = None,
) -> AgendaFacts:
    """What is known of a pair that has met `position` - 1 times.

    With `fell_through`, a session with that activity was prepared after those and cancelled.
    """
    sessions = [meeting(number, status="held") for number in range(1, position)]
    past = list(past)
    for made in past:
        if made.number < position:
            sessions[made.number - 1].status = made.status
    if fell_through:
        sessions.append(meeting(position, status="cancelled"))
        past.append(PastAgenda(f"session-{position}", position, "cancelled", (fell_through,)))
    session = meeting(len(sessions) + 1, minutes=minutes, focus=focus)
    session.format = session_format
    pair = Pair(
        id="pair",
        program_id="program",
        mentor_id="mentor",
        mentee_id="mentee",
        goals=list(goals),
        topics=list(topics),
        planned_sessions=planned,
    )
    people = PairPeople(
        pair=pair,
        mentor=mentor or participant("mentor", "Priya Raman"),
        mentee=mentee or participant("mentee", "Martin Olsen"),
    )
    return AgendaFacts(
        program=Program(id="program", name="Bridge"),
        people=people,
        session=session,
        sessions=[*sessions, session],
        actions=list(actions),
        notes=notes or {},
        past=past,
        asked=asked,
    )


def briefing_of(**facts: object) -> Briefing:
    """The briefing of a pair; the words are those of `agenda_facts`."""
    return make_brief(agenda_facts(**facts))  # type: ignore[arg-type]


def after(to_change: str, **facts: object) -> Briefing:
    """The briefing of a pair whose mentor asked for this after session 1."""
    known = agenda_facts(**facts)  # type: ignore[arg-type]
    said = SharedFeedback("session-1", 1, "mentor", None, 4, None, None, to_change)
    object.__setattr__(known, "feedback", (said,))
    return make_brief(known)


def missed(statuses: list[str], **facts: object) -> Briefing:
    """The briefing of a pair whose sessions so far ended like this."""
    known = agenda_facts(position=len(statuses) + 1, **facts)  # type: ignore[arg-type]
    for session, status in zip(known.sessions, statuses, strict=False):
        session.status = status
    return make_brief(known)


MENTOR_NAMES = (
    "Priya Raman",
    "Mark Bell",
    "Seán O'Connor",
    "Mei-Ling Chou",
    "April Stone",
    "Will Rose",
    "J. K. Adams",
    "Nadia Benali",
    "Åse Ødegård",
    "Xiaoyu",
    "Chris Young",
)
MENTEE_NAMES = (
    "Martin Olsen",
    "Dr. Anna Weiss",
    "Grace Hope",
    "Bill Gray",
    "Jean-Luc Moreau",
    "Teresa D'Souza",
    "Chris Field",
    "Prof. Ingrid Aas",
    "Rich Winter",
    "May Summers",
)
MANY_GOALS = (
    *GOALS,
    "Understand what our younger colleagues expect of flexible hours",
    "Explain our strategy for 2027 on one page",
    "Cut the time for the weekly report by 30%",
    "Keep my team meeting under 25 minutes",
    "Learn Power BI well enough to check the Q3 figures myself",
    "Get honest feedback on how I run meetings",
    "Make hiring for the Berlin office fairer",
    "Find out what ChatGPT, Copilot and Gemini may be used for here",
    "Stop answering e-mail after 19:00",
    "Present to the board without reading from 40 slides",
    "Be a better sponsor for women in engineering",
    "Run one small experiment a month",
    "Write (short!) posts: one a week, no jargon",
    "Know what's behind “quiet quitting” & “hybrid work”",
    "Build a network outside of finance",
    "Tell a trend from a fad",
    "Lead a team of 14 people in three time zones without working nights",
    "Work out what to do with the survey that says 62% of us feel unheard",
    "Understand why people leave within two years, and what the exit interviews of the last three rounds can and "
    "cannot tell us about it, so that I can stop guessing",
)
STRENGTHS = (
    "spreadsheets",
    "short video",
    "accessible documents",
    "SQL and dashboards",
    "running workshops",
    "asking naive questions",
    "user research with customers",
    "prompting AI assistants and checking what they write",
)
ACTIONS = (
    "bring last month's report",
    "find out which assistant our IT rules allow",
    "ask three people in Oslo what they would drop",
    "book a room for 6 people",
    "send Priya the link to the 2026 survey",
    "try the pivot table on real data before the next meeting and write down every place where it was confusing",
    "call HR",
)
FOCUS = (None, None, "the reorganisation of the service desk", "prepare the town hall on 14 May", "SQL for beginners")

# Goals, and the topics that the pair works on.
VARIED_PAIRS: tuple[tuple[tuple[str, str], tuple[str, ...]], ...] = (
    (("Use an AI assistant for my monthly report", "Ask better questions of our dashboards"), ("digital-tools",)),
    (("Make my meetings welcome quiet people", "Write documents everybody can read"), ("inclusion", "communication")),
    (("Tell a trend from a fad", "Explain our strategy on one page"), ("innovation", "business-strategy")),
    (("Understand how careers move here", "Learn to be a sponsor"), ("career",)),
    (("Talk across generations without labels", "Ask for candid feedback"), ("generational-differences",)),
)

_days = st.dates(date(2026, 3, 1), date(2026, 12, 31))
_actions = st.builds(
    action,
    st.sampled_from(ACTIONS),
    st.sampled_from(("mentor", "mentee")),
    st.none() | _days,
    st.sampled_from((None, "session-1")),
)


def first_due_first(actions: list[ActionItem]) -> list[ActionItem]:
    """As the store gives them: those with a day first, in the order of their days."""
    return sorted(actions, key=lambda row: (row.due_on is None, row.due_on or date.max))


def briefings(**fixed: st.SearchStrategy[object]) -> st.SearchStrategy[Briefing]:
    """Briefings of every stage and length; `fixed` narrows single facts."""
    varied: dict[str, st.SearchStrategy[object]] = {
        "position": st.integers(1, 14),
        "planned": st.integers(1, 14),
        "minutes": st.integers(15, 180),
        "goals": st.lists(st.sampled_from(MANY_GOALS), max_size=3, unique=True),
        "actions": st.lists(_actions, max_size=20).map(first_due_first),
        "fell_through": st.sampled_from((None, "teach-back")),
    }
    return st.builds(briefing_of, **(varied | fixed))


def random_briefing(random: Random) -> Briefing:
    """A pair, and the place and length of its next session, put together at random; nothing is private or kept out."""

    def some(texts: Sequence[str], most: int) -> list[str]:
        return random.sample(texts, random.randint(0, most))

    def person(role: str, names: Sequence[str]) -> Participant:
        return participant(
            role,
            random.choice(names),
            role_title=random.choice((None, "Analyst", "Head of HR", "VP Sales, EMEA")),
            department=random.choice((None, "Logistics", "R&D")),
            strengths=some(STRENGTHS, 3),
            wants_to_learn=some(STRENGTHS, 2),
        )

    actions = [
        action(
            random.choice(ACTIONS),
            random.choice(("mentor", "mentee")),
            random.choice((None, date(2026, 3, 1) + timedelta(days=random.randrange(300)))),
        )
        for _ in range(random.choice((0, 0, 1, 2, 3, 5, 8, 13, 20)))
    ]
    planned = random.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 20, 60))
    return briefing_of(
        position=random.choice((1, planned, max(1, -(-planned // 2)), random.randint(1, 14))),
        planned=planned,
        minutes=random.choice((15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180, random.randint(15, 180))),
        goals=some(MANY_GOALS, 3),
        topics=some(TOPICS, 3),
        focus=random.choice(FOCUS),
        actions=first_due_first(actions),
        mentor=person("mentor", MENTOR_NAMES),
        mentee=person("mentee", MENTEE_NAMES),
        fell_through=random.choice((None, None, "teach-back")),
    )
