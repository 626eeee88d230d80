"""What came before a session: which stage it has, what is carried over to it, what the last feedback was."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from pydantic import BaseModel, ConfigDict

from coach.models import MentoringSession, now
from coach.retrieval.library import Stage
from coach.store.agendas import AgendaFacts, PastAgenda
from coach.wishes import Said

# An exercise does not come back to a pair within this many sessions.
FRESH_SESSIONS = 4
# After so many missed meetings in a row a pair starts again, and starts small.
RESTART_AFTER = 2
_FELL_THROUGH = frozenset({"cancelled", "postponed"})


class Carried(BaseModel):
    """An activity from an earlier session that is still to be done; the session is the one it was first planned for.

    Where that is not `marked`, nobody has said whether it took place. What was not finished more than once was `begun`
    in the session of this number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    activity_id: str
    session_id: str
    session_number: int
    marked: bool = True
    begun: int | None = None


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
    """Which meeting of the pair this is, from 1: what fell through before it does not count, since what it was for
    comes at the next one that takes place.
    """
    return 1 + len(_took_place(session, sessions))


class Late(BaseModel):
    """What a stage is for, where it comes later than it was due.

    It was due at the `session` of this number, which fell through or, where it is not `marked`, was never marked as
    held; or, without one, by the `meeting` at this place of the series, whose agenda was made for something else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Stage
    session: int | None = None
    marked: bool = True
    meeting: int | None = None


def late(
    session: MentoringSession, sessions: list[MentoringSession], planned: int, had: Mapping[str, str]
) -> Late | None:
    """What comes at this session and was due before it. `had` are the stages of newest agendas by their session's id.

    A meeting without an agenda had what its place in the series asks for: nobody knows better.
    """
    stages = _stages(_took_place(session, sessions), planned, had)
    if behind := _behind(stages, planned):
        return behind
    fell_through, stage = _fell_through(session, sessions), _next_stage(stages, planned)
    if fell_through and stage != "building":
        return Late(stage=stage, session=fell_through[0].number, marked=fell_through[0].status in _FELL_THROUGH)
    return None


def stage_at(
    session: MentoringSession, sessions: list[MentoringSession], planned: int, had: Mapping[str, str]
) -> Stage:
    """The stage of this session: what its place asks for, or what is late. `had` is that of `late`.

    A meeting that was held keeps the one that it was held for, whatever is planned since.
    """
    if session.status == "held" and (kept := _stage_had(session, had)):
        return kept
    return _next_stage(_stages(_took_place(session, sessions), planned, had), planned)


def keep_stages(sessions: list[MentoringSession], planned: int, had: Mapping[str, str]) -> None:
    """Set what the meetings held so far were for, as long as so many are planned. `had` is that of `late`."""
    stages = {row.id: stage_at(row, sessions, planned, had) for row in sessions if row.status == "held"}
    for row in sessions:
        row.stage = stages.get(row.id)


def _stage_had(row: MentoringSession, had: Mapping[str, str]) -> Stage | None:
    """What a meeting that is over was for, by its agenda or as it was kept; None where nobody knows."""
    known = row.stage or had.get(row.id)
    return next((stage for stage in get_args(Stage) if stage == known), None)


def _stages(meetings: list[MentoringSession], planned: int, had: Mapping[str, str]) -> list[str | None]:
    """What each of these meetings was for: those held, as their agendas say; those to come, as they are due."""
    stages: list[str | None] = []
    for row in meetings:
        is_over = row.status == "held" or row.scheduled_at < now()
        stages.append(_stage_had(row, had) if is_over else _next_stage(stages, planned))
    return stages


def _behind(stages: list[str | None], planned: int) -> Late | None:
    """What the meetings so far were to hold and, by their agendas, did not. A first meeting is made up for at once."""
    position, halfway = 1 + len(stages), math.ceil(planned / 2)
    due: list[tuple[Stage, int, bool]] = [
        ("kickoff", 1, position == 2),
        ("midpoint", halfway, planned >= 3 and halfway < position < planned),
        ("closing", planned, 1 < planned < position),
    ]
    for stage, meeting, over in due:
        if over and stages[meeting - 1] is not None and stage not in stages:
            return Late(stage=stage, meeting=meeting)
    return None


def _next_stage(stages: list[str | None], planned: int) -> Stage:
    """What comes after meetings for these stages.

    A first meeting is held once: what was left out of it is made up for beside what is next. No halfway look back
    follows on another.
    """
    behind = _behind(stages, planned)
    if behind is not None and behind.stage != "kickoff":
        return behind.stage
    stage = stage_of(1 + len(stages), planned)
    return "building" if stage == "midpoint" and "midpoint" in stages[1 - FRESH_SESSIONS :] else stage


def _before(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The sessions before this one, by number: those held when it is not, those to come on an earlier day, and those
    that fell through and were planned before it or for an earlier day.
    """

    def is_before(row: MentoringSession) -> bool:
        if row.status == "held" and session.status == "planned":
            return True
        if row.status == session.status == "held":
            return _when(row) < _when(session)
        earlier = (row.scheduled_at, row.number) < (session.scheduled_at, session.number)
        return earlier or (row.status in _FELL_THROUGH and row.number < session.number)

    return [row for row in sessions if row.number != session.number and is_before(row)]


def _took_place(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The meetings before this one that took place or are still to, in this order."""
    there = [
        row
        for row in _before(session, sessions)
        if row.status not in _FELL_THROUGH and not _was_skipped(row, session, sessions)
    ]
    return sorted(there, key=_when)


def _when(row: MentoringSession) -> tuple[bool, datetime, int]:
    """The place of a meeting in the order in which they take place; one may be held behind a later one."""
    return row.status != "held", row.held_at or row.scheduled_at, row.number


def _was_skipped(row: MentoringSession, session: MentoringSession, sessions: list[MentoringSession]) -> bool:
    """Whether it was never marked, though its day is past and the pair does mark others as held."""
    marks = any(other.status == "held" for other in sessions)
    over = row.scheduled_at < min(now(), session.scheduled_at) and not row.unfinished
    return row.status == "planned" and marks and over


def _fell_through(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The sessions just before this one that did not take place, in a row, by number."""
    found: list[MentoringSession] = []
    for row in reversed(_before(session, sessions)):
        if row.status not in _FELL_THROUGH and not _was_skipped(row, session, sessions):
            break
        found.insert(0, row)
    return found


def _through(facts: AgendaFacts) -> set[int]:
    """The numbers of the sessions just before this one that did not take place."""
    return {row.number for row in _fell_through(facts.session, facts.sessions)}


def previous(facts: AgendaFacts) -> str | None:
    """The id of the session before this one: the last that did not fall through, or else the last there is."""
    took_place = _took_place(facts.session, facts.sessions)
    last = (took_place or _before(facts.session, facts.sessions))[-1:]
    return last[0].id if last else None


def recent(facts: AgendaFacts) -> tuple[str, ...]:
    """Activities of the sessions around this one, and those that an earlier version of this session's agenda used.

    Agendas of later sessions count, too: they may have been made ahead, or this session was put off behind them.
    """
    number = facts.session.number
    through = _through(facts)
    # Where meetings fell through between, or were held out of order, the last ones held are further off by number.
    lately = {row.number for row in _held(facts)[1 - FRESH_SESSIONS :]}
    return tuple(
        activity
        for past in facts.past
        if (abs(past.number - number) < FRESH_SESSIONS or past.number in lately)
        and (past.number == number or past.status not in _FELL_THROUGH)
        and past.number not in through
        for activity in past.activity_ids
    )


def carried(facts: AgendaFacts) -> Carried | None:
    """The first activity prepared for the last session that did not take place, and where it was first planned.

    Sessions that fell through in a row pass it on, also where no agenda was asked for between; and so do meetings whose
    agenda had no room for any. What was begun before them is no longer theirs: `unfinished` has it, with the session
    that it was begun in.
    """
    prepared = _prepared(facts)
    activity = prepared[0].activity_ids[0] if prepared else None
    if activity is None or any(activity == begun.activity_id for begun in unfinished(facts)):
        return None
    return _first_planned(activity, prepared)


def carried_besides(facts: AgendaFacts) -> tuple[Carried, ...]:
    """What else was prepared for the last session that did not take place, behind its first activity."""
    prepared = _prepared(facts)
    begun = {one.activity_id for one in unfinished(facts)}
    rest = prepared[0].activity_ids[1:] if prepared else ()
    return tuple(_first_planned(activity, prepared) for activity in rest if activity not in begun)


def planned_in_vain(facts: AgendaFacts) -> tuple[Carried, ...]:
    """Activities that agendas of sessions around this one held and no meeting took up, because those sessions fell
    through; each with the first of them.
    """
    number, through = facts.session.number, _through(facts)
    lately = [past for past in facts.past if abs(past.number - number) < FRESH_SESSIONS and past.number != number]
    in_vain = [past for past in lately if past.status in _FELL_THROUGH or past.number in through]
    taken_up = {activity for past in lately if past not in in_vain for activity in past.activity_ids}
    newest_first = sorted(in_vain, key=lambda past: -past.number)
    wanted = dict.fromkeys(activity for past in newest_first for activity in past.activity_ids)
    return tuple(_first_planned(activity, newest_first) for activity in wanted if activity not in taken_up)


def _first_planned(activity: str, newest_first: list[PastAgenda]) -> Carried:
    first = [past for past in newest_first if activity in past.activity_ids][-1]
    return Carried(
        activity_id=activity,
        session_id=first.session_id,
        session_number=first.number,
        marked=first.status in _FELL_THROUGH,
    )


def _prepared(facts: AgendaFacts) -> list[PastAgenda]:
    """Agendas of the last sessions in a row that did not take place, newest first, as far as they held activities.

    Behind a meeting that is marked, one that is not may well have been held.
    """
    by_number = {past.number: past for past in facts.past}
    through = _through(facts)
    prepared: list[PastAgenda] = []
    for row in reversed(_before(facts.session, facts.sessions)):
        past = by_number.get(row.number)
        if row.number in through or row.status in _FELL_THROUGH:
            prepared += [past] if past is not None and past.activity_ids else []
        elif prepared or past is None or past.activity_ids:
            break
    return prepared


def unfinished(facts: AgendaFacts) -> tuple[Carried, ...]:
    """Activities that the pair began and marked as not finished, until a later meeting takes them up; newest first.

    A meeting whose agenda had no room for them leaves them to the next one, for as long as an exercise is kept fresh.
    """
    used = {past.number: past.activity_ids for past in facts.past}
    met = _met(facts)[-FRESH_SESSIONS:]
    found: dict[str, Carried] = {}
    taken_up: set[str] = set()
    for row in reversed(met):
        for activity in row.unfinished:
            if activity not in taken_up and activity not in found:
                begun = next(other.number for other in met if activity in other.unfinished)
                found[activity] = Carried(
                    activity_id=activity,
                    session_id=row.id,
                    session_number=row.number,
                    begun=begun if begun != row.number else None,
                )
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
    return sum(row.status in _FELL_THROUGH for row in _fell_through(facts.session, facts.sessions))


def stages_had(facts: AgendaFacts) -> dict[str, str]:
    """The stage of each session's newest agenda, by the session's id."""
    return {past.session_id: past.stage for past in facts.past if past.stage is not None}


def held_activities(facts: AgendaFacts) -> tuple[tuple[str, ...], ...]:
    """What the agendas of the meetings held so far used, newest first."""
    used = {past.number: past.activity_ids for past in facts.past}
    return tuple(used[row.number] for row in reversed(_held(facts)) if row.number in used)


def done_before(facts: AgendaFacts) -> tuple[str, ...]:
    """Every activity that an agenda of another meeting used, unless that meeting did not take place; the last used
    last, each once.
    """
    through = _through(facts)
    used = [
        activity
        for past in sorted(facts.past, key=lambda past: past.number)
        if past.status not in _FELL_THROUGH and past.number not in through | {facts.session.number}
        for activity in past.activity_ids
    ]
    return tuple(reversed(dict.fromkeys(reversed(used))))


def _held(facts: AgendaFacts) -> list[MentoringSession]:
    """The meetings held so far, in the order in which they were; one that was put off may come behind a later one."""
    held = [row for row in facts.sessions if row.status == "held" and row.number != facts.session.number]
    return sorted(held, key=_when)


def reached(facts: AgendaFacts) -> list[str]:
    """Goals that were marked reached since the agenda of the meeting before was made: none has celebrated them yet.

    Not every pair marks its meetings held, so one that did not fall through counts as well; and not every meeting has
    an agenda. The last one without celebrated nothing, whenever it was marked held.
    """
    made = {past.number: past.made_at for past in facts.past}
    through = _through(facts)
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
    order = {row.number: place for place, row in enumerate(_held(facts), start=1)}
    earlier = [
        said for said in facts.feedback if said.session_number < facts.session.number or said.session_number in order
    ]
    numbers = (said.session_number for said in earlier)
    last = max(numbers, key=lambda number: (order.get(number, 0), number), default=0)
    return [said for said in earlier if said.session_number == last]


def answered(facts: AgendaFacts) -> frozenset[str]:
    """The wishes that the agenda of a meeting held since the last feedback has taken up."""
    told = next((said.session_number for said in last_feedback(facts)), 0)
    held = [row.number for row in _held(facts)]
    since = held[held.index(told) + 1 :] if told in held else [number for number in held if number > told]
    return frozenset(wish for past in facts.past if past.number in since for wish in past.wishes)
