from datetime import UTC, datetime, timedelta

from coach.feedback.attention import Meeting
from coach.models import Agenda, MentoringSession, Pair, Participant, Program
from coach.store import Store
from coach.store.attention import courses
from tests.store.test_agendas import an_agenda, statements_of

AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


async def test_a_pairs_course_tells_its_meetings_and_whether_an_agenda_was_asked_for(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        rows = [
            MentoringSession(pair_id=pair.id, number=1, scheduled_at=AT, minutes=60, status="held", held_at=AT),
            MentoringSession(pair_id=pair.id, number=2, scheduled_at=AT, minutes=60, status="postponed"),
        ]
        db.add_all(rows)
        await db.flush()
        agendas: list[Agenda] = [an_agenda(pair, rows[0], version=version) for version in (1, 2)]
        db.add_all(agendas)
    async with store.read() as db:
        (course,) = await courses(db, pair.program_id)
    assert (course.pair_id, course.mentor, course.mentee, course.planned_sessions) == (pair.id, "Priya", "Gunnar", 6)
    assert course.made_at == pair.created_at
    assert sorted(course.meetings, key=lambda meeting: meeting.status) == [
        Meeting("held", AT, AT, True),
        Meeting("postponed", AT, None, False),
    ]


async def test_200_pairs_take_two_statements_and_none_of_them_reads_feedback(store: Store) -> None:
    async with store.write() as db:
        ours, other = Program(name="Ours"), Program(name="Other")
        db.add_all([ours, other])
        await db.flush()
        for number in range(202):
            program = other if number >= 200 else ours
            people = [Participant(program_id=program.id, name=name) for name in ("A", "B")]
            db.add_all(people)
            await db.flush()
            made = Pair(program_id=program.id, mentor_id=people[0].id, mentee_id=people[1].id, planned_sessions=6)
            db.add(made)
            await db.flush()
            for place in range(3):
                at = AT + timedelta(days=place)
                db.add(MentoringSession(pair_id=made.id, number=place + 1, scheduled_at=at, minutes=60))
    with statements_of(store) as seen:
        async with store.read() as db:
            found = await courses(db, ours.id)
    assert len(found) == 200
    assert {len(course.meetings) for course in found} == {3}
    asked = [statement for statement in seen if not statement.startswith("BEGIN")]
    assert len(asked) == 2
    assert not any("feedback" in statement.lower() or "comment" in statement.lower() for statement in asked)
