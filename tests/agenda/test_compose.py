"""The composer's words: whole, in order, fit for their slots, and of these two, their goals and their actions."""

import re
from datetime import date

import pytest

from coach.agenda.compose import compose, notice
from coach.agenda.guard import check_agenda
from coach.agenda.must_haves import must_haves
from coach.agenda.phrases import clause, headline
from coach.agenda.plan import outline
from coach.agenda.words import description_characters
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from tests.agenda.conftest import Composed, added, compose_for, description, everything, shown
from tests.agenda.pairs import GOALS, VARIED_PAIRS, action, briefing_of, participant


def test_every_word_of_the_composer_passes_all_guards(many_composed: list[Composed], vocabulary: Vocabulary) -> None:
    found: dict[str, str] = {}
    for made in many_composed:
        texts = dict(made.draft(vocabulary).texts())
        for violation in check_agenda(made.draft(vocabulary)):
            found.setdefault(f"{violation.guard}: {violation.reason}", texts.get(violation.where, violation.where))

    assert not found, "\n".join(f"{what} In: {text}" for what, text in found.items())


def test_nothing_is_left_of_templates(many_composed: list[Composed]) -> None:
    for made in many_composed:
        text = everything(made)
        assert not re.search(r"[{}]|  | [,.;:?]|\.\.|None|\bno open\b", text.replace("…", "")), text


def test_every_text_ends_like_a_sentence(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for text in [made.words.summary, *(item.description for item in made.words.items)]:
            assert re.search(r"[.!?]”?$", text), text
            assert not re.search(r"\b(Dr|Prof|J|K)\.$", text), text


def test_what_is_opened_with_a_quotation_mark_is_closed(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for text in [made.words.summary, *(item.description for item in made.words.items)]:
            assert text.count("“") == text.count("”"), text


def test_descriptions_are_no_longer_than_their_slots_bear(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for slot, item in zip(made.plan.slots, made.words.items, strict=True):
            assert len(item.description) <= description_characters(slot.minutes)


def test_both_are_named_in_every_agenda(many_composed: list[Composed]) -> None:
    for made in many_composed:
        text = "\n".join(item.description for item in made.words.items)
        assert made.brief.mentor.first_name in text
        assert made.brief.mentee.first_name in text


def test_every_goal_is_named_where_goals_are_set_reviewed_or_evaluated(many_composed: list[Composed]) -> None:
    for made in many_composed:
        for slot, item in zip(made.plan.slots, made.words.items, strict=True):
            if slot.purpose in {"goals", "review-goals", "evaluation"}:
                for goal in made.brief.goals:
                    assert goal[:60] in item.description, item.description


@pytest.mark.parametrize("position", [1, 2, 3, 6])
@pytest.mark.parametrize(("goals", "topics"), VARIED_PAIRS, ids=[topics[0] for _, topics in VARIED_PAIRS])
async def test_an_agenda_names_a_goal_of_the_pair(
    search: Search, goals: tuple[str, ...], topics: tuple[str, ...], position: int
) -> None:
    made = await compose_for(briefing_of(position=position, goals=goals, topics=topics), search)

    assert any(goal in shown(made.words) for goal in goals)


def test_starters_are_those_of_the_library(many_composed: list[Composed]) -> None:
    for made in many_composed:
        assert [starter.text for starter in made.words.starters] == [passage.text for passage in made.plan.starters]


def test_open_actions_come_first_due_first_and_the_rest_is_counted(many_composed: list[Composed]) -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    counts = {word: number for number, word in enumerate(words, start=1)}
    seen = 0
    for made in many_composed:
        if not made.brief.actions:
            continue
        text = description(made, "review-actions")
        named = [row.text[:50] for row in made.brief.actions if row.text[:50] in text]
        listed = len(re.findall(r": “", text))
        assert listed >= 1
        assert named[0] == made.brief.actions[0].text[:50]
        places = [text.index(f"“{row.text[:40]}") for row in made.brief.actions[:1]]
        assert places == sorted(places)
        rest = re.search(r"Sort the other (\w+)", text)
        last = "how the last one stands" in text
        others = (counts.get(rest.group(1)) or int(rest.group(1))) if rest else 1 if last else 0
        assert listed + others == len(made.brief.actions), text
        seen += 1
    assert seen > 50


async def test_actions_stand_in_the_order_of_their_days_with_owner_and_day(search: Search) -> None:
    actions = [
        action("send the figures", "mentor", date(2026, 4, 1)),
        action("book the room", "mentee", date(2026, 4, 20)),
        action("read the guide", "mentor"),
    ]

    text = description(await compose_for(briefing_of(actions=actions), search), "review-actions")

    assert (
        "Priya: “send the figures” (was due 1 April); Martin: “book the room” (due 20 April); Priya: “read the guide”."
        in text
    )


@pytest.mark.parametrize("count", [2, 6, 20])
@pytest.mark.parametrize("minutes", [15, 60, 180])
async def test_actions_of_people_with_long_names_are_still_named(search: Search, count: int, minutes: int) -> None:
    briefing = briefing_of(
        minutes=minutes,
        actions=[action("a" * 60 + " and so on", "mentor" if n % 2 else "mentee") for n in range(count)],
        mentor=participant("mentor", "Alexandra Maria Montgomery-Featherstonehaugh de la Cruz"),
        mentee=participant("mentee", "Alexandra Wilhelmina Schwarzenberger-Hohenlohe zu Langenburg"),
    )

    assert "aaaa" in description(await compose_for(briefing, search), "review-actions")


@pytest.mark.parametrize("position", [1, 3, 6])
async def test_three_long_goals_are_all_named_in_the_shortest_meeting(search: Search, position: int) -> None:
    goals = [
        f"{word} {'what our people in the field need from us ' * 3}" for word in ("Understand", "Report", "Change")
    ]
    made = await compose_for(briefing_of(minutes=15, position=position, goals=goals), search)
    purpose = {1: "goals", 3: "review-goals", 6: "evaluation"}[position]

    text = description(made, purpose)

    assert all(word in text for word in ("Understand", "Report", "Change")), text
    assert text.count("“") == text.count("”"), text


async def test_sentences_are_not_cut_after_a_title_or_an_initial(search: Search) -> None:
    briefing = briefing_of(
        minutes=15,
        position=1,
        mentor=participant("mentor", "J. K. Adams", avoid_topics=["policy"]),
        mentee=participant("mentee", "Prof. Ingrid Aas"),
    )

    made = await compose_for(briefing, search)

    assert not [item for item in made.words.items if re.search(r"\b(Prof|J|K)\.$", item.description)]


async def test_braces_in_a_goal_stand_as_they_were_typed(search: Search) -> None:
    made = await compose_for(briefing_of(goals=["Fill {mentee} and {0} in {{ plan }}"], position=1), search)

    assert "“Fill {mentee} and {0} in {{ plan }}”" in description(made, "goals")


async def test_a_series_of_one_session_is_counted_in_the_singular(search: Search) -> None:
    made = await compose_for(briefing_of(position=1, planned=1), search)

    assert "one sessions" not in everything(made)


async def test_two_sessions_running_do_not_open_in_the_same_words(search: Search) -> None:
    first, second = [await compose_for(briefing_of(position=position), search) for position in (4, 5)]

    assert description(first, "check-in") != description(second, "check-in")


async def test_what_does_not_fit_into_the_minutes_is_not_asked_for(search: Search) -> None:
    goals = ["Use SQL", "Run better meetings", "Understand our budget"]
    short, long = [
        await compose_for(briefing_of(position=1, minutes=minutes, goals=goals), search) for minutes in (15, 120)
    ]

    assert "three questions" in description(long, "ground-rules")
    assert "three questions" not in description(short, "ground-rules")
    assert "write under each" in description(long, "goals")
    assert "Begin with one" in description(short, "goals")


async def test_an_action_whose_day_is_past_was_due(search: Search) -> None:
    past, ahead = date(2026, 3, 1), date(2026, 5, 8)
    briefing = briefing_of(actions=[action("bring the report", due_on=past), action("book a room", due_on=ahead)])
    made = await compose_for(briefing, search)

    text = description(made, "review-actions")
    assert "“bring the report” (was due 1 March)" in text
    assert "“book a room” (due 8 May)" in text
    assert "(was due 1 March)" in " ".join(made.preps["mentee"].steps)


async def test_a_day_of_another_year_shows_its_year_whoever_writes(search: Search, vocabulary: Vocabulary) -> None:
    before, ahead, late = date(2025, 12, 19), date(2027, 1, 12), date(2026, 12, 31)
    actions = [
        action("bring the report", due_on=before),
        action("book a room", due_on=late),
        action("look at the pilot", "mentor", ahead),
    ]
    made = await compose_for(briefing_of(actions=actions), search)

    text = description(made, "review-actions")
    assert "“bring the report”; Martin: “book a room” (due 31 December); Priya: “look at the pilot”." in text
    assert "(was due 19 December 2025)" in " ".join(made.preps["mentee"].steps)
    assert "(due 12 January 2027)" in " ".join(made.preps["mentor"].steps)
    slot = next(slot for slot in made.plan.slots if slot.purpose == "review-actions")
    assert slot.added == (
        "Due in another year: Martin, “bring the report” (19 December 2025); Priya, “look at the pilot” "
        "(12 January 2027).",
    )
    assert must_haves(slot, made.brief)[0].sentence == "First on your list: Martin, “bring the report”."
    alone = await compose_for(briefing_of(actions=actions[:1]), search)
    assert "It was due on 19 December 2025." in added(alone.plan)
    assert not list(check_agenda(made.draft(vocabulary)))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("plot 17", "Plot 17"),
        ("new photo quiz, then decide the theme for the rest of the year", "New photo quiz"),
    ],
)
def test_a_title_ends_with_a_clause_where_it_can(text: str, title: str) -> None:
    assert headline(text, 60) == title


@pytest.mark.parametrize(
    ("source", "said", "unsaid"),
    [
        ("model", "written by a language model (tiny)", "No language model"),
        ("repaired", "written by a language model (tiny)", "No language model"),
        ("fallback", "No language model wrote this: one was asked", "tiny"),
        ("composer", "No language model was used", "tiny"),
    ],
)
def test_the_notice_says_who_wrote(source: str, said: str, unsaid: str) -> None:
    text = notice(source, "tiny", outline(briefing_of().brief))

    assert said in text
    assert unsaid not in text


def test_a_plan_that_the_library_could_not_fill_is_still_written() -> None:
    briefing = briefing_of(minutes=180)

    words = compose(outline(briefing.brief), briefing)

    assert any(item.title == "Work on a real case" for item in words.items)
    assert GOALS[0] in shown(words)


async def test_one_open_action_is_not_spoken_of_as_several(search: Search) -> None:
    made = await compose_for(briefing_of(actions=[action("bring the report")]), search)

    told = description(made, "review-actions")
    assert "“bring the report”" in told
    assert not re.search(r"First due first|For each", told)


async def test_two_minutes_hold_what_the_check_in_asks_for(search: Search) -> None:
    made = await compose_for(briefing_of(position=1, minutes=15, focus="the town hall"), search)

    assert made.plan.slots[0].minutes == 2
    assert "Half a minute each" in description(made, "check-in")


async def test_a_first_meeting_begins_with_what_these_two_are_at_work(search: Search) -> None:
    made = await compose_for(briefing_of(position=1), search)

    assert "Priya goes first (“Data analyst”), then Martin (“Director of logistics”)" in description(made, "check-in")


async def test_next_steps_lead_toward_a_goal_and_are_asked_for_in_more_than_one_way(search: Search) -> None:
    told = [description(await compose_for(briefing_of(position=n), search), "next-steps") for n in range(2, 5)]

    assert all(any(f"“{goal[:40]}" in text for goal in GOALS) for text in told), told
    assert len({text.split("“")[0] for text in told}) == 3


def test_a_text_is_cut_where_a_clause_ends() -> None:
    text = "learn what our customers say about us, and who says it, and to which of our shops they go when they say so"
    assert clause(text, 200) == text
    assert clause(text, 80) == "learn what our customers say about us, and who says it …"
    assert clause("word " * 40, 60).endswith("…")
