"""What a person may ask of us: all that is held on them, and nothing of the partner's own."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest_asyncio
from pydantic import TypeAdapter
from sqlmodel import SQLModel

from coach.retrieval.search import Search
from tests.api.conftest import FEEDBACK, Serve, assert_problem
from tests.api.telling import Told, tell_everything


@pytest_asyncio.fixture
async def told(serve: Serve, fragile_search: Search) -> Told:
    return await tell_everything(serve, fragile_search)


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
