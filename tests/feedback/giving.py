"""A stored program whose people have given feedback, some of it read already."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from coach.feedback.disclosure import Voice
from coach.models import Comment, Feedback, MentoringSession, Pair, Participant, Program
from coach.store import Store

HELD = datetime(2026, 8, 12, 10, tzinfo=UTC)
LONG_AFTER = datetime(2026, 11, 1, tzinfo=UTC)


async def stored_program(store: Store, pairs: int, name: str = "Bridge") -> tuple[str, list[Pair]]:
    """A program with so many pairs."""
    async with store.write() as db:
        program = Program(name=name, created_at=datetime(2026, 1, 1, tzinfo=UTC))
        db.add(program)
        await db.flush()
        people = [Participant(program_id=program.id, name=f"Person {number}") for number in range(2 * pairs)]
        db.add_all(people)
        await db.flush()
        made = [
            Pair(program_id=program.id, mentor_id=mentor.id, mentee_id=mentee.id, planned_sessions=6)
            for mentor, mentee in zip(people[::2], people[1::2], strict=True)
        ]
        db.add_all(made)
    return program.id, made


async def gave(
    store: Store,
    pair: Pair,
    role: str,
    text: str | None = None,
    themes: Iterable[str] = (),
    *,
    held_at: datetime = HELD,
    number: int = 1,
    share: bool = True,
    reader: str | None = "words-1",
    confidence: float = 0.95,
) -> Feedback:
    """One person's feedback on a meeting of its own, with one comment where there is a text; read unless `reader` is
    None.
    """
    async with store.write() as db:
        session = MentoringSession(
            pair_id=pair.id,
            number=number + (1_000 if role == "mentee" else 0),
            scheduled_at=held_at,
            minutes=60,
            status="held",
            held_at=held_at,
        )
        db.add(session)
        await db.flush()
        row = Feedback(
            session_id=session.id,
            pair_id=pair.id,
            program_id=pair.program_id,
            author_id=pair.mentor_id if role == "mentor" else pair.mentee_id,
            role=role,
            held_at=held_at,
            usefulness=4,
            safety=4,
            progress=4,
            share_with_partner=True,
            share_with_coordinators=share,
            created_at=held_at,
            updated_at=held_at,
        )
        db.add(row)
        await db.flush()
        if text is not None:
            found = [{"theme": theme, "polarity": "concern", "confidence": confidence} for theme in themes]
            db.add(
                Comment(
                    feedback_id=row.id,
                    question="to_change",
                    text=text,
                    themes=None if reader is None else found,
                    vector=None if reader is None else b"",
                    reader=reader,
                )
            )
    return row


async def gave_all(store: Store, pairs: Sequence[Pair], voices: Iterable[Voice], *, number: int = 1) -> None:
    """What these voices said; `person N` of them is one of pair N // 2."""
    for voice in voices:
        place = int(voice.person.removeprefix("person "))
        text = f"Remark of {voice.person}" if voice.themes else None
        await gave(store, pairs[place // 2], voice.role, text, voice.themes, number=number)
