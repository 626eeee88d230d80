"""Pages of faithful rewordings, and what becomes of them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from coach.agenda.guard import Draft
from coach.agenda.words import AgendaWords
from coach.retrieval.search import Search
from coach.vocabulary import Vocabulary
from evals.pairs import read_pairs
from evals.parts import PartNotRun
from evals.sound_pages import (
    Became,
    Page,
    PageArrives,
    WordsKept,
    WrittenPageArrives,
    WrittenPageFits,
    WrittenWordsKept,
    evaluate,
    outcome,
    pages,
    written,
)
from evals.sound_texts import SoundText
from evals.written_pages import Unfit, WrittenItem, WrittenPage, WrittenStarter, by_name, laid_out, read_written
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


@pytest.fixture(scope="module")
def row(search: Search) -> WrittenPage:
    """A page for a pair of the eval set, in the coach's own words but for a title, on passages of the library here."""
    pair = read_pairs()[0]
    briefing = pair.briefing()
    made = asyncio.run(compose_for(briefing, search)).draft(Vocabulary(search.passages))
    slots, starters, own = made.plan.slots, made.plan.starters, made.words
    return WrittenPage(
        pair=pair.name,
        set="third",
        title=f"What {briefing.brief.mentor.first_name} shows",
        summary=own.summary,
        items=tuple(
            WrittenItem(
                purpose=slot.purpose,
                minutes=slot.minutes,
                led_by=slot.led_by,
                goal=slot.goal,
                passages=tuple(f"{one.document_id}#{one.section}" for one in slot.passages),
                title=item.title,
                description=item.description,
            )
            for slot, item in zip(slots, own.items, strict=True)
        ),
        starters=tuple(WrittenStarter(starter=one.text, text=one.text) for one in starters),
    )


@pytest.fixture
def became(search: Search) -> Callable[[WrittenPage], Became]:
    """What becomes of a page that a model wrote."""
    vocabulary = Vocabulary(search.passages)
    return lambda page: next(outcome for _, outcome in written([page], search.passages, vocabulary))


def with_items(row: WrittenPage, **changes: object) -> WrittenPage:
    """The page with the same changed in each of its items."""
    return row.model_copy(update={"items": tuple(item.model_copy(update=changes) for item in row.items)})


def test_a_written_page_that_keeps_to_its_passages_arrives(
    row: WrittenPage, became: Callable[[WrittenPage], Became]
) -> None:
    found = became(row)

    assert found == Page(False, 1, 0, ())
    assert WrittenPageFits().faults(row, found) == []
    assert WrittenPageArrives().faults(row, found) == []
    assert WrittenWordsKept().grade(row, found) == 1


def test_a_written_page_that_strays_everywhere_is_refused(
    row: WrittenPage, became: Callable[[WrittenPage], Became]
) -> None:
    found = became(with_items(row, description=FREELY))

    assert WrittenPageFits().faults(row, found) == []
    assert WrittenPageArrives().faults(row, found)
    assert WrittenWordsKept().grade(row, found) == 0


def test_a_written_page_that_is_no_agenda_is_refused(row: WrittenPage, became: Callable[[WrittenPage], Became]) -> None:
    found = became(row.model_copy(update={"title": "A title without end" * 20}))

    assert isinstance(found, Page)
    assert (found.refused, found.stand) == (True, found.texts)
    assert WrittenPageArrives().faults(row, found)


def test_what_a_written_page_cites_beyond_the_library_is_a_fault(
    row: WrittenPage, became: Callable[[WrittenPage], Became]
) -> None:
    found = became(with_items(row, sources=("k0123456789a",)))

    assert isinstance(found, Page)
    assert found.refused
    assert "citations" in found.found[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda row: {"items": row.items[1:]}, "slots"),
        (lambda row: with_items(row, passages=("gone#At a glance",)).__dict__, "gone#At a glance"),
        (lambda row: {"starters": (WrittenStarter(starter="Who is gone?", text="Who?"),)}, "Who is gone?"),
        (lambda row: {"pair": "nobody"}, "nobody"),
    ],
)
def test_a_written_page_that_no_longer_fits_is_left_out_and_counted(
    row: WrittenPage,
    became: Callable[[WrittenPage], Became],
    change: Callable[[WrittenPage], dict[str, object]],
    why: str,
) -> None:
    page = row.model_copy(update=change(row))
    found = became(page)

    assert isinstance(found, Unfit)
    assert why in found.why
    assert WrittenPageFits().faults(page, found) == [found.why]
    assert WrittenPageArrives().faults(page, found) is None
    assert WrittenWordsKept().grade(page, found) is None


def test_a_written_page_stands_on_the_plan_that_it_was_written_for(row: WrittenPage, search: Search) -> None:
    briefing = read_pairs()[0].briefing()
    page = with_items(row, minutes=11, led_by="mentor", goal="Read a chart")

    draft = laid_out(page, briefing, by_name(search.passages), Vocabulary(search.passages))

    assert isinstance(draft, Draft)
    assert {(slot.minutes, slot.led_by, slot.goal) for slot in draft.plan.slots} == {(11, "mentor", "Read a chart")}
    for slot, item in zip(draft.plan.slots, draft.words.items, strict=True):
        assert item.sources == tuple(passage.id for passage in slot.passages)
        assert (slot.activity is not None) == (slot.purpose in {"exercise", "discussion"})


def test_rewordings_and_written_pages_are_told_apart(row: WrittenPage) -> None:
    arrives, left_out, refused = Page(False, 4, 1, ()), Unfit("it is gone"), Page(True, 4, 4, ("title: names",))
    other = row.model_copy(update={"pair": "other"})

    report = evaluate({"one": "one", "two": row, "three": other}, {"one": refused, "two": arrives, "three": left_out})

    judged = {case.name: {*case.scores, *case.assertions} for case in report.cases}
    assert judged["one"] == {"page-arrives", "words-kept"}
    assert judged["two"] == {"written-page-arrives", "written-words-kept", "written-page-fits"}
    assert judged["three"] == {"written-page-fits"}
    assert (report.experiment_metadata or {})["notes"].splitlines() == [
        "of 1 pages of rewordings 0 are taken as they are, 0 mended and 1 refused; "
        "of 4 texts 0 are read as they were written",
        "of 1 pages of the third set that a model wrote 0 are taken as they are, 1 mended and 0 refused; "
        "of 4 texts 3 are read as they were written; 1 are left out, which no longer fit",
    ]


def test_each_written_page_is_of_a_pair_of_its_own(row: WrittenPage, tmp_path: Path) -> None:
    file = tmp_path / "written.jsonl"
    file.write_text(f"{row.model_dump_json()}\n" * 2, "utf-8")

    with pytest.raises(PartNotRun, match=row.pair):
        read_written(file)


def test_the_written_pages_are_of_pairs_that_there_are() -> None:
    assert {page.pair for page in read_written()} <= {pair.name for pair in read_pairs()}
