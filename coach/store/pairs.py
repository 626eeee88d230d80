"""Pairs, their private notes and their actions."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, or_, select

from coach.errors import Conflict, NotFound
from coach.models import ActionItem, Pair, Participant, PrivateNote, now

NO_PAIR = "There is no pair with this id, or it is not yours."
CLOSED = "This pair is closed, since one of the two has left. Nothing of it can be changed any more."
_mentor, _mentee = aliased(Participant), aliased(Participant)
_PAIR = (
    select(Pair, _mentor, _mentee)
    .join(_mentor, col(Pair.mentor_id) == _mentor.id)
    .join(_mentee, col(Pair.mentee_id) == _mentee.id)
    .where(col(Pair.id) == bindparam("pair_id"))
)
_OPEN_ACTIONS = (
    select(ActionItem)
    .where(col(ActionItem.pair_id) == bindparam("pair_id"), col(ActionItem.done_at).is_(None))
    .order_by(col(ActionItem.due_on).is_(None), col(ActionItem.due_on), col(ActionItem.created_at), col(ActionItem.id))
)


@dataclass(frozen=True)
class PairPeople:
    """A pair with its two people."""

    pair: Pair
    mentor: Participant
    mentee: Participant

    def role_of(self, participant_id: str | None) -> Literal["mentor", "mentee"] | None:
        """Which of the two this person is, or None."""
        if participant_id == self.pair.mentor_id:
            return "mentor"
        return "mentee" if participant_id == self.pair.mentee_id else None


async def get_pair(db: AsyncSession, pair_id: str) -> PairPeople:
    """The pair and its two people. Raises NotFound."""
    row = (await db.execute(_PAIR, {"pair_id": pair_id})).one_or_none()
    if row is None:
        raise NotFound(NO_PAIR)
    return PairPeople(pair=row[0], mentor=row[1], mentee=row[2])


async def hold_open(db: AsyncSession, pair_id: str) -> None:
    """Keep the pair from being closed until this transaction ends. Raises Conflict where it is closed already.

    Whoever writes to a pair calls it first, so that nothing of a person is stored after that person was erased.
    """
    query = select(Pair.closed_at).where(col(Pair.id) == pair_id).with_for_update(read=True)
    if (await db.execute(query)).scalar_one_or_none() is not None:
        raise Conflict(CLOSED)


async def pairs_of(db: AsyncSession, participant_id: str) -> list[Pair]:
    """Every pair that this person is in."""
    mine = or_(col(Pair.mentor_id) == participant_id, col(Pair.mentee_id) == participant_id)
    return list((await db.execute(select(Pair).where(mine).order_by(col(Pair.created_at)))).scalars())


async def put_note(db: AsyncSession, pair_id: str, participant_id: str, text: str) -> None:
    """Keep or replace what this person told the coach in private; an empty text takes it back."""
    note = await db.get(PrivateNote, (pair_id, participant_id))
    if not text.strip():
        if note is not None:
            await db.delete(note)
        return
    if note is None:
        note = PrivateNote(pair_id=pair_id, participant_id=participant_id, text=text)
    note.text, note.updated_at = text, now()
    db.add(note)


async def get_action(db: AsyncSession, action_id: str) -> ActionItem:
    """The action. Raises NotFound."""
    action = await db.get(ActionItem, action_id)
    if action is None:
        raise NotFound("There is no action with this id, or it is not yours.")
    return action


async def open_actions(db: AsyncSession, pair_id: str) -> list[ActionItem]:
    """What is still to do, first due first; what has no date comes last, oldest first."""
    return list((await db.execute(_OPEN_ACTIONS, {"pair_id": pair_id})).scalars())


async def list_actions(db: AsyncSession, pair_id: str, limit: int, after: str | None) -> list[ActionItem]:
    """Actions of a pair, open and done, by id, beginning behind the id `after`."""
    query = select(ActionItem).where(col(ActionItem.pair_id) == pair_id).order_by(col(ActionItem.id)).limit(limit)
    if after is not None:
        query = query.where(col(ActionItem.id) > after)
    return list((await db.execute(query)).scalars())
