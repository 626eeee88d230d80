from datetime import UTC, datetime, timedelta

import pytest

from coach.errors import InvalidInput
from coach.feedback.periods import parse_period, quarter_of


def day(year: int, month: int, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize("month", range(1, 13))
def test_a_quarter_holds_its_first_and_its_last_moment(month: int) -> None:
    period = quarter_of(day(2026, month))
    assert period.begin <= day(2026, month) < period.end
    assert quarter_of(period.end - timedelta(microseconds=1)) == period
    assert quarter_of(period.end) != period


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026-Q1", day(2026, 1), day(2026, 4)),
        ("2026-Q3", day(2026, 7), day(2026, 10)),
        ("2026-Q4", day(2026, 10), day(2027, 1)),
        ("2026-08", day(2026, 8), day(2026, 9)),
        ("2026-12", day(2026, 12), day(2027, 1)),
    ],
)
def test_a_period_begins_and_ends_at_midnight_utc(text: str, begin: datetime, end: datetime) -> None:
    period = parse_period(text)
    assert (period.label, period.begin, period.end) == (text, begin, end)
    assert period.publishable_from == end + timedelta(days=7)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-Q0", "2026-Q5", "2026-00", "2026-13", "2026-8", "26-08", "2026-q3", "2026-08 ", "2026-Q3\n",
     "٢٠٢٦-08", "1999-01", "2026-08-01", "Q3-2026"],
)  # fmt: skip
def test_anything_else_is_refused_with_what_a_period_looks_like(text: str) -> None:
    with pytest.raises(InvalidInput, match="2026-Q3 or a month such as 2026-08") as caught:
        parse_period(text)
    assert caught.value.field == "period"


def test_a_quarter_overlaps_its_months_and_no_other() -> None:
    quarter = parse_period("2026-Q3")
    inside = {"2026-07", "2026-08", "2026-09", "2026-Q3"}
    for text in (*inside, "2026-06", "2026-10", "2026-Q2", "2026-Q4", "2025-08"):
        other = parse_period(text)
        assert (
            quarter.overlaps(other.begin, other.end) is (text in inside) is other.overlaps(quarter.begin, quarter.end)
        )
