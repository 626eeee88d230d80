import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from coach.errors import IdempotencyConflict, NotFound
from coach.models import ActionItem, Agenda, AskedStarter, MentoringSession, Pair, Program, ProgramDocument, now
from coach.store import Store
from coach.store.agendas import (
    add_agenda,
    add_asked,
    asked_keys,
    keep_agenda,
    kept_agenda,
    load_facts,
    newest_agenda,
    starter_key,
    tokens_today,
)
from coach.store.pairs import put_note
from coach.store.tokens import find_token, issue_token


def an_agenda(pair: Pair, meeting: MentoringSession, **values: object) -> Agenda:
    agenda = Agenda(
        session_id=meeting.id,
        pair_id=pair.id,
        program_id=pair.program_id,
        version=0,
        brief={},
        content={"title": "Whiteboards"},
        prep_mentor={},
        prep_mentee={},
    )
    for name, value in values.items():
        setattr(agenda, name, value)
    return agenda


@contextmanager
def statements_of(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine.sync_engine, "before_cursor_execute", note)


async def test_versions_of_a_sessions_agenda_count_from_one(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    for due in (1, 2, 3):
        async with store.write() as db:
            agenda = an_agenda(pair, meeting, content={"title": f"Version {due}"})
            await add_agenda(db, agenda, [])
        assert agenda.version == due
    async with store.read() as db:
        newest = await newest_agenda(db, meeting.id)
    assert (newest.version, newest.content) == (3, {"title": "Version 3"})


async def test_a_session_without_an_agenda_has_no_newest(store: Store, meeting: MentoringSession) -> None:
    async with store.read() as db:
        with pytest.raises(NotFound):
            await newest_agenda(db, meeting.id)


async def test_writers_at_once_never_get_the_same_version(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    async def write() -> int | None:
        try:
            async with store.write() as db:
                agenda = an_agenda(pair, meeting)
                await add_agenda(db, agenda, [])
                await db.flush()
                await asyncio.sleep(0.05)
        except IntegrityError:
            return None
        return agenda.version

    versions = [version for version in await asyncio.gather(write(), write(), write()) if version is not None]
    async with store.read() as db:
        stored = sorted((await db.execute(select(Agenda.version))).scalars())
    assert stored == sorted(versions) == list(range(1, len(versions) + 1))
    assert versions


@pytest.mark.parametrize(
    "again",
    [
        "what did you learn from the outage",
        "WHAT DID YOU LEARN FROM THE OUTAGE?",
        "What  did you—learn, from “the outage” …?!",
        "What did you _learn_ from the outage?",
    ],
)
async def test_a_starter_is_known_again_by_its_letters(
    store: Store, pair: Pair, meeting: MentoringSession, again: str
) -> None:
    async with store.write() as db:
        await add_asked(db, pair.id, meeting.id, ["What did you learn from the outage?"])
    async with store.write() as db:
        await add_asked(db, pair.id, meeting.id, [again, "Something new?"])
    async with store.read() as db:
        asked = await asked_keys(db, pair.id)
    assert asked == {starter_key("What did you learn from the outage?"), starter_key("Something new?")}


def test_other_words_are_another_starter() -> None:
    texts = ["Was gefällt dir?", "Was gefallt dir?", "Was gefällt dir 2?", "何を学びましたか", "何を教えましたか"]
    assert len({starter_key(text) for text in texts}) == len(texts)


def test_a_letter_is_the_same_in_either_form_of_unicode() -> None:
    assert starter_key("Was gef\u00e4llt dir?") == starter_key("Was gefa\u0308llt dir?")


async def test_a_starter_given_twice_in_one_agenda_is_kept_once(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    async with store.write() as db:
        await add_agenda(db, an_agenda(pair, meeting), ["Why?", "why", "How?"])
        await add_asked(db, pair.id, meeting.id, ["How??"])
    async with store.read() as db:
        assert len((await db.execute(select(AskedStarter))).all()) == 2


async def test_one_pairs_starters_are_new_to_another(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    async with store.write() as db:
        await add_asked(db, pair.id, meeting.id, ["Why?"])
        other = Pair(program_id=pair.program_id, mentor_id=pair.mentor_id, mentee_id=pair.mentee_id, planned_sessions=6)
        db.add(other)
    async with store.read() as db:
        assert await asked_keys(db, other.id) == frozenset()


async def test_the_facts_of_an_agenda_hold_all_that_it_is_made_from(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    async with store.write() as db:
        second = MentoringSession(pair_id=pair.id, number=2, scheduled_at=now(), minutes=30)
        db.add(second)
        db.add(ActionItem(pair_id=pair.id, owner="mentor", text="Share the board"))
        await put_note(db, pair.id, pair.mentor_id, "I am nervous")
    for activities in (["show-it-to-one-person"], ["teach-back", "say-it-back"]):
        async with store.write() as db:
            await add_agenda(db, an_agenda(pair, meeting, activity_ids=activities), ["Why?"])
    async with store.read() as db:
        facts = await load_facts(db, second.id)
    assert facts.program.id == pair.program_id
    assert (facts.people.mentor.name, facts.people.mentee.name) == ("Priya", "Gunnar")
    assert facts.session.id == second.id
    assert [row.number for row in facts.sessions] == [1, 2]
    assert [action.text for action in facts.actions] == ["Share the board"]
    assert facts.notes == {pair.mentor_id: "I am nervous"}
    assert [(past.number, past.activity_ids) for past in facts.past] == [(1, ("teach-back", "say-it-back"))]
    assert facts.asked == {starter_key("Why?")}


async def test_the_facts_show_the_newest_version_in_whatever_order_the_rows_lie(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    for version in (2, 3, 1):
        async with store.write() as db:
            db.add(an_agenda(pair, meeting, version=version, activity_ids=[f"activity-{version}"]))
    async with store.read() as db:
        facts = await load_facts(db, meeting.id)
        assert (await newest_agenda(db, meeting.id)).version == 3
    assert [past.activity_ids for past in facts.past] == [("activity-3",)]


async def test_the_facts_of_an_unknown_session_are_not_found(store: Store) -> None:
    async with store.read() as db:
        with pytest.raises(NotFound):
            await load_facts(db, "unknown")


async def test_loading_the_facts_takes_nine_statements_however_much_is_stored(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    async with store.write() as db:
        for number in range(2, 8):
            session = MentoringSession(pair_id=pair.id, number=number, scheduled_at=now(), minutes=30)
            db.add(session)
            await db.flush()
            db.add(ActionItem(pair_id=pair.id, session_id=session.id, owner="mentor", text=f"Action {number}"))
            await add_agenda(db, an_agenda(pair, session), [f"Starter {number}?"])
    with statements_of(store) as seen:
        async with store.read() as db:
            facts = await load_facts(db, meeting.id)
    assert len(facts.past) == 6
    assert len([statement for statement in seen if not statement.startswith("BEGIN")]) <= 9, seen


async def test_only_a_program_with_documents_is_asked_which_they_are(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    async with store.read() as db:
        with statements_of(store) as seen:
            facts = await load_facts(db, meeting.id)
    assert facts.document_ids == ()
    without = len(seen)
    async with store.write() as db:
        other = Program(name="Other")
        db.add(other)
        await db.flush()
        added = [
            ProgramDocument(program_id=program_id, title="Rules", text="Plain words.")
            for program_id in (pair.program_id, other.id)
        ]
        db.add_all(added)
    async with store.read() as db:
        with statements_of(store) as seen:
            facts = await load_facts(db, meeting.id)
    assert facts.document_ids == (added[0].id,)
    assert len(seen) == without + 1


async def test_a_key_brings_back_the_agenda_that_was_made_under_it(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    async with store.write() as db:
        tokens = [await find_token(db, await issue_token(db, "admin")) for _ in range(2)]
        mine, other = (token.id for token in tokens if token is not None)
        agenda = an_agenda(pair, meeting)
        await add_agenda(db, agenda, [])
        await db.flush()
        keep_agenda(db, mine, "my-key", "POST /a {}", agenda.id)
    async with store.read() as db:
        kept = await kept_agenda(db, mine, "my-key", "POST /a {}")
        assert kept is not None
        assert kept.id == agenda.id
        assert await kept_agenda(db, mine, "new-key", "POST /a {}") is None
        assert await kept_agenda(db, other, "my-key", "POST /a {}") is None
        with pytest.raises(IdempotencyConflict):
            await kept_agenda(db, mine, "my-key", "POST /b {}")


async def test_a_second_agenda_under_one_key_is_not_stored(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    async def write() -> bool:
        try:
            async with store.write() as db:
                agenda = an_agenda(pair, meeting)
                await add_agenda(db, agenda, ["Why?"])
                await db.flush()
                keep_agenda(db, token_id, "my-key", "POST /a {}", agenda.id)
        except IntegrityError:
            return False
        return True

    async with store.write() as db:
        token = await find_token(db, await issue_token(db, "admin"))
        assert token is not None
        token_id = token.id
    assert sorted(await asyncio.gather(write(), write())) == [False, True]
    async with store.read() as db:
        assert len((await db.execute(select(Agenda))).all()) == 1


async def test_tokens_today_are_this_programs_of_this_utc_day(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    midnight = datetime(2026, 9, 2, tzinfo=UTC)
    async with store.write() as db:
        for made, prompt, completion in (
            (midnight - timedelta(microseconds=1), 1000, 1000),
            (midnight, 100, 20),
            (midnight + timedelta(hours=5), 3, 0),
            # Made while the clock was ahead.
            (midnight + timedelta(days=8), 10_000, 0),
        ):
            values = {"created_at": made, "prompt_tokens": prompt, "completion_tokens": completion}
            await add_agenda(db, an_agenda(pair, meeting, **values), [])
            await db.flush()
    async with store.read() as db:
        # The day is that of UTC, whatever zone the clock is in: at 03:00 UTC it is still the day before in New York.
        for offset in (0, -4, 9):
            at = (midnight + timedelta(hours=3)).astimezone(_zone(offset))
            assert await tokens_today(db, pair.program_id, at) == 123
        assert await tokens_today(db, "another program", midnight) == 0
        assert await tokens_today(db, pair.program_id, midnight + timedelta(days=1)) == 0


def _zone(hours: int) -> timezone:
    return timezone(timedelta(hours=hours))
