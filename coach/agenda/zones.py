"""Hours that lie between two places, read from the names of cities, countries and time zones that people type."""

import re
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# From so many hours on one of the two meets early or late.
FAR_HOURS = 3
_SUMMER, _WINTER = datetime(2026, 7, 1), datetime(2026, 1, 1)
# What people type and the time zone database does not name.
_ALSO = {
    "America/Los_Angeles": ("san francisco", "seattle", "california", "west coast", "silicon valley", "pacific time"),
    "America/New_York": ("boston", "washington", "atlanta", "miami", "east coast", "usa", "us", "eastern time"),
    "America/Chicago": ("texas", "houston", "dallas", "austin"),
    "America/Sao_Paulo": ("brazil", "rio"),
    "Asia/Kolkata": ("india", "bangalore", "bengaluru", "mumbai", "delhi", "chennai", "hyderabad", "pune"),
    "Asia/Shanghai": ("china", "beijing", "shenzhen"),
    "Asia/Tokyo": ("japan", "osaka"),
    "Asia/Manila": ("philippines",),
    "Asia/Dubai": ("abu dhabi", "emirates", "uae"),
    "Australia/Sydney": ("australia",),
    "Europe/Berlin": ("germany", "munich", "hamburg", "frankfurt", "cologne", "geneva", "milan", "barcelona", "france"),
    "Europe/London": ("uk", "england", "manchester", "edinburgh", "glasgow", "cambridge"),
    "Pacific/Auckland": ("new zealand", "wellington"),
    "Africa/Johannesburg": ("south africa", "cape town"),
}
# Hours ahead of UTC. IST is India's, CST the one of Chicago, BST the British summer.
_ABBREVIATIONS = {
    "UTC": 0.0, "GMT": 0.0, "WET": 0.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0, "EET": 2.0, "EEST": 3.0, "MSK": 3.0,
    "GST": 4.0, "IST": 5.5, "ICT": 7.0, "WIB": 7.0, "SGT": 8.0, "HKT": 8.0, "AWST": 8.0, "JST": 9.0, "KST": 9.0,
    "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0, "BRT": -3.0, "AST": -4.0, "EST": -5.0, "EDT": -4.0,
    "ET": -5.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0, "PT": -8.0,
}  # fmt: skip
_ZONE = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_ABBREVIATIONS, key=len, reverse=True))})(?![\w])")
_HOURS = re.compile(
    r"\b(\d{1,2}(?:[.,]\d)?)\s?-?h(?:(?:ou)?rs?)?[’']?\s(?:apart|ahead|behind|difference|off|time|between)\b", re.I
)


def hours_apart(text: str) -> float:
    """The most hours that lie between two places or zones named in the text; 0 where fewer than two are known."""
    stated = [float(found.replace(",", ".")) for found in _HOURS.findall(text)]
    offsets = [_ABBREVIATIONS[found] for found in _ZONE.findall(text)]
    offsets += [_places()[found.casefold()] for found in _place_names().findall(text)]
    return max([max(offsets) - min(offsets) if offsets else 0.0, *stated])


@cache
def _places() -> dict[str, float]:
    """Hours ahead of UTC, in the middle of the year's two times, by the name of a place without case."""
    names = {
        zone.rpartition("/")[2].replace("_", " ").casefold(): zone for zone in available_timezones() if "/" in zone
    }
    names = {name: zone for name, zone in names.items() if re.fullmatch(r"[a-z' ]{4,}", name)}
    names |= {name: zone for zone, also in _ALSO.items() for name in also}
    return {name: _ahead(zone) for name, zone in names.items()}


def _ahead(zone: str) -> float:
    hours = [at.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta() for at in (_SUMMER, _WINTER)]
    return sum(hours, timedelta()) / len(hours) / timedelta(hours=1)


@cache
def _place_names() -> re.Pattern[str]:
    longest_first = sorted(_places(), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
