"""Feedback that was kept elsewhere: rows of JSON or CSV, checked one by one before any of them is stored.

Everything here runs without an event loop, so that a thread can take it.
"""

import codecs
import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from coach.errors import InvalidInput, InvalidRows
from coach.feedback import MOST_CHARACTERS

MOST_ROWS = 100_000
# Whoever mends a file wants to know of every row; so many are a reply of a megabyte.
ERRORS_SHOWN = 10_000
_RATINGS = ("usefulness", "safety", "progress")
_ANSWERS = ("went_well", "to_change")
_JSON_FIELDS = ("pair_id", "author", "held_at", "ratings", *_ANSWERS)
_CSV_FIELDS = ("pair_id", "author", "held_at", *_RATINGS, *_ANSWERS)
_NEEDED = ("pair_id", "author", "held_at")
# What stands between two columns: spreadsheets take a semicolon where a comma is for decimals.
_BETWEEN = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
_FIRST_LINE = re.compile(r"[^\r\n]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

Form = Literal["json", "csv"]
# Pair ids of the program with the participant ids of the mentor and the mentee.
Pairs = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One checked row. `id` follows from its content, so that the same row is the same feedback wherever it stands."""

    id: str
    pair_id: str
    author_id: str
    role: Literal["mentor", "mentee"]
    held_at: datetime
    usefulness: int | None
    safety: int | None
    progress: int | None
    went_well: str | None
    to_change: str | None


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A line of CSV that does not fit its header."""

    reason: str


def read_rows(body: bytes, form: Form, pairs: Pairs, at: datetime) -> list[ImportedRow]:
    """All rows of the body, checked, each once.

    Raises InvalidInput where the body cannot be read at all, and InvalidRows where a row is wrong: it names the first
    `ERRORS_SHOWN` problems by row and field, rows counted from 0, and how many more there are.
    """
    problems: list[tuple[str, str]] = []
    more = 0
    checked: dict[str, ImportedRow] = {}
    for number, (fields, note) in enumerate(_json_rows(body) if form == "json" else _csv_rows(body)):
        if number >= MOST_ROWS:
            raise InvalidInput("rows", f"There are more than {MOST_ROWS:,} rows. Split the import into several.")
        found = list(_problems(fields, pairs, at))
        if found:
            room = max(ERRORS_SHOWN - len(problems), 0)
            problems += [(f"rows.{number}{field}", f"{message}{note}") for field, message in found[:room]]
            more += len(found) - len(found[:room])
        elif not problems:
            row = _row(fields, pairs)
            checked[row.id] = row
    if problems:
        raise InvalidRows(problems, more)
    if not checked:
        raise InvalidInput("rows", "There are no rows. Send at least one.")
    return list(checked.values())


def _json_rows(body: bytes) -> Iterator[tuple[Any, str]]:
    try:
        value = orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        raise InvalidInput("body", "The body is not valid JSON in UTF-8.") from None
    rows = value["rows"] if isinstance(value, dict) and set(value) == {"rows"} else value
    if not isinstance(rows, list):
        raise InvalidInput("rows", "Send a list of rows, or an object with one field, `rows`, that holds it.")
    for place, row in enumerate(rows):
        # Let go of each row once it was checked.
        rows[place] = None
        yield row, ""


def _csv_rows(body: bytes) -> Iterator[tuple[Any, str]]:
    """Rows as JSON would have them; the note names the line in the file that a row ends on."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise InvalidInput("body", f"The file is not in UTF-8: line {line} cannot be read. Save it as UTF-8.") from None
    first = _FIRST_LINE.match(text)
    between = max(_BETWEEN, key=first.group().count) if first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        _check_header(header)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                # Spreadsheets leave rows of nothing behind.
                continue
            note = f" (line {reader.line_num})"
            if len(cells) != len(header):
                reason = f"has {len(cells)} columns where the header has {len(header)}"
                yield _Misfit(f"{reason}; quote what holds {_BETWEEN[between]}"), note
                continue
            fields = dict(zip(header, cells, strict=True))
            ratings = {name: _cell(fields.pop(name, "")) for name in _RATINGS}
            given = {
                name: value.strip() if name in _NEEDED else value
                for name, value in fields.items()
                if name in _NEEDED or value.strip()
            }
            yield {**given, "ratings": {name: value for name, value in ratings.items() if value is not None}}, note
    except csv.Error as error:
        reason = str(error)
        raise InvalidInput("body", f"The file is not CSV at line {reader.line_num}: {reason}.") from None


def _check_header(header: list[str]) -> None:
    missing = [name for name in _NEEDED if name not in header]
    unknown = [name for name in header if name not in _CSV_FIELDS]
    twice = sorted({name for name in header if header.count(name) > 1})
    if missing or unknown or twice:
        said = [
            *([f"lacks {', '.join(missing)}"] if missing else []),
            *([f"has {len(unknown)} columns that are not known"] if unknown else []),
            *([f"has {', '.join(twice)} twice"] if twice and not unknown else []),
        ]
        raise InvalidInput("header", f"The first line {' and '.join(said)}. Columns are {', '.join(_CSV_FIELDS)}.")


def _cell(text: str) -> int | str | None:
    """A rating as it stands in a cell; what is no whole number stays a text, and is refused as one."""
    text = text.strip()
    return (int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text) if text else None


def _problems(fields: Any, pairs: Pairs, at: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with a row: the field's name after a dot, and why. No message repeats what the row says."""
    if isinstance(fields, _Misfit):
        yield "", fields.reason
        return
    if not isinstance(fields, dict):
        yield "", "must be an object"
        return
    for name in fields:
        if name not in _JSON_FIELDS:
            # Somebody's column may be named after a person.
            yield "", f"has a field that is not known; fields are {', '.join(_JSON_FIELDS)}"
            break
    pair_id = fields.get("pair_id")
    if not isinstance(pair_id, str) or pair_id.strip() not in pairs:
        yield ".pair_id", "is not a pair of this program"
    if fields.get("author") not in ("mentor", "mentee"):
        yield ".author", "must be mentor or mentee"
    held_at = _time(fields.get("held_at"))
    if held_at is None:
        yield ".held_at", "must be a date or a time in ISO 8601, such as 2026-03-14 or 2026-03-14T10:00:00Z"
    elif held_at > at:
        yield ".held_at", "lies in the future; only meetings that were held can have feedback"
    elif held_at < _EARLIEST:
        yield ".held_at", "lies before 1970; check the year"
    ratings = fields.get("ratings")
    yield from _rating_problems(ratings)
    for name in _ANSWERS:
        yield from ((f".{name}", reason) for reason in _answer_problems(fields.get(name)))
    if not ratings and not any(_text(fields.get(name)) for name in _ANSWERS):
        yield "", "is empty: it has neither ratings nor an answer"


def _rating_problems(ratings: Any) -> Iterator[tuple[str, str]]:
    if ratings is None:
        return
    if not isinstance(ratings, dict) or not set(ratings) <= set(_RATINGS):
        yield ".ratings", f"must be an object with {', '.join(_RATINGS)}"
        return
    for name, value in ratings.items():
        if type(value) is not int or not 1 <= value <= 5:
            yield f".ratings.{name}", "must be a whole number from 1 to 5"


def _answer_problems(value: Any) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, str):
        yield "must be a text"
    elif len(value) > MOST_CHARACTERS:
        yield f"has {len(value):,} characters, and {MOST_CHARACTERS:,} is the most; shorten it"
    elif _CONTROL.search(value):
        yield "holds control characters; remove them"


def _time(value: Any) -> datetime | None:
    """A date counts from midnight UTC, and a time without a zone is in UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value.strip().upper())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip() or None


def _row(fields: dict[str, Any], pairs: Pairs) -> ImportedRow:
    """The row of fields that have no problems."""
    pair_id, role = fields["pair_id"].strip(), fields["author"]
    held_at = _time(fields["held_at"])
    assert held_at is not None
    ratings = fields.get("ratings") or {}
    given = [ratings.get(name) for name in _RATINGS]
    answers = [_text(fields.get(name)) for name in _ANSWERS]
    mentor_id, mentee_id = pairs[pair_id]
    content = orjson.dumps(["imported", pair_id, role, held_at.isoformat(), *given, *answers])
    return ImportedRow(
        hashlib.sha256(content).hexdigest()[:24],
        pair_id,
        mentor_id if role == "mentor" else mentee_id,
        role,
        held_at,
        *given,
        *answers,
    )
