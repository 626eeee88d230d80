"""Which pairs may need help, from what they did alone: never from ratings, and never from what anybody wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

# A pair that meets monthly and moves one meeting by a few days stays below this.
SILENCE = timedelta(days=35)
# "A couple of canceled meetings can end the momentum" (Jordan and Sorell, Harvard Business Review, 2019).
CALLED_OFF = 2
WITHOUT_AGENDA = 2

Kind = Literal["silence", "called-off", "nothing-planned", "no-agenda"]


@dataclass(frozen=True)
class Meeting:
    """What is known of a session's course. `agenda_asked` says whether an agenda was ever made for it."""

    status: str
    scheduled_at: datetime
    held_at: datetime | None
    agenda_asked: bool


@dataclass(frozen=True)
class Reason:
    """Why a pair may need help, in words, and what to do about it; `source` is a document of the library."""

    kind: Kind
    text: str
    advice: str
    source: str


_ADVICE: dict[Kind, tuple[str, str]] = {
    "silence": (
        "Ask each of the two apart what would make them look forward to the next meeting. Offer a restart of 15 "
        "minutes, or a new match without blame.",
        "reviving-a-stalled-pair",
    ),
    "called-off": (
        "Ask the mentee for a shorter meeting in one regular slot, and for two new dates whenever one is called off. "
        "Spare the mentor the reminding.",
        "planning-the-session-series",
    ),
    "nothing-planned": (
        "Ask the two, or whoever keeps the mentee's calendar, to book the next date now, and the rest of the series "
        "with it.",
        "planning-the-session-series",
    ),
    "no-agenda": (
        "Show the two how to ask for an agenda, and suggest one main thing for the next meeting, sent the day before.",
        "agenda-and-time",
    ),
}


def reasons(made_at: datetime, planned_sessions: int, meetings: Sequence[Meeting], at: datetime) -> tuple[Reason, ...]:
    """Why a pair may need help at this time, the gravest first; nothing for one that has held all it planned."""
    held = sorted((meeting for meeting in meetings if meeting.held_at), key=lambda meeting: meeting.held_at or made_at)
    if len(held) >= planned_sessions:
        return ()
    last = held[-1].held_at if held else None
    found: list[tuple[Kind, str]] = []
    if at - (last or made_at) >= SILENCE:
        days = (at - (last or made_at)).days
        found.append(
            (
                "silence",
                f"The last session was held {days} days ago."
                if last
                else f"The pair was made {days} days ago and has not held a session yet.",
            )
        )
    if (off := _called_off(meetings)) >= CALLED_OFF:
        found.append(("called-off", f"The last {off} sessions were canceled or postponed."))
    if not any(meeting.status == "planned" and meeting.scheduled_at > at for meeting in meetings):
        found.append(("nothing-planned", "No session is planned ahead."))
    if len(held) >= WITHOUT_AGENDA and not any(meeting.agenda_asked for meeting in held[-WITHOUT_AGENDA:]):
        found.append(
            ("no-agenda", f"No agenda was asked for before the last {WITHOUT_AGENDA} sessions that were held.")
        )
    return tuple(Reason(kind, text, *_ADVICE[kind]) for kind, text in found)


def _called_off(meetings: Sequence[Meeting]) -> int:
    """How many sessions in a row were called off last. Those still planned do not count."""
    over = [meeting for meeting in meetings if meeting.status != "planned"]
    backwards = sorted(over, key=lambda meeting: meeting.scheduled_at, reverse=True)
    return sum(1 for _ in takewhile(lambda meeting: meeting.status in {"cancelled", "postponed"}, backwards))
