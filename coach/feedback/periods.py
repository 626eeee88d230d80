"""Months and quarters, in UTC: what a theme report covers."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from coach.errors import InvalidInput
from coach.feedback.disclosure import WINDOW

_FORM = re.compile(r"(2[0-9]{3})-(?:Q([1-4])|(0[1-9]|1[0-2]))")


@dataclass(frozen=True)
class Period:
    """A month or a quarter; `end` is the first moment that no longer belongs to it."""

    label: str
    begin: datetime
    end: datetime

    @property
    def publishable_from(self) -> datetime:
        """When the last feedback of the period can no longer change."""
        return self.end + WINDOW

    def overlaps(self, begin: datetime, end: datetime) -> bool:
        """Whether some moment lies in both; `end` does not belong to the other."""
        return self.begin < end and begin < self.end


def quarter_of(at: datetime) -> Period:
    """The quarter in which this time lies; `at` must be in UTC."""
    return parse_period(f"{at.year}-Q{(at.month + 2) // 3}")


def parse_period(text: str) -> Period:
    """The period that a text such as `2026-Q3` or `2026-08` names. Raises InvalidInput."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise InvalidInput("period", "A period is a quarter such as 2026-Q3 or a month such as 2026-08.")
    year, quarter, month = match.groups()
    first, months = (3 * int(quarter) - 2, 3) if quarter else (int(month), 1)
    later = int(year) * 12 + first - 1 + months
    end = datetime(later // 12, later % 12 + 1, 1, tzinfo=UTC)
    return Period(text, datetime(int(year), first, 1, tzinfo=UTC), end)
