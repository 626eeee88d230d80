"""What a person may ask of us: all that is held on them, and that it goes."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from api.auth import Caller, PairMember, allow
from api.dependencies import Id
from api.routes.agendas import shown_agenda
from api.routes.sessions import shown_action
from api.routes.summaries import shown_summary
from api.routes.tokens import shown_token
from api.schemas import rights as schemas
from api.schemas.feedback import RatingsGiven
from api.state import State
from coach.erasure import erase_person, forget_texts, scrub
from coach.errors import NotFound
from coach.models import Comment, Feedback, now
from coach.store.export import Held, HeldOfPair, held_on

router = APIRouter(tags=["rights"])

NOTICE = (
    "This is all that is held on you. What your partner wrote for themselves alone, and feedback that they did not "
    "share, is theirs and not in here; nor are the numbers that the coach keeps of your answers, of your goals and of "
    "what else your agendas ask the library, and of questions that you were given, to compare texts with. With each "
    "agenda the coach keeps what it was made from. That repeats what is in here as it was then, without what either "
    "of you asked to keep out: to show what is left would tell you of your partner's. The log of who did what holds "
    "ids and times alone."
)


@router.get("/me/export")
async def read_export(caller: PairMember, state: State) -> schemas.Export:
    """All that is held on you, as JSON, also what you shared with nobody; never what is your partner's alone."""
    assert caller.participant_id is not None
    async with state.store.write() as db:
        export = _export(await held_on(db, caller.participant_id))
        await caller.did(db, "participant.export", participant_id=caller.participant_id)
    return export


@router.delete("/participants/{participant_id}", status_code=204)
async def erase_participant(
    participant_id: Id, caller: Annotated[Caller, Depends(allow("admin", "participant"))], state: State
) -> None:
    """Erase a person for good: by an admin, or by the person. It cannot be undone.

    The pair is closed, and what its two wrote together goes: goals, actions, agendas. The partner's own note and
    feedback stay, without the person's name. Published reports stay, since they hold no one. The person's tokens end.
    """
    if caller.role == "participant" and caller.participant_id != participant_id:
        raise NotFound("There is no person with this id, or it is not you.")
    erased = await erase_person(state.store, participant_id, caller.token_id)
    forget_texts(state.search)
    for pair_id in erased.pair_ids:
        # An agenda of theirs that is being written now asks the library in their words once more.
        state.jobs.enqueue("forget-pair", pair_id=pair_id)
    state.jobs.enqueue("read-comments")
    if not await scrub(state.store):
        state.jobs.enqueue("scrub-database")


def _export(held: Held) -> schemas.Export:
    person = held.person
    return schemas.Export(
        made_at=now(),
        person=schemas.HeldPerson(
            program=held.program.name,
            **person.model_dump(include=schemas.HeldPerson.model_fields.keys() - {"program"}),
        ),
        pairs=[_pair(pair, person.id) for pair in held.pairs],
        feedback=[_feedback(row, held.comments.get(row.id, [])) for row in held.feedback],
        tokens=[shown_token(row) for row in held.tokens],
        keys=[schemas.HeldKey(**row.model_dump(include=set(schemas.HeldKey.model_fields))) for row in held.keys],
        notice=NOTICE,
    )


def _pair(held: HeldOfPair, participant_id: str) -> schemas.HeldPair:
    people, pair = held.people, held.people.pair
    role = people.role_of(participant_id)
    assert role is not None
    return schemas.HeldPair(
        you=role,
        partner=(people.mentee if role == "mentor" else people.mentor).name,
        goals_reached=[goal["text"] for goal in pair.reached],
        goals_reached_at=[datetime.fromisoformat(goal["at"]) for goal in pair.reached],
        private_note=held.note.text if held.note is not None else None,
        private_note_written_at=held.note.updated_at if held.note is not None else None,
        sessions=[
            schemas.HeldSession(**row.model_dump(include=set(schemas.HeldSession.model_fields)))
            for row in held.sessions
        ],
        actions=[schemas.HeldAction(done_at=row.done_at, **shown_action(row).model_dump()) for row in held.actions],
        agendas=[shown_agenda(row, role) for row in held.agendas],
        summary=shown_summary(held.summary) if held.summary is not None and held.summary.content else None,
        **pair.model_dump(include={"id", "goals", "topics", "planned_sessions", "created_at", "closed_at"}),
    )


def _feedback(row: Feedback, comments: list[Comment]) -> schemas.HeldFeedback:
    own = schemas.HeldFeedback.model_fields.keys() - {"ratings", "comments"}
    return schemas.HeldFeedback(
        ratings=RatingsGiven(**row.model_dump(include=set(RatingsGiven.model_fields))),
        comments=[
            schemas.HeldComment(question=comment.question, text=comment.text, themes=comment.themes)
            for comment in comments
        ],
        **row.model_dump(include=own),
    )
