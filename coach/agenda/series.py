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
    """Which meeting of the pair this is, from 1: cancelled ones before it do not count.

    Postponed ones do, since they are still to come; but where there were no others before it, this is the first: two
    people who have not met yet need their kickoff, whatever fell through.
    """
    before = [other for other in sessions if other.number < session.number and other.status != "cancelled"]
    return 1 if all(other.status == "postponed" for other in before) else 1 + len(before)


def previous(facts: AgendaFacts) -> str | None:
    """The id of the session before this one: the last that did not fall through, or else the last there is."""
    earlier = [row for row in facts.sessions if row.number < facts.session.number]
    took_place = [row for row in earlier if row.status not in {"cancelled", "postponed"}]
    last = (took_place or earlier)[-1:]
    return last[0].id if last else None


def recent(facts: AgendaFacts) -> tuple[str, ...]:
    """Activities of the sessions around this one, and those that an earlier version of this session's agenda used.

    Agendas of later sessions count, too: they may have been made ahead, or this session was put off behind them.
    """
    number = facts.session.number
    through = {row.number for row in _fell_through(facts)}
    return tuple(
        activity
        for past in facts.past
        if abs(past.number - number) < FRESH_SESSIONS
        and (past.number == number or past.status not in {"cancelled", "postponed"})
        and past.number not in through
        for activity in past.activity_ids
    )


def carried(facts: AgendaFacts) -> Carried | None:
    """The first activity prepared for the last session that did not take place, and where it was first planned.

    Sessions that fell through in a row pass it on, also where no agenda was asked for between. What was begun before
    them is no longer theirs: `unfinished` has it, with the session that it was begun in.
    """
    by_number = {past.number: past for past in facts.past if past.activity_ids}
    prepared = [by_number[row.number] for row in reversed(_fell_through(facts)) if row.number in by_number]
    if not prepared:
        return None
    activity = prepared[0].activity_ids[0]
    if any(activity == begun.activity_id for begun in unfinished(facts)):
        return None
    first = [past for past in prepared if activity in past.activity_ids][-1]
    return Carried(activity_id=activity, session_id=first.session_id, session_number=first.number)


def unfinished(facts: AgendaFacts) -> tuple[Carried, ...]:
    """Activities that the pair began and marked as not finished, until a later meeting takes them up; newest first.

    A meeting whose agenda had no room for them leaves them to the next one, for as long as an exercise is kept fresh.
    """
    used = {past.number: past.activity_ids for past in facts.past}
    found: dict[str, Carried] = {}
    taken_up: set[str] = set()
    for row in reversed(_met(facts)[-FRESH_SESSIONS:]):
        for activity in row.unfinished:
            if activity not in taken_up and activity not in found:
                found[activity] = Carried(activity_id=activity, session_id=row.id, session_number=row.number)
        taken_up.update(used.get(row.number, ()))
    return tuple(found.values())


def _met(facts: AgendaFacts) -> list[MentoringSession]:
    """The meetings held, by number, and those of which the pair said that something was not finished."""
    number = facts.session.number
    held = {row.number for row in _held(facts)}
    return [
        row
        for row in facts.sessions
        if row.number in held or (row.unfinished and row.number < number and row.status == "planned")
    ]


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
        over = row.scheduled_at < min(now(), facts.session.scheduled_at) and not row.unfinished
        skipped = row.status == "planned" and marks and over
        if not skipped and row.status not in {"cancelled", "postponed"}:
            break
        found.insert(0, row)
    return found


def held_activities(facts: AgendaFacts) -> tuple[tuple[str, ...], ...]:
    """What the agendas of the meetings held so far used, newest first."""
    used = {past.number: past.activity_ids for past in facts.past}
    return tuple(used[row.number] for row in reversed(_held(facts)) if row.number in used)


def done_before(facts: AgendaFacts) -> tuple[str, ...]:
    """Every activity that an agenda of another meeting used, unless that meeting did not take place; the last used
    last, each once.
    """
    through = {row.number for row in _fell_through(facts)}
    used = [
        activity
        for past in sorted(facts.past, key=lambda past: past.number)
        if past.status not in {"cancelled", "postponed"} and past.number not in through | {facts.session.number}
        for activity in past.activity_ids
    ]
    return tuple(reversed(dict.fromkeys(reversed(used))))


def _held(facts: AgendaFacts) -> list[MentoringSession]:
    """The meetings held so far, by number; one that was put off may come after one with a higher number."""
    return [row for row in facts.sessions if row.status == "held" and row.number != facts.session.number]


def reached(facts: AgendaFacts) -> list[str]:
    """Goals that were marked reached since the agenda of the meeting before was made: none has celebrated them yet.

    Not every pair marks its meetings held, so one that did not fall through counts as well; and not every meeting has
    an agenda. The last one without celebrated nothing, whenever it was marked held.
    """
    made = {past.number: past.made_at for past in facts.past}
    through = {row.number for row in _fell_through(facts)}
    held = _held(facts)
    told = [made.get(row.number) or row.held_at for row in held[:-1]] + [made.get(row.number) for row in held[-1:]]
    told += [
        made.get(row.number)
        for row in facts.sessions
        if row.number < facts.session.number and row.status == "planned" and row.number not in through
    ]
    since = max((at for at in told if at is not None), default=None)
    return [
        str(goal["text"])
        for goal in facts.people.pair.reached
        if since is None or datetime.fromisoformat(str(goal["at"])) > since
    ]


def last_feedback(facts: AgendaFacts) -> list[Said]:
    """What both may know of the feedback on the last meeting that has any."""
    held = {row.number for row in _held(facts)}
    earlier = [
        said for said in facts.feedback if said.session_number < facts.session.number or said.session_number in held
    ]
    last = max((said.session_number for said in earlier), default=0)
    return [said for said in earlier if said.session_number == last]
