"""Bringing a schema up to date: numbered files that only go forward, shipped inside the package."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from sojourn.errors import ConfigError

FOLDER = Path(__file__).parent / "migrations"
HEAD = "0001"
"""The newest migration of this release; a test holds it against the folder."""


async def migrate_sync(engine: AsyncEngine) -> None:
    """Run what is missing. Raises: ConfigError when the database is newer than this code."""
    async with engine.connect() as connection:
        version = await connection.run_sync(current_version)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise ConfigError(f"the database is newer ({version}) than this release ({HEAD}): upgrade Sojourn")
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def current_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    try:
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    except OperationalError:
        return None
    return str(row[0]) if row else None


def _upgrade(connection: Connection) -> None:
    # imported here: only a process that finds an old schema pays for it
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7307317)"))  # of several nodes, one migrates
    if current_version(connection) == HEAD:
        return
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(
        config, script, fn=lambda revision, _: script._upgrade_revs("head", revision)
    ) as environment:  # pyright: ignore[reportPrivateUsage, reportArgumentType, reportUnknownLambdaType]
        environment.configure(connection=connection)
        environment.run_migrations()
