"""Pairs of feedback as people write it, with what a person reads in them: the cases of the part `summaries`."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coach.models import Agenda, Feedback, MentoringSession, Pair, Participant, Program
from coach.retrieval.library import Role
from coach.store import Store
from coach.wish_words import Wish
from evals.rows import distinct, yaml_files, yaml_rows

FOLDER = Path(__file__).with_name("datasets") / "summaries"
_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
_BETWEEN = timedelta(weeks=3)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(_Strict):
    """What one person sent; with `kept` it was not shared with the partner."""

    ratings: Annotated[tuple[Annotated[int, Field(ge=1, le=5)], ...], Field(min_length=3, max_length=3)]
    well: str | None = None
    change: str | None = None
    kept: bool = False


class Held(_Strict):
    """A session with what was sent after it; `agenda` is why its items are there that answer feedback."""

    mentor: Given | None = None
    mentee: Given | None = None
    agenda: tuple[str, ...] = ()

    def given(self) -> Iterator[tuple[Role, Given]]:
        """What was sent, by whom."""
        if self.mentor:
            yield "mentor", self.mentor
        if self.mentee:
            yield "mentee", self.mentee


class FeedbackCase(_Strict):
    """A pair's feedback, and what a person reads in it."""

    name: str
    mentor: str
    mentee: str
    sessions: Annotated[tuple[Held, ...], Field(min_length=1)]
    canaries: tuple[str, ...] = ()
    asked: dict[int, dict[Role, tuple[Wish, ...]]] = Field(default_factory=dict)
    done: dict[int, dict[Role, bool]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_its_sessions(self) -> Self:
        if strange := sorted({*self.asked, *self.done} - {*range(1, len(self.sessions) + 1)}):
            raise ValueError(f"asked or done is of session {strange[0]}, and there are {len(self.sessions)}")
        return self

    def shared(self) -> Iterator[tuple[int, Role, Given]]:
        """What both may read."""
        for number, held in enumerate(self.sessions, start=1):
            yield from ((number, role, given) for role, given in held.given() if not given.kept)


def read_cases(folder: Path = FOLDER) -> list[FeedbackCase]:
    """Every case, by file. Raises PartNotRun naming the file and the line that is wrong."""
    return distinct(FeedbackCase, (row for file in yaml_files(folder) for row in yaml_rows(file)))


async def keep(case: FeedbackCase, store: Store) -> str:
    """Store the case as the service would, and return the id of its pair."""
    async with store.write() as db:
        program = Program(name="Bridge")
        mentor = Participant(program_id=program.id, name=case.mentor)
        mentee = Participant(program_id=program.id, name=case.mentee)
        pair = Pair(program_id=program.id, mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6)
        db.add(program)
        await db.flush()
        db.add_all([mentor, mentee])
        await db.flush()
        db.add(pair)
        await db.flush()
        for number, held in enumerate(case.sessions, start=1):
            day = _BEGAN + number * _BETWEEN
            session = MentoringSession(
                pair_id=pair.id, number=number, scheduled_at=day, minutes=60, status="held", held_at=day
            )
            db.add(session)
            await db.flush()
            authors = {"mentor": mentor.id, "mentee": mentee.id}
            db.add_all(_row(session, pair, authors[role], role, given) for role, given in held.given())
            if held.agenda:
                items = [{"tied_to": ["feedback"], "because": because} for because in held.agenda]
                db.add(
                    Agenda(
                        session_id=session.id,
                        pair_id=pair.id,
                        program_id=program.id,
                        version=1,
                        brief={},
                        content={"items": items},
                        prep_mentor={},
                        prep_mentee={},
                        created_at=day - timedelta(days=1),
                    )
                )
    return pair.id


def _row(session: MentoringSession, pair: Pair, author_id: str, role: Role, given: Given) -> Feedback:
    assert session.held_at is not None
    return Feedback(
        session_id=session.id,
        pair_id=pair.id,
        program_id=pair.program_id,
        author_id=author_id,
        role=role,
        held_at=session.held_at,
        usefulness=given.ratings[0],
        safety=given.ratings[1],
        progress=given.ratings[2],
        went_well=given.well,
        to_change=given.change,
        share_with_partner=not given.kept,
        share_with_coordinators=True,
    )
