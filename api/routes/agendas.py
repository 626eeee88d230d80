"""Agendas and starters."""

import asyncio
from contextlib import nullcontext
from typing import Annotated, Any, NamedTuple

import structlog
from fastapi import APIRouter, Header, Request, Response
from sqlalchemy.exc import IntegrityError

from api import events
from api.ahead import recall
from api.auth import Caller, PairMember
from api.dependencies import Id, IdempotencyKey, negotiate
from api.own_documents import passages_for
from api.schemas import sessions as schemas
from api.state import AppState, State
from coach.agenda.calendar import calendar
from coach.agenda.choose import more_starters
from coach.agenda.pipeline import MadeAgenda, briefing_for
from coach.agenda.progress import Progress, silent
from coach.agenda.render import markdown, plain_text
from coach.agenda.series import last_feedback
from coach.asking import Spent
from coach.errors import Conflict, NotFound
from coach.feedback.reading import read_comments
from coach.models import Agenda
from coach.retrieval.library import Role
from coach.sources import source_of
from coach.store.agendas import (
    AgendaFacts,
    add_agenda,
    add_asked,
    keep_agenda,
    kept_agenda,
    load_facts,
    newest_agenda,
)
from coach.store.pairs import PairPeople, hold_open
from coach.store.sessions import NO_SESSION, get_session
from coach.tracing import span

log = structlog.get_logger(__name__)
router = APIRouter(tags=["agendas"])

JSON, MARKDOWN, PLAIN, CALENDAR = "application/json", "text/markdown", "text/plain", "text/calendar"
_TEXT = {"schema": {"type": "string"}}
_TRIES = 3
# The reader's model may have to be loaded first.
_READING_S = 15.0
_AT_ONCE = "Several agendas for this pair are being made at once. Try again."
Accept = Annotated[str | None, Header(description="The form of the reply that you want.")]


@router.post(
    "/sessions/{session_id}/agenda",
    status_code=201,
    response_model=schemas.Agenda,
    responses={
        200: {
            "description": "The progress, and at the end the agenda: events `progress`, then `agenda` or `problem`.",
            "content": {events.MEDIA_TYPE: _TEXT},
        }
    },
)
async def create_agenda(
    session_id: Id,
    caller: PairMember,
    state: State,
    request: Request,
    body: schemas.AgendaCreate | None = None,
    idempotency_key: IdempotencyKey = None,
    accept: Accept = None,
) -> Any:
    """Get an agenda made for this session. Asking again makes a new version; with the same Idempotency-Key, none.

    Where the program has used its model tokens for the day the reply is 429; `{"writer": "composer"}` gets an agenda
    that no model writes. With `Accept: text/event-stream` the reply tells how far it is while a model writes. An
    agenda whose reader leaves meanwhile is made and stored all the same.
    """
    form = negotiate(accept, (JSON, events.MEDIA_TYPE))
    maker = state.agendas()
    key = _Key(caller.token_id, idempotency_key, _request(session_id, body)) if idempotency_key else None
    async with state.store.read() as db:
        facts = await _facts(state, caller, session_id, db)
        role = _role(caller, facts.people)
        kept = await kept_agenda(db, *key) if key else None
    if kept is None and facts.people.pair.closed_at is not None:
        raise Conflict("This pair is closed, since one of the two has left. It gets no more agendas.")
    if kept is None and facts.session.status in {"held", "cancelled"}:
        raise Conflict(
            f"This session is marked {facts.session.status}. "
            "Plan the next one, or mark it planned again, to get an agenda."
        )
    composed = state.model is None or (body is not None and body.writer == "composer")
    if kept is None and not composed:
        await state.budget.check(facts.program.id)

    async def make(progress: Progress = silent) -> schemas.Agenda:
        if kept is not None:
            return shown_agenda(kept, role)
        known, turn = facts, state.turn_of(facts.people.pair.id)
        stale, lost = await _read_first(state, facts) or turn.locked(), Spent()
        async with turn:
            for _ in range(_TRIES):
                if stale:
                    async with state.store.read() as db:
                        known = await _facts(state, caller, session_id, db)
                        # Made under the same key while this request waited: a second one would cost as much again.
                        if key and (before := await kept_agenda(db, *key)):
                            return shown_agenda(before, role)
                progress("brief")
                briefing = await briefing_for(known, state.library())
                pair = known.people.pair
                kept_vectors = recall(state, known, briefing)
                own = await passages_for(state, pair.program_id, known.document_ids)
                # What no model writes sets nothing aside of what others may use.
                async with nullcontext(False) if composed else state.budget.spending(pair.program_id) as spent:
                    made = await maker.make(
                        briefing,
                        pair.id,
                        pair.program_id,
                        own=own,
                        composed=composed,
                        budget_spent=spent,
                        progress=progress,
                    )
                    lost.prompt += made.row.prompt_tokens
                    lost.completion += made.row.completion_tokens
                    # With those of the tries before: they were used, though nothing was stored.
                    made.row.prompt_tokens, made.row.completion_tokens = lost.prompt, lost.completion
                    progress("storing")
                    with span("agenda storing"):
                        stored = await _stored(state, made, caller, key)
                if not kept_vectors:
                    state.jobs.enqueue("warm-session", session_id=session_id)
                if stored:
                    state.metrics.count_agenda(stored.content["generator"])
                    return shown_agenda(stored, role)
                # Another process gave the pair some of these starters in the same moment.
                stale = True
        raise Conflict(_AT_ONCE)

    return events.stream(request, "agenda", make) if form == events.MEDIA_TYPE else await make()


@router.get(
    "/sessions/{session_id}/agenda",
    response_model=schemas.Agenda,
    responses={200: {"content": {MARKDOWN: _TEXT, PLAIN: _TEXT, CALENDAR: _TEXT}}},
)
async def read_agenda(session_id: Id, caller: PairMember, state: State, accept: Accept = None) -> Any:
    """The newest agenda of this session, with your own prep: as JSON or, by `Accept`, as `text/markdown` or
    `text/plain` for reading, or as `text/calendar` with the time that the session has now.
    """
    form = negotiate(accept, (JSON, MARKDOWN, PLAIN, CALENDAR))
    async with state.store.read() as db:
        row = await get_session(db, session_id)
        people = await caller.pair(db, row.pair_id, NO_SESSION)
        newest = await newest_agenda(db, session_id)
    agenda = shown_agenda(newest, _role(caller, people))
    if form == MARKDOWN:
        return Response(markdown(agenda.model_dump(mode="json")), media_type=f"{MARKDOWN}; charset=utf-8")
    if form == PLAIN:
        return Response(plain_text(agenda.model_dump(mode="json")), media_type=f"{PLAIN}; charset=utf-8")
    if form == CALENDAR:
        # The name holds nothing that anybody typed.
        headers = {"Content-Disposition": f'attachment; filename="session-{row.number}.ics"'}
        file = calendar(agenda.model_dump(mode="json"), row, newest.brief.get("minutes"))
        return Response(file, media_type=f"{CALENDAR}; charset=utf-8", headers=headers)
    return agenda


@router.post("/sessions/{session_id}/starters")
async def create_starters(
    session_id: Id, caller: PairMember, state: State, body: schemas.StartersCreate | None = None
) -> schemas.Starters:
    """More starters, none of which the pair has had."""
    search, body = state.library(), body or schemas.StartersCreate()
    for _ in range(_TRIES):
        async with state.store.read() as db:
            facts = await _facts(state, caller, session_id, db)
        briefing = await briefing_for(facts, search)
        kept_vectors = recall(state, facts, briefing)
        chosen = await more_starters(briefing, search, body.count, body.topic)
        async with state.store.write() as db:
            await hold_open(db, facts.people.pair.id)
            if await add_asked(db, facts.people.pair.id, session_id, [passage.text for passage in chosen]):
                await caller.did(db, "starters.create", session_id=session_id)
                break
        # The partner was given some of these in the same moment: choose again.
    else:
        raise Conflict("Several starters for this pair are being chosen at once. Try again.")
    if not kept_vectors:
        state.jobs.enqueue("warm-session", session_id=session_id)
    short = len(chosen) < body.count
    return schemas.Starters(
        starters=[
            schemas.Starter(
                text=passage.text,
                asked_by=passage.asked_by,
                topic=passage.document.front.topic,
                sources=[passage.id],
            )
            for passage in chosen
        ],
        sources=[schemas.Source(**source_of(passage)) for passage in chosen],
        notice="The library has no more starters here that you have not had yet. Try another topic." if short else None,
    )


class _Key(NamedTuple):
    """An Idempotency-Key, whose it is and what it was sent with."""

    token_id: str
    key: str
    request: str


def _request(session_id: str, body: schemas.AgendaCreate | None) -> str:
    writer = f" by the {body.writer}" if body is not None and body.writer else ""
    return f"POST agenda {session_id}{writer}"


class _StartersGiven(Exception):
    """Ends the transaction of an agenda whose starters the pair has been given meanwhile."""


async def _stored(state: AppState, made: MadeAgenda, caller: Caller, key: _Key | None) -> Agenda | None:
    """The agenda as it was stored, whole or not at all; or the one that was stored under the same key meanwhile.

    None where the pair was given one of its starters while it was written: then nothing is stored.
    """
    for _ in range(_TRIES):
        try:
            async with state.store.write() as db:
                if not await add_agenda(db, made.row, made.starters):
                    raise _StartersGiven
                if key:
                    keep_agenda(db, *key, made.row.id)
                await caller.did(db, "agenda.create", agenda_id=made.row.id, session_id=made.row.session_id)
            return made.row
        except _StartersGiven:
            return None
        except IntegrityError:
            # The same key, or the same version, was stored while this agenda was written.
            if key:
                async with state.store.read() as db:
                    if kept := await kept_agenda(db, *key):
                        return kept
    raise Conflict(_AT_ONCE)


async def _facts(state: AppState, caller: Caller, session_id: str, db: Any) -> AgendaFacts:
    facts = await load_facts(db, session_id)
    if facts.people.role_of(caller.participant_id) is None:
        raise NotFound(NO_SESSION)
    return facts


async def _read_first(state: AppState, facts: AgendaFacts) -> bool:
    """Read what the two have just told each other, where nobody has come to it yet; whether anything was read.

    An agenda that is asked for right after the feedback should take up what stands between its lines as well. It comes
    without that where reading takes too long.
    """
    last = {said.session_number for said in last_feedback(facts)}
    unread = [said.unread for said in facts.feedback if said.unread and said.session_number in last]
    if not unread or state.reader is None:
        return False
    try:
        async with asyncio.timeout(_READING_S):
            for feedback_id in unread:
                await read_comments(state.store, state.reader, feedback_id)
    except Exception as error:
        # An error's text may hold what people typed.
        log.warning("agenda.feedback_unread", error=type(error).__name__, session=facts.session.id)
        return False
    return True


def _role(caller: Caller, people: PairPeople) -> Role:
    role = people.role_of(caller.participant_id)
    assert role is not None
    return role


def shown_agenda(row: Agenda, role: Role) -> schemas.Agenda:
    """The agenda as this person may see it: the shared part and their own prep."""
    return schemas.Agenda(
        id=row.id,
        session_id=row.session_id,
        version=row.version,
        created_at=row.created_at,
        prep=schemas.Prep(**(row.prep_mentor if role == "mentor" else row.prep_mentee)),
        **row.content,
    )
