"""What two people typed of themselves, understood by what it means: needs, and what each keeps out."""

from typing import Any, get_args

import pytest
import structlog

from coach.agenda.brief import make_brief
from coach.agenda.choose import may_be_shown
from coach.agenda.circumstances import Need
from coach.agenda.kindred import subjects
from coach.agenda.pipeline import briefing_for
from coach.agenda.reading import forget_read
from coach.agenda.understood import BY_WORDS_ALONE, Understood, understand
from coach.errors import EmbeddingError
from coach.retrieval.chunk import AT_A_GLANCE
from coach.retrieval.search import Search
from coach.store.agendas import AgendaFacts
from coach.store.pairs import PairPeople
from tests.agenda.conftest import plan_of
from tests.agenda.pairs import agenda_facts, participant
from tests.agenda.test_elsewhere import Asked

MONEY = "what I bring home at the end of the month"


class Near(Asked):
    """Also tells what is near."""

    async def close_to(self, texts: list[str], least: float) -> list[frozenset[str]]:
        await self.embedded(texts)
        return await self._search.close_to(texts, least)


def _facts(needs: str | None = None, *avoid: str, **of_mentor: Any) -> AgendaFacts:
    mentor = participant("mentor", "Priya Raman", **of_mentor)
    mentee = participant("mentee", "Martin Olsen", accessibility=needs, avoid_topics=list(avoid))
    return agenda_facts(mentor=mentor, mentee=mentee)


def _people(needs: str | None = None, *avoid: str) -> PairPeople:
    return _facts(needs, *avoid).people


@pytest.mark.parametrize(
    ("told", "need"),
    [
        ("if the print is small I guess", "sight"),
        ("give me the questions the evening before or my head goes empty", "calm"),
        ("the signal on the ship comes and goes", "connection"),
    ],
)
async def test_a_need_that_no_pattern_knows_is_understood(told: str, need: str, search: Search) -> None:
    assert need not in BY_WORDS_ALONE.needs_in([told])
    understood = await understand(_people(told), search)

    assert need in understood.needs_in([told])
    assert not understood.holds_more([told])


@pytest.mark.parametrize("told", ["none", "No captions needed", "my daughter is deaf", "nothing at all, thanks"])
async def test_who_needs_nothing_is_planned_for_as_anybody(told: str, search: Search) -> None:
    assert (await understand(_people(told), search)).needs_in([told]) == ()


async def test_what_a_pattern_finds_is_left_where_the_reader_thinks_it_hardly_likely() -> None:
    told, chances = "Wheelchair", {"movement": 0.5, "hearing": 0.01}
    assert BY_WORDS_ALONE.needs_in([told]) == ("movement",)

    assert Understood(needs={told: _of_every_need(chances)}).needs_in([told]) == ("movement",)
    assert Understood(needs={told: _of_every_need({"movement": 0.05})}).needs_in([told]) == ()


async def test_the_agenda_and_the_own_prep_take_up_what_is_understood(search: Search) -> None:
    facts = _facts("if the print is small I guess")
    briefing = await briefing_for(facts, search)

    assert "sight" not in make_brief(facts).brief.needs
    assert "sight" in briefing.brief.needs
    assert (briefing.mentee.needs, briefing.mentor.needs) == (briefing.brief.needs, ())
    assert await plan_of(briefing, search) != await plan_of(make_brief(facts), search)


@pytest.mark.parametrize(
    ("phrase", "subject", "text"),
    [
        (MONEY, "money", "what to do with your savings account"),
        ("who I pray to", "faith", "sing in the church choir"),
        ("the ring I no longer wear", "partner", "since the divorce"),
        ("where I put my cross every four years", "politics", "after the election"),
    ],
)
async def test_a_subject_told_in_other_words_stays_out_with_its_kindred(
    phrase: str, subject: str, text: str, search: Search
) -> None:
    assert not BY_WORDS_ALONE.kept_out([phrase]).touches(text)
    understood = await understand(_people(None, phrase), search)

    assert subject in understood.subjects[phrase]
    assert understood.kept_out([phrase]).touches(text)


@pytest.mark.parametrize("phrase", ["golf", "the Frankfurt customer", "powerpoint marathons"])
async def test_who_keeps_something_harmless_out_keeps_no_private_subject_out(phrase: str, search: Search) -> None:
    kept_out = (await understand(_people(None, phrase), search)).kept_out([phrase])

    assert not [name for name, words in subjects().items() if all(map(kept_out.touches, words))]


async def test_activities_on_what_somebody_keeps_out_are_passed_over_though_they_do_not_name_it(search: Search) -> None:
    facts = _facts(None, "robots writing our emails")
    briefing, by_words = await briefing_for(facts, search), make_brief(facts)
    near = [one for one in search.passages if one.id in briefing.avoid.passages and one.section == AT_A_GLANCE]

    assert near
    assert not any(may_be_shown(one, briefing.avoid) for one in near)
    assert any(may_be_shown(one, by_words.avoid) for one in near)
    activities = [one for one in search.passages if one.section == AT_A_GLANCE]
    assert sum(may_be_shown(one, briefing.avoid) for one in activities) > 0.8 * len(activities)


async def test_what_only_frames_a_phrase_is_near_to_nothing(search: Search) -> None:
    framed, bare = "please no questions about golf", "golf"
    understood = await understand(_people(None, framed, bare), search)

    assert understood.passages[framed] == understood.passages[bare]


async def test_a_text_is_read_once_until_it_is_to_be_forgotten(search: Search) -> None:
    asked = Asked(search)
    people = _people("Small print wears me out")
    forget_read()
    for _ in range(2):
        await understand(people, asked)  # type: ignore[arg-type]
    assert asked.texts == ["Small print wears me out"]

    forget_read()
    await understand(people, asked)  # type: ignore[arg-type]
    assert asked.texts == ["Small print wears me out"] * 2


async def test_under_another_model_or_one_that_fails_the_patterns_read_alone(search: Search) -> None:
    people = _people("deaf, I sign", MONEY)
    other, gone = Near(search), Near(search, EmbeddingError("gone"))
    other.model = "another"
    for asked in (other, gone):
        forget_read()
        understood = await understand(people, asked)  # type: ignore[arg-type]
        assert understood.needs_in(["deaf, I sign"]) == BY_WORDS_ALONE.needs_in(["deaf, I sign"]) != ()
        assert understood.kept_out([MONEY]).passages == frozenset()
        assert not understood.kept_out([MONEY]).touches("savings account")
    assert other.texts == []


async def test_what_one_keeps_out_is_told_to_nobody_and_logged_nowhere(search: Search) -> None:
    facts = _facts(None, MONEY, avoid_topics=["who I pray to"])
    forget_read()
    with structlog.testing.capture_logs() as logged:
        briefing = await briefing_for(facts, search)
        await briefing_for(facts, Near(search, EmbeddingError(MONEY)))  # type: ignore[arg-type]

    assert MONEY not in briefing.brief.model_dump_json()
    assert MONEY not in str(logged)
    assert "pray" not in str(logged)


async def test_nobody_who_typed_nothing_costs_a_pass(search: Search) -> None:
    asked = Near(search)
    await understand(_people(), asked)  # type: ignore[arg-type]

    assert asked.texts == []


def _of_every_need(chances: dict[str, float]) -> dict[str, float]:
    return dict.fromkeys(get_args(Need), 0.0) | chances
