import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from coach.feedback import ThemeFound
from coach.feedback.reading import BATCH, read_comments
from coach.models import Comment, Feedback, MentoringSession, Pair, ThemeReport, now
from coach.store import Store
from coach.store.feedback import (
    Given,
    ReadComment,
    in_published_report,
    keep_reading,
    lock_session,
    move_feedback,
    own_feedback,
    put_feedback,
    revealed,
    shared_by_partner,
    unread_comments,
    withdraw,
)
from tests.feedback.readers import WordReader
from tests.store.test_agendas import statements_of

HELD = datetime(2026, 9, 1, 10, tzinfo=UTC)
CLOSING = HELD + timedelta(days=7)
GIVEN = Given(4, 5, 3, "We drew a chart.", "More time, and an agenda.", True, True)


async def held(store: Store, pair: Pair, number: int, at: datetime = HELD) -> str:
    async with store.write() as db:
        row = MentoringSession(pair_id=pair.id, number=number, scheduled_at=at, minutes=60, status="held", held_at=at)
        db.add(row)
    return row.id


async def give(
    store: Store, pair: Pair, session_id: str, author_id: str, given: Given = GIVEN, at: datetime = HELD
) -> Feedback:
    async with store.write() as db:
        return await put_feedback(db, await lock_session(db, session_id), pair, author_id, given, at)


async def comments(store: Store) -> list[Comment]:
    async with store.read() as db:
        return list((await db.execute(select(Comment).order_by(col(Comment.question).desc()))).scalars())


async def test_each_answer_is_a_comment_of_its_own(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    row = await give(store, pair, session_id, pair.mentor_id)
    assert (row.role, row.pair_id, row.program_id, row.held_at) == ("mentor", pair.id, pair.program_id, HELD)
    assert [
        (c.feedback_id, c.question, c.position, c.text, c.themes, c.vector, c.reader) for c in await comments(store)
    ] == [
        (row.id, "went_well", 0, "We drew a chart.", None, None, None),
        (row.id, "to_change", 0, "More time, and an agenda.", None, None, None),
    ]


async def test_feedback_that_is_sent_again_takes_the_place_of_the_first(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    first = await give(store, pair, session_id, pair.mentor_id)
    later = HELD + timedelta(days=1)
    second = await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, safety=1, to_change=None), later)
    assert (second.id, second.created_at, second.updated_at) == (first.id, HELD, later)
    async with store.read() as db:
        (kept,) = (await db.execute(select(Feedback))).scalars()
        session = await db.get(MentoringSession, session_id)
    assert (kept.safety, kept.to_change) == (1, None)
    assert [comment.text for comment in await comments(store)] == ["We drew a chart."]
    assert session is not None
    assert session.revealed_at is None


async def test_the_second_of_the_two_reveals_it(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id)
    await give(store, pair, session_id, pair.mentee_id, at=HELD + timedelta(hours=1))
    async with store.read() as db:
        session = await db.get(MentoringSession, session_id)
    assert session is not None
    assert session.revealed_at == HELD + timedelta(hours=1)


async def test_two_who_send_at_once_see_each_other(store: Store, pair: Pair) -> None:
    """Without a lock on the session, neither would find the other's, and the window would stay open to both."""
    for number in range(1, 4):
        session_id = await held(store, pair, number)

        async def send(author_id: str, session_id: str = session_id) -> None:
            async with store.write() as db:
                session = await lock_session(db, session_id)
                await asyncio.sleep(0.05)
                await put_feedback(db, session, pair, author_id, GIVEN, HELD)

        await asyncio.gather(send(pair.mentor_id), send(pair.mentee_id))
        async with store.read() as db:
            session = await db.get(MentoringSession, session_id)
            assert session is not None
            assert session.revealed_at == HELD
    assert len(await comments(store)) == 12


async def test_what_fails_midway_leaves_what_was_stored_before(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id)
    with pytest.raises(RuntimeError):
        async with store.write() as db:
            session = await lock_session(db, session_id)
            await put_feedback(db, session, pair, pair.mentor_id, replace(GIVEN, went_well="Lost"), HELD)
            raise RuntimeError
    async with store.read() as db:
        mine = await own_feedback(db, session_id, pair.mentor_id)
    assert mine is not None
    assert mine.went_well == "We drew a chart."
    assert [comment.text for comment in await comments(store)] == [GIVEN.went_well, GIVEN.to_change]


async def test_one_person_has_one_feedback_a_session_and_imported_ones_need_no_session(
    store: Store, pair: Pair
) -> None:
    def row(session_id: str | None) -> Feedback:
        return Feedback(
            session_id=session_id, pair_id=pair.id, program_id=pair.program_id, author_id=pair.mentor_id, role="mentor",
            held_at=HELD, imported=session_id is None,
        )  # fmt: skip

    session_id = await held(store, pair, 1)
    async with store.write() as db:
        db.add_all([row(None), row(None), row(session_id)])
    with pytest.raises(IntegrityError):
        async with store.write() as db:
            db.add(row(session_id))


async def test_a_partners_feedback_is_found_only_if_it_was_shared(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id)
    await give(store, pair, session_id, pair.mentee_id, replace(GIVEN, share_with_partner=False))
    async with store.read() as db:
        assert await shared_by_partner(db, session_id, pair.mentor_id) is None
        found = await shared_by_partner(db, session_id, pair.mentee_id)
    assert found is not None
    assert found.author_id == pair.mentor_id


async def test_withdrawn_feedback_goes_with_its_comments(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id)
    kept = await give(store, pair, session_id, pair.mentee_id)
    async with store.write() as db:
        mine = await own_feedback(db, session_id, pair.mentor_id)
        assert mine is not None
        await withdraw(db, mine)
    async with store.read() as db:
        assert await own_feedback(db, session_id, pair.mentor_id) is None
    assert {comment.feedback_id for comment in await comments(store)} == {kept.id}


@pytest.mark.parametrize(
    ("begin", "end", "status", "counted"),
    [
        (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), "published", True),
        (HELD, HELD + timedelta(1), "published", True),
        (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC), "withheld", False),
        (datetime(2026, 9, 1, tzinfo=UTC), HELD, "published", False),
        (HELD + timedelta(1), datetime(2026, 10, 1, tzinfo=UTC), "published", False),
    ],
)
async def test_what_a_published_report_counted_is_known(
    store: Store, pair: Pair, begin: datetime, end: datetime, status: str, counted: bool
) -> None:
    row = await give(store, pair, await held(store, pair, 1), pair.mentor_id)
    alone = await give(
        store, pair, await held(store, pair, 2), pair.mentor_id, replace(GIVEN, share_with_coordinators=False)
    )
    async with store.write() as db:
        assert not await in_published_report(db, row)
        db.add(
            ThemeReport(program_id=pair.program_id, period="p", begins_at=begin, ends_at=end, status=status, content={})
        )
    late = await give(store, pair, await held(store, pair, 3), pair.mentor_id, at=now() + timedelta(hours=1))
    async with store.write() as db:
        assert await in_published_report(db, row) is counted
        assert not await in_published_report(db, alone)
        assert not await in_published_report(db, late)
        session = await db.get(MentoringSession, row.session_id)
        assert session is not None
        # Marked planned again before the report was made, it was not counted.
        session.held_at = None
        await db.flush()
        assert not await in_published_report(db, row)


async def test_feedback_moves_with_the_time_its_session_was_marked_held(store: Store, pair: Pair) -> None:
    moved, other = await held(store, pair, 1), await held(store, pair, 2)
    for session_id in (moved, other):
        await give(store, pair, session_id, pair.mentor_id)
    async with store.write() as db:
        await move_feedback(db, moved, CLOSING)
    async with store.read() as db:
        rows = [await own_feedback(db, session_id, pair.mentor_id) for session_id in (moved, other)]
    assert [row.held_at for row in rows if row] == [CLOSING, HELD]


# What agendas may use


async def test_what_comes_up_beside_the_taxonomy_is_not_for_agendas(store: Store, pair: Pair) -> None:
    row = await give(store, pair, await held(store, pair, 1), pair.mentor_id)
    async with store.write() as db:
        found = [ThemeFound("session-structure", "concern", 0.9), ThemeFound("subject:parking", "emerging", 0.9)]
        unread = await unread_comments(db, "words-1", 10, feedback_id=row.id)
        await keep_reading(db, "words-1", [ReadComment(one.id, found, b"") for one in unread])
    async with store.read() as db:
        (shared,) = await revealed(db, pair.id, CLOSING)
    assert shared.themes == ("session-structure",)


async def test_agendas_get_what_was_shared_and_is_revealed_by_session(store: Store, pair: Pair) -> None:
    second, first = await held(store, pair, 2), await held(store, pair, 1)
    waiting, over = await held(store, pair, 3), await held(store, pair, 4, HELD - timedelta(days=3))
    for session_id in (first, second):
        for author_id in (pair.mentor_id, pair.mentee_id):
            await give(store, pair, session_id, author_id)
    await give(store, pair, waiting, pair.mentor_id)
    await give(store, pair, over, pair.mentee_id, Given(1, 2, 3, None, None, True, False))
    async with store.read() as db:
        found = await revealed(db, pair.id, CLOSING - timedelta(days=3))
        assert [(row.session_number, row.role) for row in found] == [
            (1, "mentee"), (1, "mentor"), (2, "mentee"), (2, "mentor"), (4, "mentee"),
        ]  # fmt: skip
        assert [row.session_id for row in found] == [first, first, second, second, over]
        assert (found[1].usefulness, found[1].safety, found[1].progress) == (4, 5, 3)
        assert (found[1].went_well, found[1].to_change) == (GIVEN.went_well, GIVEN.to_change)
        assert (found[4].went_well, found[4].to_change, found[4].themes) == (None, None, ())

        assert waiting not in {row.session_id for row in await revealed(db, pair.id, CLOSING - timedelta(seconds=1))}
        assert waiting in {row.session_id for row in await revealed(db, pair.id, CLOSING)}
        assert await revealed(db, "another pair", CLOSING) == []


async def test_agendas_never_get_what_was_not_shared_with_the_partner(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, share_with_partner=False))
    await give(store, pair, session_id, pair.mentee_id)
    async with store.read() as db:
        assert [row.role for row in await revealed(db, pair.id, CLOSING)] == ["mentee"]


async def test_agendas_get_each_theme_once_in_the_order_of_the_answers(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, went_well="chart", to_change="time, chart"))
    await read_comments(store, WordReader())
    async with store.read() as db:
        (row,) = await revealed(db, pair.id, CLOSING)
    assert row.themes == ("digital-skills", "time-and-scheduling")


async def test_agendas_get_it_in_one_statement(store: Store, pair: Pair) -> None:
    for number in range(1, 6):
        session_id = await held(store, pair, number)
        for author_id in (pair.mentor_id, pair.mentee_id):
            await give(store, pair, session_id, author_id)
    with statements_of(store) as seen:
        async with store.read() as db:
            assert len(await revealed(db, pair.id, CLOSING)) == 10
    assert len([statement for statement in seen if not statement.startswith("BEGIN")]) == 1, seen


# Comments for the reader


async def test_comments_are_unread_until_this_version_read_them(store: Store, pair: Pair) -> None:
    row = await give(store, pair, await held(store, pair, 1), pair.mentor_id)
    other = await give(store, pair, await held(store, pair, 2), pair.mentor_id)
    async with store.read() as db:
        unread = await unread_comments(db, "v1", 10)
        assert [comment.id for comment in unread] == sorted(comment.id for comment in await comments(store))
        assert len(await unread_comments(db, "v1", 3)) == 3
        assert await unread_comments(db, "v1", 10, after=unread[1].id) == unread[2:]
        own = await unread_comments(db, "v1", 10, feedback_id=row.id)
    assert {comment.text for comment in own} == {GIVEN.went_well, GIVEN.to_change}

    found = ThemeFound("digital-skills", "gain", 0.75)
    async with store.write() as db:
        await keep_reading(db, "v1", [ReadComment(comment.id, [found], b"\0\xff") for comment in own])
    async with store.read() as db:
        assert await unread_comments(db, "v1", 10, feedback_id=row.id) == []
        assert len(await unread_comments(db, "v1", 10, feedback_id=other.id)) == 2
        assert len(await unread_comments(db, "v2", 10)) == 4
    read = [comment for comment in await comments(store) if comment.feedback_id == row.id]
    assert [(comment.themes, comment.vector, comment.reader) for comment in read] == [
        ([{"theme": "digital-skills", "polarity": "gain", "confidence": 0.75}], b"\0\xff", "v1")
    ] * 2


async def test_a_comment_without_themes_counts_as_read(store: Store, pair: Pair) -> None:
    await give(store, pair, await held(store, pair, 1), pair.mentor_id, replace(GIVEN, went_well="Thanks"))
    assert await read_comments(store, WordReader()) == 2
    assert await read_comments(store, WordReader()) == 0
    assert (await comments(store))[0].themes == []


async def test_what_was_shared_with_nobody_is_not_read(store: Store, pair: Pair) -> None:
    alone = replace(GIVEN, share_with_partner=False, share_with_coordinators=False)
    session_id = await held(store, pair, 1)
    for number, (given, due) in enumerate(
        [(alone, 0), (replace(alone, share_with_partner=True), 2), (replace(alone, share_with_coordinators=True), 2)]
    ):
        await give(store, pair, session_id, pair.mentor_id, given)
        assert await read_comments(store, WordReader(f"v{number}")) == due


async def test_changed_answers_are_read_again(store: Store, pair: Pair) -> None:
    session_id = await held(store, pair, 1)
    await give(store, pair, session_id, pair.mentor_id)
    await read_comments(store, WordReader())
    row = await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, went_well="Less time"))
    assert {comment.reader for comment in await comments(store)} == {None}
    reader = WordReader()
    assert await read_comments(store, reader, row.id) == 2
    assert "Less time" in reader.read_texts


async def test_an_answer_that_is_replaced_while_it_is_read_keeps_no_themes_of_the_old_one(
    store: Store, pair: Pair
) -> None:
    class Replaced(WordReader):
        async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
            if not self.read_texts:
                await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, went_well="A chart", to_change=None))
            return await super().read(texts)

    session_id = await held(store, pair, 1)
    row = await give(store, pair, session_id, pair.mentor_id)
    await read_comments(store, Replaced(), row.id)
    (comment,) = await comments(store)
    assert (comment.text, comment.reader) == ("A chart", "words-1")
    assert [theme["theme"] for theme in comment.themes or []] == ["digital-skills"]


async def test_many_comments_are_read_in_batches_each_once(store: Store, pair: Pair) -> None:
    count = BATCH + 7
    session_id = await held(store, pair, 1)
    row = await give(store, pair, session_id, pair.mentor_id, replace(GIVEN, went_well=None, to_change=None))
    async with store.write() as db:
        db.add_all(
            Comment(feedback_id=row.id, question="went_well", position=place, text=f"Answer {place}")
            for place in range(count)
        )
    reader = WordReader()
    assert await read_comments(store, reader) == count
    assert reader.batches == [BATCH, 7]
    assert sorted(reader.read_texts) == sorted(f"Answer {place}" for place in range(count))
