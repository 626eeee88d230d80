import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from coach.agenda.calendar import LONGEST_DESCRIPTION, calendar
from coach.models import MentoringSession
from tests.agenda.test_render import agenda as readable

START = datetime(2026, 12, 3, 14, tzinfo=UTC)
WRITTEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
HOSTILE = (
    "Plan\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:EMAIL",
    "one\rtwo\nthree\x0bfour\x85five\u2028six",
    'say "hello"; then, wait: \\n \\, \\; C:\\temp',
    "👩‍👩‍👧‍👦 " * 20,
    "שרה כהן \u202eevil\u202c مرحبا",
    "\x00\x07\x1b[31m\x7f",
    "ATTENDEE:mailto:a@example.org",
)


def agenda(**changes: Any) -> dict[str, Any]:
    return readable(**({"version": 1, "minutes": 60, "created_at": WRITTEN.isoformat()} | changes))


def session(**changes: Any) -> MentoringSession:
    known: dict[str, Any] = {"id": "abc", "pair_id": "pair", "number": 2, "scheduled_at": START, "minutes": 60}
    return MentoringSession(**(known | {"created_at": WRITTEN - timedelta(days=9)} | changes))


def file_of(given: dict[str, Any] | None = None, planned: MentoringSession | None = None) -> bytes:
    return calendar(given or agenda(), planned or session())


def read(file: bytes) -> Any:
    return Calendar.from_ical(file)


def event_in(file: bytes) -> Any:
    parsed = read(file)
    assert not parsed.errors
    (event,) = parsed.events
    assert not event.errors
    return event


def test_one_event_says_when_what_and_for_whom() -> None:
    file = file_of()
    parsed, event = read(file), event_in(file)

    assert parsed["version"] == "2.0"
    assert [part.name for part in parsed.walk()] == ["VCALENDAR", "VEVENT", "VALARM"]
    assert b"\r\nDTSTART:20261203T140000Z\r\n" in file
    assert (event.start, event.end) == (START, START + timedelta(minutes=60))
    assert (event["summary"], event["status"], event["class"]) == ("Session 2", "CONFIRMED", "PRIVATE")
    assert event["dtstamp"].dt == event["last-modified"].dt == WRITTEN


def test_nobody_is_invited_and_nothing_is_asked_for_that_only_invitations_have() -> None:
    """RFC 5546 asks an ORGANIZER of every METHOD, and RFC 5545 forbids one where nobody is invited."""
    parsed = read(file_of())

    assert "method" not in {key.lower() for key in parsed}
    assert not {"attendee", "organizer"} & {key.lower() for key in parsed.events[0]}


def test_a_file_that_is_fetched_again_is_the_same_until_something_changes() -> None:
    moved = session(scheduled_at=START + timedelta(days=1), changes=1, changed_at=WRITTEN + timedelta(hours=1))

    assert file_of() == file_of()
    assert event_in(file_of(planned=moved))["dtstamp"].dt == WRITTEN + timedelta(hours=1)


def test_an_agenda_that_is_shorter_than_its_session_on_purpose_is_not_called_outdated() -> None:
    restart, planned = agenda(minutes=30), session(minutes=60)

    assert "was made for" not in event_in(calendar(restart, planned, 60))["description"]
    shortened = event_in(calendar(restart, session(minutes=45), 60))["description"]
    assert "made for 60 minutes, and the session now has 45" in shortened


def test_the_description_is_the_plain_agenda_with_the_own_prep_under_its_heading_at_the_end() -> None:
    description = str(event_in(file_of())["description"])

    assert "Minutes 0 to 60: Draw it\n" in description
    assert "1. Either of you asks: What is new? [3]\n" in description
    assert "\nComposed.\n" in description
    shared, heading, prep = description.partition("Your prep, Priya. Only you see this")
    assert heading
    assert "Bring a pen." not in shared
    assert prep.endswith("\n1. Bring a pen.")


def long_agenda(items: int, words: int) -> dict[str, Any]:
    given = agenda(item={"description": "Draw the report. " * words, "because": "It is your goal. " * 8})
    source = given["sources"][0] | {"references": ["Book (Press, 2019)"] * 20}
    return given | {"items": given["items"] * items, "sources": [source | {"id": f"s{n}"} for n in range(12)]}


@pytest.mark.parametrize(
    ("items", "words", "has", "has_not"),
    [
        (1, 1, ["Notes on sources", "Why: It is"], ["Calendars take no longer text"]),
        (6, 20, ["Why: It is", "What is new?", "has the notes on sources, too"], ["Notes on sources", "[1]"]),
        (12, 34, ["What is new?", "has the notes on sources and the reasons, too"], ["Notes on sources", "Why:"]),
    ],
)
def test_a_long_agenda_keeps_its_steps_and_its_prep_in_calendars_that_take_8192_characters(
    items: int, words: int, has: list[str], has_not: list[str]
) -> None:
    given = long_agenda(items, words) if items > 1 else agenda()
    for planned in (session(), session(minutes=45)):
        description = str(event_in(file_of(given, planned))["description"])
        assert len(description) <= LONGEST_DESCRIPTION < 8_192
        assert description.count("Draw the report.") == items * words
        assert description.endswith("\n1. Bring a pen.")
        assert all(text in description for text in has)
        assert not any(text in description for text in has_not)


def test_the_day_before_a_planned_session_reminds_of_the_prep() -> None:
    (alarm,) = event_in(file_of()).walk("VALARM")

    assert (alarm["action"], alarm["trigger"].dt) == ("DISPLAY", -timedelta(days=1))
    assert "Five minutes" in alarm["description"]


def test_one_session_has_one_uid_and_another_has_another() -> None:
    mentor, mentee = agenda(), agenda(version=7, prep={"role": "mentee", "steps": [], "sources": []})
    moved = session(scheduled_at=START + timedelta(days=3), changes=1)

    uids = {event_in(file)["uid"] for file in (file_of(mentor), file_of(mentee), file_of(mentor, moved))}

    assert len(uids) == 1
    assert uids.isdisjoint({event_in(file_of(planned=session(id="other")))["uid"]})


def test_the_sequence_grows_with_each_version_and_each_change_and_not_without() -> None:
    steps = [(1, 0), (1, 0), (2, 0), (2, 1), (3, 1), (3, 2)]

    found = [
        event_in(file_of(agenda(version=version), session(changes=changes)))["sequence"] for version, changes in steps
    ]

    assert found == [0, 0, 1, 2, 3, 4]


def test_a_moved_session_has_its_new_time_and_says_when_it_was_moved() -> None:
    at, moved_at = START + timedelta(days=3), WRITTEN + timedelta(hours=5)

    event = event_in(file_of(planned=session(scheduled_at=at, minutes=45, changes=1, changed_at=moved_at)))

    assert (event.start, event.end) == (at, at + timedelta(minutes=45))
    assert event["last-modified"].dt == moved_at
    assert "made for 60 minutes, and the session now has 45" in event["description"]


@pytest.mark.parametrize(
    ("status", "shown", "summary", "busy", "reminders"),
    [
        ("planned", "CONFIRMED", "Session 2", "OPAQUE", 1),
        ("held", "CONFIRMED", "Session 2", "OPAQUE", 0),
        ("postponed", "TENTATIVE", "Postponed: Session 2", "OPAQUE", 0),
        ("cancelled", "CANCELLED", "Cancelled: Session 2", "TRANSPARENT", 0),
    ],
)
def test_the_status_of_the_session_is_that_of_the_event(
    status: str, shown: str, summary: str, busy: str, reminders: int
) -> None:
    file = file_of(planned=session(status=status, changes=1))
    event = event_in(file)

    assert (event["status"], event["summary"], event["transp"]) == (shown, summary, busy)
    assert len(event.walk("VALARM")) == reminders


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_typed_becomes_a_part_or_a_property_of_the_calendar(text: str) -> None:
    people = {"mentor": text, "mentee": text}
    hostile = agenda(title=text, summary=text, people=people, item={"title": text, "description": text})

    parsed = read(file_of(hostile))

    assert [part.name for part in parsed.walk()] == ["VCALENDAR", "VEVENT", "VALARM"]
    assert parsed.events[0].keys() == event_in(file_of()).keys()


def test_a_text_comes_back_as_it_was_typed() -> None:
    typed = 'Ask: "why, who; and when"? C:\\new, 100% שרה 👩‍👩‍👧‍👦'

    event = event_in(file_of(agenda(title=typed, summary=typed)))

    assert event["summary"] == typed
    assert f"\n\n{typed}\n\n" in event["description"]


@given(text=st.text(max_size=300))
def test_lines_are_folded_at_75_bytes_and_whole_again_when_read(text: str) -> None:
    file = file_of(agenda(title=text, summary=text, notice=text))

    assert file.endswith(b"\r\n")
    lines = file.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", b"".join(lines))
    for line in lines:
        line.decode()  # No character is cut in two.
    assert len(read(file).events) == 1
