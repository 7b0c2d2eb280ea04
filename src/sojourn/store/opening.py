"""Opens the store for a database URL, and imports its driver only then."""

from pathlib import Path

from sojourn.errors import ConfigError
from sojourn.store.interface import Store
from sojourn.store.sql.store import SqlStore


def open_store(database_url: str) -> Store:
    """`sqlite:///path` (relative) or `sqlite:////path` (absolute), or `postgresql://…`. Raises: ConfigError."""
    scheme = database_url.partition("://")[0]
    if scheme == "sqlite":
        from sojourn.store.sqlite import SqliteDatabase

        path = database_url.removeprefix("sqlite:///")
        if not path or path == database_url or path.startswith(":memory:"):
            raise ConfigError("SOJOURN_DATABASE_URL must name a file: sqlite:///folder/sojourn.db")
        return SqlStore(SqliteDatabase(Path(path)))
    if scheme.partition("+")[0] in ("postgresql", "postgres"):
        from sojourn.store.postgres import PostgresDatabase

        return SqlStore(PostgresDatabase(database_url))
    raise ConfigError("SOJOURN_DATABASE_URL must start with sqlite:/// or postgresql://")
