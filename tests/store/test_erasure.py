"""Erasing a person from every row, on both kinds of database."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from coach.errors import Conflict, NotFound
from coach.models import (
    ActionItem,
    Agenda,
    AskedStarter,
    Comment,
    Feedback,
    IdempotencyKey,
    MentoringSession,
    Pair,
    Participant,
    PrivateNote,
    Program,
    SessionVectors,
    Token,
    now,
)
from coach.store import Store
from coach.store.agendas import add_agenda
from coach.store.erasure import Name, erase, overdue
from coach.store.export import held_on
from coach.store.pairs import hold_open
from coach.store.tokens import issue_token

CANARY = "zqcanary"


async def fill(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    """A row in every table that can hold something of the mentor."""
    async with store.write() as db:
        await issue_token(db, "participant", participant_id=pair.mentor_id)
        await issue_token(db, "participant", participant_id=pair.mentee_id)
        await db.flush()
        tokens = {row.participant_id: row.id for row in (await db.execute(select(Token))).scalars()}
        person = await db.get(Participant, pair.mentor_id)
        session = await db.get(MentoringSession, meeting.id)
        assert person
        assert session
        person.name, person.email, person.strengths = f"Priya {CANARY}", f"{CANARY}@x.org", [CANARY]
        session.focus = CANARY
        partner = await db.get(Participant, pair.mentee_id)
        assert partner
        partner.role_title, partner.department = f"Sponsor of {CANARY}", f"{CANARY} and friends"
        partner.strengths, partner.wants_to_learn = ["calm", f"hearing {CANARY} out"], [f"what {CANARY} knows"]
        partner.avoid_topics, partner.accessibility = [f"the pay of {CANARY}"], f"{CANARY} signs for me"
        agenda = Agenda(
            session_id=meeting.id, pair_id=pair.id, program_id=pair.program_id, version=1, brief={"a": CANARY},
            content={"a": CANARY}, prep_mentor={"a": CANARY}, prep_mentee={"a": CANARY},
        )  # fmt: skip
        db.add(agenda)
        await db.flush()
        for author, role in ((pair.mentor_id, "mentor"), (pair.mentee_id, "mentee")):
            feedback = Feedback(
                session_id=meeting.id, pair_id=pair.id, program_id=pair.program_id, author_id=author, role=role,
                held_at=now(), went_well=f"Thanks, {CANARY}!",
            )  # fmt: skip
            db.add_all([feedback, PrivateNote(pair_id=pair.id, participant_id=author, text=f"{CANARY} and I")])
            await db.flush()
            read: Any = {"themes": [{"theme": CANARY}], "vector": CANARY.encode(), "reader": "words"}
            db.add(Comment(feedback_id=feedback.id, question="went_well", text=f"Thanks, {CANARY}!", **read))
            db.add(ActionItem(pair_id=pair.id, session_id=meeting.id, owner=role, text=CANARY))
            db.add(IdempotencyKey(token_id=tokens[author], key=f"{CANARY} {role}", request="", agenda_id=agenda.id))
        db.add(AskedStarter(pair_id=pair.id, key=CANARY, session_id=meeting.id))
        db.add(SessionVectors(session_id=meeting.id, model="words", vectors=CANARY.encode()))


async def said(store: Store) -> dict[str, str]:
    async with store.read() as db:
        return {name: str((await db.execute(table.select())).all()) for name, table in SQLModel.metadata.tables.items()}


async def test_an_erased_person_is_in_no_row(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    await fill(store, pair, meeting)
    assert sum(CANARY in rows for rows in (await said(store)).values()) == 10
    async with store.write() as db:
        assert (await erase(db, pair.mentor_id, now())).pair_ids == (pair.id,)
    assert [name for name, rows in (await said(store)).items() if CANARY in rows] == []
    async with store.read() as db:
        held = await held_on(db, pair.mentee_id)
    assert [row.went_well for row in held.feedback] == ["Thanks, [name removed]!"]
    [comments] = held.comments.values()
    assert [(row.text, row.themes, row.vector, row.reader) for row in comments] == [
        ("Thanks, [name removed]!", None, None, None)
    ]
    assert held.pairs[0].note
    assert held.pairs[0].note.text == "[name removed] and I"
    assert len(held.tokens) == 1
    partner = held.person
    assert (partner.name, partner.role_title, partner.strengths) == (
        "Gunnar",
        "Sponsor of [name removed]",
        ["calm", "hearing [name removed] out"],
    )
    assert partner.avoid_topics == ["the pay of [name removed]"]


async def test_erasing_twice_changes_nothing_more(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        assert not (await erase(db, pair.mentor_id, now())).again
    before = await said(store)
    async with store.write() as db:
        assert (await erase(db, pair.mentor_id, now())).again
    assert await said(store) == before
    with pytest.raises(NotFound):
        async with store.write() as db:
            await erase(db, "unknown", now())


async def test_the_second_of_a_pair_can_be_erased_too(store: Store, pair: Pair, meeting: MentoringSession) -> None:
    await fill(store, pair, meeting)
    for person in (pair.mentee_id, pair.mentor_id):
        async with store.write() as db:
            await erase(db, person, now())
    rows = await said(store)
    assert not any(CANARY in row or "Gunnar" in row for row in rows.values())
    assert rows["feedback"] == rows["private_note"] == rows["token"] == "[]"


@pytest.mark.parametrize("what", ["action", "agenda"])
async def test_what_is_written_while_a_person_is_erased_comes_before_or_not_at_all(
    store: Store, pair: Pair, meeting: MentoringSession, what: str
) -> None:
    outcomes: list[str] = []

    async def write() -> None:
        try:
            async with store.write() as db:
                if what == "agenda":
                    agenda = Agenda(
                        session_id=meeting.id, pair_id=pair.id, program_id=pair.program_id, version=0, brief={},
                        content={"title": CANARY}, prep_mentor={}, prep_mentee={},
                    )  # fmt: skip
                    assert await add_agenda(db, agenda, [])
                    await asyncio.sleep(0.05)
                else:
                    await hold_open(db, pair.id)
                    await asyncio.sleep(0.05)
                    db.add(ActionItem(pair_id=pair.id, owner="mentor", text=CANARY))
            outcomes.append("written")
        except Conflict:
            outcomes.append("refused")

    async def erase_now() -> None:
        await asyncio.sleep(0.02)
        async with store.write() as db:
            await erase(db, pair.mentor_id, now())

    await asyncio.gather(write(), erase_now())
    await write()
    assert outcomes == ["written", "refused"]
    async with store.read() as db:
        assert (await db.execute(select(ActionItem))).all() == []
        assert (await db.execute(select(Agenda))).all() == []


async def test_only_programs_that_ended_long_enough_ago_are_overdue(store: Store, pair: Pair) -> None:
    at = datetime(2026, 6, 1, 12, tzinfo=UTC)

    async def due(closed_at: datetime | None, days: int) -> int:
        async with store.write() as db:
            program = await db.get(Program, pair.program_id)
            assert program
            program.closed_at, program.retention_days = closed_at, days
        async with store.read() as db:
            return len(await overdue(db, at))

    assert await due(None, 0) == 0
    assert await due(at - timedelta(days=30), 30) == 2
    assert await due(at - timedelta(days=30) + timedelta(seconds=1), 30) == 0
    assert await due(at + timedelta(days=1), 0) == 0
    assert await due(at, 0) == 2
    assert await due(datetime.max.replace(tzinfo=UTC), 365) == 0


@pytest.mark.parametrize(
    ("name", "text", "cleaned"),
    [
        ("Priya Raman", "priya, RAMAN and Raman's", "[name removed], [name removed] and [name removed]'s"),
        ("Priya Raman", "Priya Raman came.", "[name removed] came."),
        ("Will Brook", "I will ask Will.", "I will ask [name removed]."),
        ("Bo Li", "Bo has a robot, li.", "[name removed] has a robot, li."),
        ("Zoë O'Neil", "Zoe\u0308 and o'neil", "[name removed] and [name removed]"),
        ("Ann", "Annual plan", "Annual plan"),
        ("A. (Bee) *", "A. (Bee) * and a bee", "[name removed] and a [name removed]"),
    ],
)
def test_a_name_is_taken_out_and_ordinary_words_stay(name: str, text: str, cleaned: str) -> None:
    assert Name(name, None).removed_from(text) == cleaned


def test_an_address_is_taken_out() -> None:
    assert Name("Priya", "p.r+x@example.org").removed_from("mail P.R+X@example.org now") == "mail [name removed] now"
