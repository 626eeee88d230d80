"""Pairs that may need help."""

from fastapi import APIRouter

from api.auth import Coordinator
from api.dependencies import Id, Page
from api.schemas import Page as PageOf
from api.schemas import feedback as schemas
from api.state import State
from coach.feedback.attention import Reason, reasons
from coach.models import now
from coach.store.attention import PairCourse, courses
from coach.store.programs import get_program

router = APIRouter(tags=["programs and pairs"])


@router.get("/programs/{program_id}/attention")
async def read_attention(program_id: Id, caller: Coordinator, page: Page, state: State) -> PageOf[schemas.PairInNeed]:
    """Pairs that may need help, with reason and advice, from dates and agendas alone: never from feedback."""
    caller.sees_program(program_id)
    async with state.store.read() as db:
        await get_program(db, program_id)
        pairs = await courses(db, program_id)
    at = now()
    found = sorted(
        ((pair, why) for pair in pairs if (why := reasons(pair.made_at, pair.planned_sessions, pair.meetings, at))),
        key=lambda each: each[0].pair_id,
    )
    behind = [each for each in found if each[0].pair_id > (page.after or "")]
    return PageOf(
        items=[_in_need(*each) for each in behind[: page.limit]],
        next_cursor=page.next_cursor([pair.pair_id for pair, _ in behind]),
    )


def _in_need(pair: PairCourse, why: tuple[Reason, ...]) -> schemas.PairInNeed:
    return schemas.PairInNeed(
        pair_id=pair.pair_id,
        mentor=pair.mentor,
        mentee=pair.mentee,
        reasons=[
            schemas.AttentionReason(kind=reason.kind, text=reason.text, advice=reason.advice, sources=[reason.source])
            for reason in why
        ],
    )
