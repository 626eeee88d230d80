from datetime import UTC, datetime, timedelta

import pytest

from coach.errors import Conflict
from coach.feedback.window import check_open, check_still_movable, closes_at, is_revealed
from coach.models import MentoringSession

HELD = datetime(2026, 9, 1, 10, tzinfo=UTC)
CLOSING = HELD + timedelta(days=7)
MOMENT = timedelta(microseconds=1)


def session(status: str = "held", **values: object) -> MentoringSession:
    held_at = HELD if status == "held" else None
    made = MentoringSession(pair_id="p", number=1, scheduled_at=HELD, minutes=60, status=status, held_at=held_at)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_the_window_closes_seven_days_after_the_session_was_marked_held() -> None:
    assert closes_at(session()) == CLOSING
    check_open(session(), CLOSING - MOMENT)
    assert not is_revealed(session(), CLOSING - MOMENT)
    assert is_revealed(session(), CLOSING)
    with pytest.raises(Conflict, match="closed on 2026-09-08 at 10:00 UTC"):
        check_open(session(), CLOSING)


@pytest.mark.parametrize("status", ["planned", "cancelled", "postponed"])
def test_a_session_that_was_not_held_takes_no_feedback(status: str) -> None:
    assert closes_at(session(status)) is None
    assert not is_revealed(session(status), CLOSING)
    with pytest.raises(Conflict, match="Mark this session held first") as refused:
        check_open(session(status), HELD)
    assert (status in str(refused.value)) is (status != "planned")


def test_what_both_sent_stays_open_to_both_and_closed_to_changes_whatever_the_session_is_marked() -> None:
    for status in ("held", "planned"):
        both = session(status, revealed_at=HELD + MOMENT)
        assert is_revealed(both, HELD + 2 * MOMENT)
        with pytest.raises(Conflict, match="Both of you have sent"):
            check_open(both, HELD + 2 * MOMENT)


def test_held_stands_once_the_window_is_over_whether_or_not_anybody_sent_feedback() -> None:
    for row in (session(), session(revealed_at=HELD + MOMENT)):
        check_still_movable(row, CLOSING - MOMENT)
        with pytest.raises(Conflict, match="stays held"):
            check_still_movable(row, CLOSING)
    check_still_movable(session("planned"), CLOSING)
