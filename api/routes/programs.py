"""Programs, pairs and private notes."""

from datetime import timedelta
from typing import Literal

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Admin, Anyone, Caller, Coordinator, PairMember, PairOrCoordinator
from api.dependencies import Id, Page
from api.schemas import Page as PageOf
from api.schemas import programs as schemas
from api.state import State
from coach.agenda.stages import keep_stages
from coach.errors import Conflict, Forbidden, InvalidInput
from coach.feedback.disclosure import Minimums
from coach.models import EXPERIENCE_LIMIT, RETENTION_DAYS, Pair, Participant, Program, now
from coach.store.agendas import stages_had
from coach.store.pairs import PairPeople, pairs_of, put_note
from coach.store.programs import get_program, list_pairs, list_programs
from coach.store.reports import lock_program, newest_minimums, raise_minimums
from coach.store.sessions import list_sessions
from coach.store.vectors import forget_vectors_of_pairs

router = APIRouter(tags=["programs and pairs"])

_LONGEST_AGO, _FARTHEST = timedelta(days=10 * 366), timedelta(days=5 * 366)
# What changes the questions that agendas ask the library.
_ASKED = frozenset({"goals", "goals_reached", "topics", "avoid_topics"})


@router.post("/programs", status_code=201)
async def create_program(body: schemas.ProgramCreate, caller: Admin, state: State) -> schemas.Program:
    """Make a program."""
    program = Program(**body.model_dump())
    async with state.store.write() as db:
        db.add(program)
        await caller.did(db, "program.create", program_id=program.id)
    return _program(program)


@router.get("/programs")
async def read_programs(caller: Admin, page: Page, state: State) -> PageOf[schemas.Program]:
    """All programs."""
    async with state.store.read() as db:
        rows = await list_programs(db, page.limit + 1, page.after)
    items = [_program(row) for row in rows[: page.limit]]
    return PageOf(items=items, next_cursor=page.next_cursor([row.id for row in rows]))


@router.get("/programs/{program_id}")
async def read_program(program_id: Id, caller: Coordinator, state: State) -> schemas.Program:
    """One program."""
    caller.sees_program(program_id)
    async with state.store.read() as db:
        return _program(await get_program(db, program_id))


@router.patch("/programs/{program_id}")
async def change_program(
    program_id: Id, body: schemas.ProgramChange, caller: Coordinator, state: State
) -> schemas.Program:
    """Ask for more people before a theme report, or a theme in it, is shown; an admin may close the program.

    Higher minimums hold for periods that begin after this, and are never lowered again. So many days after `closed_at`
    all that is held on its people is erased for good; its reports stay.
    """
    caller.sees_program(program_id)
    changes = body.model_dump(include={"closed_at", "retention_days"}, exclude_unset=True)
    if changes and caller.role != "admin":
        raise Forbidden("Only an admin closes a program, or changes how long its people are kept.")
    if body.closed_at is not None and not now() - _LONGEST_AGO < body.closed_at < now() + _FARTHEST:
        raise InvalidInput("closed_at", "This is more than ten years ago, or more than five ahead. Check the year.")
    if changes.get("retention_days", 0) is None:
        changes["retention_days"] = RETENTION_DAYS
    async with state.store.write() as db:
        program = await lock_program(db, program_id)
        _raise_minimums(program, body)
        for name, value in changes.items():
            setattr(program, name, value)
        await caller.did(db, "program.change", program_id=program_id)
    return _program(program)


def _raise_minimums(program: Program, body: schemas.ProgramChange) -> None:
    set_now = newest_minimums(program)
    wanted = Minimums(body.report_minimum_people or set_now.people, body.theme_minimum_people or set_now.theme_people)
    if wanted.people < set_now.people or wanted.theme_people < set_now.theme_people:
        raise Conflict(
            f"Minimums are only ever raised. This program's are {set_now.people} people for a report and "
            f"{set_now.theme_people} for a theme. People gave feedback relying on them."
        )
    if wanted != set_now:
        raise_minimums(program, wanted, now())


@router.get("/me")
async def read_me(caller: Anyone, state: State) -> schemas.Me:
    """Who your token stands for, and your pairs."""
    async with state.store.read() as db:
        pairs = await pairs_of(db, caller.participant_id) if caller.participant_id else []
    return schemas.Me(
        role=caller.role,
        program_id=caller.program_id,
        participant_id=caller.participant_id,
        pairs=[pair.id for pair in pairs],
    )


@router.post("/programs/{program_id}/pairs", status_code=201)
async def create_pair(program_id: Id, body: schemas.PairCreate, caller: Coordinator, state: State) -> schemas.Pair:
    """Make a pair with its two people. The mentor is the junior."""
    caller.sees_program(program_id)
    async with state.store.write() as db:
        program = await get_program(db, program_id)
        if program.closed_at is not None and program.closed_at <= now():
            # What is held on its people goes so many days after that; new ones would go with them.
            raise Conflict(
                f"This program ended on {program.closed_at:%Y-%m-%d}, so it takes no new pairs. An admin can open it "
                "again by setting closed_at to null."
            )
        mentor = Participant(program_id=program_id, **body.mentor.model_dump())
        mentee = Participant(program_id=program_id, **body.mentee.model_dump())
        db.add_all([mentor, mentee])
        await db.flush()
        pair = Pair(
            program_id=program_id,
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            goals=body.goals,
            topics=list(dict.fromkeys(body.topics)),
            planned_sessions=body.planned_sessions or program.planned_sessions,
        )
        db.add(pair)
        await caller.did(db, "pair.create", pair_id=pair.id, mentor_id=mentor.id, mentee_id=mentee.id)
    return _pair(PairPeople(pair, mentor, mentee), caller)


@router.get("/programs/{program_id}/pairs")
async def read_pairs(program_id: Id, caller: Coordinator, page: Page, state: State) -> PageOf[schemas.Pair]:
    """The pairs of a program."""
    caller.sees_program(program_id)
    async with state.store.read() as db:
        await get_program(db, program_id)
        rows = await list_pairs(db, program_id, page.limit + 1, page.after)
        items = [_pair(await caller.pair(db, row.id), caller) for row in rows[: page.limit]]
    return PageOf(items=items, next_cursor=page.next_cursor([row.id for row in rows]))


@router.get("/pairs/{pair_id}")
async def read_pair(pair_id: Id, caller: PairOrCoordinator, state: State) -> schemas.Pair:
    """One pair."""
    async with state.store.read() as db:
        return _pair(await caller.pair(db, pair_id), caller)


@router.patch("/pairs/{pair_id}")
async def change_pair(pair_id: Id, body: schemas.PairChange, caller: PairOrCoordinator, state: State) -> schemas.Pair:
    """Change goals, topics or the planned number of sessions, mark goals reached, or change what you set for yourself
    alone.
    """
    changes = body.model_dump(exclude_unset=True)
    for name in ("goals", "goals_reached"):
        if changes.get(name, ()) is None:
            raise InvalidInput(name, "This takes one to three goals; leave the field out to keep those there are.")
    if changes.get("planned_sessions", 0) is None:
        raise InvalidInput("planned_sessions", "This takes a number; leave the field out to keep the one there is.")
    if changes.get("experience_limit", 0) is None:
        changes["experience_limit"] = EXPERIENCE_LIMIT
    async with state.store.write() as db:
        people = await caller.open_pair(db, pair_id)
        role = people.role_of(caller.participant_id)
        _mark_reached(people.pair, changes.get("goals_reached", []))
        await _plan(db, people.pair, changes.get("planned_sessions", people.pair.planned_sessions))
        for name in ("goals", "topics"):
            if name in changes:
                setattr(people.pair, name, list(dict.fromkeys(changes[name] or [])))
        own = {
            "avoid_topics": changes.get("avoid_topics") or [],
            "accessibility": changes.get("accessibility"),
            "experience_limit": changes.get("experience_limit"),
        }
        for name in changes.keys() & own.keys():
            if role is None:
                raise Forbidden(f"{name} is for each person to set for themselves.")
            setattr(people.mentor if role == "mentor" else people.mentee, name, own[name])
        asks_otherwise = changes.keys() & _ASKED
        if asks_otherwise:
            # Whoever keeps vectors holds the pair's row before theirs.
            await db.flush()
            await forget_vectors_of_pairs(db, [pair_id])
        await caller.did(db, "pair.change", pair_id=pair_id)
    if asks_otherwise:
        state.jobs.enqueue("warm-pair", pair_id=pair_id)
    return _pair(people, caller)


def _program(row: Program) -> schemas.Program:
    minimums = newest_minimums(row)
    return schemas.Program(
        report_minimum_people=minimums.people,
        theme_minimum_people=minimums.theme_people,
        **row.model_dump(exclude={"raised_minimums"}),
    )


def _mark_reached(pair: Pair, goals: list[str]) -> None:
    if not set(goals) <= set(pair.goals):
        raise InvalidInput("goals_reached", "This is not one of the pair's goals. Copy a goal as the pair has it.")
    at = now().isoformat()
    pair.reached = [*pair.reached, *({"text": goal, "at": at} for goal in pair.goals if goal in goals)]
    pair.goals = [goal for goal in pair.goals if goal not in goals]


async def _plan(db: AsyncSession, pair: Pair, meetings: int) -> None:
    """Plan so many meetings. Raises Conflict where more are held or planned already."""
    if meetings == pair.planned_sessions:
        return
    sessions = await list_sessions(db, pair.id)
    there = sum(session.status in {"held", "planned"} for session in sessions)
    if meetings < there:
        raise Conflict(
            f"{there} sessions of this pair are held or planned already, so planned_sessions cannot be {meetings}. "
            "Cancel sessions that are not to take place first."
        )
    keep_stages(sessions, pair.planned_sessions, await stages_had(db, pair.id))
    pair.planned_sessions = meetings


@router.put("/pairs/{pair_id}/private-note", status_code=204)
async def write_note(pair_id: Id, body: schemas.PrivateNote, caller: PairMember, state: State) -> None:
    """Tell the coach something in private. Only your own prep uses it; an empty text takes it back."""
    async with state.store.write() as db:
        await caller.open_pair(db, pair_id)
        await _put_note(db, pair_id, caller, body.text)
        await caller.did(db, "private-note.write", pair_id=pair_id)


async def _put_note(db: AsyncSession, pair_id: str, caller: Caller, text: str) -> None:
    assert caller.participant_id is not None
    await put_note(db, pair_id, caller.participant_id, text)


def _pair(people: PairPeople, caller: Caller) -> schemas.Pair:
    role: Literal["mentor", "mentee"] | None = people.role_of(caller.participant_id)
    own = {"mentor": people.mentor, "mentee": people.mentee}[role] if role else None
    pair = people.pair
    return schemas.Pair(
        id=pair.id,
        program_id=pair.program_id,
        mentor=_person(people.mentor),
        mentee=_person(people.mentee),
        goals=pair.goals,
        goals_reached=[goal["text"] for goal in pair.reached],
        topics=pair.topics,
        planned_sessions=pair.planned_sessions,
        created_at=pair.created_at,
        closed_at=pair.closed_at,
        you=role,
        avoid_topics=own.avoid_topics if own else None,
        accessibility=own.accessibility if own else None,
        experience_limit=own.experience_limit if own else None,
    )


def _person(row: Participant) -> schemas.Person:
    return schemas.Person(**row.model_dump(include=set(schemas.Person.model_fields)))
