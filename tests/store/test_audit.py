"""The audit is only added to, and shows what was changed in it or taken out of it."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from coach.errors import StoreError
from coach.models import AuditLine, Program
from coach.settings import Settings
from coach.store import Store
from coach.store.audit import record, verify


async def add(store: Store, count: int, who: str = "token1") -> None:
    for number in range(count):
        async with store.write() as db:
            await record(db, who, "pair.change", pair_id=f"pair{number}")


_COPY = "INSERT INTO audit_line SELECT {seq}, at, who, action, ids, hash FROM audit_line WHERE seq = 6"


async def as_intruder(store: Store, *statements: str) -> None:
    """Somebody with all rights over the database takes away what stands in the way."""
    async with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("changed", "removed"):
                await connection.execute(text(f"DROP TRIGGER audit_line_is_never_{name}"))
        else:
            await connection.execute(text("DROP TRIGGER audit_line_is_never_changed ON audit_line"))
        for statement in statements:
            await connection.execute(text(statement))


async def test_lines_that_nobody_touched_are_in_order(store: Store) -> None:
    assert (await verify(store)).findings == ()
    await add(store, 5)
    verdict = await verify(store)
    assert (verdict.findings, verdict.last_seq, len(verdict.last_hash)) == ((), 5, 64)
    async with store.read() as db:
        lines = (await db.execute(select(AuditLine).order_by(AuditLine.seq))).scalars().all()  # type: ignore[arg-type]
    assert [(line.seq, line.who, line.action) for line in lines] == [(n, "token1", "pair.change") for n in range(1, 6)]
    assert lines[4].ids == {"pair_id": "pair4"}


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_line SET who = 'another' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET action = 'pair.delete' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET ids = '{}' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET at = '2020-01-01 00:00:00.000000' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET hash = 'x' WHERE seq = 3", "Line 3 was changed"),
        ("DELETE FROM audit_line WHERE seq = 3", "Line 3 is missing."),
        ("DELETE FROM audit_line WHERE seq IN (2, 3)", "Lines 2 to 3 are missing."),
        ("DELETE FROM audit_line WHERE seq = 1", "Line 1 is missing."),
        ("DELETE FROM audit_line WHERE seq = 6", "Line 6 is missing."),
        ("DELETE FROM audit_line WHERE seq > 3", "Lines 4 to 6 are missing."),
        ("DELETE FROM audit_line", "Lines 1 to 6 are missing."),
        ("DELETE FROM audit_head", "The row that tells the last line is missing."),
        ("UPDATE audit_head SET hash = 'x'", "Line 6 is not the one that was written last."),
        ("UPDATE audit_line SET ids = '[1]' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET ids = 'null' WHERE seq = 3", "Line 3 was changed"),
        ("UPDATE audit_line SET seq = 9 WHERE seq = 6", "Line 9 was put in by another hand"),
        (_COPY.format(seq=7), "Line 7 was put in by another hand"),
        (_COPY.format(seq=0), "Line 0 was put in by another hand"),
    ],
)
async def test_what_was_changed_or_removed_or_put_in_is_found(store: Store, statement: str, finding: str) -> None:
    await add(store, 6)
    await as_intruder(store, statement)
    findings = (await verify(store)).findings
    assert any(found.startswith(finding) for found in findings), findings
    assert len(findings) <= 2


@pytest.mark.parametrize("column", ["at = 'yesterday'", "ids = 'no json'", "who = x'00'", "action = 7"])
async def test_a_line_that_cannot_be_read_any_more_is_named(sqlite_store: Store, column: str) -> None:
    await add(sqlite_store, 6)
    await as_intruder(sqlite_store, f"UPDATE audit_line SET {column} WHERE seq = 3")
    assert (await verify(sqlite_store)).findings == ("Line 3 was changed, or does not follow the line before it.",)


async def test_lines_that_are_written_while_the_audit_is_read_are_no_finding(store: Store) -> None:
    await add(store, 3)
    writing = asyncio.create_task(add(store, 40))
    verdicts = await asyncio.gather(*(verify(store) for _ in range(20)))
    await writing
    assert [verdict.findings for verdict in verdicts] == [()] * 20


async def test_a_chain_that_was_written_anew_does_not_fit_a_line_that_was_kept(store: Store) -> None:
    await add(store, 3)
    kept = await verify(store)
    await add(store, 2)
    assert (await verify(store, (kept.last_seq, kept.last_hash))).findings == ()
    await as_intruder(store, "DELETE FROM audit_line", "UPDATE audit_head SET seq = 0, hash = ''")
    await add(store, 5, who="forger")
    assert (await verify(store)).findings == ()
    [finding] = (await verify(store, (kept.last_seq, kept.last_hash))).findings
    assert finding.startswith("Line 3 is not the one that was kept")


@pytest.mark.parametrize("statement", ["UPDATE audit_line SET who = 'x'", "DELETE FROM audit_line"])
async def test_the_database_itself_refuses_to_change_a_line(store: Store, statement: str) -> None:
    await add(store, 2)
    with pytest.raises(DBAPIError, match="never changed"):
        async with store.engine.begin() as connection:
            await connection.execute(text(statement))
    assert (await verify(store)).findings == ()


async def test_a_line_is_there_only_if_what_it_tells_was_done(store: Store) -> None:
    with pytest.raises(RuntimeError):
        async with store.write() as db:
            db.add(Program(name="never"))
            await record(db, "token1", "program.create", program_id="p")
            raise RuntimeError
    verdict = await verify(store)
    assert (verdict.findings, verdict.last_seq) == ((), 0)


async def test_lines_that_are_written_at_once_form_one_chain(store: Store) -> None:
    await asyncio.gather(*(add(store, 5, who=f"token{n}") for n in range(6)))
    verdict = await verify(store)
    assert (verdict.findings, verdict.last_seq) == ((), 30)


async def test_processes_that_write_in_turn_form_one_chain(store: Store, database: Settings) -> None:
    other = Store(database)
    for _ in range(3):
        await add(store, 2, who="here")
        await add(other, 2, who="there")
    await other.close()
    verdict = await verify(store)
    assert (verdict.findings, verdict.last_seq) == ((), 12)


async def test_what_was_undone_is_no_part_of_the_chain(store: Store) -> None:
    await add(store, 1)
    with pytest.raises(RuntimeError):
        async with store.write() as db:
            await record(db, "undone", "pair.change", pair_id="p")
            raise RuntimeError
    await add(store, 2)
    verdict = await verify(store)
    assert (verdict.findings, verdict.last_seq) == ((), 3)


async def test_a_long_chain_is_read_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.store.audit._BATCH", 3)
    await add(store, 9)
    assert (await verify(store)).last_seq == 9
    await as_intruder(store, "DELETE FROM audit_line WHERE seq = 4")
    assert (await verify(store)).findings == ("Line 4 is missing.",)


@pytest.mark.parametrize("content", ["I fear my boss", "", "a" * 65, "é", "a\nb"])
async def test_content_does_not_get_in(store: Store, content: str) -> None:
    with pytest.raises((ValueError, StoreError)):
        async with store.write() as db:
            await record(db, "token1", "note.write", pair_id=content)
    assert (await verify(store)).last_seq == 0
