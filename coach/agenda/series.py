"""What came before a session: which stage it has, what is carried over to it, what the last feedback was."""

import math
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from coach.models import MentoringSession, now
from coach.retrieval.library import Stage
from coach.store.agendas import AgendaFacts
from coach.wishes import Said

# An exercise does not come back to a pair within this many sessions.
FRESH_SESSIONS = 4
# After so many missed meetings in a row a pair starts again, and starts small.
RESTART_AFTER = 2


class Carried(BaseModel):
    """An activity from an earlier session that is still to be done; the session is the one it was first planned for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    activity_id: str
    session_id: str
    session_number: int


def stage_of(position: int, planned: int) -> Stage:
    """The stage of the session at `position`, counted from 1, of `planned` ones.

    The first is the kickoff and the last planned one the closing; the midpoint is where half of them are done. What
    comes beyond the plan is a building session.
    """
    if position == 1:
        return "kickoff"
    if position == planned:
        return "closing"
    if planned >= 3 and position == math.ceil(planned / 2):
        return "midpoint"
    return "building"


def position_of(session: MentoringSession, sessions: list[MentoringSession]) -> int:
    """Which meeting of the pair this is, from 1: cancelled ones before it do not count."""
    return 1 + sum(other.number < session.number and other.status != "cancelled" for other in sessions)


def recent(facts: AgendaFacts) -> tuple[str, ...]:
    """Activities of the last sessions, and those that an earlier version of this session's agenda used."""
    number = facts.session.number
    through = {row.number for row in _fell_through(facts)}
    return tuple(
        activity
        for past in facts.past
        if number - FRESH_SESSIONS < past.number <= number
        and (past.number == number or past.status not in {"cancelled", "postponed"})
        and past.number not in through
        for activity in past.activity_ids
    )


def carried(facts: AgendaFacts) -> Carried | None:
    """The first activity prepared for the last session that did not take place, and where it was first planned.

    Sessions that fell through in a row pass it on, also where no agenda was asked for between.
    """
    by_number = {past.number: past for past in facts.past if past.activity_ids}
    prepared = [by_number[row.number] for row in reversed(_fell_through(facts)) if row.number in by_number]
    if not prepared:
        return None
    activity = prepared[0].activity_ids[0]
    first = [past for past in prepared if activity in past.activity_ids][-1]
    return Carried(activity_id=activity, session_id=first.session_id, session_number=first.number)


def unfinished(facts: AgendaFacts) -> tuple[Carried, ...]:
    """Activities that the pair marked as not finished in its last meeting."""
    held = [row for row in facts.sessions if row.status == "held" and row.number < facts.session.number]
    if not held:
        return ()
    last = held[-1]
    return tuple(
        Carried(activity_id=activity, session_id=last.id, session_number=last.number) for activity in last.unfinished
    )


def missed(facts: AgendaFacts) -> int:
    """How many sessions in a row, just before this one, were cancelled or postponed."""
    return sum(row.status in {"cancelled", "postponed"} for row in _fell_through(facts))


def _fell_through(facts: AgendaFacts) -> list[MentoringSession]:
    """The sessions just before this one that did not take place, in a row, by number.

    One that was never marked counts as skipped where its day is past and the pair does mark others as held.
    """
    earlier = [row for row in facts.sessions if row.number < facts.session.number]
    marks = any(row.status == "held" for row in facts.sessions)
    found: list[MentoringSession] = []
    for row in reversed(earlier):
        skipped = row.status == "planned" and marks and row.scheduled_at < min(now(), facts.session.scheduled_at)
        if not skipped and row.status not in {"cancelled", "postponed"}:
            break
        found.insert(0, row)
    return found


def reached(facts: AgendaFacts) -> list[str]:
    """Goals that were marked reached since the agenda of the last meeting was made: none has celebrated them yet."""
    held = [row for row in facts.sessions if row.status == "held" and row.number < facts.session.number]
    made = {past.number: past.made_at for past in facts.past}
    since = max(((made.get(row.number) or row.held_at) for row in held if row.held_at), default=None)
    return [
        str(goal["text"])
        for goal in facts.people.pair.reached
        if since is None or datetime.fromisoformat(str(goal["at"])) > since
    ]


def last_feedback(facts: AgendaFacts) -> list[Said]:
    """What both may know of the feedback on the last meeting that has any."""
    earlier = [said for said in facts.feedback if said.session_number < facts.session.number]
    last = max((said.session_number for said in earlier), default=0)
    return [said for said in earlier if said.session_number == last]
