"""Rows from elsewhere are checked one by one, and each problem is named by row without repeating what it says."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import InvalidInput, InvalidRows
from coach.feedback import MOST_CHARACTERS
from coach.feedback import imported as module
from coach.feedback.imported import ImportedRow, read_rows

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAIRS = {"p1": ("ann", "bob"), "p2": ("cy", "di")}
ROW: dict[str, Any] = {
    "pair_id": "p1",
    "author": "mentor",
    "held_at": "2026-03-14",
    "ratings": {"usefulness": 4},
    "went_well": "We drew it.",
    "to_change": "More time",
}


def from_json(*rows: Any) -> list[ImportedRow]:
    return read_rows(json.dumps({"rows": rows}).encode(), "json", PAIRS, AT)


def from_csv(text: str) -> list[ImportedRow]:
    return read_rows(text.encode(), "csv", PAIRS, AT)


def problems(*rows: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRows) as refused:
        from_json(*rows)
    return refused.value.problems


def test_a_row_becomes_feedback_of_the_one_who_wrote_it() -> None:
    row, other = from_json(
        ROW, {"pair_id": "p2", "author": "mentee", "held_at": "2026-03-14T12:00:00+02:00", "to_change": "x y"}
    )
    assert (row.author_id, row.role, row.held_at) == ("ann", "mentor", datetime(2026, 3, 14, tzinfo=UTC))
    assert (row.usefulness, row.safety, row.went_well, row.to_change) == (4, None, "We drew it.", "More time")
    assert (other.author_id, other.held_at) == ("di", datetime(2026, 3, 14, 10, tzinfo=UTC))


def test_csv_and_json_say_the_same() -> None:
    header = "pair_id,author,held_at,usefulness,safety,progress,went_well,to_change\r\n"
    assert from_csv(f"\ufeff{header}p1,mentor,2026-03-14,4,,,We drew it.,More time\r\n\r\n") == from_json(ROW)


HEADER = "pair_id,author,held_at,usefulness,safety,progress,went_well,to_change"
CELLS = "p1,mentor,2026-03-14,4,,,We drew it.,More time"


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_columns_stand_apart_as_spreadsheets_write_them(between: str, ending: str) -> None:
    lines = [HEADER, CELLS, CELLS.replace("mentor", "mentee")]
    rows = from_csv(ending.join(line.replace(",", between) for line in lines))
    assert rows == from_json(ROW, {**ROW, "author": "mentee"})


def test_a_semicolon_in_a_file_of_commas_is_a_part_of_the_answer() -> None:
    (row,) = from_csv("pair_id,author,held_at,went_well\np1,mentor,2026-03-14,good; better; best;;\n")
    assert row.went_well == "good; better; best;;"


def test_columns_come_in_any_order_with_spaces_around_what_is_in_them() -> None:
    names, cells = HEADER.split(",")[::-1], CELLS.split(",")[::-1]
    text = "\n".join((" , ".join(name.upper() for name in names), " , ".join(cells)))
    assert from_csv(text) == from_json(ROW)


def test_rows_of_nothing_are_no_rows_and_change_no_number() -> None:
    assert from_csv(f"{HEADER}\n,,,,,,,\n{CELLS}\n , ,,,,,,\n\n") == from_json(ROW)
    with pytest.raises(InvalidRows) as refused:
        from_csv(f"{HEADER}\n,,,,,,,\n{CELLS.replace('mentor', 'boss')}\n")
    assert refused.value.problems == [("rows.0.author", "must be mentor or mentee (line 3)")]


def test_a_list_of_rows_needs_no_object_around_it() -> None:
    body = json.dumps([ROW]).encode()
    for sent in (body, b"\xef\xbb\xbf" + body):
        assert read_rows(sent, "json", PAIRS, AT) == from_json(ROW)


@pytest.mark.parametrize(
    "held_at",
    [
        "20260314T100000Z",
        "2026-03-14T10:00Z",
        "2026-03-14 10:00:00+00:00",
        "2026-03-14T15:30:00+05:30",
        "2026-03-14T10:00:00.000Z",
        "2026-03-14T10:00:00,000000+0000",
        "2026-03-13T23:00:00-11:00",
        "2026-W11-6T10:00:00Z",
        "2026-03-14t10:00:00z",
        "  2026-03-14T10:00:00  ",
    ],
)
def test_a_time_comes_in_any_form_of_iso_8601(held_at: str) -> None:
    (row,) = from_json({**ROW, "held_at": held_at})
    assert row.held_at == datetime(2026, 3, 14, 10, tzinfo=UTC)


def test_quoted_fields_of_csv_hold_commas_quotes_and_lines() -> None:
    (row,) = from_csv('Held_at,author,pair_id,went_well\n2026-03-14,mentee,p1,"Good, he said ""fine""\nand laughed"\n')
    assert row.went_well == 'Good, he said "fine"\nand laughed'


def test_the_same_row_is_the_same_feedback_and_another_is_not() -> None:
    assert len(from_json(ROW, ROW, {**ROW, "went_well": " We drew it. "})) == 1
    changed = [{**ROW, "author": "mentee"}, {**ROW, "held_at": "2026-03-15"}, {**ROW, "ratings": {"safety": 4}}]
    assert len(from_json(ROW, *changed)) == 4


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"pair_id": "p9"}, "pair_id", "not a pair of this program"),
        ({"pair_id": ["p1"]}, "pair_id", "not a pair"),
        ({"author": "boss"}, "author", "mentor or mentee"),
        ({"held_at": "2026-12-24"}, "held_at", "future"),
        ({"held_at": (AT + timedelta(seconds=1)).isoformat()}, "held_at", "future"),
        ({"held_at": "yesterday"}, "held_at", "ISO 8601"),
        ({"held_at": 20260314}, "held_at", "ISO 8601"),
        ({"held_at": "0001-01-01T00:00:00+14:00"}, "held_at", "ISO 8601"),
        ({"held_at": "1666-09-02"}, "held_at", "1970"),
        ({"ratings": {"safety": 6}}, "ratings.safety", "1 to 5"),
        ({"ratings": {"safety": True}}, "ratings.safety", "1 to 5"),
        ({"ratings": {"safety": "4"}}, "ratings.safety", "1 to 5"),
        ({"ratings": {"mood": 4}}, "ratings", "usefulness, safety, progress"),
        ({"ratings": [4]}, "ratings", "object"),
        ({"went_well": "x" * (MOST_CHARACTERS + 1)}, "went_well", "shorten it"),
        ({"to_change": "a\x07b"}, "to_change", "control characters"),
        ({"to_change": 7}, "to_change", "text"),
    ],
)
def test_each_problem_names_its_row_and_field(change: dict[str, Any], field: str, message: str) -> None:
    ((where, why),) = problems(ROW, {**ROW, **change})
    assert where == f"rows.1.{field}"
    assert message in why


@pytest.mark.parametrize("empty", [{}, {"ratings": {}}, {"went_well": "  ", "to_change": None}])
def test_a_row_without_ratings_and_answers_is_refused(empty: dict[str, Any]) -> None:
    bare = {name: ROW[name] for name in ("pair_id", "author", "held_at")}
    assert problems({**bare, **empty}) == [("rows.0", "is empty: it has neither ratings nor an answer")]


def test_no_problem_repeats_what_a_row_says() -> None:
    said = problems(
        ROW, "quokka", {"pair_id": "quokka", "quokka": 1, "author": "quokka", "held_at": "quokka", "ratings": "quokka"}
    )
    assert len(said) == 6
    assert "quokka" not in str(said)
    with pytest.raises(InvalidInput) as refused:
        from_csv("pair_id,author,held_at,quokka\n")
    assert "quokka" not in str(refused.value)


def test_every_row_of_a_long_list_that_is_wrong_is_named() -> None:
    said = problems(*([{**ROW, "author": "x"}] * 5_000))
    assert [where for where, _ in said] == [f"rows.{number}.author" for number in range(5_000)]


def test_the_first_problems_are_named_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ERRORS_SHOWN", 50)
    with pytest.raises(InvalidRows) as refused:
        from_json(*([{**ROW, "author": "x"}] * 70))
    assert (len(refused.value.problems), refused.value.more) == (50, 20)
    assert "70 problems in the rows, so nothing was stored. The first 50 are in errors." in str(refused.value)


@pytest.mark.parametrize(
    ("body", "form", "message"),
    [
        (b"{", "json", "not valid JSON"),
        (b"[]", "json", "no rows"),
        (b'"rows"', "json", "list of rows"),
        (b'{"rows": {}}', "json", "`rows`"),
        (b'{"rows": [], "more": 1}', "json", "`rows`"),
        (b'{"rows": []}', "json", "no rows"),
        (b"", "csv", "lacks pair_id, author, held_at"),
        (b"pair_id,author,held_at\n", "csv", "no rows"),
        (b"pair_id,author,held_at,held_at\n", "csv", "held_at twice"),
        (b"pair_id,author,held_at\np1,\xff\n", "csv", "line 2"),
        (b'pair_id,author,held_at\np1,"mentor', "csv", "not CSV at line 2"),
    ],
)
def test_what_cannot_be_read_at_all_says_where(body: bytes, form: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_rows(body, form, PAIRS, AT)


def test_a_problem_of_csv_names_the_line_too() -> None:
    with pytest.raises(InvalidRows) as refused:
        from_csv('pair_id,author,held_at,went_well\np1,mentor,2026-03-14,"a\nb"\np1,mentor\np1,boss,2026-03-14,c\n')
    assert refused.value.problems == [
        ("rows.1", "has 2 columns where the header has 4; quote what holds a comma (line 4)"),
        ("rows.2.author", "must be mentor or mentee (line 5)"),
    ]


def test_more_rows_than_one_import_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 2)
    assert len(from_json(ROW, {**ROW, "author": "mentee"})) == 2
    with pytest.raises(InvalidInput, match="more than 2 rows"):
        from_json(ROW, ROW, ROW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW, "x"]), inner, max_size=4),
    max_leaves=8,
)


@given(_JSON)
def test_no_row_breaks_the_reading(value: Any) -> None:
    try:
        rows = from_json(value)
    except InvalidInput:
        return
    assert len(rows) == 1
