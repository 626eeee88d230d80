from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from coach.errors import InvalidInput
from coach.models import Pair, Program, Token
from coach.settings import Settings
from coach.store import Store
from coach.store.tokens import AccessRole, find_token, issue_token


async def test_an_issued_token_is_found_with_its_role_and_scope(store: Store, pair: Pair) -> None:
    async with store.write() as db:
        tokens = [
            await issue_token(db, "admin"),
            await issue_token(db, "coordinator", program_id=pair.program_id),
            await issue_token(db, "participant", participant_id=pair.mentor_id),
            await issue_token(db, "participant", participant_id=pair.mentee_id, program_id=pair.program_id),
        ]
    async with store.read() as db:
        rows = [await find_token(db, token) for token in tokens]
    assert [(row.role, row.program_id, row.participant_id) for row in rows if row] == [
        ("admin", None, None),
        ("coordinator", pair.program_id, None),
        ("participant", pair.program_id, pair.mentor_id),
        ("participant", pair.program_id, pair.mentee_id),
    ]


async def test_no_two_tokens_are_alike_and_each_is_long(store: Store) -> None:
    async with store.write() as db:
        tokens = {await issue_token(db, "admin") for _ in range(20)}
    assert len(tokens) == 20
    assert min(len(token.removeprefix("coach_")) for token in tokens) >= 43  # 256 bits in base 64


async def test_a_token_that_nobody_was_given_finds_nothing(store: Store) -> None:
    async with store.write() as db:
        token = await issue_token(db, "admin")
    async with store.read() as db:
        kept = (await db.execute(select(Token.hash))).scalar_one()
        for guess in ("", "coach_", token[:-1], token + "x", token.upper(), kept, "' OR 1=1 --"):
            assert await find_token(db, guess) is None


async def test_the_files_of_the_database_do_not_hold_the_token(sqlite_settings: Settings) -> None:
    store = Store(sqlite_settings)
    async with store.write() as db:
        token = await issue_token(db, "admin")
        kept = (await db.execute(select(Token.hash))).scalar_one()

    def bytes_on_disk(folder: Path) -> bytes:
        return b"".join(file.read_bytes() for file in folder.iterdir())

    # Open, the rows are in the write-ahead log; closed, they are in the file.
    for _ in range(2):
        found = bytes_on_disk(sqlite_settings.data_dir)
        assert kept.encode() in found
        assert token.encode() not in found
        assert token.removeprefix("coach_").encode() not in found
        await store.close()


@pytest.mark.postgres
async def test_the_rows_of_the_server_do_not_hold_the_token(postgres_store: Store) -> None:
    async with postgres_store.write() as db:
        token = await issue_token(db, "admin")
    async with postgres_store.read() as db:
        row = (await db.execute(text("SELECT token::text FROM token"))).scalar_one()
    assert token.removeprefix("coach_") not in row


@pytest.mark.parametrize(
    ("role", "scope", "field"),
    [
        ("coordinator", {}, "program_id"),
        ("coordinator", {"program_id": "unknown"}, "program_id"),
        ("coordinator", {"program_id": "OWN", "participant_id": "MENTOR"}, "participant_id"),
        ("participant", {}, "participant_id"),
        ("participant", {"participant_id": "unknown"}, "participant_id"),
        ("participant", {"program_id": "OWN"}, "participant_id"),
        ("participant", {"participant_id": "MENTOR", "program_id": "OTHER"}, "program_id"),
        ("admin", {"program_id": "OWN"}, "role"),
        ("admin", {"participant_id": "MENTOR"}, "role"),
    ],
)
async def test_a_scope_that_does_not_fit_its_role_is_refused(
    store: Store, pair: Pair, role: AccessRole, scope: dict[str, str], field: str
) -> None:
    async with store.write() as db:
        other = Program(name="Another program")
        db.add(other)
    ids = {"OWN": pair.program_id, "OTHER": other.id, "MENTOR": pair.mentor_id}
    given: Any = {key: ids.get(value, value) for key, value in scope.items()}
    with pytest.raises(InvalidInput) as refused:
        async with store.write() as db:
            await issue_token(db, role, **given)
    assert refused.value.field == field
    async with store.read() as db:
        assert (await db.execute(select(Token))).all() == []
