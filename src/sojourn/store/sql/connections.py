"""What both databases share: an engine's connections as runners."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sojourn.errors import Overloaded
from sojourn.store.sql.database import Prepared, Row, Runner


class InTransaction:
    """Everything on one open connection; nothing is seen by others before the transaction ends."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def rows(self, statement: Executable) -> Sequence[Row]:
        return (await self._connection.execute(statement)).all()

    async def change(self, statement: Executable) -> int:
        return (await self._connection.execute(statement)).rowcount

    async def returning(self, statement: Executable) -> Sequence[Row]:
        return (await self._connection.execute(statement)).all()

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        return (await self._connection.execute(prepared.statement, dict(values))).all()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[Runner]:
        yield self


class EngineDatabase:
    """Statements on connections of a pool, each in a transaction of its own. A database that is away is `Overloaded`."""

    def __init__(
        self, engine: AsyncEngine, *, reading: Mapping[str, object], writing: asyncio.Lock | None = None
    ) -> None:
        """`reading` are the execution options of a connection that only reads.

        `writing`, where given, lets one transaction of this process write at a time, in order of arrival.
        """
        self._engine = engine
        self._reading = engine.execution_options(**reading)
        self._writing = writing

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Runner]:
        if self._writing is None:
            async with self._begun() as runner:
                yield runner
        else:
            async with self._writing, self._begun() as runner:
                yield runner

    together = transaction

    @asynccontextmanager
    async def _begun(self) -> AsyncIterator[Runner]:
        try:
            async with self._engine.begin() as connection:
                yield InTransaction(connection)
        except IntegrityError:
            raise
        except (OperationalError, InterfaceError, PoolTimeout, ConnectionError) as error:
            raise Overloaded() from error
        except DBAPIError as error:
            if error.connection_invalidated or _is_refused_value(error):
                raise Overloaded() from error
            raise

    async def rows(self, statement: Executable) -> Sequence[Row]:
        try:
            async with self._reading.connect() as connection:
                return (await connection.execute(statement)).all()
        except (OperationalError, InterfaceError, PoolTimeout, ConnectionError) as error:
            raise Overloaded() from error

    async def change(self, statement: Executable) -> int:
        async with self.transaction() as runner:
            return await runner.change(statement)

    async def returning(self, statement: Executable) -> Sequence[Row]:
        async with self.transaction() as runner:
            return await runner.returning(statement)

    async def close(self) -> None:
        await self._engine.dispose()


def _is_refused_value(error: DBAPIError) -> bool:
    """A lock or statement deadline that ran out says so by its SQLSTATE class 55 or 57."""
    state: Any = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return isinstance(state, str) and state[:2] in ("40", "55", "57", "53", "08")
