"""Goals that belong elsewhere by what they mean."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import more_starters
from coach.agenda.elsewhere import within_scope
from coach.agenda.pipeline import AgendaMaker
from coach.agenda.reading import forget_read
from coach.agenda.scope import Beyond, beyond
from coach.agenda.scope_words import Matter
from coach.errors import EmbeddingError
from coach.retrieval.embed import Vector
from coach.retrieval.search import Search
from tests.agenda.pairs import GOALS, agenda_facts, briefing_of

LEADS = "Tell me which of the two shift leads is the weaker one, so that I know whom to keep"
ALLOWED = "Learn to use the payroll software without help"


class Asked:
    """A search of the reader's model that counts what it is asked to embed."""

    def __init__(
        self, search: Search, error: EmbeddingError | None = None, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        self._search, self._error, self.model = search, error, search.model
        self._meanwhile = meanwhile
        self.texts: list[str] = []

    async def embedded(self, texts: list[str]) -> list[Vector]:
        self.texts += texts
        self._meanwhile()
        if self._error:
            raise self._error
        return await self._search.embedded(texts)


def _with(*goals: str, focus: str | None = None) -> Briefing:
    briefing = briefing_of(goals=list(goals))
    return replace(briefing, brief=briefing.brief.model_copy(update={"focus": focus}))


@pytest.mark.parametrize(
    ("goal", "matter"),
    [
        (LEADS, "rating"),
        ("get the paper that lets my brother stay here", "papers"),
        ("some days i think they would all be better off if i did not come home", "danger"),
        ("Read what they say about me behind my back in their group", "watching"),
        ("Persuade her to come to our prayer circle", "campaign"),
    ],
)
async def test_a_goal_that_no_pattern_knows_is_sent_on_by_its_meaning(
    goal: str, matter: Matter, search: Search
) -> None:
    assert beyond([goal]) == ()
    brief = (await within_scope(_with(goal, ALLOWED), search)).brief

    assert [(one.text, one.matter) for one in brief.beyond] == [(goal, matter)]
    assert brief.goals == (ALLOWED,)


@pytest.mark.parametrize(
    "goal", [ALLOWED, "Understand why apprentices leave in the first year", "Be less afraid of presenting", *GOALS]
)
async def test_an_honest_goal_stays(goal: str, search: Search) -> None:
    briefing = _with(goal)

    assert await within_scope(briefing, search) is briefing


async def test_the_agenda_says_where_it_belongs_and_works_on_the_rest(search: Search) -> None:
    made = await AgendaMaker(search, None, 10).make(_with(LEADS, ALLOWED, focus=LEADS), "pair", "program")
    items = made.row.content["items"]

    assert any("a mentoring pair has no say in it" in item["description"] for item in items)
    assert {item["goal"] for item in items} == {None, ALLOWED}
    assert made.row.brief["beyond"]
    assert made.row.brief["focus"] is None


async def test_more_starters_are_not_about_it(search: Search) -> None:
    alone = await more_starters(_with(ALLOWED), search, 3)

    assert await more_starters(_with(ALLOWED, LEADS), search, 3) == alone


async def test_a_goal_is_read_once_until_it_is_to_be_forgotten(search: Search) -> None:
    asked = Asked(search)
    forget_read()
    for _ in range(2):
        await within_scope(_with(LEADS), asked)  # type: ignore[arg-type]
    assert asked.texts == [LEADS]

    forget_read()
    await within_scope(_with(LEADS), asked)  # type: ignore[arg-type]
    assert asked.texts == [LEADS, LEADS]


async def test_without_the_readers_model_goals_stay_as_the_patterns_leave_them(search: Search) -> None:
    forget_read()
    briefing, other = _with(LEADS), Asked(search)
    other.model = "another"

    assert await within_scope(briefing, other) is briefing  # type: ignore[arg-type]
    assert await within_scope(briefing, Asked(search, EmbeddingError("gone"))) is briefing  # type: ignore[arg-type]


async def test_a_goal_whose_words_only_sound_like_it_comes_back(search: Search) -> None:
    goal = "Learn the new medication charting on the ward tablets"
    briefing = _with(goal, ALLOWED, focus=None)
    assert [one.text for one in briefing.brief.beyond] == [goal]

    brief = (await within_scope(briefing, search)).brief
    assert brief.beyond == ()
    assert set(brief.goals) == {goal, ALLOWED}


async def test_what_is_rightly_sent_on_does_not_come_back(search: Search) -> None:
    briefing = _with("Which medication helps against panic attacks?")

    assert (await within_scope(briefing, search)).brief.beyond == briefing.brief.beyond != ()


async def test_a_focus_that_only_sounds_like_it_is_the_focus_again(search: Search) -> None:
    focus = "Learn the new medication charting on the ward tablets"
    briefing = _with(ALLOWED)
    told = Beyond(text=focus, matter="health", as_focus=True)
    briefing = replace(briefing, brief=briefing.brief.model_copy(update={"focus": None, "beyond": (told,)}))
    brief = (await within_scope(briefing, search)).brief

    assert (brief.goals, brief.focus, brief.beyond) == ((ALLOWED,), focus, ())


async def test_danger_that_a_word_tells_of_is_never_taken_back(monkeypatch: pytest.MonkeyPatch, search: Search) -> None:
    monkeypatch.setattr("coach.agenda.elsewhere._SURE", 0.0)
    briefing = _with("I feel like ending it all some days")

    assert (await within_scope(briefing, search)).brief.beyond == briefing.brief.beyond != ()


async def test_who_is_erased_meanwhile_stops_nobody_elses_agenda(search: Search) -> None:
    forget_read()
    await within_scope(_with(ALLOWED), search)
    asked = Asked(search, meanwhile=forget_read)
    brief = (await within_scope(_with(ALLOWED, LEADS), asked)).brief  # type: ignore[arg-type]

    assert [one.text for one in brief.beyond] == [LEADS]


def test_what_is_goal_and_focus_is_sent_on_once() -> None:
    facts = agenda_facts(goals=["Renew my work permit"])
    facts.session.focus = "Renew my work permit"

    assert [one.text for one in make_brief(facts).brief.beyond] == ["Renew my work permit"]
