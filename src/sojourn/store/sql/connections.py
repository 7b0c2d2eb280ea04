"""Runners on the connections of an SQLAlchemy engine, shared by both databases."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)

from sqlalchemy import Dialect, Executable, TextClause
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sojourn.errors import FieldFormat, Overloaded
from sojourn.store import time_limit
from sojourn.store.sql import instance_wall
from sojourn.store.sql.database import Prepared, Row, Transaction, Values
from sojourn.store.sql.late_indexes import Built

_PASSING = ("08", "25006", "25P03", "40", "53", "55", "57")
"""SQLSTATE classes of transient errors: no connection, a standby, a deadlock, no resources, a lock or statement
timeout.
"""

_UNDOING_SECONDS = 0.5

_ANSWER_SECONDS = 0.3
"""The part of the caller's deadline reserved for reporting a timeout."""

_NO_SUCH_TEXT = "22021"
"""SQLSTATE of a text that the database's encoding cannot represent, such as one with a NUL."""


@contextmanager
def refusing() -> Generator[None, None, None]:
    """Convert driver errors: a database that is unreachable, locked, full or too slow raises Overloaded (503), so
    nothing is allowed (R-REL-03). A text that it cannot store raises FieldFormat.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise Overloaded() from error
    except (DBAPIError, UnicodeEncodeError) as error:
        if _is_unstorable(error):
            raise FieldFormat("A text holds characters that cannot be stored.") from error
        if isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error.orig).startswith(_PASSING)):
            raise Overloaded() from error
        raise


@contextmanager
def nothing_has_it() -> Generator[None, None, None]:
    """A read by a text that cannot be stored finds nothing instead of failing (R-INP-07)."""
    try:
        yield
    except Exception as error:
        if not _is_unstorable(error):
            raise


def _is_unstorable(error: BaseException | None) -> bool:
    """Both drivers encode text only on execution, and SQLAlchemy wraps the error."""
    while error is not None:
        if isinstance(error, UnicodeEncodeError) or _state(error) == _NO_SUCH_TEXT:
            return True
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__
    return False


def _state(error: BaseException | None) -> str:
    found = getattr(error, "sqlstate", None)
    return found if isinstance(found, str) else ""


class Watch:
    """Limits the duration of statements on one connection; this one sets no limit."""

    def limited(self, *, at_least: float = 0.0) -> AbstractContextManager[None]:
        """Bounds the time of the statements inside and raises Overloaded. Never bounds a commit: once sent, its result is awaited.

        `at_least` are seconds for what must still be tried when no time is left, such as a rollback.
        """
        return nullcontext()


class InTransaction:
    """Runs all statements in one open transaction; other connections see the changes after the commit."""

    def __init__(self, connection: AsyncConnection, lining_up: TextClause | None, watch: Watch | None = None) -> None:
        self._connection = connection
        self._lining_up = lining_up
        self._watch = watch or Watch()
        self._waiting: list[Callable[[], Awaitable[None]]] = []

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    @property
    def is_transaction(self) -> bool:
        return True

    async def rows(self, statement: Executable) -> Sequence[Row]:
        with refusing(), self._watch.limited():
            return (await self._connection.execute(statement)).all()

    listed = rows

    async def change(self, statement: Executable, values: Values = None) -> int:
        with refusing(), self._watch.limited():
            return (await self._connection.execute(statement, values)).rowcount

    async def returning(self, statement: Executable, values: Values = None) -> Sequence[Row]:
        with refusing(), self._watch.limited():
            return (await self._connection.execute(statement, values)).all()

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        with refusing(), self._watch.limited():
            return (await self._connection.execute(prepared.statement, dict(values))).all()

    async def put(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        with refusing(), self._watch.limited():
            result = await self._connection.execute(prepared.statement, dict(values))
            return result.all() if result.returns_rows else ()

    tally = put

    @asynccontextmanager
    async def together(self) -> AsyncGenerator[Transaction, None]:
        yield self

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None, None]:
        waiting = len(self._waiting)
        with refusing(), self._watch.limited():
            nested = await self._connection.begin_nested()
        try:
            yield
            with refusing(), self._watch.limited():
                await nested.commit()
        except BaseException:
            del self._waiting[waiting:]
            with refusing(), self._watch.limited(at_least=_UNDOING_SECONDS):
                await nested.rollback()
            raise

    async def line_up(self, line: str) -> None:
        if self._lining_up is not None:
            await self.rows(self._lining_up.bindparams(line=line))

    def last(self, work: Callable[[], Awaitable[None]]) -> None:
        self._waiting.append(work)

    async def settle(self) -> None:
        """Run the deferred statements in order."""
        while self._waiting:
            await self._waiting.pop(0)()


class EngineDatabase:
    """Statements on connections of a pool, each in a transaction of its own."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        reading: Mapping[str, object],
        lining_up: TextClause | None = None,
    ) -> None:
        """`reading` are the execution options of a read-only connection. `lining_up` takes the lock named `line` until
        the transaction ends; None if the database has a single writer anyway.
        """
        instance_wall.guard(engine.dialect)
        self._engine = engine
        self._reading = engine.execution_options(**reading)
        self._lining_up = lining_up
        self._lists = asyncio.Semaphore(time_limit.LISTS_AT_ONCE)
        self.built = Built()

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @property
    def is_transaction(self) -> bool:
        return False

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncGenerator[tuple[AsyncConnection, Watch], None]:
        """A connection of the pool, with its `Watch`."""
        async with engine.connect() as connection:
            yield connection, Watch()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        async with AsyncExitStack() as stack:
            with refusing():
                connection, watch = await stack.enter_async_context(self._connected(self._engine))
                begun = await connection.begin()
            runner = InTransaction(connection, self._lining_up, watch)
            try:
                yield runner
                await runner.settle()
                time_limit.left()  # the last chance to give up: a COMMIT that was sent may take effect
                with refusing():
                    await begun.commit()
            except BaseException:
                with suppress(SQLAlchemyError, OSError, Overloaded), watch.limited(at_least=_UNDOING_SECONDS):
                    await begun.rollback()
                raise

    together = transaction

    async def rows(self, statement: Executable) -> Sequence[Row]:
        with refusing(), nothing_has_it():
            async with self._connected(self._reading) as (connection, watch):
                with watch.limited():
                    return (await connection.execute(statement)).all()
        return ()

    async def listed(self, statement: Executable) -> Sequence[Row]:
        with refusing(), nothing_has_it():
            async with (
                self._my_list(),
                self._list(min(time_limit.left() - _ANSWER_SECONDS, time_limit.LIST_SECONDS)) as (connection, watch),
            ):
                with watch.limited():
                    return (await connection.execute(statement)).all()
        return ()

    @asynccontextmanager
    async def _my_list(self) -> AsyncGenerator[None, None]:
        if self._lists.locked():
            with time_limit.spending() as left:
                async with asyncio.timeout(min(left, time_limit.LIST_WAITS_SECONDS)):
                    await self._lists.acquire()
        else:
            await self._lists.acquire()
        try:
            yield
        finally:
            self._lists.release()

    def _list(self, seconds: float) -> AbstractAsyncContextManager[tuple[AsyncConnection, Watch]]:
        """A connection for statements that read many rows, with a time limit."""
        raise NotImplementedError

    async def change(self, statement: Executable, values: Values = None) -> int:
        async with self.transaction() as runner:
            return await runner.change(statement, values)

    async def returning(self, statement: Executable, values: Values = None) -> Sequence[Row]:
        async with self.transaction() as runner:
            return await runner.returning(statement, values)

    async def put(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        async with self.transaction() as runner:
            return await runner.put(prepared, values)

    async def tally(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        return await self.put(prepared, values)

    async def close(self) -> None:
        await self._engine.dispose()
