"""Coordinators publish what may be told of a period, in three forms, and can neither ask early nor ask differently."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from coach.models import Pair, now
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem
from tests.feedback.giving import gave, stored_program
from tests.feedback.readers import WordReader

AUGUST, PERIOD = datetime(2025, 8, 20, tzinfo=UTC), "2025-08"
KEYS = {"period", "status", "made_at", "reason", "respondents", "themes", "by_role", "sources", "notice"}


class Office:
    """A coordinator with her program."""

    def __init__(self, service: Service, program_id: str, caller: Caller) -> None:
        self.service, self.program_id, self.caller = service, program_id, caller
        self.path = f"/programs/{program_id}/theme-reports"

    async def publish(self, period: str = PERIOD, **more: Any) -> Any:
        return await self.caller.post(self.path, {"period": period}, **more)


async def office(service: Service, people: int, text: str = "There was no time", at: datetime = AUGUST) -> Office:
    program_id, pairs = await stored_program(service.state.store, max(5, (people + 1) // 2))
    for number in range(people):
        role = "mentee" if number % 2 else "mentor"
        themes = ["time-and-scheduling"] if "time" in text else []
        await gave(service.state.store, pairs[number // 2], role, text, themes, held_at=at)
    return Office(service, program_id, await service.caller("coordinator", program_id))


@pytest_asyncio.fixture
async def twelve(service: Service) -> Office:
    return await office(service, 12)


async def test_a_report_is_made_once_and_is_the_same_ever_after(twelve: Office) -> None:
    first = await twelve.publish()
    assert first.status_code == 201, first.text
    body = first.json()
    assert body.keys() == KEYS
    assert (body["period"], body["status"], body["respondents"]) == (PERIOD, "published", "11-20")
    (theme,) = body["themes"]
    assert theme.keys() == {"id", "label", "kind", "people", "trend", "summary", "actions"}
    assert (theme["id"], theme["people"], theme["trend"]) == ("time-and-scheduling", "11-20", None)
    again = await twelve.publish()
    assert (again.status_code, again.content) == (200, first.content)
    assert (await twelve.caller.get(f"{twelve.path}/{PERIOD}")).content == first.content
    assert (await twelve.caller.get(twelve.path)).json() == {"items": [body], "next_cursor": None}
    admin = await twelve.service.caller("admin")
    assert (await admin.get(f"{twelve.path}/{PERIOD}")).content == first.content


async def test_many_who_publish_at_once_get_the_same(twelve: Office) -> None:
    replies = await asyncio.gather(*(twelve.publish() for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 200, 200, 201]
    assert len({reply.content for reply in replies}) == 1


async def test_a_withheld_report_has_the_same_shape_and_tells_no_number(service: Service) -> None:
    told = set()
    for people in (0, 9):
        desk = await office(service, people)
        reply = await desk.publish()
        assert reply.status_code == 201
        body = reply.json()
        assert body.keys() == KEYS
        assert (body["status"], body["themes"], body["respondents"], body["by_role"]) == ("withheld", [], None, None)
        assert "at least 10 people from at least 5 pairs" in body["reason"]
        told.add(str({**body, "made_at": None}))
    assert len(told) == 1


async def test_a_period_that_was_never_published_looks_the_same_whatever_lies_in_it(service: Service) -> None:
    replies = [
        await desk.caller.get(f"{desk.path}/{PERIOD}")
        for desk in (await office(service, 0), await office(service, 9), await office(service, 30))
    ]
    assert len({reply.text for reply in replies}) == 1
    assert_problem(replies[0], 404, "not-found")


async def test_a_running_period_is_refused_with_the_time_from_which_it_can_be_published(twelve: Office) -> None:
    running = f"{now():%Y-%m}"
    problem = assert_problem(await twelve.publish(running), 409, "conflict")
    assert "from" in problem["detail"]
    assert "UTC" in problem["detail"]
    last = now().replace(day=1) - timedelta(days=1)
    if now().day <= 7:
        assert_problem(await twelve.publish(f"{last:%Y-%m}"), 409, "conflict")


async def test_overlapping_periods_are_refused(twelve: Office) -> None:
    assert (await twelve.publish()).status_code == 201
    assert "single people" in assert_problem(await twelve.publish("2025-Q3"), 409, "conflict")["detail"]
    assert (await twelve.publish("2025-Q2")).status_code == 201


@pytest.mark.parametrize("period", ["", "August", "2025-8", "2025-Q9", "2025-08-01", "=1+1", "x" * 500])
async def test_bad_periods_are_refused_with_what_one_looks_like(twelve: Office, period: str) -> None:
    problem = assert_problem(await twelve.publish(period), 422)
    assert problem["errors"][0]["field"] == "period"
    if 0 < len(period) < 40:
        assert "2026-Q3" in problem["detail"]
        assert_problem(await twelve.caller.get(f"{twelve.path}/{period}"), 422)
    for body in ({}, {"period": PERIOD, "minimum": 1}, {"period": 2025}):
        assert_problem(await twelve.caller.post(twelve.path, body), 422)


async def test_reports_are_paged_by_period(twelve: Office) -> None:
    for period in ("2025-Q4", "2025-02", "2025-Q2", "2024-Q1"):
        assert (await twelve.publish(period)).status_code == 201
    seen: list[str] = []
    cursor = None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = (await twelve.caller.get(twelve.path, params={"limit": 2, **more})).json()
        seen += [report["period"] for report in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["2024-Q1", "2025-02", "2025-Q2", "2025-Q4"]
    for bad in ("abc", "00000000", "2025130120251401"):
        assert_problem(await twelve.caller.get(twelve.path, params={"cursor": bad}), 422)


async def test_markdown_and_csv_tell_the_same(twelve: Office) -> None:
    report = (await twelve.publish()).json()
    text = await twelve.caller.get(f"{twelve.path}/{PERIOD}", headers={"Accept": "text/markdown"})
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert report["themes"][0]["summary"] in text.text.replace("\\", "")
    assert "11-20 people" in text.text
    for path in (f"{twelve.path}/{PERIOD}", twelve.path):
        reply = await twelve.caller.get(path, headers={"Accept": "text/csv"})
        assert reply.headers["content-type"].startswith("text/csv")
        (row,) = csv.DictReader(io.StringIO(reply.text, newline=""))
        assert (row["theme"], row["people"], row["respondents"]) == (
            "time-and-scheduling",
            "11-20 people",
            "11-20 people",
        )
        assert [row[f"action {n}"] for n in (1, 2, 3)] == [action["text"] for action in report["themes"][0]["actions"]]


async def test_lists_in_other_forms_name_the_next_part(twelve: Office) -> None:
    for period in ("2025-Q2", PERIOD, "2025-Q4"):
        await twelve.publish(period)
    reply = await twelve.caller.get(twelve.path, params={"limit": 2}, headers={"Accept": "text/csv"})
    assert 'rel="next"' in reply.headers["link"]
    target = reply.headers["link"].partition(">")[0].removeprefix("</v1")
    rest = await twelve.caller.get(target, headers={"Accept": "text/csv"})
    assert [row["period"] for row in csv.DictReader(io.StringIO(rest.text, newline=""))] == ["2025-Q4"]
    assert "link" not in rest.headers


async def test_another_form_is_refused_before_anything_is_published(twelve: Office) -> None:
    pdf = {"Accept": "application/pdf"}
    assert_problem(await twelve.publish(headers=pdf), 406)
    assert (await twelve.caller.get(twelve.path)).json()["items"] == []
    assert (await twelve.publish(headers={"Accept": "text/csv"})).status_code == 201
    for path in (twelve.path, f"{twelve.path}/{PERIOD}"):
        assert_problem(await twelve.caller.get(path, headers=pdf), 406)


async def test_comments_that_nobody_has_read_are_read_first(serve: Serve) -> None:
    reader = WordReader("words-2")
    service = await serve(reader=reader)
    desk = await office(service, 12, "There was no agenda")
    body = (await desk.publish()).json()
    assert [theme["id"] for theme in body["themes"]] == ["session-structure"]
    assert len(reader.read_texts) == 12


# Minimums


async def test_minimums_are_raised_and_never_lowered(twelve: Office) -> None:
    path = f"/programs/{twelve.program_id}"
    raised = await twelve.caller.patch(path, {"report_minimum_people": 20})
    assert raised.status_code == 200, raised.text
    assert (raised.json()["report_minimum_people"], raised.json()["theme_minimum_people"]) == (20, 3)
    assert (await twelve.caller.patch(path, {"theme_minimum_people": 6})).status_code == 200
    for body in ({"report_minimum_people": 19}, {"theme_minimum_people": 5}, {"report_minimum_people": 10}):
        assert "only ever raised" in assert_problem(await twelve.caller.patch(path, body), 409, "conflict")["detail"]
    for bad in ({"report_minimum_people": 9}, {"theme_minimum_people": 2}, {}, {"name": "New"},
                {"report_minimum_people": None}, {"report_minimum_people": "20"}):  # fmt: skip
        assert_problem(await twelve.caller.patch(path, bad), 422)
    found = (await twelve.caller.get(path)).json()
    assert (found["report_minimum_people"], found["theme_minimum_people"]) == (20, 6)


async def test_raising_a_minimum_changes_nothing_for_a_period_that_has_begun(twelve: Office) -> None:
    await twelve.caller.patch(f"/programs/{twelve.program_id}", {"report_minimum_people": 50})
    assert (await twelve.publish()).json()["status"] == "published"


# Feedback that counted


async def test_what_counted_cannot_be_withdrawn_any_more(service: Service, pair: PairOfPeople) -> None:
    _, pairs = await stored_program(service.state.store, 6)
    for other in pairs:
        for role in ("mentor", "mentee"):
            other.program_id = pair.program_id
            await gave(service.state.store, other, role, held_at=AUGUST)
    async with service.state.store.read() as db:
        own = await db.get(Pair, pair.id)
    assert own is not None
    given = await gave(service.state.store, own, "mentor", "mine", held_at=AUGUST)
    desk = Office(service, pair.program_id, pair.coordinator)
    assert (await desk.publish()).json()["status"] == "published"
    reply = await pair.mentor.delete(f"/sessions/{given.session_id}/feedback")
    assert "published report" in assert_problem(reply, 409, "conflict")["detail"]
