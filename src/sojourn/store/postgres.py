"""PostgreSQL: hot reads run on the driver's own pool, everything else on the engine's."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from sojourn.errors import ConfigError, Overloaded
from sojourn.store.migrating import bring_up_to_date
from sojourn.store.sql.connections import EngineDatabase, nothing_has_it
from sojourn.store.sql.database import Prepared, Row

_DEADLINE_SECONDS = 5
_CONNECT_SECONDS = 0.9
_HOT_CONNECTIONS = 10
_SETTINGS = {
    "application_name": "sojourn",
    "statement_timeout": str(_DEADLINE_SECONDS * 1000),
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "15000",
}
_CONNECTING: Mapping[str, Any] = {
    "timeout": _CONNECT_SECONDS,
    "command_timeout": _DEADLINE_SECONDS + 1,
    "server_settings": _SETTINGS,
}
_LINING_UP = text("SELECT pg_advisory_xact_lock(hashtextextended(:line, 0))")

_AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, deadline over
    asyncpg.InsufficientResourcesError,
)


class _Connection(Protocol):
    """What is used of the driver, which has no types of its own."""

    async def fetch(self, query: str, *args: object) -> Sequence[Row]: ...


class _Pool(Protocol):
    def acquire(self, *, timeout: float) -> AbstractAsyncContextManager[_Connection]: ...
    async def close(self) -> None: ...


class PostgresDatabase(EngineDatabase):
    def __init__(self, url: str) -> None:
        self._url = url
        engine = create_async_engine(
            "postgresql+asyncpg://", async_creator=self._connect, pool_size=10, max_overflow=10, pool_timeout=0.9
        )
        super().__init__(engine, reading={"isolation_level": "AUTOCOMMIT"}, lining_up=_LINING_UP)
        self._pool: _Pool | None = None
        self._opening = asyncio.Lock()

    async def _connect(self) -> _Connection:
        """Raises: Overloaded."""
        try:
            opened = await asyncpg.connect(self._url, **_CONNECTING)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            return cast("_Connection", opened)
        except (*_AWAY, asyncpg.PostgresError) as error:
            raise Overloaded() from error

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        pool = self._pool or await self._open_pool()
        try:
            with nothing_has_it():
                async with pool.acquire(timeout=_CONNECT_SECONDS) as connection:
                    return await connection.fetch(prepared.text, *prepared.arguments(values))
        except _AWAY as error:
            raise Overloaded() from error
        return ()

    async def _open_pool(self) -> _Pool:
        async with self._opening:
            if self._pool is None:
                try:
                    opened = await asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType]
                        self._url, min_size=1, max_size=_HOT_CONNECTIONS, reset=_nothing_to_reset, **_CONNECTING
                    )
                    self._pool = cast("_Pool", opened)
                except (*_AWAY, asyncpg.PostgresError) as error:
                    raise Overloaded() from error
            return self._pool

    async def migrate(self) -> None:
        try:
            await bring_up_to_date(self._engine)
        except Overloaded as error:
            raise ConfigError(f"the database of SOJOURN_DATABASE_URL cannot be reached: {error.__cause__}") from error

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
        await super().close()


async def _nothing_to_reset(_: _Connection) -> None:
    """Hot reads leave nothing behind on their connection; the default would cost a round trip per read."""
