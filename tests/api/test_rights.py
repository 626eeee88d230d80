"""What a person may ask of us: all that is held on them, and that every trace of them goes."""

import asyncio
import gc
import json
import secrets
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import TypeAdapter
from sqlmodel import SQLModel

from coach.feedback import ThemeFound
from coach.models import now
from coach.retrieval.search import Search
from tests.api.conftest import FEEDBACK, Caller, PairOfPeople, Serve, Service, assert_problem, in_days
from tests.encoders import WordHashEncoder
from tests.feedback.readers import WordReader
from tests.scripted_model import ScriptedModel


def word() -> str:
    """A word that nobody has ever written, of letters alone."""
    return "zq" + "".join(secrets.choice("bcdfghjklmnprstvwxz") for _ in range(10))


class ForgetfulReader(WordReader):
    """Keeps nothing of what it read, as the real one."""

    async def read(self, texts: Sequence[str]) -> list[tuple[list[ThemeFound], bytes]]:
        found = await super().read(texts)
        self.read_texts.clear()
        return found


@dataclass(frozen=True)
class Told:
    """A pair whose mentor has told the coach something everywhere; each trace holds one of `canaries`."""

    service: Service
    pair: PairOfPeople
    first: str
    last: str
    secret: str
    partner_secret: str
    session_id: str

    @property
    def canaries(self) -> tuple[str, ...]:
        return self.first.casefold(), self.last.casefold(), self.secret


@pytest_asyncio.fixture
async def told(serve: Serve, fragile_search: Search) -> Told:
    service = await serve(own_search=fragile_search, reader=ForgetfulReader())
    first, last, secret, partner_secret = word().title(), word().title(), word(), word()
    person = {
        "name": f"{first} {last}",
        "email": f"{last}@example.org",
        "role_title": f"{secret} analyst",
        "department": f"Department of {secret}",
        "strengths": [f"drawing {secret} charts"],
        "wants_to_learn": [f"how {secret} budgets are made"],
    }
    pair = await service.pair(mentor=person, goals=[f"Read {secret} charts", f"Help {first} to present"])
    mentor, mentee = pair.mentor, pair.mentee
    own = {"avoid_topics": [f"{secret} layoffs"], "accessibility": f"large {secret} print"}
    assert (await mentor.patch(f"/pairs/{pair.id}", {**own, "goals_reached": [f"Help {first} to present"]})).is_success
    for note in (f"I fear {secret} at night.", f"I fear the {secret} review."):
        assert (await mentor.put(f"/pairs/{pair.id}/private-note", {"text": note})).is_success
    theirs = f"{first} is quick, and {partner_secret} is my worry."
    assert (await mentee.put(f"/pairs/{pair.id}/private-note", {"text": theirs})).is_success
    session_id = await pair.session(focus=f"The {secret} forecast", format=f"video with {secret}")
    for who in ("mentor", "mentee"):
        body = {"owner": who, "text": f"Ask {first} for the {secret} report"}
        await mentor.made(f"/pairs/{pair.id}/actions", body)
    await pair.agenda(session_id, headers={"Idempotency-Key": f"key-{secret}"})
    await mentee.made(f"/sessions/{session_id}/agenda", {}, headers={"Idempotency-Key": "key"})
    assert (await mentor.post(f"/sessions/{session_id}/starters", {})).is_success
    assert (await mentor.get("/knowledge/search", params={"q": f"a {secret} chart"})).is_success
    assert (await pair.coordinator.patch(f"/sessions/{session_id}", {"status": "held"})).is_success
    feedback = {
        **FEEDBACK,
        "went_well": f"The {secret} chart.",
        "to_change": f"No {secret}.",
        "share_with_partner": False,
    }
    assert (await mentor.put(f"/sessions/{session_id}/feedback", feedback)).is_success
    feedback = {
        **FEEDBACK,
        "went_well": f"{first.upper()} {last} drew {partner_secret}.",
        "to_change": f"{last}'s pace.",
    }
    assert (await mentee.put(f"/sessions/{session_id}/feedback", feedback)).is_success
    await service.state.jobs.drain()
    return Told(service, pair, first, last, secret, partner_secret, session_id)


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


# Export


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield str(value)


async def test_the_export_has_all_that_the_person_told_and_nothing_of_the_partners_own(told: Told) -> None:
    reply = await told.pair.mentor.get("/me/export")
    assert reply.status_code == 200, reply.text
    export = reply.json()
    assert export["person"]["email"] == f"{told.last}@example.org".replace(told.last, told.last)
    assert export["person"]["avoid_topics"] == [f"{told.secret} layoffs"]
    [pair] = export["pairs"]
    assert (pair["you"], pair["partner"]) == ("mentor", "Martin Olsen")
    assert pair["private_note"] == f"I fear the {told.secret} review."
    assert [action["owner"] for action in pair["actions"]] == ["mentor"]
    assert [session["focus"] for session in pair["sessions"]] == [f"The {told.secret} forecast"]
    assert {agenda["prep"]["role"] for agenda in pair["agendas"]} == {"mentor"}
    assert len(pair["agendas"]) == 2
    [feedback] = export["feedback"]
    assert (feedback["to_change"], feedback["share_with_partner"]) == (f"No {told.secret}.", False)
    assert [comment["text"] for comment in feedback["comments"]] == [f"The {told.secret} chart.", f"No {told.secret}."]
    assert [token["status"] for token in export["tokens"]] == ["active"]
    assert [key["key"] for key in export["keys"]] == [f"key-{told.secret}"]
    assert told.partner_secret not in reply.text
    assert str(told.pair.mentor.token) not in reply.text
    assert not any(isinstance(leaf, str) and leaf.startswith("martin@") for leaf in leaves(export))


# What of a row is in no export, and why.
_NOT_EXPORTED = {
    "agenda.brief": "what is left out of it is what the partner asked to keep out",
    "agenda.prep_mentee": "the partner's own",
    "agenda.passage_ids": "passages of the library; those that are cited are in its sources",
    "agenda.program_id": "that of the person",
    "comment.id": "a number that leads nowhere else",
    "comment.vector": "numbers to compare texts with",
    "comment.reader": "the version of the program that read it",
    "comment.position": "the order in which they come",
    "feedback.author_id": "the person",
    "feedback.program_id": "that of the person",
    "feedback_summary.key": "a hash",
    "feedback_summary.program_id": "that of the person",
    "idempotency_key.request": "the call that every agenda is asked for by",
    "idempotency_key.token_id": "the person's token",
    "mentoring_session.revealed_at": "tells when the partner sent theirs",
    "mentoring_session.changes": "what calendars count by",
    "mentoring_session.changed_at": "what calendars count by",
    "pair.mentee_id": "the partner",
    "participant.erased_at": "there is no export after that",
    "private_note.participant_id": "the person",
    "token.hash": "a hash",
}
_HELD_IN = {
    "participant", "pair", "private_note", "mentoring_session", "action_item", "agenda", "feedback", "feedback_summary",
    "comment", "idempotency_key", "token",
}  # fmt: skip


async def test_every_column_that_says_something_of_a_person_is_in_their_export(told: Told) -> None:
    """Each value of the person's rows is found in the export, or the column is named above with the reason."""
    pair = told.pair
    # What the two shared makes a summary, which is kept as well.
    session_id = await pair.held(focus="Charts once more")
    for action in (await pair.mentor.get(f"/pairs/{pair.id}/actions")).json()["items"]:
        assert (await pair.mentor.patch(f"/actions/{action['id']}", {"done": True})).is_success
    for who in (pair.mentor, pair.mentee):
        assert (await who.put(f"/sessions/{session_id}/feedback", FEEDBACK)).is_success
    assert (await pair.mentor.get(f"/pairs/{pair.id}/feedback-summary")).json()["status"] == "ready"
    await told.service.state.jobs.drain()
    export = (await pair.mentor.get("/me/export")).json()
    said = set(leaves(export))
    person, missing = pair.mentor.id, set()
    async with told.service.state.store.read() as db:
        found = {
            name: (await db.execute(SQLModel.metadata.tables[name].select())).mappings().all() for name in _HELD_IN
        }
    tokens = {row["id"] for row in found["token"] if row["participant_id"] == person}
    own = {row["id"] for row in found["feedback"] if row["author_id"] == person}
    mine: dict[str, Callable[[Any], bool]] = {
        "participant": lambda row: row["id"] == person,
        "private_note": lambda row: row["participant_id"] == person,
        "action_item": lambda row: row["owner"] == "mentor",
        "feedback": lambda row: row["id"] in own,
        "comment": lambda row: row["feedback_id"] in own,
        "idempotency_key": lambda row: row["token_id"] in tokens,
        "token": lambda row: row["id"] in tokens,
    }
    for name, every in found.items():
        rows_of = [row for row in every if mine.get(name, lambda _: True)(row)]
        assert rows_of, name
        for row in rows_of:
            for column, value in row.items():
                if f"{name}.{column}" not in _NOT_EXPORTED:
                    missing |= {
                        (name, column, leaf) for leaf in leaves(shown(value)) if leaf.replace("+00:00", "Z") not in said
                    }
    assert missing == set()


def shown(value: Any) -> Any:
    """A value as JSON has it."""
    return json.loads(TypeAdapter(Any).dump_json(value))


async def test_the_export_of_the_partner_lacks_what_was_not_shared(told: Told) -> None:
    said = (await told.pair.mentee.get("/me/export")).text
    assert told.partner_secret in said
    for own in ("layoffs", "print", "review", "No " + told.secret, "Department"):
        assert f"{told.secret} {own}" not in said
        assert f"{own}" not in said or own in {"print", "review", "layoffs", "Department"}
    assert f"No {told.secret}" not in said
    assert f"{told.last}@example.org" not in said


async def test_only_a_person_has_an_export(told: Told) -> None:
    admin = await told.service.caller("admin")
    for who in (admin, told.pair.coordinator):
        assert_problem(await who.get("/me/export"), 403)


# Erasure


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


# Retention


async def test_people_of_a_program_that_ended_long_ago_are_erased_and_others_are_not(
    service: Service, admin: Caller
) -> None:
    old, kept, running = [await service.pair() for _ in range(3)]
    for pair, days in ((old, 366), (kept, 364)):
        at = (now() - timedelta(days=days)).isoformat()
        reply = await admin.patch(f"/programs/{pair.program_id}", {"closed_at": at})
        assert (reply.status_code, reply.json()["retention_days"]) == (200, 365)
    service.state.jobs.enqueue("retention")
    await service.state.jobs.drain()
    names = {}
    for pair in (old, kept, running):
        names[pair.id] = (await pair.coordinator.get(f"/pairs/{pair.id}")).json()["mentee"]["name"]
    assert list(names.values()) == ["Former participant", "Martin Olsen", "Martin Olsen"]

    assert (await admin.patch(f"/programs/{kept.program_id}", {"retention_days": 30})).status_code == 200
    assert (await admin.patch(f"/programs/{running.program_id}", {"retention_days": 0})).status_code == 200
    service.state.jobs.enqueue("retention")
    await service.state.jobs.drain()
    assert (await kept.coordinator.get(f"/pairs/{kept.id}")).json()["mentee"]["name"] == "Former participant"
    assert (await running.coordinator.get(f"/pairs/{running.id}")).json()["mentee"]["name"] == "Martin Olsen"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"retention_days": -1}, "retention_days"),
        ({"retention_days": 4_000}, "retention_days"),
        ({"closed_at": "2026-01-01T00:00:00"}, "closed_at"),
        ({"closed_at": "9999-12-31T23:59:59-14:00"}, "closed_at"),
        ({"closed_at": "0001-01-01T00:00:00+14:00"}, "closed_at"),
        ({"name": "New"}, "name"),
    ],
)
async def test_a_change_of_a_program_that_makes_no_sense_is_refused(
    pair: PairOfPeople, admin: Caller, body: Any, field: str
) -> None:
    reply = await admin.patch(f"/programs/{pair.program_id}", body)
    assert_problem(reply, 422)
    assert field in json.dumps(reply.json()["errors"])
    assert_problem(await pair.coordinator.patch(f"/programs/{pair.program_id}", {"retention_days": 1}), 403)


async def test_a_program_can_be_opened_again(pair: PairOfPeople, admin: Caller) -> None:
    path = f"/programs/{pair.program_id}"
    assert (await admin.patch(path, {"closed_at": now().isoformat(), "retention_days": 7})).json()["closed_at"]
    changed = (await admin.patch(path, {"closed_at": None, "retention_days": None})).json()
    assert (changed["closed_at"], changed["retention_days"]) == (None, 365)


def test_the_table_of_what_erasure_reaches_names_every_table() -> None:
    from coach.store.erasure import HOLD_NOBODY, REACHED

    assert set(SQLModel.metadata.tables) == REACHED | HOLD_NOBODY
