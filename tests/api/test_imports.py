"""Feedback that was kept elsewhere comes in whole or not at all, counts for reports, and reaches no partner."""

import asyncio
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from coach.feedback.imported import read_rows
from coach.feedback.periods import parse_period
from coach.models import Comment, Feedback, ThemeReport
from coach.store import imports as store_imports
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem
from tests.api.giving import rows
from tests.feedback.readers import WordReader


def row(pair: PairOfPeople, **more: Any) -> dict[str, Any]:
    given = {"pair_id": pair.id, "author": "mentor", "held_at": "2026-03-14", "went_well": "We made a chart."}
    return {**given, **more}


def path(pair: PairOfPeople) -> str:
    return f"/programs/{pair.program_id}/feedback/import"


async def bring_in(admin: Caller, pair: PairOfPeople, *given: Any) -> Any:
    reply = await admin.post(path(pair), {"rows": given})
    assert reply.status_code == 201, reply.text
    return reply.json()


async def send_csv(admin: Caller, pair: PairOfPeople, text: str) -> httpx.Response:
    headers = {"Content-Type": "text/csv; charset=utf-8"}
    return await admin.call("POST", path(pair), content=text.encode(), headers=headers)


async def test_rows_are_kept_as_feedback_for_the_program_alone(
    service: Service, admin: Caller, pair: PairOfPeople
) -> None:
    made = await bring_in(admin, pair, row(pair, ratings={"safety": 2}), row(pair, author="mentee", to_change="Time."))
    assert {name: made[name] for name in ("imported", "already_there", "not_counted", "comments")} == {
        "imported": 2,
        "already_there": 0,
        "not_counted": 0,
        "comments": 3,
    }
    kept = {one.role: one for one in await rows(service.state, Feedback)}
    mentor = kept["mentor"]
    assert (mentor.author_id, mentor.pair_id, mentor.program_id) == (pair.mentor.id, pair.id, pair.program_id)
    assert (mentor.imported, mentor.session_id) == (True, None)
    assert (mentor.share_with_partner, mentor.share_with_coordinators) == (False, True)
    assert (mentor.held_at, mentor.safety, mentor.usefulness) == (datetime(2026, 3, 14, tzinfo=UTC), 2, None)
    assert kept["mentee"].to_change == "Time."
    assert sorted(one.text for one in await rows(service.state, Comment)) == [
        "Time.",
        "We made a chart.",
        "We made a chart.",
    ]


async def test_imported_feedback_is_in_no_pairs_summary(admin: Caller, pair: PairOfPeople) -> None:
    await pair.held()
    before = (await pair.mentor.get(f"/pairs/{pair.id}/feedback-summary")).json()
    await bring_in(admin, pair, row(pair), row(pair, author="mentee"))
    assert (await pair.mentor.get(f"/pairs/{pair.id}/feedback-summary")).json() == before


async def test_a_row_that_is_there_already_is_not_counted_twice(
    service: Service, admin: Caller, pair: PairOfPeople
) -> None:
    await bring_in(admin, pair, row(pair))
    again = await bring_in(admin, pair, row(pair), row(pair, went_well="We drew."))
    assert (again["imported"], again["already_there"]) == (1, 1)
    assert len(await rows(service.state, Feedback)) == 2


async def test_all_rows_or_none(service: Service, admin: Caller, pair: PairOfPeople) -> None:
    stranger = await service.pair()
    bad = [row(pair), row(pair, author="boss"), row(stranger)]
    problem = assert_problem(await admin.post(path(pair), {"rows": bad}), 422, "invalid-input")
    assert [error["field"] for error in problem["errors"]] == ["rows.1.author", "rows.2.pair_id"]
    assert await rows(service.state, Feedback) == []


async def test_a_failure_halfway_leaves_nothing(
    service: Service, admin: Caller, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_imports, "CHUNK", 2)
    comments = store_imports._comments
    seen: list[str] = []

    def breaks(one: Any) -> Any:
        seen.append(one.id)
        if len(seen) == 3:
            raise RuntimeError
        return comments(one)

    monkeypatch.setattr(store_imports, "_comments", breaks)
    many = [row(pair, went_well=f"Chart {number}") for number in range(5)]
    assert_problem(await admin.post(path(pair), {"rows": many}), 500, "unexpected")
    assert len(seen) == 3
    assert await rows(service.state, Feedback) == []


async def test_csv_comes_in_like_json(service: Service, admin: Caller, pair: PairOfPeople) -> None:
    text = f'\ufeffpair_id,author,held_at,usefulness,went_well\r\n{pair.id},mentee,2026-03-14,5,"One, two"\r\n'
    assert (await send_csv(admin, pair, text)).status_code == 201
    (kept,) = await rows(service.state, Feedback)
    assert (kept.usefulness, kept.went_well) == (5, "One, two")
    refused = assert_problem(await send_csv(admin, pair, text.replace(",5,", ",9,")), 422)
    assert refused["errors"][0]["message"] == "must be a whole number from 1 to 5 (line 2)"


async def test_a_list_by_itself_and_a_file_of_semicolons_come_in_too(admin: Caller, pair: PairOfPeople) -> None:
    assert (await admin.post(path(pair), [row(pair)])).status_code == 201
    text = f"went_well;author;held_at;pair_id\r\nOne, two;mentee;2026-03-14;{pair.id}\r\n;;;\r\n"
    assert (await send_csv(admin, pair, text)).json()["imported"] == 1


async def test_each_of_thousands_of_wrong_rows_is_named(admin: Caller, pair: PairOfPeople) -> None:
    many = [row(pair, author="boss", went_well=f"Chart {number}") for number in range(5_000)]
    problem = assert_problem(await admin.post(path(pair), {"rows": many}), 422, "invalid-input")
    assert [error["field"] for error in problem["errors"]] == [f"rows.{number}.author" for number in range(5_000)]


async def test_rows_of_a_pair_that_is_closed_while_they_are_checked_are_refused(
    service: Service, admin: Caller, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()

    def slowly(*given: Any) -> Any:
        found = read_rows(*given)
        erasing = asyncio.run_coroutine_threadsafe(pair.mentor.delete(f"/participants/{pair.mentor.id}"), loop)
        assert erasing.result(30).status_code == 204
        return found

    monkeypatch.setattr("api.routes.imports.read_rows", slowly)
    refused = assert_problem(await admin.post(path(pair), {"rows": [row(pair)]}), 409, "conflict")
    assert "Nothing was stored" in refused["detail"]
    assert await rows(service.state, Feedback) == []


async def test_other_forms_and_unknown_programs_are_refused(admin: Caller, pair: PairOfPeople) -> None:
    form = {"Content-Type": "text/plain"}
    refused = assert_problem(await admin.call("POST", path(pair), content=b"x", headers=form), 415)
    assert "application/json" in refused["detail"]
    assert "text/csv" in refused["detail"]
    assert_problem(await admin.post("/programs/nowhere/feedback/import", {"rows": []}), 404)
    assert_problem(await pair.coordinator.post(path(pair), {"rows": []}), 403)


async def test_an_import_may_be_larger_than_other_bodies_and_has_a_limit_of_its_own(serve: Serve) -> None:
    service = await serve(max_body_bytes=2_000, max_import_bytes=9_000)
    pair, admin = await service.pair(), await service.caller("admin")
    many = [row(pair, went_well=f"{'We drew. ' * 40}{number}") for number in range(10)]
    assert len(json.dumps(many)) > 4_000
    assert (await admin.post(path(pair), {"rows": many})).status_code == 201
    assert_problem(await admin.post(path(pair), {"rows": many * 5}), 413, "too-large")
    assert_problem(await admin.post("/programs", {"name": "x" * 3_000}), 413, "too-large")


async def test_what_was_held_in_a_published_period_is_kept_and_counts_nowhere(
    service: Service, admin: Caller, pair: PairOfPeople
) -> None:
    march = parse_period("2026-03")
    report = ThemeReport(
        program_id=pair.program_id,
        period=march.label,
        begins_at=march.begin,
        ends_at=march.end,
        status="published",
        content={},
    )
    async with service.state.store.write() as db:
        db.add(report)
    made = await bring_in(admin, pair, row(pair), row(pair, held_at="2026-04-01"))
    assert (made["imported"], made["not_counted"]) == (2, 1)
    assert "Reports are frozen" in made["notice"]
    counted = {one.held_at.month: one.share_with_coordinators for one in await rows(service.state, Feedback)}
    assert counted == {3: False, 4: True}


async def test_progress_is_told_as_it_goes(admin: Caller, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_imports, "CHUNK", 2)
    many = [row(pair, went_well=f"Chart {number}") for number in range(5)]
    reply = await admin.post(path(pair), {"rows": many}, headers={"Accept": "text/event-stream"})
    assert reply.status_code == 200
    told = [part.split("\n", 1) for part in reply.text.strip().split("\n\n")]
    assert [name for name, _ in told] == ["event: progress"] * 4 + ["event: imported"]
    steps = [json.loads(data.removeprefix("data: ")) for _, data in told]
    assert [step.get("done") for step in steps[:4]] == [None, 2, 4, 5]
    assert steps[3]["message"] == "5 of 5 rows are written."
    assert steps[4]["imported"] == 5

    refused = await admin.post(path(pair), {"rows": [{}]}, headers={"Accept": "text/event-stream"})
    assert "event: problem" in refused.text
    assert "rows.0.pair_id" in refused.text


async def test_comments_are_read_after_the_reply_and_the_log_tells_counts_alone(
    serve: Serve, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    service = await serve(reader=WordReader())
    pair, admin = await service.pair(), await service.caller("admin")
    await bring_in(admin, pair, *(row(pair, went_well=f"A quokka chart {number}") for number in range(3)))
    await service.state.jobs.drain()
    read = await rows(service.state, Comment)
    assert [one.reader for one in read] == ["words-1"] * 3
    out = capsys.readouterr().out + caplog.text
    assert "import.comments_read" in out
    assert "read=3" in out
    assert "quokka" not in out


async def test_an_import_leaves_others_their_turn(service: Service, admin: Caller, pair: PairOfPeople) -> None:
    """No reply to anybody else waits for the whole import."""
    many = [row(pair, went_well=f"We drew chart number {number} on the board.") for number in range(6_000)]
    importing = asyncio.create_task(admin.post(path(pair), {"rows": many}))
    longest, began = 0.0, time.monotonic()
    while not importing.done():
        start = time.monotonic()
        await asyncio.sleep(0)
        longest = max(longest, time.monotonic() - start)
    took = time.monotonic() - began
    assert (await importing).status_code == 201
    assert longest < max(took / 3, 0.2)
    async with service.state.store.read() as db:
        assert len((await db.execute(select(col(Feedback.id)))).all()) == 6_000
