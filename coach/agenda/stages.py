"""The order in which a pair's meetings take place, and which stage of its series each has."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from pydantic import BaseModel, ConfigDict

from coach.models import MentoringSession, now
from coach.retrieval.library import Stage

# A halfway look back does not follow within this many sessions on another, nor an exercise on itself.
FRESH_SESSIONS = 4
FELL_THROUGH = frozenset({"cancelled", "postponed"})


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
    return 1 + len(took_place(session, sessions))


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
    stages = _stages(took_place(session, sessions), planned, had)
    if behind := _behind(stages, planned):
        return behind
    missed, stage = fell_through(session, sessions), _next_stage(stages, planned)
    if missed and stage != "building":
        return Late(stage=stage, session=missed[0].number, marked=missed[0].status in FELL_THROUGH)
    return None


def stage_at(
    session: MentoringSession, sessions: list[MentoringSession], planned: int, had: Mapping[str, str]
) -> Stage:
    """The stage of this session: what its place asks for, or what is late. `had` is that of `late`.

    A meeting that was held keeps the one that it was held for, whatever is planned since.
    """
    if session.status == "held" and (kept := _stage_had(session, had)):
        return kept
    return _next_stage(_stages(took_place(session, sessions), planned, had), planned)


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


def before(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The sessions before this one, by number: those held when it is not, those to come on an earlier day, and those
    that fell through and were planned before it or for an earlier day.
    """

    def is_before(row: MentoringSession) -> bool:
        if row.status == "held" and session.status == "planned":
            return True
        if row.status == session.status == "held":
            return when(row) < when(session)
        earlier = (row.scheduled_at, row.number) < (session.scheduled_at, session.number)
        return earlier or (row.status in FELL_THROUGH and row.number < session.number)

    return [row for row in sessions if row.number != session.number and is_before(row)]


def took_place(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The meetings before this one that took place or are still to, in this order."""
    there = [
        row
        for row in before(session, sessions)
        if row.status not in FELL_THROUGH and not _was_skipped(row, session, sessions)
    ]
    return sorted(there, key=when)


def when(row: MentoringSession) -> tuple[bool, datetime, int]:
    """The place of a meeting in the order in which they take place; one may be held behind a later one."""
    return row.status != "held", row.held_at or row.scheduled_at, row.number


def _was_skipped(row: MentoringSession, session: MentoringSession, sessions: list[MentoringSession]) -> bool:
    """Whether it was never marked, though its day is past and the pair does mark others as held."""
    marks = any(other.status == "held" for other in sessions)
    over = row.scheduled_at < min(now(), session.scheduled_at) and not row.unfinished
    return row.status == "planned" and marks and over


def fell_through(session: MentoringSession, sessions: list[MentoringSession]) -> list[MentoringSession]:
    """The sessions just before this one that did not take place, in a row, by number."""
    found: list[MentoringSession] = []
    for row in reversed(before(session, sessions)):
        if row.status not in FELL_THROUGH and not _was_skipped(row, session, sessions):
            break
        found.insert(0, row)
    return found
