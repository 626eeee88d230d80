"""Until when feedback may be changed, and from when the two may read each other's.

Everything here follows from the session alone. Whether somebody has sent feedback shows in one way only: when both
have, it is opened to both.
"""

from datetime import datetime

from coach.errors import Conflict
from coach.feedback.disclosure import WINDOW
from coach.models import MentoringSession


def closes_at(session: MentoringSession) -> datetime | None:
    """When the window closes at the latest; None while the session is not marked held."""
    return None if session.held_at is None else session.held_at + WINDOW


def is_revealed(session: MentoringSession, at: datetime) -> bool:
    """Whether each may read what the other shared: both have sent, or the window is over."""
    closing = closes_at(session)
    return session.revealed_at is not None or (closing is not None and at >= closing)


def opened_at(session: MentoringSession) -> datetime | None:
    """From when each could read what the other shared, or can at the latest; None while it is not marked held."""
    times = [at for at in (session.revealed_at, closes_at(session)) if at is not None]
    return min(times, default=None)


def check_open(session: MentoringSession, at: datetime) -> None:
    """Raise Conflict, saying why, where feedback on this session cannot be sent or changed at this time."""
    if session.revealed_at is not None:
        raise Conflict(
            "Both of you have sent feedback on this session, so each can read what the other shared and it can no "
            "longer be changed. You can still withdraw yours."
        )
    closing = closes_at(session)
    if closing is None:
        marked = "" if session.status == "planned" else f" It is marked {session.status}."
        raise Conflict(f"Feedback is for sessions that were held.{marked} Mark this session held first, then send it.")
    if at >= closing:
        raise Conflict(
            f"Feedback on this session closed on {closing:%Y-%m-%d at %H:%M} UTC, {WINDOW.days} days after it was "
            "marked held. Keep your thought for the next session."
        )


def check_still_movable(session: MentoringSession, at: datetime) -> None:
    """Raise Conflict where the session was marked held so long ago that this stands.

    Its feedback has been opened and belongs to a period. Moving it would open the window again for people who have
    read each other's answers. The rule looks at the time alone, so that it tells nobody who has sent feedback.
    """
    closing = closes_at(session)
    if closing is not None and at >= closing:
        raise Conflict(
            f"This session was marked held more than {WINDOW.days} days ago, so it stays held. Plan another session "
            "for a new meeting."
        )
