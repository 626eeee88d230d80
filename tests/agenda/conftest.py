"""Agendas made once and read by many tests."""

import asyncio
from dataclasses import dataclass, replace
from random import Random

import pytest

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.choose import choose
from coach.agenda.compose import compose
from coach.agenda.guard import Draft
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.prep import compose_prep
from coach.agenda.reasons import because
from coach.agenda.words import AgendaWords, PrepWords
from coach.retrieval.library import Role
from coach.retrieval.search import Search
from coach.store.agendas import starter_key
from coach.vocabulary import Vocabulary
from tests.agenda.pairs import action, briefing_of, participant, random_briefing

_ROLES: tuple[Role, ...] = ("mentor", "mentee")
_COUNT = 120


@dataclass(frozen=True)
class Composed:
    """An agenda by the composer, with all that it was made from."""

    briefing: Briefing
    plan: AgendaPlan
    words: AgendaWords
    preps: dict[Role, PrepWords]

    @property
    def brief(self) -> SessionBrief:
        return self.briefing.brief

    def draft(self, vocabulary: Vocabulary) -> Draft:
        return Draft(self.words, self.plan, self.briefing, vocabulary)


async def plan_of(briefing: Briefing, search: Search) -> AgendaPlan:
    return await choose(outline(briefing.brief), briefing, search)


async def compose_for(briefing: Briefing, search: Search) -> Composed:
    plan = await plan_of(briefing, search)
    preps = {role: compose_prep(role, plan, briefing) for role in _ROLES}
    return Composed(briefing, plan, compose(plan, briefing), preps)


def shown(words: AgendaWords) -> str:
    """Everything that both may read, as one text."""
    items = [f"{item.title}\n{item.description}" for item in words.items]
    return "\n".join([words.title, words.summary, *items, *(starter.text for starter in words.starters)])


def everything(made: Composed) -> str:
    steps = [step for prep in made.preps.values() for step in prep.steps]
    return "\n".join([shown(made.words), *(because(slot, made.briefing).text for slot in made.plan.slots), *steps])


def description(made: Composed, purpose: str) -> str:
    (number,) = [number for number, slot in enumerate(made.plan.slots) if slot.purpose == purpose]
    return made.words.items[number].description


def added(plan: AgendaPlan) -> str:
    return " ".join(sentence for slot in plan.slots for sentence in slot.added)


def reasons(plan: AgendaPlan, briefing: Briefing) -> str:
    return " ".join(because(slot, briefing).text for slot in plan.slots)


@pytest.fixture(scope="session")
def vocabulary(search: Search) -> Vocabulary:
    """The library's words."""
    return Vocabulary(search.passages)


@pytest.fixture(scope="session")
def many_composed(search: Search) -> list[Composed]:
    """Agendas for pairs, stages and lengths drawn at random, the same in every run; read only."""
    random = Random(2)
    briefings = [random_briefing(random) for _ in range(_COUNT)]

    async def make() -> list[Composed]:
        return [await compose_for(briefing, search) for briefing in briefings]

    return asyncio.run(make())


NOTE = (
    "I am nervous about correcting a director in front of his own screen, and the zebra project frightens me. "
    "At the end of the day that is what it is."
)


@pytest.fixture(scope="session")
def composed(search: Search) -> Composed:
    """The next session of Priya, who has told something in private, and Martin, who keeps layoffs out."""
    briefing = briefing_of(
        goals=("Use an AI assistant for my report by March 2027", "Ask better questions of our dashboards"),
        actions=[action("bring the report"), action("hold my stand-up under 20 minutes")],
        mentor=participant("mentor", "Priya Raman", strengths=["clear charts"]),
        mentee=participant(
            "mentee",
            "Martin Olsen",
            avoid_topics=["layoffs"],
            accessibility="Quibble fonts.",
            wants_to_learn=["what JSON does for booking.com"],
        ),
        notes={"mentor": NOTE},
    )
    briefing = replace(briefing, asked=frozenset({starter_key("What did you try first?")}))
    return asyncio.run(compose_for(briefing, search))


@pytest.fixture
def draft(composed: Composed, vocabulary: Vocabulary) -> Draft:
    """The composer's words, which are in order."""
    return composed.draft(vocabulary)
