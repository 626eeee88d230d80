"""Every error is problem+json, says what to do, and holds nothing of the inside."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api import problems
from api.problems import STATUS
from coach import errors
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, assert_problem


def tree(cls: type[errors.CoachError]) -> Iterator[type[errors.CoachError]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from tree(sub)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (errors.NotFound, 404, "not-found"),
        (errors.Conflict, 409, "conflict"),
        (errors.IdempotencyConflict, 422, "idempotency-key-reused"),
        (errors.Forbidden, 403, "forbidden"),
        (errors.InvalidInput, 422, "invalid-input"),
        (errors.StoreBusy, 503, "database-busy"),
        (errors.StoreFull, 507, "disk-full"),
        (errors.StoreUnavailable, 503, "database-unavailable"),
        (errors.StoreOutdated, 503, "database-unavailable"),
        (errors.IndexInUse, 503, "library-unavailable"),
        (errors.IndexUnavailable, 503, "library-unavailable"),
        (errors.EmbeddingError, 503, "library-unavailable"),
        (errors.LibraryError, 503, "library-unavailable"),
        (errors.ModelTimeout, 503, "model-unavailable"),
        (errors.PromptError, 500, "unexpected"),
    ],
)
def test_an_error_of_ours_has_its_status(error: type[errors.CoachError], status: int, kind: str) -> None:
    assert next((status, kind) for cls, status, kind in STATUS if issubclass(error, cls)) == (status, kind)


def test_every_error_of_ours_has_a_status_and_no_parent_hides_its_child() -> None:
    classes = [cls for cls, _, _ in STATUS]
    for position, cls in enumerate(classes):
        hidden = [later.__name__ for later in classes[position + 1 :] if issubclass(later, cls)]
        assert not hidden, f"{cls.__name__} hides {hidden}"
    assert all(any(issubclass(error, cls) for cls in classes) for error in tree(errors.CoachError))


async def test_an_unknown_address_is_404(service: Service, admin: Caller) -> None:
    for path in ("//", "//v1", "//v2/programs", "/nothing", "//admin.php", "//v1/../etc/passwd"):
        assert_problem(await admin.get(path), 404, "not-found")


async def test_no_address_sends_a_caller_elsewhere_with_the_token(admin: Caller) -> None:
    for path in ("/programs/", "/me/", "//docs/"):
        assert_problem(await admin.get(path, headers={"Host": "elsewhere.example"}), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/programs", {"GET", "POST"}),
        ("PUT", "/pairs/abc", {"GET", "PATCH"}),
        ("POST", "/sessions/abc", {"GET", "PATCH"}),
        ("DELETE", "/sessions/abc/agenda", {"GET", "POST"}),
        ("PUT", "/tokens", {"GET", "POST"}),
        ("POST", "//healthz", {"GET"}),
    ],
)
async def test_a_method_that_is_not_taken_is_405_and_allow_lists_all_that_are(
    admin: Caller, method: str, path: str, allowed: set[str]
) -> None:
    reply = await admin.call(method, path)
    assert_problem(reply, 405, "method-not-allowed")
    assert set(reply.headers["allow"].split(", ")) == allowed


async def test_every_reply_can_be_traced_and_is_kept_by_nobody(pair: PairOfPeople) -> None:
    replies = [
        await pair.mentor.get(f"/pairs/{pair.id}"),
        await pair.mentor.get("/nothing"),
        await pair.mentor.post("/programs", content=b"a" * 100_000),
    ]
    ids = {reply.headers["x-request-id"] for reply in replies}
    assert len(ids) == 3
    for reply in replies:
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"


# Bodies


async def send(service: Service, who: Caller, content: Any, **headers: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": "application/json", **headers}
    return await service.client.post("/v1/programs", content=content, headers=headers)


async def test_a_body_that_says_it_is_too_large_is_413(service: Service, admin: Caller) -> None:
    reply = await send(service, admin, b'{"name": "' + b"a" * 10_000_000 + b'"}')
    assert "65,536 bytes" in assert_problem(reply, 413, "too-large")["detail"]


async def test_a_body_that_turns_out_too_large_is_413(service: Service, admin: Caller) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 1_000
            yield b"a" * 1_000

    assert_problem(await send(service, admin, endless()), 413, "too-large")


async def test_a_streamed_body_that_lies_about_its_length_is_413(service: Service, admin: Caller) -> None:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"a" * 1_000

    assert_problem(await send(service, admin, stream(), **{"Content-Length": "10"}), 413, "too-large")


async def test_a_body_at_the_limit_is_read(serve: Serve) -> None:
    service = await serve(max_body_bytes=1024)
    admin = await service.caller("admin")
    start = b'{"name": "Bridge"'
    assert (await send(service, admin, start + b" " * (1023 - len(start)) + b"}")).status_code == 201
    assert_problem(await send(service, admin, start + b" " * (1024 - len(start)) + b"}"), 413)


@pytest.mark.parametrize("content", [b"{", b"", b"{'name': 1}", b'{"name": "a"', b"name=a", b"\x00\x01", b'"' * 3])
async def test_broken_json_is_a_problem_of_the_body(service: Service, admin: Caller, content: bytes) -> None:
    body = assert_problem(await send(service, admin, content), 422, "invalid-input")
    assert [error["field"] for error in body["errors"]] == ["body"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
async def test_a_body_of_another_kind_is_refused(service: Service, admin: Caller, media_type: str) -> None:
    reply = await send(service, admin, b'{"name": "Bridge"}', **{"Content-Type": media_type})
    body = assert_problem(reply, 422, "invalid-input")
    assert [error["field"] for error in body["errors"]] == ["body"]
    assert "Content-Type: application/json" in body["detail"]


@pytest.mark.parametrize(("content", "field"), [(b"[]", "body"), (b'"Bridge"', "body"), (b"null", "body")])
async def test_what_should_be_an_object_is_told_so(service: Service, admin: Caller, content: bytes, field: str) -> None:
    body = assert_problem(await send(service, admin, content), 422, "invalid-input")
    assert body["errors"] == [{"field": field, "message": "must be a JSON object"}]


async def test_every_wrong_field_is_named(pair: PairOfPeople) -> None:
    body = {
        "mentor": {"name": "", "shoe_size": 43},
        "mentee": {"name": "Martin", "email": "nowhere"},
        "goals": ["fine", 7],
        "topics": ["astrology"],
        "goal": "singular",
    }
    reply = await pair.coordinator.post(f"/programs/{pair.program_id}/pairs", body)
    fields = {error["field"]: error["message"] for error in assert_problem(reply, 422)["errors"]}
    assert fields.keys() == {
        "mentor.name", "mentor.shoe_size", "mentee.email", "goals.1", "topics.0", "goal",
    }  # fmt: skip
    assert "unknown field" in fields["goal"]


async def test_a_thousand_wrong_fields_do_not_make_a_large_reply(admin: Caller) -> None:
    reply = await admin.post("/programs", {f"x{number}": 1 for number in range(1_000)})
    assert_problem(reply, 422)
    assert len(reply.content) < 10_000


# What nobody foresaw


def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err + caplog.text


async def test_the_unexpected_tells_nothing_of_the_inside_and_the_log_nothing_of_people(
    service: Service,
    admin: Caller,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[AsyncSession]:
        raise RuntimeError("quokkafear in /srv/coach")
        yield

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(service.state.store, "write", broken)
    reply = await admin.post("/programs", {"name": "bandicootboss"})
    body = assert_problem(reply, 500, "unexpected")
    assert "try again" in body["detail"]
    assert not any(word in reply.text for word in ("RuntimeError", "quokkafear", "srv", "Traceback", ".py"))
    log = said(capsys, caplog)
    assert "RuntimeError" in log
    assert reply.headers["x-request-id"] in log
    assert not any(word in log for word in ("quokkafear", "bandicootboss", str(admin.token)))


async def test_a_database_without_tables_tells_the_operator_and_shows_no_sql(
    service: Service,
    admin: Caller,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(sqlite3.connect(service.state.settings.data_dir / "coach.sqlite3")) as file:
        file.execute("PRAGMA foreign_keys=OFF")
        file.execute("DROP TABLE program")
        file.commit()
    reply = await admin.post("/programs", {"name": "bandicootboss"})
    assert "coach migrate" in assert_problem(reply, 503, "database-unavailable")["detail"]
    assert "INSERT" not in reply.text
    assert "bandicootboss" not in said(capsys, caplog)


@pytest.mark.parametrize(
    "error",
    [
        errors.IndexUnavailable("Could not open /srv/coach/chroma"),
        errors.LibraryError(["/srv/coach/knowledge/a.md:3: broken"]),
        errors.ModelRejected("The key sk-123 in /srv was refused"),
        errors.PromptError("/srv/coach/prompts/agenda.md is broken"),
    ],
)
async def test_an_error_of_the_inside_keeps_its_details(
    pair: PairOfPeople, service: Service, monkeypatch: pytest.MonkeyPatch, error: errors.CoachError
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(service.state, "library", broken)
    reply = await pair.mentor.get("/knowledge/search", params={"q": "chart"})
    assert reply.status_code in {500, 503}
    assert_problem(reply, reply.status_code)
    assert "/srv" not in reply.text


async def test_a_job_that_fails_writes_nothing_of_people_into_the_log(
    service: Service,
    pair: PairOfPeople,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await pair.mentor.put(f"/pairs/{pair.id}/private-note", {"text": "my bandicootboss shouts"})
    session_id = await pair.session()
    await service.state.jobs.drain()
    said(capsys, caplog)

    async def broken(texts: list[str]) -> None:
        raise RuntimeError("out of memory")

    assert service.state.search is not None
    monkeypatch.setattr(service.state.search, "warm", broken)
    await pair.mentor.patch(f"/sessions/{session_id}", {"focus": "quokkafear"})
    await service.state.jobs.drain()
    log = said(capsys, caplog)
    assert "job.failed" in log
    assert not any(word in log for word in ("bandicootboss", "quokkafear"))


async def test_a_caller_who_goes_away_does_no_harm(service: Service, pair: PairOfPeople) -> None:
    session_id = await pair.session()
    task = asyncio.create_task(pair.agenda(session_id))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await pair.agenda(session_id)


def test_a_problem_of_ours_names_its_fields() -> None:
    reply = problems.problem(422, "invalid-input", "No.", fields=[{"field": "goals", "message": "none"}])
    assert reply.media_type == "application/problem+json"
    assert b'"errors":[{"field":"goals","message":"none"}]' in bytes(reply.body)
