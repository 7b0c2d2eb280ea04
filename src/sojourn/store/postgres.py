"""PostgreSQL: hot reads run on the driver's own pool, everything else on the engine's."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from sojourn.errors import ConfigError, Overloaded
from sojourn.store.migrating import migrate_sync
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.database import Prepared, Row

_DEADLINE_SECONDS = 5
_SETTINGS = {
    "statement_timeout": str(_DEADLINE_SECONDS * 1000),
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "15000",
}


class PostgresDatabase(EngineDatabase):
    def __init__(self, url: str) -> None:
        chosen = make_url(url)
        engine = create_async_engine(
            chosen.set(drivername="postgresql+asyncpg"),
            pool_size=10,
            max_overflow=10,
            pool_timeout=1,
            pool_pre_ping=False,
            connect_args={"server_settings": _SETTINGS, "timeout": 1},
        )
        super().__init__(engine, reading={"isolation_level": "AUTOCOMMIT"})
        self._url = chosen.set(drivername="postgresql").render_as_string(hide_password=False)
        self._shown = chosen.render_as_string(hide_password=True)
        self._pool: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        pool = self._pool or await self._open_pool()
        try:
            return await pool.fetch(prepared.text, *[values[name] for name in prepared.names])
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as error:
            raise Overloaded() from error
        except asyncpg.QueryCanceledError as error:
            raise Overloaded() from error

    async def _open_pool(self) -> "asyncpg.Pool[Any]":
        async with self._opening:
            if self._pool is None:
                try:
                    self._pool = await asyncpg.create_pool(
                        self._url, min_size=1, max_size=10, timeout=1, command_timeout=_DEADLINE_SECONDS,
                        server_settings=_SETTINGS,
                    )  # fmt: skip
                except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                    raise Overloaded() from error
            return self._pool

    async def migrate(self) -> None:
        try:
            await migrate_sync(self._engine)
        except (OSError, TimeoutError, Overloaded, asyncpg.PostgresError) as error:
            raise ConfigError(f"the database {self._shown} cannot be reached: {error}") from error

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
        await super().close()
