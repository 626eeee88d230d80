"""What came before a session: what is carried over to it, what it must not repeat, what the last feedback was."""

import re
from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from coach.agenda.stages import FELL_THROUGH, FRESH_SESSIONS, before, fell_through, took_place, when
from coach.models import ActionItem, MentoringSession
from coach.store.agendas import AgendaFacts, PastAgenda
from coach.wishes import Said

# After so many missed meetings in a row a pair starts again, and starts small.
RESTART_AFTER = 2


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


def _through(facts: AgendaFacts) -> set[int]:
    """The numbers of the sessions just before this one that did not take place."""
    return {row.number for row in fell_through(facts.session, facts.sessions)}


def previous(facts: AgendaFacts) -> str | None:
    """The id of the session before this one: the last that did not fall through, or else the last there is."""
    meetings = took_place(facts.session, facts.sessions)
    last = (meetings or before(facts.session, facts.sessions))[-1:]
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
        and (past.number == number or past.status not in FELL_THROUGH)
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
    newest_first = sorted((past for past in facts.past if past.number != number), key=lambda past: -past.number)
    lately = [past for past in newest_first if abs(past.number - number) < FRESH_SESSIONS]
    in_vain = [past for past in newest_first if past.status in FELL_THROUGH or past.number in through]
    taken_up = {activity for past in lately if past not in in_vain for activity in past.activity_ids}
    wanted = dict.fromkeys(activity for past in lately if past in in_vain for activity in past.activity_ids)
    return tuple(
        _first_planned(
            activity, [past for past in in_vain if past.number > _last_used(activity, newest_first, in_vain)]
        )
        for activity in wanted
        if activity not in taken_up
    )


def _last_used(activity: str, newest_first: list[PastAgenda], in_vain: list[PastAgenda]) -> int:
    """The number of the last meeting that had this activity, 0 where none had."""
    return next((past.number for past in newest_first if past not in in_vain and activity in past.activity_ids), 0)


def _first_planned(activity: str, newest_first: list[PastAgenda]) -> Carried:
    first = [past for past in newest_first if activity in past.activity_ids][-1]
    return Carried(
        activity_id=activity,
        session_id=first.session_id,
        session_number=first.number,
        marked=first.status in FELL_THROUGH,
    )


def _prepared(facts: AgendaFacts) -> list[PastAgenda]:
    """Agendas of the last sessions in a row that did not take place, newest first, as far as they held activities.

    Behind a meeting that is marked, one that is not may well have been held.
    """
    by_number = {past.number: past for past in facts.past}
    through = _through(facts)
    prepared: list[PastAgenda] = []
    for row in reversed(before(facts.session, facts.sessions)):
        past = by_number.get(row.number)
        if row.number in through or row.status in FELL_THROUGH:
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
    return sum(row.status in FELL_THROUGH for row in fell_through(facts.session, facts.sessions))


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
        if past.status not in FELL_THROUGH and past.number not in through | {facts.session.number}
        for activity in past.activity_ids
    ]
    return tuple(reversed(dict.fromkeys(reversed(used))))


def _held(facts: AgendaFacts) -> list[MentoringSession]:
    """The meetings held so far, in the order in which they were; one that was put off may come behind a later one."""
    held = [row for row in facts.sessions if row.status == "held" and row.number != facts.session.number]
    return sorted(held, key=when)


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


def reached_before(facts: AgendaFacts) -> list[str]:
    """Goals that the pair reached and that an agenda has celebrated."""
    new = reached(facts)
    return [text for goal in facts.people.pair.reached if (text := str(goal["text"])) not in new]


def new_goals(facts: AgendaFacts, goals: Iterable[str]) -> tuple[str, ...]:
    """Which of these goals no agenda of a meeting so far was made for, also not in other words."""
    through = _through(facts)
    had = {
        goal
        for past in facts.past
        if past.number not in through | {facts.session.number} and past.status not in FELL_THROUGH
        for goal in past.goals
    }
    return tuple(goal for goal in goals if had and not any(_reworded(goal, other) for other in had))


def _reworded(goal: str, other: str) -> bool:
    mine, theirs = (set(re.findall(r"\w{4,}", text.casefold())) for text in (goal, other))
    return goal == other or 2 * len(mine & theirs) >= max(1, min(len(mine), len(theirs)))


def times_carried(action: ActionItem, facts: AgendaFacts) -> int:
    """In how many meetings since it was agreed this action was open."""
    return sum(
        row.id not in {action.session_id, facts.session.id} and row.scheduled_at > action.created_at
        for row in _held(facts)
    )


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
