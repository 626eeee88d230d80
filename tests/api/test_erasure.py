"""What a person may ask of us: that every trace of them goes, and what is the partner's own stays."""

import asyncio
import gc
import sys
import types
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlmodel import SQLModel

from coach.retrieval.search import Search
from tests.api.conftest import FEEDBACK, Serve, Service, assert_problem, in_days
from tests.api.telling import Told, tell_everything, word
from tests.encoders import WordHashEncoder
from tests.scripted_model import ScriptedModel


@pytest_asyncio.fixture
async def told(serve: Serve, fragile_search: Search) -> Told:
    return await tell_everything(serve, fragile_search)


async def rows(service: Service) -> dict[str, str]:
    """Every table's rows as text."""
    found = {}
    async with service.state.store.read() as db:
        for table in SQLModel.metadata.tables.values():
            found[table.name] = str((await db.execute(table.select())).all()).casefold()
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes().lower() for file in folder.rglob("*") if file.is_file()}


# What belongs to the test itself: its frames, and the encoder that takes the place of a real one and keeps a record.
_OF_THE_TEST = (
    types.FrameType,
    types.CoroutineType,
    types.GeneratorType,
    asyncio.Future,
    asyncio.Task,
    Told,
    WordHashEncoder,
)
_TEST_MODULES = ("tests", "_pytest", "pytest")
# Where a text of the service can be kept: its own rooms, and the libraries that it hands texts to. Millions of objects
# of all others, and of tests that ran before, are not looked at.
_ROOMS = {
    "coach",
    "api",
    "re",
    "urllib",
    "fastapi",
    "starlette",
    "sqlalchemy",
    "aiosqlite",
    "structlog",
    "bm25s",
    "httpx",
}


def in_memory(root: object, canaries: tuple[str, ...]) -> list[str]:
    """Texts with a canary among all that can be reached from the application, its modules' caches included."""
    found, waiting = [], [root]
    apart = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] not in _ROOMS]
    seen = {id(root), *map(id, apart), *(id(vars(module)) for module in apart)}
    while waiting:
        current = waiting.pop()
        for value in gc.get_referents(current):
            # By its type: to ask some objects of other libraries for their class warns that they are deprecated.
            if id(value) in seen or issubclass(type(value), _OF_THE_TEST):
                continue
            seen.add(id(value))
            if issubclass(type(value), str | bytes):
                said = value if isinstance(value, str) else value.decode("utf-8", "replace")
                if any(canary in said.casefold() for canary in canaries):
                    found.append(f"{type(current).__name__}: {said[:80]}")
            elif not (issubclass(type(value), types.ModuleType) and value.__name__.startswith(_TEST_MODULES)):
                waiting.append(value)
    return found


async def test_an_erased_person_is_in_no_row_no_file_and_no_memory(told: Told) -> None:
    service, pair = told.service, told.pair
    before = await rows(service)
    present = {name for name, said in before.items() if any(canary in said for canary in told.canaries)}
    assert present >= {
        "participant", "pair", "private_note", "mentoring_session", "action_item", "agenda", "feedback", "comment",
        "idempotency_key",
    }  # fmt: skip
    assert in_memory(service.app, told.canaries)
    folder = service.state.settings.data_dir
    assert any(canary.encode() in content for content in files(folder).values() for canary in told.canaries)

    reply = await pair.mentor.delete(f"/participants/{pair.mentor.id}")
    assert reply.status_code == 204, reply.text
    await service.state.jobs.drain()

    after = await rows(service)
    assert {name for name, said in after.items() if any(canary in said for canary in told.canaries)} == set()
    for place in (folder, folder.parent / "chroma"):
        assert {
            name
            for name, content in files(place).items()
            if any(canary.encode() in content for canary in told.canaries)
        } == set()
    del before, reply
    assert in_memory(service.app, told.canaries) == []


async def test_what_is_the_partners_own_stays_and_names_no_one(told: Told) -> None:
    pair = told.pair
    assert (await pair.mentor.delete(f"/participants/{pair.mentor.id}")).status_code == 204
    await told.service.state.jobs.drain()
    export = (await pair.mentee.get("/me/export")).json()
    [held] = export["pairs"]
    assert held["partner"] == "Former participant"
    assert held["private_note"] == f"[name removed] is quick, and {told.partner_secret} is my worry."
    [feedback] = export["feedback"]
    assert feedback["went_well"] == f"[name removed] drew {told.partner_secret}."
    assert feedback["to_change"] == "[name removed]'s pace."
    assert feedback["ratings"] == FEEDBACK["ratings"]
    assert [comment["text"] for comment in feedback["comments"]] == [feedback["went_well"], feedback["to_change"]]
    assert all(comment["themes"] is not None for comment in feedback["comments"]), "what was changed was not read anew"
    assert [session["number"] for session in held["sessions"]] == [1]


async def test_a_closed_pair_takes_nothing_more(told: Told) -> None:
    pair, session_id = told.pair, told.session_id
    action = (await pair.mentee.get(f"/pairs/{pair.id}/actions")).json()["items"][0]
    planned = await pair.session()
    assert (await pair.mentor.delete(f"/participants/{pair.mentor.id}")).status_code == 204
    shown = (await pair.mentee.get(f"/pairs/{pair.id}")).json()
    assert (shown["mentor"]["name"], shown["goals"], shown["closed_at"] is None) == ("Former participant", [], False)
    mentee = pair.mentee
    for reply in (
        await mentee.patch(f"/pairs/{pair.id}", {"goals": ["New"]}),
        await mentee.put(f"/pairs/{pair.id}/private-note", {"text": "New"}),
        await mentee.post(f"/pairs/{pair.id}/sessions", {"scheduled_at": in_days(3)}),
        await mentee.patch(f"/sessions/{planned}", {"focus": "New"}),
        await mentee.post(f"/pairs/{pair.id}/actions", {"owner": "mentee", "text": "New"}),
        await mentee.post(f"/sessions/{planned}/agenda", {}),
        await mentee.post(f"/sessions/{planned}/starters", {}),
        await mentee.put(f"/sessions/{session_id}/feedback", FEEDBACK),
        await pair.coordinator.patch(f"/sessions/{planned}", {"status": "cancelled"}),
    ):
        assert_problem(reply, 409, "conflict")
    assert_problem(await mentee.patch(f"/actions/{action['id']}", {"done": True}), 404)
    assert_problem(await mentee.get(f"/sessions/{session_id}/agenda"), 404)
    assert (await mentee.delete(f"/sessions/{session_id}/feedback")).status_code == 204


async def test_the_tokens_of_an_erased_person_end_and_no_more_are_made(told: Told) -> None:
    pair, admin = told.pair, await told.service.caller("admin")
    for _ in range(2):
        assert (await admin.delete(f"/participants/{pair.mentor.id}")).status_code == 204
    assert_problem(await pair.mentor.get("/me"), 401)
    body = {"role": "participant", "participant_id": pair.mentor.id}
    assert_problem(await admin.post("/tokens", body), 422)
    assert (await pair.mentee.get("/me")).status_code == 200
    needs = (await pair.coordinator.get(f"/programs/{pair.program_id}/attention")).json()
    assert needs["items"] == []


async def test_nobody_erases_another(told: Told) -> None:
    pair, other = told.pair, await told.service.pair()
    for who in (pair.mentee, other.mentor):
        assert_problem(await who.delete(f"/participants/{pair.mentor.id}"), 404)
        assert_problem(await who.delete("/participants/unknown"), 404)
    assert_problem(await pair.coordinator.delete(f"/participants/{pair.mentor.id}"), 403)
    assert_problem(await (await told.service.caller("admin")).delete("/participants/unknown"), 404)
    assert (await pair.mentor.get("/me/export")).json()["person"]["name"] == f"{told.first} {told.last}"


async def test_an_agenda_that_is_being_written_meanwhile_is_not_stored(serve: Serve) -> None:
    class Slow(ScriptedModel):
        def __init__(self) -> None:
            super().__init__("no", "no")
            self.asked_once, self.go_on = asyncio.Event(), asyncio.Event()

        async def reply(self, request: Any) -> Any:
            self.asked_once.set()
            await self.go_on.wait()
            return await super().reply(request)

    model = Slow()
    service = await serve(model)
    name = word().title()
    pair = await service.pair(mentor={"name": name})
    session_id = await pair.session()
    asked = asyncio.create_task(pair.mentee.post(f"/sessions/{session_id}/agenda", {}))
    await model.asked_once.wait()
    erased = await pair.mentor.delete(f"/participants/{pair.mentor.id}")
    model.go_on.set()
    assert_problem(await asked, 409, "conflict")
    assert erased.status_code == 204
    await service.state.jobs.drain()
    assert not any(name.casefold() in said for said in (await rows(service)).values())
    model.requests.clear()


def test_the_table_of_what_erasure_reaches_names_every_table() -> None:
    from coach.store.erasure import HOLD_NOBODY, REACHED

    assert set(SQLModel.metadata.tables) == REACHED | HOLD_NOBODY
