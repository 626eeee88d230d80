"""Comments are read for themes after the reply, and nothing of them is logged."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from coach.__main__ import serve as coach_serve
from coach.feedback.reading import OwnReader
from coach.llm import ModelRequest
from coach.models import Comment
from coach.retrieval.search import Search
from tests.api.conftest import FEEDBACK, Serve
from tests.api.giving import put, rows, seen, sent
from tests.feedback.readers import DoubtingReader, WordReader
from tests.scripted_model import ScriptedModel


async def test_comments_are_read_after_the_reply(serve: Serve) -> None:
    reader = WordReader()
    service = await serve(reader=reader)
    pair = await service.pair()
    await sent(pair.mentor, await pair.held())
    await service.state.jobs.drain()
    assert sorted(reader.read_texts) == sorted([FEEDBACK["went_well"], FEEDBACK["to_change"]])
    assert {row.reader for row in await rows(service.state, Comment)} == {reader.version}


async def test_what_was_left_unread_is_read_at_the_next_start(serve: Serve) -> None:
    first = await serve()
    pair = await first.pair()
    await sent(pair.mentor, await pair.held())
    await first.state.jobs.drain()
    assert {row.reader for row in await rows(first.state, Comment)} == {None}

    reader = WordReader()
    second = await serve(reader=reader)
    await second.state.jobs.drain()
    assert len(reader.read_texts) == 2
    assert {row.reader for row in await rows(second.state, Comment)} == {reader.version}


def test_the_service_that_is_served_reads_comments(
    words_search: Search, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readers: list[Any] = []

    class Server(uvicorn.Server):
        def run(self, sockets: Any = None) -> None:
            async def start() -> None:
                app: Any = self.config.app
                async with app.router.lifespan_context(app):
                    readers.append(app.state.coach.reader)

            asyncio.run(start())
            self.started = True

    monkeypatch.setattr(uvicorn, "Server", Server)
    monkeypatch.setattr(words_search, "close", lambda: None)
    monkeypatch.setattr("coach.retrieval.search.open_search", lambda *_, **__: words_search)
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    coach_serve(port=0)
    assert [type(reader) for reader in readers] == [OwnReader]


def _names_nothing(request: ModelRequest) -> str:
    pieces = request.turns[1].text.count('{"piece": ')
    return json.dumps({"pieces": [{"piece": number + 1, "themes": []} for number in range(pieces)]})


async def test_a_model_reads_comments_only_where_that_is_set_and_never_who_wrote_them(serve: Serve) -> None:
    asked, receipts = [], []
    for reads in (False, True):
        model = ScriptedModel(_names_nothing)
        service = await serve(model, reader=DoubtingReader(), llm_reads_comments=reads)
        pair = await service.pair()
        session_id = await pair.held()
        receipts.append((await pair.mentor.get(f"/sessions/{session_id}/feedback-receipt")).text)
        await sent(pair.mentor, session_id, went_well="Martin and Priya drew a chart", share_with_coordinators=True)
        await sent(pair.mentee, session_id, went_well="We had time", share_with_coordinators=False)
        await service.state.jobs.drain()
        asked.append([request.turns[1].text for request in model.requests if request.schema_name == "comment_themes"])
    assert asked[0] == []
    (prompt,) = asked[1]
    assert "drew a chart" in prompt
    assert not any(secret in prompt for secret in ("Martin", "Priya", "We had time"))
    assert ["language model (scripted) reads your answers" in receipt for receipt in receipts] == [False, True]


async def test_nothing_of_feedback_reaches_the_log(
    serve: Serve, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reader = WordReader(fails=True)
    service = await serve(reader=reader)
    pair = await service.pair()
    session_id = await pair.held()
    await sent(pair.mentor, session_id, went_well="my bandicootboss shouts", to_change="quokkafear")
    await put(pair.mentor, session_id, went_well="bandicootboss" * 1_000)
    await service.state.jobs.drain()
    captured = capsys.readouterr()
    log = captured.out + captured.err + caplog.text
    assert "job.failed" in log
    assert not any(word in log for word in ("bandicootboss", "quokkafear"))
    assert (await seen(pair.mentor, session_id))["mine"]["to_change"] == "quokkafear"
