"""Feedback on a session, from its two people."""

from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Caller, PairMember
from api.dependencies import Id
from api.schemas import feedback as schemas
from api.state import State
from coach.errors import Conflict
from coach.feedback.periods import quarter_of
from coach.feedback.receipt import receipt
from coach.feedback.window import check_open, closes_at, is_revealed
from coach.models import Feedback, MentoringSession, now
from coach.store.feedback import (
    Given,
    in_published_report,
    lock_session,
    own_feedback,
    put_feedback,
    shared_by_partner,
    withdraw,
)
from coach.store.pairs import PairPeople, hold_open
from coach.store.programs import get_program
from coach.store.reports import minimums_for
from coach.store.sessions import NO_SESSION, get_session

router = APIRouter(tags=["feedback"])


@router.get("/sessions/{session_id}/feedback-receipt")
async def read_receipt(session_id: Id, caller: PairMember, state: State) -> schemas.FeedbackReceipt:
    """Who will see what of your feedback, in plain words. Read it, or show it, before anything is sent."""
    async with state.store.read() as db:
        session = await get_session(db, session_id)
        people = await caller.pair(db, session.pair_id, NO_SESSION)
        program = await get_program(db, people.pair.program_id)
    closing, at = closes_at(session), now()
    # A month of the quarter may have begun after a minimum was raised; what is promised here holds for both.
    minimums = minimums_for(program, quarter_of(session.held_at or at))
    second = state.second_reader.model if state.second_reader else None
    parts = receipt(closing, closed=is_revealed(session, at), second_reader=second, minimums=minimums)
    return schemas.FeedbackReceipt(
        sections=[schemas.ReceiptSection(title=part.title, text=part.text) for part in parts],
        window_closes_at=closing,
        shared_by_default=schemas.SharedByDefault(with_partner=False, with_coordinators=False),
    )


@router.put("/sessions/{session_id}/feedback")
async def write_feedback(
    session_id: Id, body: schemas.FeedbackPut, caller: PairMember, state: State
) -> schemas.OwnFeedback:
    """Send your feedback on a session that was held, or replace what you sent.

    It can be changed until 7 days after the session was marked held, or until both of you have sent, if that is sooner.
    """
    async with state.store.write() as db:
        session, people = await _locked(db, caller, session_id)
        await hold_open(db, people.pair.id)
        at = now()
        check_open(session, at)
        row = await put_feedback(db, session, people.pair, _author(caller), _given(body), at)
        reply = _own(row, session, at)
        await caller.did(db, "feedback.write", session_id=session_id)
    state.jobs.enqueue("read-comments", feedback_id=row.id)
    return reply


@router.get("/sessions/{session_id}/feedback")
async def read_feedback(session_id: Id, caller: PairMember, state: State) -> schemas.SessionFeedback:
    """What you sent, and what your partner shared with you, which you see once both have sent or the window is over."""
    async with state.store.read() as db:
        session = await get_session(db, session_id)
        await caller.pair(db, session.pair_id, NO_SESSION)
        at = now()
        mine = await own_feedback(db, session_id, _author(caller))
        # Before that the partner's is not even read, so that no reply takes longer where there is one.
        open_to_both = is_revealed(session, at)
        partner = await shared_by_partner(db, session_id, _author(caller)) if open_to_both else None
    return schemas.SessionFeedback(
        mine=_own(mine, session, at) if mine else None,
        partner=_partner(partner) if partner else None,
        status="revealed" if open_to_both else "waiting",
        closes_at=closes_at(session),
    )


@router.delete("/sessions/{session_id}/feedback", status_code=204)
async def withdraw_feedback(session_id: Id, caller: PairMember, state: State) -> None:
    """Withdraw your feedback on this session: it is deleted. Where you sent none, nothing happens.

    What has counted in a published report stays, since the report does.
    """
    async with state.store.write() as db:
        await _locked(db, caller, session_id)
        row = await own_feedback(db, session_id, _author(caller))
        if row is None:
            return
        if await in_published_report(db, row):
            raise Conflict(
                "Your feedback has counted in a published report, which is never changed, so it can no longer be "
                "withdrawn. Nobody can read your answers in that report."
            )
        await withdraw(db, row)
        await caller.did(db, "feedback.withdraw", session_id=session_id)


async def _locked(db: AsyncSession, caller: Caller, session_id: str) -> tuple[MentoringSession, PairPeople]:
    """The session, locked, where the caller is one of its two. Raises NotFound."""
    session = await lock_session(db, session_id)
    return session, await caller.pair(db, session.pair_id, NO_SESSION)


def _author(caller: Caller) -> str:
    assert caller.participant_id is not None
    return caller.participant_id


def _given(body: schemas.FeedbackPut) -> Given:
    return Given(
        **body.ratings.model_dump(),
        went_well=body.went_well or None,
        to_change=body.to_change or None,
        share_with_partner=body.share_with_partner,
        share_with_coordinators=body.share_with_coordinators,
    )


def _own(row: Feedback, session: MentoringSession, at: datetime) -> schemas.OwnFeedback:
    return schemas.OwnFeedback(
        session_id=session.id,
        ratings=_ratings(row),
        changeable_until=None if is_revealed(session, at) else closes_at(session),
        **row.model_dump(include=schemas.OwnFeedback.model_fields.keys() - {"session_id"}),
    )


def _partner(row: Feedback) -> schemas.PartnerFeedback:
    return schemas.PartnerFeedback(ratings=_ratings(row), **row.model_dump(include={"role", "went_well", "to_change"}))


def _ratings(row: Feedback) -> schemas.RatingsGiven:
    return schemas.RatingsGiven(**row.model_dump(include=set(schemas.RatingsGiven.model_fields)))
