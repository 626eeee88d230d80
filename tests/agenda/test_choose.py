from collections.abc import Sequence
from dataclasses import replace

import pytest

from coach.agenda.brief import Briefing, make_brief
from coach.agenda.choose import choose, more_starters
from coach.agenda.compose import notice
from coach.agenda.plan import AgendaPlan, outline
from coach.agenda.questions import questions
from coach.retrieval.library import TopicFrontMatter
from coach.retrieval.search import Search
from coach.store.agendas import PastAgenda, starter_key
from tests.agenda.conftest import Composed
from tests.agenda.pairs import VARIED_PAIRS, agenda_facts, briefing_of, participant


async def chosen(briefing: Briefing, search: Search) -> AgendaPlan:
    return await choose(outline(briefing.brief), briefing, search)


def activities(plan: AgendaPlan) -> list[str]:
    return [slot.activity.front.id for slot in plan.slots if slot.activity is not None]


def keys(plan: AgendaPlan) -> set[str]:
    return {starter_key(passage.text) for passage in plan.starters}


async def series(search: Search, goals: Sequence[str], topics: Sequence[str], sessions: int) -> list[AgendaPlan]:
    """The plans of a pair's sessions, each of which knows what came before, as the store would tell it."""
    plans: list[AgendaPlan] = []
    past: list[PastAgenda] = []
    asked: set[str] = set()
    for position in range(1, sessions + 1):
        briefing = briefing_of(
            position=position, planned=sessions, goals=goals, topics=topics, past=list(past), asked=frozenset(asked)
        )
        plan = await chosen(briefing, search)
        plans.append(plan)
        past.append(PastAgenda(f"session-{position}", position, "held", tuple(activities(plan))))
        asked |= keys(plan)
    return plans


def test_every_activity_runs_in_the_minutes_of_its_slot(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for slot in made.plan.slots:
            if slot.activity is not None:
                assert isinstance(slot.activity.front, TopicFrontMatter)
                assert slot.activity.front.minutes.least <= slot.minutes


def test_every_exercise_and_discussion_of_a_pair_that_avoids_nothing_is_filled(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for slot in made.plan.slots:
            assert (slot.activity is not None) == (slot.purpose in {"exercise", "discussion"})


def test_no_agenda_holds_the_same_activity_or_starter_twice(many_composed: list[Composed]) -> None:
    for made in many_composed:
        assert len(activities(made.plan)) == len(set(activities(made.plan)))
        assert len(keys(made.plan)) == len(made.plan.starters)


def test_choosing_leaves_minutes_and_leads_as_they_were_planned(many_composed: list[Composed]) -> None:
    for made in many_composed:
        planned = [(slot.purpose, slot.minutes, slot.led_by) for slot in outline(made.brief).slots]
        assert [(slot.purpose, slot.minutes, slot.led_by) for slot in made.plan.slots] == planned


def test_what_may_be_cited_comes_from_the_library(many_composed: list[Composed], search: Search) -> None:
    known = {passage.id for passage in search.passages}
    for made in many_composed:
        assert {passage.id for slot in made.plan.slots for passage in slot.passages} <= known


async def test_the_same_brief_gets_the_same_choice(search: Search) -> None:
    briefing = briefing_of()

    assert await chosen(briefing, search) == await chosen(briefing, search)


@pytest.mark.parametrize(("goals", "topics"), VARIED_PAIRS, ids=[topics[0] for _, topics in VARIED_PAIRS])
async def test_over_a_series_no_starter_comes_twice_and_no_activity_within_four_sessions(
    search: Search, goals: tuple[str, ...], topics: tuple[str, ...]
) -> None:
    plans = await series(search, goals, topics, 12)

    every = [key for plan in plans for key in keys(plan)]
    assert len(every) == len(set(every))
    for number, plan in enumerate(plans):
        recent = {activity for earlier in plans[max(0, number - 3) : number] for activity in activities(earlier)}
        assert not recent & set(activities(plan))
        assert "activities" not in plan.dry


@pytest.mark.parametrize(("goals", "topics"), VARIED_PAIRS, ids=[topics[0] for _, topics in VARIED_PAIRS])
async def test_twelve_sessions_are_never_short_of_starters(
    search: Search, goals: tuple[str, ...], topics: tuple[str, ...]
) -> None:
    assert [len(plan.starters) for plan in await series(search, goals, topics, 12)] == [5] * 12


@pytest.mark.parametrize(("goals", "topics"), VARIED_PAIRS, ids=[topics[0] for _, topics in VARIED_PAIRS])
async def test_the_exercise_is_on_the_topics_of_the_pair(
    search: Search, goals: tuple[str, ...], topics: tuple[str, ...]
) -> None:
    plan = await chosen(briefing_of(goals=goals, topics=topics), search)

    assert {slot.activity.front.topic for slot in plan.slots if slot.activity} <= {*topics, None}


async def test_a_library_that_has_run_dry_of_starters_is_reported(search: Search) -> None:
    every = [passage for passage in search.passages if passage.kind == "starters"]
    left = every[0]
    asked = frozenset(starter_key(passage.text) for passage in every if passage != left)

    plan = await chosen(briefing_of(asked=asked), search)

    assert [passage.id for passage in plan.starters] == [left.id]
    assert plan.dry == ("starters",)


async def test_starters_that_leave_the_pairs_topics_are_reported(search: Search) -> None:
    topics = ("career",)
    theirs = frozenset(
        starter_key(passage.text)
        for passage in search.passages
        if passage.kind == "starters" and passage.document.front.topic in {"career", None}
    )

    assert (await chosen(briefing_of(topics=topics), search)).dry == ()
    plan = await chosen(briefing_of(topics=topics, asked=theirs), search)
    assert plan.starters
    assert plan.dry == ("starters",)


async def test_starters_kept_out_for_one_of_the_two_are_not_reported_to_the_other_as_used_up(search: Search) -> None:
    for own in ({"experience_limit": 0}, {"avoid_topics": ["people"]}):
        mentor = participant("mentor", "Priya Raman", **own)
        asked = frozenset(
            starter_key(passage.text)
            for passage in search.passages
            if passage.kind == "starters" and passage.document.front.topic is None
        )
        plan = await chosen(briefing_of(topics=("inclusion",), mentor=mentor, asked=asked), search)
        assert plan.dry == (), own


async def test_where_every_activity_was_done_lately_one_comes_back_and_that_is_reported(search: Search) -> None:
    every = tuple(document.front.id for document, _ in search.library.activities())
    facts = agenda_facts(position=3, past=[PastAgenda("session-2", 2, "held", every)])

    plan = await chosen(make_brief(facts), search)

    assert activities(plan)
    assert plan.dry == ("activities",)


async def test_what_the_pair_has_not_had_comes_before_what_it_had_long_ago(search: Search) -> None:
    past: list[PastAgenda] = []
    for number in range(1, 13):
        plan = await chosen(briefing_of(position=number, planned=40, past=list(past)), search)
        if number > 1:
            assert not set(activities(plan)) & {one for before in past for one in before.activity_ids}
        past.append(PastAgenda(f"session-{number}", number, "held", tuple(activities(plan))))


async def test_what_was_done_longest_ago_comes_back_first_and_that_is_reported(search: Search) -> None:
    fresh = await chosen(briefing_of(position=12, planned=40), search)
    every = [document.front.id for document, _ in search.library.activities()]
    last = [one for one in every if one not in activities(fresh)]
    past = [
        PastAgenda("session-1", 1, "held", tuple(activities(fresh))),
        PastAgenda("session-2", 2, "held", tuple(last)),
    ]
    plan = await chosen(briefing_of(position=12, planned=40, past=past), search)

    assert set(activities(plan)) & set(activities(fresh))
    assert plan.dry == ("new activities",)
    assert "comes back after a longer time" in notice("composer", None, plan)


@pytest.mark.parametrize("position", [1, 2, 3, 6])
async def test_no_starter_is_of_another_stage_however_many_were_asked(search: Search, position: int) -> None:
    asked: frozenset[str] = frozenset()
    for _ in range(40):
        briefing = briefing_of(position=position, asked=asked)
        plan = await chosen(briefing, search)
        assert all(briefing.brief.stage in passage.document.front.stages for passage in plan.starters)
        if not plan.starters:
            assert plan.dry == ("starters",)
            assert "no more starters" in notice("composer", None, plan)
            return
        asked |= keys(plan)
    raise AssertionError("never dry")


async def test_an_exercise_planned_for_a_cancelled_session_is_the_next_one(search: Search) -> None:
    plan = await chosen(briefing_of(fell_through="teach-back"), search)
    slot = next(slot for slot in plan.slots if slot.purpose == "exercise")

    assert (slot.activity and slot.activity.front.id, slot.carried_from) == ("teach-back", "session-2")


@pytest.mark.parametrize("gone", ["no-such-document", "first-session"])
async def test_a_planned_activity_that_the_library_no_longer_has_is_replaced(search: Search, gone: str) -> None:
    plan = await chosen(briefing_of(fell_through=gone), search)
    slot = next(slot for slot in plan.slots if slot.purpose == "exercise")

    assert slot.activity is not None
    assert slot.activity.front.id != gone


async def test_a_planned_activity_that_somebody_now_avoids_is_not_carried_over(search: Search) -> None:
    mentor = participant("mentor", "Priya Raman", avoid_topics=["teaches"])

    assert "teach-back" not in activities(await chosen(briefing_of(fell_through="teach-back", mentor=mentor), search))


async def test_after_a_rescheduled_session_the_earlier_version_does_not_repeat_itself(search: Search) -> None:
    first = await chosen(briefing_of(), search)
    again = await chosen(
        briefing_of(
            past=[PastAgenda("session-2", 2, "planned", tuple(activities(first)))], asked=frozenset(keys(first))
        ),
        search,
    )

    assert not set(activities(first)) & set(activities(again))
    assert not keys(first) & keys(again)


@pytest.mark.parametrize("phrase", ["digital-tools", "dashboard", "feedback", "meeting", "customers"])
async def test_nothing_is_chosen_that_touches_what_either_avoids(search: Search, phrase: str) -> None:
    briefing = briefing_of(
        goals=("Understand our strategy", "Run better meetings and dashboards"),
        topics=(),
        mentee=participant("mentee", "Martin Olsen", avoid_topics=[phrase], wants_to_learn=[]),
    )

    plan = await chosen(briefing, search)

    passages = [*plan.starters, *(passage for slot in plan.slots for passage in slot.passages)]
    assert passages
    for passage in passages:
        assert not briefing.avoid.touches(f"{passage.title} {passage.section} {passage.text} {passage.references}")
        assert passage.document.front.topic not in briefing.avoid.topics


async def test_more_starters_are_new_and_on_the_topic_that_was_asked_for(search: Search) -> None:
    briefing = briefing_of()
    plan = await chosen(briefing, search)
    asked = replace(briefing, asked=frozenset(keys(plan)))

    more = await more_starters(asked, search, 6, "career")

    assert len(more) == 6
    assert {passage.document.front.topic for passage in more} == {"career"}
    assert not {starter_key(passage.text) for passage in more} & keys(plan)


async def test_each_of_the_two_has_something_to_ask(search: Search) -> None:
    plan = await chosen(briefing_of(minutes=60), search)

    assert {"mentor", "mentee"} <= {passage.asked_by for passage in plan.starters}


@pytest.mark.parametrize("strengths", [["SQL", "x" * 500], []])
def test_all_questions_of_an_agenda_are_known_beforehand(strengths: list[str]) -> None:
    brief = briefing_of(mentor=participant("mentor", "Priya Raman", strengths=strengths), goals=("One", "Two")).brief

    asked = questions(brief)
    assert {"One", "Two"} <= set(asked)
    assert all(question.strip() for question in asked)


async def test_an_agenda_asks_the_search_nothing_that_was_not_announced(
    search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    find_all = search.find_all

    async def record(queries: Sequence[str], narrowings: Sequence[object]) -> object:
        asked.extend(queries)
        return await find_all(queries, narrowings)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "find_all", record)
    briefing = briefing_of(minutes=180)

    await chosen(briefing, search)

    assert asked
    assert set(asked) <= set(questions(briefing.brief))
