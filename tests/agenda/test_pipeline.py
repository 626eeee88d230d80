import json
import re
from datetime import date
from typing import Any

import pytest

from coach.agenda.brief import Briefing, SessionBrief
from coach.agenda.guard import Draft, check_agenda
from coach.agenda.pipeline import AgendaMaker, MadeAgenda
from coach.agenda.words import MOST_PREP_STEPS
from coach.errors import ModelError
from coach.llm import LanguageModel, ModelRequest
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from tests.agenda.conftest import compose_for
from tests.agenda.pairs import action, briefing_of, participant
from tests.scripted_model import ScriptedModel, SilentModel


def briefing() -> Briefing:
    return briefing_of(
        actions=[action("bring the report", "mentee", date(2026, 4, 1))],
        mentor=participant("mentor", "Priya Raman", accessibility="Captions, for my tinnitus."),
        mentee=participant("mentee", "Martin Olsen", avoid_topics=["layoffs"]),
        notes={"mentor": "The zebra project frightens me."},
    )


async def make(
    search: Search,
    model: LanguageModel | None,
    given: Briefing | None = None,
    *,
    timeout_s: float = 30,
    spent: bool = False,
) -> MadeAgenda:
    return await AgendaMaker(search, model, timeout_s).make(given or briefing(), "pair", "program", budget_spent=spent)


async def good(search: Search) -> str:
    return json.dumps((await compose_for(briefing(), search)).words.model_dump())


PREP = json.dumps({"steps": ["Say how the zebra project looks to you."]})
WRONG = json.dumps({"steps": []})


def generator(made: MadeAgenda) -> dict[str, Any]:
    found: dict[str, Any] = made.row.content["generator"]
    return found


async def test_without_a_model_the_composer_writes_and_says_so(search: Search) -> None:
    made = await make(search, None)

    assert generator(made) == {
        "source": "composer",
        "model": None,
        "prompt": None,
        "tokens": {"prompt": 0, "completion": 0},
        "reason": None,
    }
    assert "No language model was used" in made.row.content["notice"]


async def test_a_models_words_stand_in_the_frame_of_the_plan(search: Search, vocabulary: Vocabulary) -> None:
    words = json.loads(await good(search))
    words["title"] = "A report and its draft"
    made = await make(search, ScriptedModel(json.dumps(words), PREP))

    content = made.row.content
    assert content["title"] == "A report and its draft"
    assert sum(item["minutes"] for item in content["items"]) == content["minutes"] == 60
    assert (generator(made)["source"], generator(made)["model"], generator(made)["prompt"]) == (
        "model",
        "scripted",
        "agenda@4",
    )
    assert "language model (scripted)" in content["notice"]


async def test_a_repaired_answer_is_called_repaired(search: Search) -> None:
    made = await make(search, ScriptedModel("prose", await good(search), PREP))

    assert generator(made)["source"] == "repaired"


async def test_what_of_a_models_page_is_the_coachs_own_is_said(search: Search) -> None:
    words = json.loads(await good(search))
    words["title"] = "A report and its draft"
    words["items"][1]["description"] = "Light the candle and play the trumpet in the orchard."
    page = json.dumps(words)
    made = await make(search, ScriptedModel(page, page, PREP))

    content = made.row.content
    assert (generator(made)["source"], generator(made)["reason"]) == ("repaired", "invalid-reply")
    assert content["title"] == "A report and its draft"
    assert "orchard" not in json.dumps(content)
    assert "language model (scripted); in item 2 it did not pass the checks" in content["notice"]


@pytest.mark.parametrize("error", [ModelError, *ModelError.__subclasses__()])
async def test_whatever_fails_the_composers_agenda_comes_with_the_reason(
    search: Search, error: type[ModelError]
) -> None:
    made = await make(search, ScriptedModel(error("no")))

    assert (generator(made)["source"], generator(made)["reason"]) == ("fallback", error.reason)
    assert generator(made)["model"] is None
    assert [item["title"] for item in made.row.content["items"]] == [
        item.title for item in (await compose_for(briefing(), search)).words.items
    ]
    assert "No language model wrote this: one was asked" in made.row.content["notice"]


async def test_two_bad_answers_lead_to_the_composer_and_are_counted(search: Search) -> None:
    made = await make(search, ScriptedModel("prose", "more prose"))

    assert (generator(made)["source"], generator(made)["reason"]) == ("fallback", "invalid-reply")
    assert generator(made)["tokens"] == {"prompt": 20, "completion": 10}
    assert (made.row.prompt_tokens, made.row.completion_tokens) == (20, 10)


async def test_a_model_that_never_answers_costs_the_time_allowed_and_no_more(search: Search) -> None:
    made = await make(search, SilentModel(), timeout_s=0.05)

    assert (generator(made)["source"], generator(made)["reason"]) == ("fallback", "timeout")


async def test_a_spent_budget_asks_no_model(search: Search) -> None:
    model = ScriptedModel()

    made = await AgendaMaker(search, model, 30).make(briefing(), "pair", "program", budget_spent=True)

    assert model.requests == []
    assert (generator(made)["source"], generator(made)["reason"]) == ("fallback", "paused")


async def test_a_prep_that_fails_is_composed_and_the_agenda_stays_the_models(search: Search) -> None:
    made = await make(search, ScriptedModel(await good(search), WRONG, WRONG))

    assert generator(made)["source"] == "model"
    assert any("zebra" in step for step in made.row.prep_mentor["steps"])
    assert made.row.prompt_tokens == 30


async def test_the_tokens_that_both_see_do_not_tell_that_one_wrote_a_private_note(search: Search) -> None:
    made = await make(search, ScriptedModel(await good(search), PREP))

    assert generator(made)["tokens"] == {"prompt": 10, "completion": 5}
    # The program's budget pays for the prep, too.
    assert (made.row.prompt_tokens, made.row.completion_tokens) == (20, 10)


async def test_a_model_writes_prep_for_the_one_who_left_a_note_alone(search: Search) -> None:
    model = ScriptedModel(await good(search), PREP)

    made = await make(search, model)

    assert [request.schema_name for request in model.requests] == ["agenda", "prep"]
    assert made.row.prep_mentor["steps"] == ["Say how the zebra project looks to you."]
    assert "zebra" not in json.dumps(made.row.prep_mentee)


async def test_who_asked_to_keep_something_out_is_told_of_it_also_where_a_model_writes_the_prep(search: Search) -> None:
    mentor = participant("mentor", "Priya Raman", avoid_topics=["dashboards"], experience_limit=0)
    given = briefing_of(mentor=mentor, notes={"mentor": "The zebra project frightens me."})
    words = json.dumps((await compose_for(given, search)).words.model_dump())
    many = json.dumps({"steps": [f"Say how the zebra project looks to you, {n}." for n in "abcdef"]})

    made = await make(search, ScriptedModel(words, many), given)

    steps = made.row.prep_mentor["steps"]
    assert len(steps) == MOST_PREP_STEPS
    assert "zebra" in steps[0]
    assert "Something in your shared goals" in steps[-2]
    assert "raise your limit" in steps[-1]
    assert not re.search("limit|Something in your shared", json.dumps(made.row.prep_mentee))


@pytest.mark.parametrize("with_model", [True, False])
async def test_what_is_stored_for_both_holds_nothing_private(search: Search, with_model: bool) -> None:
    made = await make(search, ScriptedModel(await good(search), PREP) if with_model else None)

    shared = json.dumps([made.row.content, made.row.brief, made.row.activity_ids, made.starters])
    assert not re.search("zebra|tinnitus|layoff", shared)
    assert not re.search("zebra|tinnitus", json.dumps(made.row.prep_mentee))


async def test_every_cited_id_is_among_the_sources_and_every_source_is_used(search: Search) -> None:
    for given in (briefing(), briefing_of(position=1, minutes=15), briefing_of(position=6, minutes=180, goals=())):
        made = await make(search, None, given)
        content = made.row.content

        cited = {key for item in content["items"] for key in item["sources"]}
        cited |= {key for starter in content["starters"] for key in starter["sources"]}
        cited |= {key for prep in (made.row.prep_mentor, made.row.prep_mentee) for key in prep["sources"]}
        listed = [source["id"] for source in content["sources"]]
        assert set(listed) == cited
        assert len(listed) == len(set(listed))
        assert set(listed) <= set(made.row.passage_ids)
        assert all(source["references"] and source["evidence"] for source in content["sources"])


async def test_a_source_that_the_model_did_not_cite_is_not_listed(search: Search) -> None:
    words = json.loads(await good(search))
    for item in words["items"]:
        item["sources"] = []
    made = await make(search, ScriptedModel(json.dumps(words), PREP))

    kept = {key for starter in made.row.content["starters"] for key in starter["sources"]}
    kept |= set(made.row.prep_mentor["sources"])
    assert {source["id"] for source in made.row.content["sources"]} == kept


async def test_an_exercise_that_rests_on_its_source_names_it_also_where_the_model_cited_nothing(search: Search) -> None:
    words = json.loads(await good(search))
    for item in words["items"]:
        item["sources"] = []
    made = await make(search, ScriptedModel(json.dumps(words), PREP))

    known = {source["id"] for source in made.row.content["sources"]}
    for item in made.row.content["items"]:
        assert bool(item["sources"]) is (item["activity"] is not None)
        assert set(item["sources"]) <= known

    exercise = next(place for place, item in enumerate(made.row.content["items"]) if item["kind"] == "exercise")
    words["items"][exercise]["description"] = "Talk over coffee."
    made = await make(search, ScriptedModel(json.dumps(words), json.dumps(words), PREP))
    assert not any("coffee" in item["description"] and item["sources"] for item in made.row.content["items"])


async def test_a_starter_that_the_model_left_out_stays_as_the_library_has_it(search: Search) -> None:
    words = json.loads(await good(search))
    plan = (await compose_for(briefing(), search)).plan
    expected = [passage.text for passage in plan.starters]
    expected[1] = f"At work, {expected[1][0].lower()}{expected[1][1:]}"
    words["starters"] = [{"starter": 2, "text": expected[1]}]
    made = await make(search, ScriptedModel(json.dumps(words), PREP))

    assert [starter["text"] for starter in made.row.content["starters"]] == expected
    # Neither the new wording nor the library's comes back to this pair.
    assert made.starters == [*expected, plan.starters[1].text]


async def test_the_stored_brief_makes_the_same_agenda_again(search: Search) -> None:
    made = await make(search, None)
    given = briefing()

    brief = SessionBrief.model_validate_json(json.dumps(made.row.brief))

    assert brief == given.brief


async def test_the_row_says_which_activities_were_used(search: Search) -> None:
    made = await make(search, None, briefing_of(fell_through="teach-back"))

    assert "teach-back" in made.row.activity_ids
    exercise = next(item for item in made.row.content["items"] if item["kind"] == "exercise")
    assert exercise["carried_over_from"] == "session-2"
    assert (made.row.session_id, made.row.pair_id, made.row.program_id) == ("session-3", "pair", "program")


async def test_what_a_model_wrote_has_passed_the_guards(search: Search, vocabulary: Vocabulary) -> None:
    """A draft with one bad place never reaches the pair, whichever guard finds it."""
    composed = await compose_for(briefing(), search)
    words = json.loads(await good(search))
    words["items"][0]["description"] = "Talk about the layoffs, says Bogdan."
    assert check_agenda(Draft(type(composed.words).model_validate(words), composed.plan, composed.briefing, vocabulary))

    def again(request: ModelRequest) -> str:
        return json.dumps(words)

    made = await make(search, ScriptedModel(again, again))

    assert generator(made)["source"] == "fallback"
    assert "Bogdan" not in json.dumps(made.row.content)
