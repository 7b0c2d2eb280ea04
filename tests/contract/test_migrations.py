"""Migrations go forward only; a schema made at once is the schema that the files make."""

import asyncio
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sojourn.errors import ConfigError
from sojourn.ids import InstanceId
from sojourn.store import migrating
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.store.sql.connections import EngineDatabase
from sojourn.testing.databases import PostgresServer

from .values import a_user

_numbers = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_urls(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """Two databases of one kind, without a schema."""
    names = [f"empty_{next(_numbers)}" for _ in range(2)]
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path}/{name}.db" for name in names]
    server: PostgresServer = request.getfixturevalue("postgres")
    return [await server.make_database(name) for name in names]


@pytest.fixture
def empty_url(empty_urls: list[str]) -> str:
    return empty_urls[0]


def _database(store: Store) -> EngineDatabase:
    return cast("EngineDatabase", store._database)  # type: ignore[attr-defined]


def _schema(connection: Connection) -> Mapping[str, object]:
    seen = inspect(connection)
    return {
        table: {
            "columns": {
                each["name"]: (str(each["type"]), each["nullable"], each["default"]) for each in seen.get_columns(table)
            },
            "primary key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": {each["name"]: each["column_names"] for each in seen.get_unique_constraints(table)},
            "indexes": {each["name"]: (each["column_names"], each["unique"]) for each in seen.get_indexes(table)},
            "foreign keys": [
                (each["constrained_columns"], each["referred_table"], each["referred_columns"], each.get("options"))
                for each in seen.get_foreign_keys(table)
            ],
        }
        for table in seen.get_table_names()
    }


async def test_the_files_make_the_schema_that_a_first_start_makes(empty_urls: list[str]) -> None:
    step_by_step, first_start = map(open_store, empty_urls)
    async with _database(step_by_step)._engine.begin() as connection:
        await connection.run_sync(migrating.run_files)
    while await step_by_step.build() is not None:
        pass
    async with _database(step_by_step)._engine.connect() as connection:
        by_files = await connection.run_sync(_schema)
    await first_start.migrate()
    async with _database(first_start)._engine.connect() as connection:
        at_once = await connection.run_sync(_schema)
    await step_by_step.close()
    await first_start.close()
    assert by_files == at_once
    assert len(at_once) > 10


async def test_every_table_carries_its_instance(store: Store) -> None:  # R-AUZ-02
    async with _database(store)._engine.connect() as connection:
        schema = await connection.run_sync(_schema)
    for table, parts in schema.items():
        # FTS5 keeps its index in tables of its own, by the rows of `user_texts`, which carry it
        if table not in ("alembic_version", "instances") and not table.startswith("user_search"):
            assert "instance_id" in cast("dict[str, dict[str, object]]", parts)["columns"], table


def test_the_head_is_the_newest_file() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating.FOLDER))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [migrating.HEAD]


async def test_a_database_from_the_files_needs_nothing_more(empty_url: str, instance_id: InstanceId) -> None:
    store = open_store(empty_url)
    async with _database(store)._engine.begin() as connection:
        await connection.run_sync(migrating.run_files)
    await store.migrate()
    await store.migrate()
    user = a_user(instance_id, "ada@example.com")
    await store.users.create(user)
    assert await store.users.find(instance_id, user.id) == user
    await store.close()


async def test_a_newer_database_is_refused_in_one_line(empty_url: str) -> None:
    store = open_store(empty_url)
    await store.migrate()
    await _database(store).change(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="newer") as refused:
        await store.migrate()
    assert "\n" not in refused.value.long_message
    async with _database(store)._engine.connect() as connection:
        assert await connection.run_sync(migrating.current_version) == "9999"
    await store.close()


async def open_and_migrate(url: str) -> None:
    node = open_store(url)
    await node.migrate()
    await node.close()


async def test_two_nodes_that_start_at_once_make_one_schema(empty_url: str, instance_id: InstanceId) -> None:
    nodes = [open_store(empty_url) for _ in range(4)]
    await asyncio.gather(*[asyncio.to_thread(asyncio.run, open_and_migrate(empty_url)) for _ in range(8)])
    await asyncio.gather(*[node.migrate() for node in nodes])
    for node in nodes:
        await node.users.create(a_user(instance_id))
        await node.close()
