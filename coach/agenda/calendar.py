"""An agenda for a calendar: iCalendar (RFC 5545), one event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from coach.agenda.phrases import listed
from coach.agenda.render import paragraphs
from coach.markdown import one_line
from coach.models import MentoringSession

PREP_REMINDER = timedelta(days=1)
# Google Calendar takes 8,192 characters of a description: it refuses or cuts what is longer, and the prep stands last.
LONGEST_DESCRIPTION = 8_000
# What gives way in a longer one, the first one first: what explains goes before what they do.
_GIVES_WAY: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "the notes on sources": lambda agenda: {"sources": []},
    "the reasons": lambda agenda: {"items": [item | {"because": ""} for item in agenda["items"]]},
    "the starters": lambda agenda: {"starters": []},
}
_STATUS = {"planned": "CONFIRMED", "held": "CONFIRMED", "postponed": "TENTATIVE", "cancelled": "CANCELLED"}


def calendar(agenda: dict[str, Any], session: MentoringSession, made_for: int | None = None) -> bytes:
    """The session as it is planned now, with its agenda, as a file for the calendar of one of the two.

    `agenda` has the shape of the HTTP interface's Agenda, with the caller's own prep; `made_for` is the length in
    minutes that the session had then, which an agenda need not fill. The event's UID is the same in all versions and
    for both people. Its SEQUENCE is higher after each new version of the agenda and after each change of the session's
    time, length or status, and the same as long as nothing changed, as is the whole file.

    Nobody is invited by it: there are no attendees and, as RFC 5545 (3.8.4.3) wants it for an entry in a single
    person's calendar, no organizer. So there is no METHOD either: RFC 5546 (3.2.1) asks an organizer of everything
    that is published, and calendars that check it refuse the file. Without one the file carries a snapshot, and
    DTSTAMP is when that was last changed (RFC 5545, 3.8.7.2).
    """
    title = one_line(agenda["title"])
    told = {"cancelled": "Cancelled: ", "postponed": "Postponed: "}.get(session.status, "")
    written_at = datetime.fromisoformat(agenda["created_at"])
    changed_at = max(written_at, session.changed_at or written_at)
    event = Event()
    event.add("uid", f"{session.id}@session-coach")
    event.add("sequence", agenda["version"] - 1 + session.changes)
    event.add("dtstamp", changed_at)
    event.add("created", session.created_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", session.scheduled_at)
    event.add("dtend", session.scheduled_at + timedelta(minutes=session.minutes))
    # Not every calendar shows the status of an event, so its title says it as well.
    event.add("summary", told + title)
    event.add("description", _description(agenda, session, made_for or agenda["minutes"]))
    event.add("class", "PRIVATE")
    # A cancelled session is told of as an entry like the others: METHOD:CANCEL is a message from an organizer to those
    # who were invited (RFC 5546), and calendars that find no invitation leave the entry as it was. One with the same
    # UID, a higher SEQUENCE and STATUS:CANCELLED takes the place of the old one.
    event.add("status", _STATUS[session.status])
    event.add("transp", "TRANSPARENT" if session.status == "cancelled" else "OPAQUE")
    if session.status == "planned":
        event.add_component(_reminder(title))

    file = Calendar()
    file.add("prodid", "-//Session coach//Agendas//EN")
    file.add("version", "2.0")
    file.add_component(event)
    text: bytes = file.to_ical()
    return text


def _description(agenda: dict[str, Any], session: MentoringSession, made_for: int) -> str:
    """Plain text in lines that the calendar wraps, and where it would be too long, what was left out of it."""
    outdated = ""
    if made_for != session.minutes:
        outdated = (
            f"This agenda was made for {made_for} minutes, and the session now has {session.minutes}. "
            "Ask for a new agenda to make it fit.\n\n"
        )
    text, left_out = _text(agenda), list[str]()
    for part, without in _GIVES_WAY.items():
        if len(outdated) + len(text) <= LONGEST_DESCRIPTION:
            break
        left_out.append(part)
        agenda = agenda | without(agenda)
        told = f"Calendars take no longer text: the agenda in the coach has {listed(left_out)}, too."
        text = _text(agenda | {"notice": f"{agenda['notice']} {told}"})
    return outdated + text


def _text(agenda: dict[str, Any]) -> str:
    return "\n".join(paragraph.first + paragraph.text for paragraph in paragraphs(agenda))


def _reminder(title: str) -> Alarm:
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", f"Five minutes to prepare: {title}. Your steps are at the end of the entry.")
    reminder.add("trigger", -PREP_REMINDER)
    return reminder
