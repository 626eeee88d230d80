"""Sessions and actions."""

from datetime import UTC, date, datetime, time, timedelta

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import PairMember, PairOrCoordinator
from api.dependencies import Id, Page
from api.schemas import Page as PageOf
from api.schemas import sessions as schemas
from api.state import State
from coach.agenda.stages import stage_at
from coach.errors import Conflict, InvalidInput, NotFound
from coach.feedback.window import check_still_movable
from coach.models import ActionItem, MentoringSession, Pair, now
from coach.store.agendas import newest_agenda, stages_had
from coach.store.feedback import move_feedback
from coach.store.pairs import get_action, list_actions, open_actions
from coach.store.programs import get_program
from coach.store.sessions import NO_SESSION, change, get_session, list_sessions, next_number
from coach.store.vectors import forget_vectors

router = APIRouter(tags=["sessions and actions"])

MOST_OPEN_ACTIONS = 100
_OLDEST, _FARTHEST = timedelta(days=366), timedelta(days=5 * 366)


@router.post("/pairs/{pair_id}/sessions", status_code=201)
async def create_session(
    pair_id: Id, body: schemas.SessionCreate, caller: PairOrCoordinator, state: State
) -> schemas.Session:
    """Plan the pair's next session."""
    _check_time(body.scheduled_at)
    for attempt in range(3):
        try:
            async with state.store.write() as db:
                people = await caller.open_pair(db, pair_id)
                minutes = body.minutes or (await get_program(db, people.pair.program_id)).session_minutes
                row = MentoringSession(
                    pair_id=pair_id,
                    number=await next_number(db, pair_id),
                    **{**body.model_dump(), "minutes": minutes},
                )
                db.add(row)
                earlier, had = await list_sessions(db, pair_id), await stages_had(db, pair_id)
                await caller.did(db, "session.create", session_id=row.id, pair_id=pair_id)
            break
        except IntegrityError:
            # Somebody planned a session of this pair in the same moment and took the number.
            if attempt == 2:
                raise Conflict("Several sessions of this pair are being planned at once. Try again.") from None
    state.jobs.enqueue("warm-session", session_id=row.id)
    return _session(row, people.pair, earlier, had)


@router.get("/pairs/{pair_id}/sessions")
async def read_sessions(pair_id: Id, caller: PairOrCoordinator, page: Page, state: State) -> PageOf[schemas.Session]:
    """The sessions of a pair, by number."""
    if page.after is not None and not page.after.isdecimal():
        raise InvalidInput("cursor", "This is not a cursor of this list: use `next_cursor` as it came.")
    async with state.store.read() as db:
        people = await caller.pair(db, pair_id)
        rows, had = await list_sessions(db, pair_id), await stages_had(db, pair_id)
    behind = [row for row in rows if row.number > int(page.after or 0)][: page.limit + 1]
    items = [_session(row, people.pair, rows, had) for row in behind[: page.limit]]
    return PageOf(items=items, next_cursor=page.next_cursor([str(row.number) for row in behind]))


@router.get("/sessions/{session_id}")
async def read_session(session_id: Id, caller: PairOrCoordinator, state: State) -> schemas.Session:
    """One session."""
    async with state.store.read() as db:
        row = await get_session(db, session_id)
        people = await caller.pair(db, row.pair_id, NO_SESSION)
        sessions, had = await list_sessions(db, row.pair_id), await stages_had(db, row.pair_id)
    return _session(row, people.pair, sessions, had)


@router.patch("/sessions/{session_id}")
async def change_session(
    session_id: Id, body: schemas.SessionChange, caller: PairOrCoordinator, state: State
) -> schemas.Session:
    """Move a session, change its length or focus, or mark it held, cancelled or postponed.

    Held stands once the window for feedback is over, 7 days later.
    """
    changes = body.model_dump(exclude_unset=True)
    for name in ("status", "scheduled_at", "minutes", "unfinished"):
        if changes.get(name, ...) is None:
            raise InvalidInput(name, "This cannot be empty; leave the field out to keep what is there.")
    if body.scheduled_at is not None:
        _check_time(body.scheduled_at)
    async with state.store.write() as db:
        row = await get_session(db, session_id, to_change=True)
        people = await caller.open_pair(db, row.pair_id, NO_SESSION)
        if "unfinished" in changes:
            changes["unfinished"] = await _activities(db, row, changes["unfinished"])
        change(row, changes)
        if "status" in changes:
            await _mark(db, row)
        if "focus" in changes:
            await forget_vectors(db, session_id)
        sessions, had = await list_sessions(db, row.pair_id), await stages_had(db, row.pair_id)
        await caller.did(db, "session.change", session_id=session_id)
    if "focus" in changes:
        state.jobs.enqueue("warm-session", session_id=row.id)
    return _session(row, people.pair, sessions, had)


async def _activities(db: AsyncSession, session: MentoringSession, items: list[str]) -> list[str]:
    """The activities of these items of the session's newest agenda. Raises InvalidInput."""
    if not items:
        return []
    try:
        agenda = await newest_agenda(db, session.id)
    except NotFound:
        raise InvalidInput(
            "unfinished", "This session has no agenda, so nothing of one was left over. Leave the field out."
        ) from None
    known = {item["id"]: item.get("activity") for item in agenda.content["items"]}
    if any(known.get(item) is None for item in items):
        raise InvalidInput(
            "unfinished",
            "Name items of this session's newest agenda that hold an activity; open actions come back anyway.",
        )
    return [known[item] for item in dict.fromkeys(items)]


@router.post("/pairs/{pair_id}/actions", status_code=201)
async def create_action(pair_id: Id, body: schemas.ActionCreate, caller: PairMember, state: State) -> schemas.Action:
    """Note something that one of the two will do."""
    _check_day(body.due_on)
    async with state.store.write() as db:
        await caller.open_pair(db, pair_id)
        if len(await open_actions(db, pair_id)) >= MOST_OPEN_ACTIONS:
            raise Conflict(f"There are {MOST_OPEN_ACTIONS} open actions already. Mark some done before you add more.")
        if body.session_id is not None:
            session = await db.get(MentoringSession, body.session_id)
            if session is None or session.pair_id != pair_id:
                raise InvalidInput("session_id", "This is not a session of this pair.")
        row = ActionItem(pair_id=pair_id, **body.model_dump())
        db.add(row)
        await caller.did(db, "action.create", action_id=row.id, pair_id=pair_id)
    return shown_action(row)


@router.get("/pairs/{pair_id}/actions")
async def read_actions(pair_id: Id, caller: PairMember, page: Page, state: State) -> PageOf[schemas.Action]:
    """The actions of a pair, open and done."""
    async with state.store.read() as db:
        await caller.pair(db, pair_id)
        rows = await list_actions(db, pair_id, page.limit + 1, page.after)
    items = [shown_action(row) for row in rows[: page.limit]]
    return PageOf(items=items, next_cursor=page.next_cursor([row.id for row in rows]))


@router.patch("/actions/{action_id}")
async def change_action(action_id: Id, body: schemas.ActionChange, caller: PairMember, state: State) -> schemas.Action:
    """Mark an action done or open again, or change its text or day."""
    changes = body.model_dump(exclude_unset=True)
    for name in ("done", "text"):
        if changes.get(name, ...) is None:
            raise InvalidInput(name, "This cannot be empty; leave the field out to keep what is there.")
    _check_day(body.due_on)
    async with state.store.write() as db:
        row = await get_action(db, action_id)
        await caller.open_pair(db, row.pair_id, "There is no action with this id, or it is not yours.")
        if "done" in changes:
            row.done_at = (row.done_at or now()) if changes.pop("done") else None
        for name, value in changes.items():
            setattr(row, name, value)
        await caller.did(db, "action.change", action_id=action_id)
    return shown_action(row)


async def _mark(db: AsyncSession, row: MentoringSession) -> None:
    """Set when a session of this new status was held. Raises Conflict where it was held too long ago to be changed."""
    if row.status != "held":
        check_still_movable(row, now())
        row.held_at, row.stage = None, None
    elif row.held_at is None:
        row.held_at = now()
        await move_feedback(db, row.id, row.held_at)


def _check_time(at: datetime, field: str = "scheduled_at") -> None:
    if at < now() - _OLDEST:
        raise InvalidInput(field, "This is more than a year ago. Check the year.")
    if at > now() + _FARTHEST:
        raise InvalidInput(field, "This is more than five years ahead. Check the year.")


def _check_day(day: date | None) -> None:
    """An action is due within the same years as a session."""
    if day is not None:
        _check_time(datetime.combine(day, time(12), UTC), "due_on")


def _session(
    row: MentoringSession, pair: Pair, sessions: list[MentoringSession], had: dict[str, str]
) -> schemas.Session:
    stage = stage_at(row, sessions, pair.planned_sessions, had)
    return schemas.Session(stage=stage, **row.model_dump(exclude={"revealed_at", "changes", "changed_at", "stage"}))


def shown_action(row: ActionItem) -> schemas.Action:
    """The action as its pair sees it."""
    return schemas.Action(done=row.done_at is not None, **row.model_dump(exclude={"done_at"}))
