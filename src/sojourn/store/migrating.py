"""Schema migrations: numbered, forward-only files that ship in the package."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from sojourn.errors import ConfigError
from sojourn.store.sql.connections import refusing
from sojourn.store.sql.late_indexes import make_at_once
from sojourn.store.sql.rows import metadata

FOLDER = Path(__file__).parent / "migrations"
HEAD = "0023"
"""The newest migration of this release; a test compares it with the folder."""

_TAKING_ITS_TIME = text("SET LOCAL statement_timeout = 0")
_ONE_MIGRATES = text("SELECT pg_advisory_xact_lock(7307317)")


async def bring_up_to_date(engine: AsyncEngine, reading: AsyncEngine) -> None:
    """Run the pending migrations. `reading` opens no transaction, so that a process starts while another one writes.

    Raises: ConfigError if the database is newer than this code, Overloaded.
    """
    with refusing():
        async with reading.connect() as connection:
            version = await connection.run_sync(current_version)
        if version == HEAD:
            return
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)


def current_version(connection: Connection) -> str | None:
    """The newest migration applied to this database; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKING_ITS_TIME)
        connection.execute(_ONE_MIGRATES)
    version = current_version(
        connection
    )  # check again: another node may have migrated while this one waited for the lock
    if version == HEAD:
        return
    if version is None:
        _create(connection)
    elif version < HEAD:
        run_files(connection)
    else:
        raise ConfigError(f"the database is newer ({version}) than this release ({HEAD}): upgrade Sojourn")


def _create(connection: Connection) -> None:
    """Create the schema that results from all migrations, for a fast first start.

    A test compares it with the migrations.
    """
    metadata.create_all(connection, checkfirst=False)
    make_at_once(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)").bindparams(head=HEAD))


def run_files(connection: Connection, *, to: str = "head") -> None:
    """Apply every pending migration in order, up to and including number `to`."""
    # imported here: only a process that finds an old schema needs it
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationStep
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def missing(revision: object, _: object) -> list[MigrationStep]:
        return list(script._upgrade_revs(to, revision))  # pyright: ignore[reportArgumentType]

    with EnvironmentContext(config, script, fn=missing) as environment:  # pyright: ignore[reportArgumentType]
        environment.configure(connection=connection)
        environment.run_migrations()
