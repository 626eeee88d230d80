"""All that is held on one person, and nothing that is another's alone."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, or_, select

from coach.errors import NotFound
from coach.models import (
    ActionItem,
    Agenda,
    Comment,
    Feedback,
    FeedbackSummary,
    IdempotencyKey,
    MentoringSession,
    Pair,
    Participant,
    PrivateNote,
    Program,
    Token,
)
from coach.store.pairs import PairPeople, get_pair


@dataclass
class HeldOfPair:
    """What a pair has that this person may know: what both share, and what is the person's own."""

    people: PairPeople
    note: PrivateNote | None
    sessions: list[MentoringSession]
    actions: list[ActionItem]
    agendas: list[Agenda]
    summary: FeedbackSummary | None


@dataclass
class Held:
    """The rows. Of the agendas only the shared content and the person's own prep may be shown: what is not in a brief
    tells what the partner asked to keep out.
    """

    program: Program
    person: Participant
    pairs: list[HeldOfPair]
    feedback: list[Feedback]
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    keys: list[IdempotencyKey] = field(default_factory=list)


async def held_on(db: AsyncSession, participant_id: str) -> Held:
    """Everything that is held on this person. Raises NotFound."""
    person = await db.get(Participant, participant_id)
    program = await db.get(Program, person.program_id) if person is not None else None
    if person is None or program is None:
        raise NotFound("There is no person with this id.")
    mine = or_(col(Pair.mentor_id) == participant_id, col(Pair.mentee_id) == participant_id)
    pair_ids = (await db.execute(select(Pair.id).where(mine).order_by(col(Pair.created_at)))).scalars().all()
    feedback = select(Feedback).where(col(Feedback.author_id) == participant_id).order_by(col(Feedback.held_at))
    rows = list((await db.execute(feedback)).scalars())
    comments: dict[str, list[Comment]] = defaultdict(list)
    query = (
        select(Comment)
        .where(col(Comment.feedback_id).in_([row.id for row in rows]))
        .order_by(col(Comment.question).desc(), col(Comment.position))
    )
    for comment in (await db.execute(query)).scalars():
        comments[comment.feedback_id].append(comment)
    of_person = select(Token).where(col(Token.participant_id) == participant_id).order_by(col(Token.created_at))
    tokens = list((await db.execute(of_person)).scalars())
    keys = select(IdempotencyKey).where(col(IdempotencyKey.token_id).in_([row.id for row in tokens]))
    return Held(
        program=program,
        person=person,
        pairs=[await _of_pair(db, pair_id, participant_id) for pair_id in pair_ids],
        feedback=rows,
        comments=comments,
        tokens=tokens,
        keys=list((await db.execute(keys.order_by(col(IdempotencyKey.created_at)))).scalars()),
    )


async def _of_pair(db: AsyncSession, pair_id: str, participant_id: str) -> HeldOfPair:
    people = await get_pair(db, pair_id)
    sessions = select(MentoringSession).where(col(MentoringSession.pair_id) == pair_id)
    actions = select(ActionItem).where(
        col(ActionItem.pair_id) == pair_id, col(ActionItem.owner) == people.role_of(participant_id)
    )
    agendas = select(Agenda).where(col(Agenda.pair_id) == pair_id)
    return HeldOfPair(
        people=people,
        note=await db.get(PrivateNote, (pair_id, participant_id)),
        sessions=list((await db.execute(sessions.order_by(col(MentoringSession.number)))).scalars()),
        actions=list((await db.execute(actions.order_by(col(ActionItem.created_at)))).scalars()),
        agendas=list((await db.execute(agendas.order_by(col(Agenda.created_at)))).scalars()),
        summary=await db.get(FeedbackSummary, pair_id),
    )
