"""A newer server on the database of an older one: it migrates when it starts, and signs nobody out."""

import sqlite3
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationStep
from alembic.script import ScriptDirectory
from playwright.async_api import BrowserContext
from sqlalchemy import create_engine

from sojourn.store.migrating import FOLDER, HEAD
from tests.ports import free_port
from tests.sdk.processes import server
from tests.sdk.python_apps import embedded, expect_signed_in, sign_up

FIRST = "0001"


async def test_a_server_that_migrates_at_its_start_signs_nobody_out(
    tmp_path: Path, device: BrowserContext, address: str
) -> None:
    with embedded(tmp_path / "app") as app:
        page = await device.new_page()
        await sign_up(page, app, address)
        await page.goto("about:blank")
        app.app.stop()
        database = app.data / "sojourn.db"
        _put_into_the_first_schema(database)
        assert _version(database) == FIRST
        app.app.start()
        assert _version(database) == HEAD
        await expect_signed_in(page, app, address)
        for cookie in [each for each in await device.cookies() if str(each.get("name")).startswith("__session")]:
            await device.clear_cookies(name=cookie.get("name"))
        await expect_signed_in(page, app, address)  # also by the session in the database alone


def test_a_server_refuses_a_database_that_is_newer_than_itself(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    running = server(free_port(), data)
    running.start()
    running.stop()
    with sqlite3.connect(data / "sojourn.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(AssertionError, match="ended at once") as refused:
        running.start()
    assert "newer" in str(refused.value)


def _version(database: Path) -> str:
    with sqlite3.connect(database) as opened:
        return opened.execute("SELECT version_num FROM alembic_version").fetchone()[0]


def _put_into_the_first_schema(database: Path) -> None:
    """The same rows in a database that only ever saw the first migration, as an older release would have left them."""
    newer = database.with_name("newer.db")
    with sqlite3.connect(database) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.rename(newer)
    for left in ("-wal", "-shm"):
        database.with_name(database.name + left).unlink(missing_ok=True)
    _run_first_migration(database)
    with sqlite3.connect(database) as opened:
        opened.execute("ATTACH ? AS newer", (str(newer),))
        tables = opened.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (table,) in tables:
            if table == "alembic_version":
                continue
            columns = ", ".join(f'"{row[1]}"' for row in opened.execute(f'PRAGMA table_info("{table}")'))
            opened.execute(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM newer."{table}"')


def _run_first_migration(database: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)

    def first(revision: object, _: object) -> list[MigrationStep]:
        return list(script._upgrade_revs(FIRST, revision))  # pyright: ignore[reportArgumentType, reportPrivateUsage]

    with (
        create_engine(f"sqlite:///{database}").begin() as connection,
        EnvironmentContext(config, script, fn=first) as environment,  # pyright: ignore[reportArgumentType]
    ):
        environment.configure(connection=connection)
        environment.run_migrations()
