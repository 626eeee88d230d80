import asyncio
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, create_engine, inspect, text
from sqlmodel import SQLModel, select

from coach.errors import StoreOutdated, StoreUnavailable
from coach.models import MentoringSession, Program
from coach.settings import Settings
from coach.store import Store
from coach.store.engine import alembic_config, current_revision, head_revision, upgrade
from tests.store.another_process import finish, start


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def downgrade(connection: Connection) -> None:
    command.downgrade(alembic_config(connection), "base")


async def test_migrations_run_up_from_nothing_down_to_nothing_and_up_again(empty_database: Settings) -> None:
    store = Store(empty_database)
    await store.migrate()
    async with store.engine.connect() as connection:
        assert await connection.run_sync(tables) == set(SQLModel.metadata.tables)
    async with store.engine.begin() as connection:
        await connection.run_sync(downgrade)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(tables) == set()
        assert await connection.run_sync(current_revision) is None
    await store.migrate()
    await store.check()
    await store.close()


async def test_the_way_down_is_open_with_rows_in_the_tables(store: Store, meeting: MentoringSession) -> None:
    async with store.engine.begin() as connection:
        await connection.run_sync(downgrade)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(tables) == set()


async def test_the_migrated_schema_equals_the_models(empty_database: Settings) -> None:
    def differences(connection: Connection) -> object:
        def differs(_: object, __: object, column: Column[Any], found: str | None, ___: object, due: str | None) -> Any:
            # PostgreSQL has no equality of JSON: such defaults are compared as they are written.
            if not isinstance(column.type, JSON):
                return None
            return (found or "").removesuffix("::json").strip("'") != (due or "").strip("'")

        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": differs})
        return compare_metadata(context, SQLModel.metadata)

    store = Store(empty_database)
    await store.migrate()
    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await store.close()


async def test_every_constraint_and_index_is_named_by_the_convention(store: Store) -> None:
    def misnamed(connection: Connection) -> list[str]:
        inspector, found = inspect(connection), []
        for table in tables(connection):
            key = inspector.get_pk_constraint(table)
            named = [(key["name"], f"pk_{table}")]
            for foreign in inspector.get_foreign_keys(table):
                named.append((foreign["name"], f"fk_{table}_{'_'.join(foreign['constrained_columns'])}"))
            for unique in inspector.get_unique_constraints(table):
                named.append((unique["name"], f"uq_{table}_{'_'.join(unique['column_names'])}"))
            for index in inspector.get_indexes(table):
                if "duplicates_constraint" not in index:
                    named.append((index["name"], f"ix_{table}_{'_'.join(map(str, index['column_names']))}"))
            found += [f"{name} should be {due}" for name, due in named if name != due]
        return found

    async with store.engine.connect() as connection:
        assert await connection.run_sync(misnamed) == []


async def test_migrating_again_keeps_what_is_stored(store: Store) -> None:
    async with store.write() as db:
        db.add(Program(name="kept"))
    await store.migrate()
    await store.migrate()
    async with store.read() as db:
        assert (await db.execute(select(Program.name))).scalars().all() == ["kept"]


def test_processes_that_migrate_at_once_do_not_disturb_each_other(empty_database: Settings) -> None:
    processes = [start("migrate", empty_database) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        finish(process, within=30)

    async def check() -> None:
        store = Store(empty_database)
        await store.check()
        await store.close()

    asyncio.run(check())


def test_two_stores_of_one_process_can_migrate_at_once(empty_database: Settings) -> None:
    # In a process of its own, since a deadlock would hold up every test after this one.
    finish(start("migrate_with_two_stores", empty_database), within=20)


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(StoreOutdated, match="from-the-future"):
        await store.migrate()
    async with store.engine.connect() as connection:
        assert await connection.run_sync(current_revision) == "from-the-future"
        assert await connection.run_sync(tables) == set(SQLModel.metadata.tables)
    with pytest.raises((StoreOutdated, StoreUnavailable)):
        await store.check()


async def test_the_check_passes_on_a_migrated_database(store: Store) -> None:
    await store.check()


async def test_the_check_of_an_empty_database_says_what_to_run(empty_database: Settings) -> None:
    empty_database.data_dir.mkdir()
    store = Store(empty_database)
    with pytest.raises(StoreUnavailable, match="coach migrate"):
        await store.check()
    await store.close()


async def test_a_failed_migration_leaves_nothing_behind(empty_database: Settings) -> None:
    def fail_midway(connection: Connection) -> None:
        upgrade(connection)
        raise RuntimeError

    empty_database.data_dir.mkdir()
    store = Store(empty_database)
    with pytest.raises(RuntimeError):
        async with store.engine.begin() as connection:
            await connection.run_sync(fail_midway)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await store.migrate()
    await store.close()


def test_the_newest_file_is_the_one_newest_revision() -> None:
    with create_engine("sqlite://").connect() as connection:
        revisions = ScriptDirectory.from_config(alembic_config(connection))
    assert revisions.get_heads() == [head_revision()]


def test_sessions_planned_before_changes_were_counted_have_none() -> None:
    with create_engine("sqlite://").connect() as connection:
        upgrade(connection, "0002")
        columns = "id, pair_id, number, scheduled_at, minutes, status, created_at"
        connection.execute(
            text(f"INSERT INTO mentoring_session ({columns}) VALUES ('s', 'p', 1, '2026-12-03', 60, 'planned', '')")
        )
        upgrade(connection)
        found = connection.execute(text("SELECT changes, changed_at FROM mentoring_session")).one()
    assert tuple(found) == (0, None)
