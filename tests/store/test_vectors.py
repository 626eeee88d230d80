"""Vectors of what the agendas of sessions will ask, on both kinds of database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from coach.models import MentoringSession, Pair, Participant, Program, SessionVectors, now
from coach.settings import Settings
from coach.store import Store
from coach.store.agendas import AgendaFacts, load_facts
from coach.store.engine import upgrade
from coach.store.erasure import erase
from coach.store.vectors import (
    forget_vectors,
    forget_vectors_of_pairs,
    forget_vectors_of_the_past,
    keep_vectors,
    sessions_to_come,
    sessions_without_vectors,
)
from tests.store.test_agendas import statements_of


async def facts_of(store: Store, session_id: str) -> AgendaFacts:
    async with store.read() as db:
        return await load_facts(db, session_id)


async def keep(store: Store, facts: AgendaFacts, model: str = "m", vectors: bytes = b"v") -> bool:
    async with store.write() as db:
        return await keep_vectors(db, facts, model, vectors)


async def kept(store: Store) -> dict[str, tuple[str, bytes]]:
    async with store.read() as db:
        return {
            row.session_id: (row.model, row.vectors) for row in (await db.execute(select(SessionVectors))).scalars()
        }


async def planned(store: Store, pair: Pair, number: int, **values: Any) -> str:
    async with store.write() as db:
        row = MentoringSession(pair_id=pair.id, number=number, minutes=60, **{"scheduled_at": now(), **values})
        db.add(row)
    return row.id


async def test_vectors_come_with_the_facts_at_no_further_statement(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    with statements_of(store) as without:
        facts = await facts_of(store, meeting.id)
    assert facts.vectors is None
    assert await keep(store, facts, "m", b"first")
    assert await keep(store, facts, "n", b"second")
    with statements_of(store) as seen:
        facts = await facts_of(store, meeting.id)
    assert facts.vectors is not None
    assert (facts.vectors.model, facts.vectors.vectors) == ("n", b"second")
    assert len(seen) == len(without)


@pytest.mark.parametrize("changed", ["goals", "focus", "strengths", "wants_to_learn"])
async def test_nothing_is_kept_of_words_that_have_changed(
    store: Store, pair: Pair, meeting: MentoringSession, changed: str
) -> None:
    facts = await facts_of(store, meeting.id)
    place: dict[str, tuple[Any, str, Any]] = {
        "goals": (Pair, pair.id, ["Another"]),
        "focus": (MentoringSession, meeting.id, "Another"),
        "strengths": (Participant, pair.mentor_id, ["another"]),
        "wants_to_learn": (Participant, pair.mentee_id, ["another"]),
    }
    table, key, value = place[changed]
    async with store.write() as db:
        setattr(await db.get(table, key), changed, value)
    assert not await keep(store, facts)
    assert await kept(store) == {}
    assert await keep(store, await facts_of(store, meeting.id))


async def test_nothing_is_kept_of_a_person_who_was_erased_meanwhile(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    facts = await facts_of(store, meeting.id)
    assert await keep(store, facts)
    async with store.write() as db:
        await erase(db, pair.mentor_id, now())
    assert await kept(store) == {}
    assert not await keep(store, facts)
    assert not await keep(store, await facts_of(store, meeting.id))


async def test_who_is_changing_the_pair_is_not_waited_for(postgres_store: Store, postgres_settings: Settings) -> None:
    store = postgres_store
    async with store.write() as db:
        program = Program(name="Bridge")
        db.add(program)
        await db.flush()
        people = [Participant(program_id=program.id, name=name) for name in ("Priya", "Gunnar")]
        db.add_all(people)
        await db.flush()
        mentor, mentee = people
        pair = Pair(program_id=program.id, mentor_id=mentor.id, mentee_id=mentee.id, goals=["One"], planned_sessions=6)
        db.add(pair)
        await db.flush()
        meeting = MentoringSession(pair_id=pair.id, number=1, scheduled_at=now(), minutes=60)
        db.add(meeting)
    facts = await facts_of(store, meeting.id)
    async with store.write() as db:
        await db.get(Pair, pair.id, with_for_update=True)
        assert not await asyncio.wait_for(keep(store, facts), 2)
    assert await keep(store, facts)


async def test_vectors_go_with_the_words_of_a_session_or_of_a_pair(
    store: Store, pair: Pair, meeting: MentoringSession
) -> None:
    other = await planned(store, pair, 2)
    for session_id in (meeting.id, other):
        assert await keep(store, await facts_of(store, session_id))
    async with store.write() as db:
        await forget_vectors(db, other)
    assert list(await kept(store)) == [meeting.id]
    async with store.write() as db:
        await forget_vectors_of_pairs(db, [pair.id])
    assert await kept(store) == {}


async def test_vectors_of_sessions_that_are_over_go_and_of_those_to_come_stay(store: Store, pair: Pair) -> None:
    statuses = ("planned", "held", "cancelled", "postponed")
    ids = [await planned(store, pair, number, status=status) for number, status in enumerate(statuses, start=1)]
    for session_id in ids:
        assert await keep(store, await facts_of(store, session_id))
    async with store.write() as db:
        await forget_vectors_of_the_past(db)
    assert set(await kept(store)) == {ids[0], ids[3]}


async def test_the_soonest_sessions_that_lack_vectors_of_this_model_are_named(store: Store, pair: Pair) -> None:
    days = {"late": 9, "soon": 1, "past": -3, "next": 2, "other model": 3, "has": 4}
    ids = {
        name: await planned(store, pair, number, scheduled_at=now() + timedelta(days=day))
        for number, (name, day) in enumerate(days.items(), start=1)
    }
    ids["held"] = await planned(store, pair, 10, status="held")
    await keep(store, await facts_of(store, ids["other model"]), "old")
    await keep(store, await facts_of(store, ids["has"]), "new")
    async with store.read() as db:
        found = await sessions_without_vectors(db, "new", now(), 3)
        every = await sessions_without_vectors(db, "new", now(), 64)
        coming = await sessions_to_come(db, pair.id, 2)
    assert found == [ids["soon"], ids["next"], ids["other model"]]
    assert every == [*found, ids["late"]]
    assert coming == [ids["past"], ids["soon"]]
    async with store.write() as db:
        await erase(db, pair.mentor_id, now())
    async with store.read() as db:
        assert await sessions_without_vectors(db, "new", now(), 64) == []


async def test_a_database_of_the_version_before_opens_and_its_sessions_get_agendas(empty_database: Settings) -> None:
    empty_database.data_dir.mkdir(exist_ok=True)
    store = Store(empty_database)
    rows = (
        "INSERT INTO program (id, name, objectives, planned_sessions, session_minutes, created_at) "
        "VALUES ('g', 'Bridge', '[]', 6, 60, '2026-01-01 00:00:00')",
        "INSERT INTO participant (id, program_id, name, strengths, wants_to_learn, avoid_topics, created_at) "
        "VALUES ('a', 'g', 'Priya', '[]', '[]', '[]', '2026-01-01 00:00:00'), "
        "('b', 'g', 'Gunnar', '[]', '[]', '[]', '2026-01-01 00:00:00')",
        "INSERT INTO pair (id, program_id, mentor_id, mentee_id, goals, topics, planned_sessions, created_at) "
        "VALUES ('p', 'g', 'a', 'b', '[\"Read charts\"]', '[]', 6, '2026-01-01 00:00:00')",
        "INSERT INTO mentoring_session (id, pair_id, number, scheduled_at, minutes, status, created_at) "
        "VALUES ('s', 'p', 1, '2026-12-03 00:00:00', 60, 'planned', '2026-01-01 00:00:00')",
    )
    async with store.engine.begin() as connection:
        await connection.run_sync(upgrade, "0011")
        for statement in rows:
            await connection.exec_driver_sql(statement)
    await store.migrate()
    facts = await facts_of(store, "s")
    assert (facts.people.pair.goals, facts.vectors) == (["Read charts"], None)
    assert await keep(store, facts)
    await store.close()
