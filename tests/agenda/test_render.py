import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.agenda.pipeline import AgendaMaker
from coach.agenda.render import MAIL_WIDTH, markdown, plain_text
from coach.retrieval.search import Search
from tests.agenda.pairs import action, briefing_of, participant

SPECIAL = r"\`*_[]<>|~"


def agenda(**changes: Any) -> dict[str, Any]:
    item = {
        "id": "1",
        "kind": "exercise",
        "title": "Draw it",
        "minutes": 60,
        "led_by": "mentor",
        "description": "Draw the report.",
        "goal": None,
        "because": "It is your goal.",
        "carried_over_from": None,
        "sources": ["b", "a"],
    }
    source = {"section": "Do it", "evidence": "study", "updated": "2026-11-21", "references": ["Book (Press, 2019)"]}
    return {
        "title": "Session 2",
        "summary": "Two people meet.",
        "people": {"mentor": "Priya", "mentee": "Martin"},
        "items": [item | changes.pop("item", {})],
        "starters": [{"text": "What is new?", "asked_by": "either", "topic": None, "sources": ["c"]}],
        "prep": {"role": "mentor", "steps": ["Bring a pen."], "sources": ["a"]},
        "sources": [source | {"id": key, "title": f"Document {key}"} for key in ("a", "b", "c")],
        "notice": "Composed.",
    } | changes


def without_escapes(text: str) -> str:
    """What is left as markup when escaped characters are taken out."""
    return re.sub(r"\\[!-/:-@\[-`{-~]", "", text)


def test_an_agenda_reads_from_title_to_notice() -> None:
    assert markdown(agenda()) == (
        "# Session 2\n\nTwo people meet.\n\n"
        "| when | what | who leads |\n|---|---|---|\n| 0–60 min | Draw it | Priya |\n\n"
        "## 0–60 min: Draw it\n\nDraw the report. [2][1]\n\n*Why: It is your goal.*\n\n"
        "## Conversation starters\n\n- **either of you:** What is new? [3]\n\n"
        "## Your prep, Priya (only you see this; about five minutes)\n\n1. Bring a pen.\n\n"
        "## Sources\n\n"
        "1. Document a, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book (Press, 2019).\n"
        "2. Document b, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book (Press, 2019).\n"
        "3. Document c, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book (Press, 2019).\n\n"
        "---\n\n*Composed.*\n"
    )


@pytest.mark.parametrize("character", SPECIAL)
@pytest.mark.parametrize(
    "place", ["title", "summary", "notice", "name", "item title", "description", "because", "step"]
)
def test_no_character_of_a_text_is_markup(place: str, character: str) -> None:
    text = f"a{character}{character}b{character}c"
    nested: dict[str, dict[str, Any]] = {
        "name": {"people": {"mentor": text, "mentee": text}},
        "item title": {"item": {"title": text}},
        "description": {"item": {"description": text}},
        "because": {"item": {"because": text}},
        "step": {"prep": {"role": "mentor", "steps": [text], "sources": []}},
    }

    plain = without_escapes(markdown(agenda(**nested.get(place, {place: text}))))

    assert "abc" in plain
    assert f"{character}b" not in plain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# Not a heading", r"\# Not a heading"),
        ("## Not a heading", r"\## Not a heading"),
        ("- not a list", r"\- not a list"),
        ("+ not a list", r"\+ not a list"),
        ("1. not a list", r"1\. not a list"),
        ("12) not a list", r"12\) not a list"),
        ("> not a quotation", r"\> not a quotation"),
        ("two\n\n## lines", "two ## lines"),
        ("five - three + 1. two # one", "five - three + 1. two # one"),
    ],
)
def test_the_beginning_of_a_text_is_no_markup_either(text: str, line: str) -> None:
    assert line in markdown(agenda(summary=text)).splitlines()


@pytest.mark.parametrize("text", ["---", "- - -", "~~~", "***", "___"])
def test_a_text_of_signs_alone_neither_draws_a_line_nor_opens_a_code_block(text: str) -> None:
    without = markdown(agenda(item={"sources": []})).splitlines()

    rendered = markdown(agenda(item={"description": text, "sources": []})).splitlines()

    assert rendered.count(text) == without.count(text)


def test_the_table_stays_whole_with_pipes_and_line_ends_in_a_title() -> None:
    rendered = markdown(agenda(item={"title": "either | or\n| both"}, people={"mentor": "P|R", "mentee": "M"}))

    rows = [line for line in rendered.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [4, 4, 4]


def test_times_run_on_without_gaps() -> None:
    parts = [agenda()["items"][0] | {"minutes": minutes} for minutes in (5, 40, 15)]

    rendered = markdown(agenda(items=parts))

    assert re.findall(r"^## (\d+–\d+) min", rendered, re.MULTILINE) == ["0–5", "5–45", "45–60"]


def test_an_agenda_without_starters_and_sources_has_no_empty_headings() -> None:
    rendered = markdown(agenda(starters=[], sources=[]))

    assert "Conversation starters" not in rendered
    assert "Sources" not in rendered
    assert "[" not in rendered


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("&lt;b&gt; &#124; R&D", r"\&lt;b\&gt; \&#124; R&D"),
        ("https://example.org", r"https\://example.org"),
        ("WWW.example.org", r"WWW\.example.org"),
        ("a@example.org", r"a\@example.org"),
        ("at 10:30, e.g. @ work", "at 10:30, e.g. @ work"),
    ],
)
def test_what_readers_make_links_and_entities_of_stays_text(text: str, written: str) -> None:
    assert written in markdown(agenda(summary=text)).splitlines()


def test_characters_that_nobody_sees_are_left_out_and_emoji_stay_whole() -> None:
    family, persian = "👩‍👩‍👧‍👦", "می‌خواهم"
    text = f"a\x00b\x1b[31m c\u202ed\u2066e \ud800f {family} {persian}"

    for form in (markdown, plain_text):
        shown = form(agenda(summary=text, people={"mentor": text, "mentee": "שרה"}))
        assert not re.search("[\x00\x1b\u202e\u2066\ud800]", shown)
        assert family in shown
        assert persian in shown


# Plain text


def test_a_plain_agenda_reads_from_title_to_prep() -> None:
    assert plain_text(agenda()) == (
        "Session 2\n\nTwo people meet.\n\n"
        "Minutes 0 to 60: Draw it\n  Led by Priya.\n  Draw the report. [2][1]\n  Why: It is your goal.\n\n"
        "Conversation starters:\n1. Either of you asks: What is new? [3]\n\n"
        "Notes on sources:\n"
        "[1] Document a, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book\n    (Press, 2019).\n"
        "[2] Document b, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book\n    (Press, 2019).\n"
        "[3] Document c, “Do it”. Evidence: study, updated 2026-11-21. Rests on: Book\n    (Press, 2019).\n\n"
        "Composed.\n\n"
        "Your prep, Priya. Only you see this, so leave it out when you forward the\nrest:\n1. Bring a pen.\n"
    )


@given(text=st.text(max_size=400))
def test_no_line_of_a_plain_agenda_is_longer_than_a_mail_likes(text: str) -> None:
    shown = plain_text(agenda(title=text, summary=text, notice=text, item={"description": text, "because": text}))

    assert all(len(line) <= MAIL_WIDTH for line in shown.split("\n"))
    assert shown.splitlines() == shown.split("\n")[:-1]


def test_a_text_of_many_lines_cannot_pass_for_a_part_of_the_plain_agenda() -> None:
    typed = "Listen more\r\n\r\nNotes on sources:\r\n[1] A made-up study"

    shown = plain_text(agenda(item={"description": typed}, starters=[], sources=[]))

    assert "Notes on sources:" not in shown.splitlines()


def test_a_source_that_rests_on_nothing_does_not_say_so() -> None:
    source = agenda()["sources"][0] | {"references": []}

    assert "Rests on" not in plain_text(agenda(sources=[source]))


async def test_a_plain_agenda_has_no_marks_of_markdown_and_the_notice(search: Search) -> None:
    row = (await AgendaMaker(search, None, 1).make(briefing_of(minutes=90), "pair", "program")).row

    shown = plain_text(row.content | {"prep": row.prep_mentee})

    assert not re.search(r"^#|[*`|_]|^---|^- |\]\(|://", shown, re.MULTILINE)
    words = " ".join(shown.split())
    for text in (row.content["title"], row.content["notice"], *row.prep_mentee["steps"]):
        assert text in words
    cited = set(map(int, re.findall(r"\[(\d+)\](?!\S*\w)", shown.partition("Notes on sources:")[0])))
    assert cited
    assert max(cited) <= len(row.content["sources"])


async def test_what_people_typed_brings_in_no_markup(search: Search) -> None:
    typed = "Use [a](https://example.org) `b` *c* __d__ <img src=x> | e | ![f](g)"
    briefing = briefing_of(
        position=1,
        goals=[typed],
        focus=typed,
        actions=[action(typed)],
        mentor=participant("mentor", "Pri*ya* [x](y) | <b>R</b>", strengths=[typed]),
        mentee=participant("mentee", "Martin_Olsen_", wants_to_learn=[typed]),
        notes={"mentor": typed},
    )
    row = (await AgendaMaker(search, None, 1).make(briefing, "pair", "program")).row

    plain = without_escapes(markdown(row.content | {"prep": row.prep_mentor}))

    text = re.sub(r"^(#+ |\| |\|---|- \*\*|\*Why: |\d+\. )", "", plain, flags=re.MULTILINE)
    assert not re.search(r"<|\]\(|https?:|`|__|!\[", text)


async def test_numbers_of_citations_point_to_the_listed_sources(search: Search) -> None:
    row = (await AgendaMaker(search, None, 1).make(briefing_of(minutes=90), "pair", "program")).row

    body, _, sources = markdown(row.content | {"prep": row.prep_mentee}).partition("## Sources")

    listed = [int(number) for number in re.findall(r"^(\d+)\. ", sources, re.MULTILINE)]
    cited = {int(number) for number in re.findall(r"(?<!\\)\[(\d+)\]", body)}
    assert listed == list(range(1, len(row.content["sources"]) + 1))
    assert cited
    assert cited <= set(listed)
