"""Whether the service is alive and can work, also when a part of it breaks under it."""

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from coach.errors import ModelUnreachable
from coach.llm import CircuitBreaker, OpenAIModel
from coach.retrieval.search import Search
from coach.settings import Settings
from tests.api.conftest import PairOfPeople, Serve, Service
from tests.scripted_model import ScriptedModel


async def ready(service: Service) -> httpx.Response:
    return await service.client.get("/readyz")


async def ready_again(service: Service) -> Any:
    await service.state.jobs.drain()
    reply = await ready(service)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_anybody_may_ask_whether_the_service_lives(service: Service) -> None:
    reply = await service.client.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


async def test_a_ready_service_says_so_of_each_part(service: Service) -> None:
    reply = await ready(service)
    assert reply.status_code == 200
    body = reply.json()
    assert body["status"] == "ready"
    assert [body[part]["ok"] for part in ("database", "index", "model")] == [True, True, True]
    assert "composer" in body["model"]["detail"]


async def test_a_database_that_is_gone_is_not_ready_but_alive(service: Service) -> None:
    await service.state.store.close()
    for file in service.state.settings.data_dir.glob("coach.sqlite3*"):
        file.unlink()
    shutil.rmtree(service.state.settings.data_dir)
    reply = await ready(service)
    assert reply.status_code == 503
    assert (reply.json()["status"], reply.json()["database"]["ok"]) == ("not ready", False)
    assert (await service.client.get("/healthz")).status_code == 200


async def test_a_model_that_failed_leaves_the_service_ready(serve: Serve) -> None:
    service = await serve(ScriptedModel(ModelUnreachable("down")))
    pair = await service.pair()
    await pair.agenda(await pair.session())
    assert (await ready(service)).json()["status"] == "ready"


async def test_the_state_of_the_breaker_is_told_and_agendas_come_while_it_is_open(serve: Serve) -> None:
    breaker = CircuitBreaker(failures=2, pause_s=30)
    settings = Settings(llm_model="gone", llm_base_url="http://127.0.0.1:1/v1")
    service = await serve(OpenAIModel(settings, breaker), **settings.model_dump(include={"llm_model", "llm_base_url"}))
    pair = await service.pair()
    model = (await ready(service)).json()["model"]
    assert (model["ok"], model["breaker"], model["retry_after_s"]) == (True, "closed", 0)
    sources = [(await pair.agenda(await pair.session()))["generator"]["source"] for _ in range(3)]
    assert sources == ["fallback"] * 3
    reply = await ready(service)
    model = reply.json()["model"]
    assert (reply.status_code, model["ok"], model["breaker"]) == (200, False, "open")
    assert 0 < model["retry_after_s"] <= 30


# The index


def _delete(folder: Path) -> None:
    shutil.rmtree(folder)


def _garble(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"not what it was" * 100)


async def agenda_of(pair: PairOfPeople, goal: str) -> Any:
    await pair.mentor.patch(f"/pairs/{pair.id}", {"goals": [goal]})
    return await pair.agenda(await pair.session())


async def test_an_index_that_is_deleted_is_noticed_and_healed_while_agendas_come(
    serve: Serve, fragile_search: Search, tmp_path: Path
) -> None:
    service = await serve(own_search=fragile_search)
    pair = await service.pair()
    before = await agenda_of(pair, "Read a chart aloud")
    _delete(tmp_path / "chroma")
    after = await agenda_of(pair, "Question a forecast")
    assert len(after["items"]) >= 4
    assert after["starters"]
    assert after["sources"]
    reply = await ready(service)
    assert reply.status_code == 503
    assert "moved or deleted" in reply.json()["index"]["detail"]
    assert (await ready_again(service))["index"] == {"ok": True, "detail": None}
    healed = await agenda_of(pair, "Compare two sources")
    assert healed["sources"]
    kept = (await pair.mentor.get(f"/sessions/{before['session_id']}/agenda")).json()
    assert kept == before


async def test_an_index_that_is_garbled_is_healed_while_agendas_come(
    serve: Serve, fragile_search: Search, tmp_path: Path
) -> None:
    service = await serve(own_search=fragile_search)
    pair = await service.pair()
    _garble(tmp_path / "chroma")
    for goal in ("Question a forecast", "Compare two sources", "Draw a budget"):
        agenda = await agenda_of(pair, goal)
        assert agenda["sources"]
        assert agenda["starters"]
    await ready(service)
    assert (await ready_again(service))["status"] == "ready"
    query = {"q": "a question that nobody has asked yet"}
    assert (await pair.mentor.get("/knowledge/search", params=query)).json()["items"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_a_token_that_is_wrong_does_not_matter_to_a_probe(service: Service, path: str) -> None:
    reply = await service.client.get(path, headers={"Authorization": "Bearer nonsense"})
    assert reply.status_code == 200
