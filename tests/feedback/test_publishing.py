"""A period is published once, from what people let coordinators count, and stands."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import select

from coach.errors import Conflict, NotFound
from coach.feedback.disclosure import Minimums
from coach.feedback.periods import parse_period
from coach.feedback.publishing import publish
from coach.feedback.report_words import ReportWords, report_words
from coach.feedback.reports import Content
from coach.models import Feedback, MentoringSession, Program, ThemeReport
from coach.retrieval.library import Library
from coach.settings import Settings
from coach.store import Store
from coach.store.feedback import in_published_report
from coach.store.reports import raise_minimums
from tests.feedback.giving import HELD, LONG_AFTER, gave, gave_all, stored_program
from tests.feedback.programs import person, program
from tests.feedback.readers import WordReader

AUGUST, QUARTER = parse_period("2026-08"), parse_period("2026-Q3")
TIME = "time-and-scheduling"


@pytest_asyncio.fixture
async def store(tmp_path: Any) -> AsyncIterator[Store]:
    store = Store(Settings(data_dir=tmp_path / "data"))
    (tmp_path / "data").mkdir()
    await store.migrate()
    yield store
    await store.close()


@pytest.fixture(scope="module")
def words(library: Library) -> ReportWords:
    return report_words(library)


async def published(store: Store, words: ReportWords, program_id: str, period: Any = AUGUST) -> Content:
    report, _ = await publish(store, WordReader(), words, program_id, period, LONG_AFTER)
    return report.content


async def reports(store: Store) -> list[ThemeReport]:
    async with store.read() as db:
        return list((await db.execute(select(ThemeReport))).scalars())


async def test_a_report_tells_bands_words_and_actions(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(14, {TIME: range(7), "rapport": (0, 2, 4)}))
    content = await published(store, words, program_id)
    assert (content["status"], content["reason"], content["respondents"]) == ("published", None, "11-20")
    assert [(theme["id"], theme["kind"], theme["people"], theme["trend"]) for theme in content["themes"]] == [
        (TIME, "concern", "6-10", None),
        ("rapport", "gain", "3-5", None),
    ]
    for theme in content["themes"]:
        assert theme["label"]
        assert theme["summary"] in words.themes[theme["id"]].summaries
        assert 1 <= len(theme["actions"]) <= 3
        assert {source for action in theme["actions"] for source in action["sources"]} == {theme["id"]}
    assert [source["id"] for source in content["sources"]] == [TIME, "rapport"]
    assert all(source["references"] for source in content["sources"])


async def test_below_the_minimum_nothing_is_told_and_nothing_differs(store: Store, words: ReportWords) -> None:
    told = []
    for people in (0, 1, 9):
        program_id, pairs = await stored_program(store, 8)
        await gave_all(store, pairs, program(people, {TIME: range(people)}))
        content = await published(store, words, program_id)
        assert (content["status"], content["respondents"], content["themes"]) == ("withheld", None, [])
        told.append(content)
    assert told[0] == told[1] == told[2]


async def test_a_withheld_report_stands_when_more_feedback_comes(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(9))
    first, made = await publish(store, None, words, program_id, AUGUST, LONG_AFTER)
    await gave_all(store, pairs, [person(number) for number in range(9, 16)], number=2)
    again, made_again = await publish(store, None, words, program_id, AUGUST, LONG_AFTER + timedelta(days=90))
    assert (made, made_again) == (True, False)
    assert (again.status, again.content) == ("withheld", first.content)


async def test_a_published_report_stands_when_feedback_comes_or_goes(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12, {TIME: range(6)}))
    before = await published(store, words, program_id)
    await gave_all(store, pairs, [person(number, TIME) for number in range(12, 16)], number=2)
    async with store.write() as db:
        row = (await db.execute(select(Feedback).limit(1))).scalar_one()
        row.share_with_coordinators = False
    assert await published(store, words, program_id) == before


async def test_many_who_publish_at_once_get_one_report(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12, {TIME: range(6)}))
    found = await asyncio.gather(*(publish(store, None, words, program_id, AUGUST, LONG_AFTER) for _ in range(5)))
    assert len(await reports(store)) == 1
    assert [made for _, made in found].count(True) == 1
    assert all(report.content == found[0][0].content for report, _ in found)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (datetime(2026, 8, 31, 23, 59, tzinfo=UTC), "not over yet"),
        (datetime(2026, 9, 7, 23, 59, tzinfo=UTC), "can still change for 7 days"),
    ],
)
async def test_nothing_is_published_while_feedback_can_change(
    store: Store, words: ReportWords, at: datetime, why: str
) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12))
    with pytest.raises(Conflict, match=f"{why}.* from 2026-09-08 at 00:00 UTC"):
        await publish(store, None, words, program_id, AUGUST, at)
    assert await reports(store) == []
    assert (await publish(store, None, words, program_id, AUGUST, datetime(2026, 9, 8, tzinfo=UTC)))[1]


@pytest.mark.parametrize(("first", "second"), [(AUGUST, QUARTER), (QUARTER, AUGUST)])
async def test_no_day_is_in_two_published_reports(store: Store, words: ReportWords, first: Any, second: Any) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12))
    assert (await published(store, words, program_id, first))["status"] == "published"
    with pytest.raises(Conflict, match="find out what single people said"):
        await published(store, words, program_id, second)
    assert (await published(store, words, program_id, parse_period("2026-Q2")))["status"] == "withheld"


async def test_a_withheld_month_does_not_keep_its_quarter_from_being_published(
    store: Store, words: ReportWords
) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(8))
    for number in range(8, 16):
        role = "mentee" if number % 2 else "mentor"
        await gave(store, pairs[number // 2], role, held_at=HELD - timedelta(days=31))
    assert (await published(store, words, program_id))["status"] == "withheld"
    assert (await published(store, words, program_id, QUARTER))["status"] == "published"
    with pytest.raises(Conflict):
        await published(store, words, program_id, parse_period("2026-07"))


async def test_no_part_of_a_withheld_quarter_is_published(store: Store, words: ReportWords) -> None:
    program_id, _ = await stored_program(store, 8)
    assert (await published(store, words, program_id, QUARTER))["status"] == "withheld"
    with pytest.raises(Conflict, match="withheld as a whole"):
        await published(store, words, program_id)


async def test_only_what_was_shared_in_time_and_on_meetings_that_stand_counts(store: Store, words: ReportWords) -> None:
    async def status(change: Any) -> str:
        program_id, pairs = await stored_program(store, 8)
        await gave_all(store, pairs, program(10))
        async with store.write() as db:
            query = select(Feedback).where(Feedback.program_id == program_id).limit(1)
            row = (await db.execute(query)).scalar_one()
            session = await db.get(MentoringSession, row.session_id)
            change(row, session)
        return str((await published(store, words, program_id))["status"])

    def imported(row: Any, _: Any) -> None:
        row.session_id, row.imported = None, True

    assert await status(lambda row, session: None) == "published"
    assert await status(imported) == "published"
    assert await status(lambda row, session: setattr(row, "share_with_coordinators", False)) == "withheld"
    assert await status(lambda row, session: setattr(row, "held_at", AUGUST.end)) == "withheld"
    assert await status(lambda row, session: setattr(row, "held_at", AUGUST.begin - timedelta(seconds=1))) == "withheld"
    assert await status(lambda row, session: setattr(row, "held_at", AUGUST.begin)) == "published"
    assert await status(lambda row, session: setattr(session, "held_at", None)) == "withheld"


async def test_programs_are_counted_apart(store: Store, words: ReportWords) -> None:
    ids = []
    for _ in range(2):
        program_id, pairs = await stored_program(store, 3)
        await gave_all(store, pairs, program(6))
        ids.append(program_id)
    assert [(await published(store, words, each))["status"] for each in ids] == ["withheld", "withheld"]


async def test_unread_comments_are_read_first(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 6)
    for pair in pairs:
        for role in ("mentor", "mentee"):
            await gave(store, pair, role, "There was no time", reader=None)
    with pytest.raises(Conflict, match="still being read"):
        await publish(store, None, words, program_id, AUGUST, LONG_AFTER)
    assert await reports(store) == []
    content = await published(store, words, program_id)
    assert [(theme["id"], theme["people"]) for theme in content["themes"]] == [(TIME, "11-20")]


async def test_a_reader_that_fails_leaves_the_period_unpublished(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 6)
    await gave(store, pairs[0], "mentor", "No time", reader=None)
    with pytest.raises(RuntimeError):
        await publish(store, WordReader(fails=True), words, program_id, AUGUST, LONG_AFTER)
    assert await reports(store) == []


async def test_what_is_withdrawn_while_a_report_is_made_is_not_counted(
    store: Store, words: ReportWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(10))
    real = asyncio.to_thread

    async def withdrawing(*args: Any) -> Any:
        monkeypatch.undo()
        async with store.write() as db:
            await db.delete((await db.execute(select(Feedback).limit(1))).scalar_one())
        return await real(*args)

    monkeypatch.setattr("coach.feedback.publishing.asyncio.to_thread", withdrawing)
    assert (await published(store, words, program_id))["status"] == "withheld"


async def test_what_was_counted_cannot_be_withdrawn_and_what_was_withheld_can(store: Store, words: ReportWords) -> None:
    for people, bound in ((10, True), (9, False)):
        program_id, pairs = await stored_program(store, 8)
        await gave_all(store, pairs, program(people))
        await published(store, words, program_id)
        async with store.write() as db:
            row = (await db.execute(select(Feedback).where(Feedback.program_id == program_id).limit(1))).scalar_one()
            assert await in_published_report(db, row) is bound


async def test_the_trend_is_told_from_the_bands_of_the_last_published_report(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 20)
    months: dict[str, tuple[int, dict[str, Iterable[int]]]] = {
        "2026-05": (14, {TIME: range(0, 8, 2), "rapport": range(12), "digital-skills": range(6)}),
        "2026-06": (2, {TIME: (0, 1)}),
        "2026-07": (
            14,
            {TIME: range(11), "rapport": (1, 3, 5), "digital-skills": range(7), "power-dynamics": range(5)},
        ),
        "2026-08": (40, {TIME: range(11), "rapport": range(6)}),
    }
    trends = {}
    for number, (label, (people, raised)) in enumerate(months.items(), start=1):
        period = parse_period(label)
        for voice in program(people, raised):
            place = int(voice.person.removeprefix("person "))
            text = "A remark" if voice.themes else None
            at = period.begin + timedelta(days=3)
            await gave(store, pairs[place // 2], voice.role, text, voice.themes, held_at=at, number=number)
        content = await published(store, words, program_id, period)
        trends[label] = {theme["id"]: theme["trend"] for theme in content["themes"]}
    assert trends == {
        "2026-05": {TIME: None, "rapport": None, "digital-skills": None},
        "2026-06": {},
        "2026-07": {TIME: "up", "rapport": "down", "digital-skills": "flat", "power-dynamics": "new"},
        "2026-08": {TIME: "down", "rapport": "flat"},
    }


async def test_raised_minimums_hold_for_periods_that_begin_after(store: Store, words: ReportWords) -> None:
    program_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12, {TIME: range(0, 8, 2)}))
    async with store.write() as db:
        row = await db.get(Program, program_id)
        assert row is not None
        raise_minimums(row, Minimums(14, 5), AUGUST.begin + timedelta(seconds=1))
    assert (await published(store, words, program_id))["themes"] != []

    other_id, pairs = await stored_program(store, 8)
    await gave_all(store, pairs, program(12, {TIME: range(0, 8, 2)}))
    async with store.write() as db:
        row = await db.get(Program, other_id)
        assert row is not None
        raise_minimums(row, Minimums(14, 5), AUGUST.begin)
    withheld = await published(store, words, other_id)
    assert withheld["status"] == "withheld"
    assert "at least 14 people" in withheld["reason"]


async def test_a_program_that_does_not_exist_has_no_report(store: Store, words: ReportWords) -> None:
    with pytest.raises(NotFound):
        await published(store, words, "nothing")
