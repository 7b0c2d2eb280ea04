"""PostgreSQL: hot reads run on the driver's own pool, everything else on the engine's."""

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Protocol, cast

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sojourn.errors import ConfigError, Overloaded
from sojourn.store import time_limit
from sojourn.store.circuit_breaker import Breaker
from sojourn.store.index_building import VALID, postgres_step
from sojourn.store.migrating import bring_up_to_date
from sojourn.store.postgres_connecting import AWAY, Connector, PostgresConnection, reason_of
from sojourn.store.sql.connections import EngineDatabase, Watch, nothing_has_it
from sojourn.store.sql.database import Prepared, Row

_POOL_SECONDS = 1.0
_CONNECT_SECONDS = 3.0
_PROBE_SECONDS = 1.0
_HOT_CONNECTIONS = 10
_LINING_UP = text("SELECT pg_advisory_xact_lock(hashtextextended(:line, 0))")


class _Pool(Protocol):
    def acquire(self) -> AbstractAsyncContextManager[PostgresConnection]: ...
    def terminate(self) -> None: ...
    async def close(self) -> None: ...


class PostgresDatabase(EngineDatabase):
    """A request waits at most five seconds in total, and does not wait at all while the database is known to hang
    (R-REL-03).
    """

    def __init__(self, url: str) -> None:
        """Raises: ConfigError for an invalid address."""
        self._connector = Connector(url)
        engine = create_async_engine(
            "postgresql+asyncpg://", async_creator=self._connect, pool_size=10, max_overflow=10, pool_timeout=_POOL_SECONDS,
            connect_args={"prepared_statement_name_func": self._statement_name},
        )  # fmt: skip
        super().__init__(engine, reading={"isolation_level": "AUTOCOMMIT"}, lining_up=_LINING_UP)
        event.listen(engine.sync_engine, "checkout", self._refuse_stale)
        self._pool: _Pool | None = None
        self._opening = asyncio.Lock()
        self._turns = asyncio.Semaphore(_HOT_CONNECTIONS)
        self._breaker = Breaker(self._probe, self._let_go)
        self._fresh_since = 0.0

    async def _connect(self, *_: object, **__: object) -> PostgresConnection:
        """A connection for either pool. Raises: Overloaded."""
        began = time.monotonic()
        try:
            with time_limit.spending() as left:
                return await self._connector.open(min(left, _CONNECT_SECONDS))
        except (TimeoutError, asyncio.CancelledError) as error:
            if (
                time.monotonic() - began >= _POOL_SECONDS
            ):  # a caller who cancelled at once says nothing about the database
                self._breaker.hung()
            if isinstance(error, TimeoutError):
                raise Overloaded() from error
            raise

    def _statement_name(self) -> str | None:
        """Behind a pooler statements have no names; None lets the driver choose one."""
        return "" if self._connector.is_pooled else None

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncGenerator[tuple[AsyncConnection, Watch], None]:
        self._breaker.check()
        async with engine.connect() as connection:
            opened = connection.sync_connection
            assert opened is not None
            yield connection, _Watching(cast("PostgresConnection", opened.connection.driver_connection), self._breaker)

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        self._breaker.check()
        try:
            pool = self._pool or await self._open_pool()
            with nothing_has_it():
                async with self._my_turn(), pool.acquire() as connection:
                    with _Watching(connection, self._breaker).limited():
                        return await connection.fetch(prepared.text, *prepared.arguments(values))
        except AWAY as error:
            raise Overloaded() from error
        return ()

    @asynccontextmanager
    async def _my_turn(self) -> AsyncGenerator[None, None]:
        """A connection of the hot pool, waiting up to the pool's time limit."""
        if self._turns.locked():
            with time_limit.spending() as left:
                async with asyncio.timeout(min(left, _POOL_SECONDS)):
                    await self._turns.acquire()
        else:
            await self._turns.acquire()
        try:
            yield
        finally:
            self._turns.release()

    async def _open_pool(self) -> _Pool:
        async with self._opening:
            if self._pool is None:
                opened = await asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType]
                    min_size=0, max_size=_HOT_CONNECTIONS, reset=_nothing_to_reset, connect=self._connect
                )
                self._pool = cast("_Pool", opened)
            return self._pool

    async def migrate(self) -> None:
        try:
            await self._connector.wait()
            await bring_up_to_date(self._engine, self._reading)
            self.built.are(str(row[0]) for row in await self.rows(text(VALID)))
        except Overloaded as error:
            reason = reason_of(error.__cause__)
            raise ConfigError(f"the database of SOJOURN_DATABASE_URL cannot be reached: {reason}") from error

    async def build(self) -> float | None:
        self.built.are(str(row[0]) for row in await self.rows(text(VALID)))
        if self.built.is_complete():
            return None
        opened: list[Any] = []
        try:
            for _ in range(2):
                opened.append(await self._connector.open(_CONNECT_SECONDS))
            connection, guard = opened
            if not self._connector.is_pooled:  # otherwise it would stay in effect for other users of the connection
                await connection.execute("SET statement_timeout = 0")
            async with guard.transaction():
                await guard.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                return await postgres_step(connection, guard, self.dialect, self.built)
        except (*AWAY, asyncpg.PostgresError) as error:
            raise Overloaded() from error
        finally:
            for open_connection in opened:
                open_connection.terminate()

    @asynccontextmanager
    async def _list(self, seconds: float) -> AsyncGenerator[tuple[AsyncConnection, Watch], None]:
        """The database itself ends a slow list; it responded, so this does not count as a hang."""
        async with self._connected(self._engine) as (connection, watch):
            with watch.limited():
                await connection.execute(text(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}"))
            yield connection, watch

    async def close(self) -> None:
        await self._breaker.close()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
        await super().close()

    # -- when it hangs

    async def _probe(self) -> None:
        connection = await self._connector.open(_PROBE_SECONDS)
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await connection.fetch("SELECT 1")
        finally:
            connection.terminate()

    def _let_go(self) -> None:
        """Close existing connections: they may hang forever, even when the database accepts new ones."""
        self._fresh_since = time.monotonic()
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    def _refuse_stale(self, _: object, record: Any, __: object) -> None:
        began: float = record.info.setdefault("sojourn_began", time.monotonic())
        if began < self._fresh_since:
            record.driver_connection.terminate()
            raise DisconnectionError()


class _Watching(Watch):
    """Closes a connection whose statement exceeds its time limit: the waiting caller then fails at once.

    Cancelling the wait instead would let the driver ask the same server to cancel, and wait for that.
    """

    def __init__(self, connection: PostgresConnection, breaker: Breaker) -> None:
        self._connection = connection
        self._breaker = breaker
        self._is_over = False

    @contextmanager
    def limited(self, *, at_least: float = 0.0) -> Generator[None, None, None]:
        with time_limit.spending(at_least=at_least) as left:
            ending = asyncio.get_running_loop().call_later(left, self._end)
            try:
                yield
                if not self._is_over:
                    self._breaker.answered()
            except BaseException as error:
                if self._is_over:
                    raise Overloaded() from error
                raise
            finally:
                ending.cancel()

    def _end(self) -> None:
        self._is_over = True
        self._connection.terminate()
        self._breaker.hung()


async def _nothing_to_reset(_: PostgresConnection) -> None:
    """Hot reads leave nothing behind on their connection; the default would cost a round trip per read."""
