"""Pages of faithful rewordings, and what becomes of them."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from coach.agenda.guard import Draft
from coach.agenda.words import AgendaWords
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from evals.sound_pages import Page, PageArrives, WordsKept, outcome, pages
from evals.sound_texts import SoundText
from tests.agenda.conftest import compose_for
from tests.agenda.pairs import briefing_of

FREELY = "Light the candle and play the trumpet in the orchard."


@pytest.fixture(scope="module")
def draft(search: Search) -> Draft:
    """An agenda by the composer."""
    return asyncio.run(compose_for(briefing_of(), search)).draft(Vocabulary(search.passages))


def worded(draft: Draft, *descriptions: str) -> Draft:
    """The draft with a title that is not the composer's, and these descriptions of its first items."""
    words = draft.words.model_dump() | {"title": "A report and its draft"}
    for item, description in zip(words["items"], descriptions, strict=False):
        item["description"] = description
    return replace(draft, words=AgendaWords.model_validate(words))


def test_of_a_page_that_strays_in_one_place_the_rest_counts_as_the_models(draft: Draft) -> None:
    assert outcome(worded(draft)) == Page(False, 1, 0, ())

    strayed = outcome(worded(draft, FREELY))

    assert (strayed.refused, strayed.texts, strayed.stand) == (False, 2, 1)
    assert [line.split(":")[:2] for line in strayed.found] == [["item 1", " grounding"]]
    assert WordsKept().grade("", strayed) == 0.5


def test_a_page_that_is_refused_keeps_nothing(draft: Draft) -> None:
    refused = outcome(worded(draft, *[f"{FREELY} {number}" for number in "abcdefghi"]))

    assert PageArrives().faults("", refused)
    assert WordsKept().grade("", refused) == 0


@pytest.fixture
def sound(search: Search) -> list[SoundText]:
    """Rewordings of three exercises, and of the rest that a page has."""
    exercises = list(dict.fromkeys(one.document.front.id for one in search.passages if one.kind == "exercise"))[:3]
    asked = next(one.text for one in search.passages if one.asked_by)
    return [
        *(
            SoundText("activity", key, f"Try {key}", "{mentor} shows it, {mentee} tries it.")
            for key in [*exercises][:3]
        ),
        SoundText("starter", asked, "", "What did {mentor} show you?"),
        SoundText("title", "", "", "What {mentor} knows"),
        SoundText("summary", "", "", "{mentor} shows, and {mentee} tries."),
    ]


def test_each_rewording_of_an_exercise_is_on_one_page(draft: Draft, search: Search, sound: list[SoundText]) -> None:
    made = [page for _, page in pages([draft], search.passages, sound)]

    titles = Counter(item.title for page in made for item in page.words.items)
    assert [titles[one.title] for one in sound if one.place == "activity"] == [1, 1, 1]
    for page in made:
        assert page.words.title == "What Priya knows"
        assert "{mentor}" not in page.words.model_dump_json()
