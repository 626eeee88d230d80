"""Agendas made once and read by many tests."""

import asyncio
from dataclasses import dataclass
from random import Random

import pytest

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.choose import choose
from coach.agenda.compose import compose
from coach.agenda.guard import Draft
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.prep import compose_prep
from coach.agenda.vocabulary import Vocabulary
from coach.agenda.words import AgendaWords, PrepWords
from coach.retrieval.library import Role
from coach.retrieval.search import Search
from tests.agenda.pairs import random_briefing

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


async def compose_for(briefing: Briefing, search: Search) -> Composed:
    plan = await choose(outline(briefing.brief), briefing, search)
    preps = {role: compose_prep(role, plan, briefing) for role in _ROLES}
    return Composed(briefing, plan, compose(plan, briefing), preps)


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
