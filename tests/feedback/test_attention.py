"""Pairs at risk are found by what they did."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.feedback import attention
from coach.feedback.attention import Meeting, reasons
from coach.retrieval.library import Library

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NEXT = Meeting("planned", AT + timedelta(days=5), None, False)


def days_ago(days: float) -> datetime:
    return AT - timedelta(days=days)


def held(days: float, agenda: bool = True) -> Meeting:
    return Meeting("held", days_ago(days), days_ago(days), agenda)


def off(days: float, status: str = "cancelled") -> Meeting:
    return Meeting(status, days_ago(days), None, True)


def kinds(*meetings: Meeting, made: float = 100, planned: int = 6) -> list[str]:
    return [reason.kind for reason in reasons(days_ago(made), planned, meetings, AT)]


def test_a_pair_that_meets_and_has_a_next_date_is_left_alone() -> None:
    assert kinds(held(60), held(30), NEXT) == []
    assert kinds(NEXT, made=3) == []


def test_silence_begins_35_days_after_the_last_session_or_after_the_pair_was_made() -> None:
    assert kinds(held(80), held(34.99), NEXT) == []
    assert kinds(held(80), held(35), NEXT) == ["silence"]
    assert kinds(NEXT, made=34.99) == []
    assert kinds(NEXT, made=35) == ["silence"]
    texts = [reasons(days_ago(41), 6, meetings, AT)[0].text for meetings in ([held(36), NEXT], [NEXT])]
    assert texts == [
        "The last session was held 36 days ago.",
        "The pair was made 41 days ago and has not held a session yet.",
    ]


def test_two_sessions_called_off_in_a_row_are_one_too_many() -> None:
    assert kinds(held(20), off(8), NEXT) == []
    assert kinds(held(20), off(8), off(1, "postponed"), NEXT) == ["called-off"]
    assert kinds(off(30), off(20), held(10), NEXT) == []
    assert kinds(off(1, "postponed"), held(20), off(8), NEXT) == ["called-off"], "by date, not as they were stored"
    (reason,) = reasons(days_ago(30), 6, [held(20), off(8), off(4), off(1), NEXT], AT)
    assert reason.text == "The last 3 sessions were canceled or postponed."


def test_nothing_planned_ahead_is_a_reason() -> None:
    assert kinds(held(10)) == ["nothing-planned"]
    assert kinds(held(10), Meeting("planned", days_ago(1), None, False)) == ["nothing-planned"]


def test_two_held_sessions_without_an_agenda_are_a_reason() -> None:
    assert kinds(held(20, agenda=False), NEXT) == []
    assert kinds(held(20, agenda=False), held(10, agenda=False), NEXT) == ["no-agenda"]
    assert kinds(held(20, agenda=True), held(10, agenda=False), NEXT) == []
    assert kinds(held(10, agenda=False), held(30, agenda=True), held(20, agenda=False), NEXT) == ["no-agenda"]


def test_a_pair_that_held_all_that_it_planned_needs_nothing() -> None:
    assert kinds(held(90), held(60), held(50), planned=3) == []
    assert kinds(held(90), held(60), held(50), planned=4) == ["silence", "nothing-planned"]


def test_every_advice_rests_on_a_document_for_coordinators_or_pairs(library: Library) -> None:
    documents = {document.front.id for document in library.documents}
    assert {source for _, source in attention._ADVICE.values()} <= documents


@pytest.mark.parametrize("meetings", [[], [held(50, agenda=False), held(40, agenda=False), off(3), off(2)]])
def test_every_reason_comes_with_words_and_advice(meetings: list[Meeting]) -> None:
    found = reasons(days_ago(100), 6, meetings, AT)
    assert len(found) == (2 if not meetings else 4)
    for reason in found:
        assert reason.text.endswith(".")
        assert len(reason.advice) > 40
