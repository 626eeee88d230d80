"""What is made ready before somebody asks: a start finds what agendas will ask, without the embedding model."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import select

from api import ahead
from api.quiet import Quiet
from coach.agenda.brief import make_brief
from coach.errors import StoreFull
from coach.models import SessionVectors
from coach.retrieval.embed import Embedder
from coach.retrieval.library import Library
from coach.retrieval.search import Search
from coach.store.agendas import load_facts
from tests.api.conftest import Caller, PairOfPeople, Serve, Service, in_days
from tests.encoders import WordHashEncoder

Start = Callable[..., Awaitable[tuple[Service, WordHashEncoder]]]


@pytest_asyncio.fixture
async def start(serve: Serve, library: Library, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the service anew on the same database and index, and gives it with its encoder, which has nothing yet."""
    running: list[Search] = []

    async def again(fingerprint: str = "word-hash") -> tuple[Service, WordHashEncoder]:
        for search in running:
            search.close()
        encoder = WordHashEncoder(fingerprint)
        search = Search.open(library, Embedder(encoder), chroma_dir=tmp_path / "own" / "chroma")
        running[:] = [search]
        search.build()
        encoder.batches.clear()
        return await serve(own_search=search), encoder

    yield again
    for search in running:
        search.close()


async def settled(service: Service) -> None:
    """Everything that was to be made ready is."""
    await service.state.jobs.drain()
    await ahead.make_ready(service.state, False)


async def kept(service: Service) -> dict[str, SessionVectors]:
    async with service.state.store.read() as db:
        return {row.session_id: row for row in (await db.execute(select(SessionVectors))).scalars()}


def asked(encoder: WordHashEncoder) -> list[str]:
    """What was embedded, without the word that the model is loaded with."""
    return [text for text in encoder.texts if text != "ready"]


def again(pair: PairOfPeople, service: Service) -> PairOfPeople:
    """The same people, calling the service that was started last."""
    callers = [Caller(service.client, who.token, who.id) for who in (pair.coordinator, pair.mentor, pair.mentee)]
    return PairOfPeople(pair.id, pair.program_id, *callers)


async def made(service: Service, session_id: str, *, recalled: bool = True) -> Any:
    """An agenda that is not stored, so that the next one is not to differ."""
    async with service.state.store.read() as db:
        facts = await load_facts(db, session_id)
    if not recalled:
        facts = replace(facts, vectors=None)
    briefing = make_brief(facts)
    ahead.recall(service.state, facts, briefing)
    row = (await service.state.agendas().make(briefing, "pair", "program")).row
    return row.content, row.prep_mentor, row.prep_mentee


async def test_the_first_agenda_after_a_start_embeds_nothing(start: Start) -> None:
    service, _ = await start()
    pair = await service.pair()
    session_id = await pair.session(focus="the dashboards of the warehouse")
    await settled(service)

    later, encoder = await start()
    assert (await again(pair, later).agenda(session_id))["items"]
    assert (await again(pair, later).mentor.post(f"/sessions/{session_id}/starters", {})).is_success
    assert asked(encoder) == []


async def test_an_agenda_is_the_same_from_kept_vectors_and_from_fresh_ones(start: Start) -> None:
    service, _ = await start()
    pair = await service.pair()
    session_id = await pair.session(focus="the dashboards of the warehouse")
    await settled(service)
    later, encoder = await start()
    from_kept = await made(later, session_id)
    assert asked(encoder) == []

    fresh, encoder = await start()
    assert await made(fresh, session_id, recalled=False) == from_kept
    assert "the dashboards of the warehouse" in asked(encoder)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("/pairs/{pair}", {"goals": ["Hold a retrospective"]}),
        ("/sessions/{session}", {"focus": "Hold a retrospective"}),
    ],
)
async def test_words_that_change_take_their_vectors_along_and_get_new_ones(
    start: Start, call: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = await start()
    pair = await service.pair()
    session_id = await pair.session()
    await settled(service)
    before = (await kept(service))[session_id].vectors

    # Whatever becomes of the work after the reply, the vectors of the old words are gone with it.
    jobs = service.state.jobs
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "enqueue", lambda *_, **__: None)
        path = call.format(pair=pair.id, session=session_id)
        assert (await pair.mentor.patch(path, body)).is_success
        assert await kept(service) == {}
    assert (await pair.mentor.patch(path, body)).is_success
    await jobs.drain()
    assert (await kept(service))[session_id].vectors != before

    later, encoder = await start()
    await again(pair, later).agenda(session_id)
    assert asked(encoder) == []


async def test_another_model_embeds_anew_and_its_vectors_are_kept(start: Start) -> None:
    service, _ = await start()
    pair = await service.pair()
    session_id = await pair.session()
    await settled(service)

    other, encoder = await start("other-weights")
    assert (await again(pair, other).agenda(session_id))["items"]
    assert "Use an AI assistant for my monthly report" in asked(encoder)
    await settled(other)
    assert {row.model for row in (await kept(other)).values()} == {"other-weights"}


async def test_a_session_that_lacks_vectors_gets_them_once_an_agenda_or_starters_are_asked_for(
    service: Service, pair: PairOfPeople
) -> None:
    for path in ("agenda", "starters"):
        session_id = await pair.session()
        await service.state.jobs.drain()
        async with service.state.store.write() as db:
            await db.delete((await kept(service))[session_id])
        reply = await pair.mentor.post(f"/sessions/{session_id}/{path}", {})
        assert reply.is_success
        await service.state.jobs.drain()
        assert session_id in await kept(service)


async def test_sessions_planned_before_get_theirs_the_soonest_first_and_those_that_are_over_lose_them(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, soon, held = [await pair.session(scheduled_at=in_days(days)) for days in (9, 2, 1)]
    await service.state.jobs.drain()
    async with service.state.store.write() as db:
        for session_id in (late, soon):
            await db.delete((await kept(service))[session_id])
    assert (await pair.mentor.patch(f"/sessions/{held}", {"status": "held"})).is_success
    monkeypatch.setattr(ahead, "_A_DAY", 1)

    await ahead.make_ready(service.state, True)
    assert set(await kept(service)) == {soon}
    await ahead.make_ready(service.state, True)
    assert set(await kept(service)) == {soon, late}


@pytest.mark.parametrize("here_before", [True, False])
async def test_a_person_erased_while_their_words_are_embedded_leaves_no_vector_in_memory_or_on_disk(
    start: Start, here_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, _ = await start()
    pair = await service.pair()
    session_id = await pair.session()
    await service.state.jobs.drain()
    search = service.state.library()
    warm = search.warm

    async def erased_meanwhile(texts: Any) -> None:
        monkeypatch.setattr(search, "warm", warm)
        assert (await pair.mentor.delete(f"/participants/{pair.mentor.id}")).status_code == 204
        await warm(texts)

    if not here_before:
        async with service.state.store.write() as db:
            await db.delete((await kept(service))[session_id])
    monkeypatch.setattr(search, "warm", erased_meanwhile)
    await ahead.warm_session(service.state, session_id)
    assert await kept(service) == {}
    assert search._embedder._cache == {}
    assert search._rankings == {}


async def test_a_full_disk_costs_the_vectors_and_nothing_else(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> bool:
        raise StoreFull("The disk of the database is full.")

    monkeypatch.setattr(ahead, "keep_vectors", full)
    session_id = await pair.session()
    assert (await pair.agenda(session_id))["items"]
    await service.state.jobs.drain()
    assert await kept(service) == {}


async def test_what_fails_while_all_is_made_ready_is_told_and_the_rest_goes_on(
    service: Service, pair: PairOfPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await pair.session()
    await service.state.jobs.drain()
    async with service.state.store.write() as db:
        await db.delete((await kept(service))[session_id])

    async def broken() -> None:
        raise RuntimeError("my secret goal")

    monkeypatch.setattr(service.state.library(), "load_model", broken)
    await ahead.make_ready(service.state, True)
    assert session_id in await kept(service)


async def test_quiet_waits_for_calls_to_end_and_not_for_ever() -> None:
    quiet = Quiet()
    began = time.monotonic()
    with quiet.broken():
        await quiet.comes(0.05, 0.2)
        assert 0.2 <= time.monotonic() - began < 1
        waiting = asyncio.create_task(quiet.comes(0.1, 10))
        await asyncio.sleep(0.15)
        assert not waiting.done()
    ended = time.monotonic()
    await waiting
    assert 0.1 <= time.monotonic() - ended < 1


async def test_a_service_that_has_just_started_was_not_quiet_before() -> None:
    quiet = Quiet()
    await asyncio.sleep(0.15)
    began = time.monotonic()
    await quiet.comes(0.1, 10)
    assert time.monotonic() - began >= 0.09


async def test_probes_do_not_break_the_quiet_and_calls_do(service: Service, pair: PairOfPeople) -> None:
    quiet = service.state.quiet
    before = quiet._last
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await service.client.get(path)).is_success
    assert quiet._last == before
    assert (await pair.mentor.get("/me")).is_success
    assert quiet._last > before
