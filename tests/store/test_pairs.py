from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from coach.errors import NotFound
from coach.models import ActionItem, MentoringSession, Pair, Participant, PrivateNote, Program, now
from coach.store import Store
from coach.store.pairs import get_action, get_pair, list_actions, open_actions, pairs_of, put_note
from coach.store.programs import get_program, list_pairs, list_programs
from coach.store.sessions import get_session, list_sessions, next_number


async def test_a_pair_comes_with_its_mentor_and_its_mentee_not_swapped(store: Store, pair: Pair) -> None:
    async with store.read() as db:
        people = await get_pair(db, pair.id)
    assert (people.mentor.name, people.mentee.name) == ("Priya", "Gunnar")
    assert people.role_of(pair.mentor_id) == "mentor"
    assert people.role_of(pair.mentee_id) == "mentee"
    assert people.role_of("somebody else") is None
    assert people.role_of(None) is None


async def test_what_people_typed_comes_back_letter_by_letter(store: Store, pair: Pair) -> None:
    words = ["Zoë's “goal” \\ 100 %", "日本語", "🧵 thread", "<b>bold</b>", "'; DROP TABLE pair; --", ""]
    async with store.write() as db:
        person = Participant(program_id=pair.program_id, name=words[0], strengths=words, role_title=words[4])
        db.add(person)
    async with store.read() as db:
        found = await db.get(Participant, person.id)
    assert found is not None
    assert (found.name, found.strengths, found.role_title) == (words[0], words, words[4])


async def test_unknown_ids_are_not_found(store: Store) -> None:
    async with store.read() as db:
        for lookup in (get_pair, get_action, get_program, get_session):
            with pytest.raises(NotFound):
                await lookup(db, "unknown")


async def test_a_person_finds_the_pairs_that_they_are_in_on_either_side(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        third = Participant(program_id=pair.program_id, name="Third")
        db.add(third)
        await db.flush()
        second = Pair(program_id=pair.program_id, mentor_id=pair.mentee_id, mentee_id=third.id, planned_sessions=6)
        db.add(second)
    async with store.read() as db:
        assert [found.id for found in await pairs_of(db, pair.mentor_id)] == [pair.id]
        assert [found.id for found in await pairs_of(db, pair.mentee_id)] == [pair.id, second.id]
        assert [found.id for found in await pairs_of(db, third.id)] == [second.id]
        assert await pairs_of(db, "somebody else") == []


async def test_open_actions_are_first_due_first_with_undated_ones_last_oldest_first(store: Store, pair: Pair) -> None:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        ("undated, newer", None, 2, None),
        ("due in May", date(2026, 5, 1), 0, None),
        ("undated, older", None, 1, None),
        ("done", date(2026, 1, 2), 0, made),
        ("due in March, newer", date(2026, 3, 1), 4, None),
        ("due in March, older", date(2026, 3, 1), 3, None),
    ]
    async with store.write() as db:
        for text, due, age, done in rows:
            created = made + timedelta(hours=age)
            action = ActionItem(pair_id=pair.id, owner="mentor", text=text, due_on=due, done_at=done)
            action.created_at = created
            db.add(action)
    async with store.read() as db:
        found = [action.text for action in await open_actions(db, pair.id)]
    assert found == [
        "due in March, older",
        "due in March, newer",
        "due in May",
        "undated, older",
        "undated, newer",
    ]


async def test_a_pair_does_not_see_the_actions_of_another(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        other = Pair(program_id=pair.program_id, mentor_id=pair.mentor_id, mentee_id=pair.mentee_id, planned_sessions=6)
        db.add(other)
        await db.flush()
        db.add(ActionItem(pair_id=other.id, owner="mentor", text="theirs"))
    async with store.read() as db:
        assert await open_actions(db, pair.id) == []
        assert await list_actions(db, pair.id, 10, None) == []


async def test_a_private_note_is_kept_replaced_and_taken_back(store: Store, pair: Pair) -> None:
    for text, due in (("I am nervous", "I am nervous"), ("I am ready", "I am ready"), ("  ", None), ("", None)):
        async with store.write() as db:
            await put_note(db, pair.id, pair.mentor_id, text)
        async with store.read() as db:
            note = await db.get(PrivateNote, (pair.id, pair.mentor_id))
            assert (note.text if note else None) == due


async def test_each_private_note_stays_with_its_author(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        await put_note(db, pair.id, pair.mentor_id, "from the mentor")
        await put_note(db, pair.id, pair.mentee_id, "from the mentee")
    async with store.read() as db:
        notes = [await db.get(PrivateNote, (pair.id, author)) for author in (pair.mentor_id, pair.mentee_id)]
        assert [note.text for note in notes if note] == ["from the mentor", "from the mentee"]


async def test_pages_go_through_every_row_once(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        db.add_all(Program(name=str(number)) for number in range(6))
        db.add_all(ActionItem(pair_id=pair.id, owner="mentee", text=str(n), done_at=now()) for n in range(7))
    async with store.read() as db:
        programs: list[str] = []
        while page := await list_programs(db, 3, programs[-1] if programs else None):
            programs += [program.id for program in page]
        actions: list[str] = []
        while done := await list_actions(db, pair.id, 3, actions[-1] if actions else None):
            actions += [action.id for action in done]
        pairs = await list_pairs(db, pair.program_id, 3, None)
        assert await list_pairs(db, pair.program_id, 3, pair.id) == []
    assert len(programs) == len(set(programs)) == 7
    assert len(actions) == len(set(actions)) == 7
    assert [found.id for found in pairs] == [pair.id]


async def test_sessions_are_numbered_from_one_and_listed_by_number(store: Store, pair: Pair) -> None:
    for due in (1, 2, 3):
        async with store.write() as db:
            number = await next_number(db, pair.id)
            assert number == due
            db.add(MentoringSession(pair_id=pair.id, number=number, scheduled_at=now(), minutes=45))
    async with store.read() as db:
        assert [row.number for row in await list_sessions(db, pair.id)] == [1, 2, 3]
        assert [row.number for row in await list_sessions(db, pair.id, limit=1, after=1)] == [2]
        assert await list_sessions(db, "another pair") == []


async def test_two_sessions_of_a_pair_cannot_have_one_number(store: Store, meeting: MentoringSession) -> None:
    with pytest.raises(IntegrityError):
        async with store.write() as db:
            db.add(MentoringSession(pair_id=meeting.pair_id, number=1, scheduled_at=now(), minutes=45))
