"""Connections of an engine as runners, shared by both databases."""

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
from sojourn.store import patience
from sojourn.store.sql.database import Prepared, Row, Transaction, Values
from sojourn.store.sql.late import Built

_PASSING = ("08", "25006", "25P03", "40", "53", "55", "57")
"""SQLSTATE classes of what passes: no connection, a standby, deadlock, no resources, a lock or a deadline that ran out."""

_UNDOING_SECONDS = 0.5

_ANSWER_SECONDS = 0.3
"""The part of the caller's deadline reserved for reporting a timeout."""

_NO_SUCH_TEXT = "22021"
"""SQLSTATE of a text that the database's encoding cannot hold, such as one with a NUL."""


@contextmanager
def refusing() -> Generator[None, None, None]:
    """A database that is away, locked, full or too slow is Overloaded: 503, and never an allowance (R-REL-03).

    A text that it cannot hold is FieldFormat.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise Overloaded() from error
    except (DBAPIError, UnicodeEncodeError) as error:
        if _is_unstorable(error):
            raise FieldFormat("A text holds characters that cannot be kept.") from error
        if isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error.orig).startswith(_PASSING)):
            raise Overloaded() from error
        raise


@contextmanager
def nothing_has_it() -> Generator[None, None, None]:
    """Reading by a text that no row can hold finds nothing, rather than failing (R-INP-07)."""
    try:
        yield
    except Exception as error:
        if not _is_unstorable(error):
            raise


def _is_unstorable(error: BaseException | None) -> bool:
    """Both drivers encode text late, and SQLAlchemy wraps what they then raise."""
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

        `at_least` are seconds for what must still be tried when no patience is left, such as a rollback.
        """
        return nullcontext()


class InTransaction:
    """Everything on one open connection; nothing is seen by others before the transaction ends."""

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
        """`reading` are the execution options of a connection that only reads.

        `lining_up` takes the lock named `line` until the transaction ends; None where there is one writer anyway.
        """
        self._engine = engine
        self._reading = engine.execution_options(**reading)
        self._lining_up = lining_up
        self._lists = asyncio.Semaphore(patience.LISTS_AT_ONCE)
        self.built = Built()

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @property
    def is_transaction(self) -> bool:
        return False

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncGenerator[tuple[AsyncConnection, Watch], None]:
        """A connection of the pool, and who watches it."""
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
                patience.left()  # the last moment to give up: what is sent from here on may be kept
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
                self._list(min(patience.left() - _ANSWER_SECONDS, patience.LIST_SECONDS)) as (connection, watch),
            ):
                with watch.limited():
                    return (await connection.execute(statement)).all()
        return ()

    @asynccontextmanager
    async def _my_list(self) -> AsyncGenerator[None, None]:
        if self._lists.locked():
            with patience.spending() as left:
                async with asyncio.timeout(min(left, patience.LIST_WAITS_SECONDS)):
                    await self._lists.acquire()
        else:
            await self._lists.acquire()
        try:
            yield
        finally:
            self._lists.release()

    def _list(self, seconds: float) -> AbstractAsyncContextManager[tuple[AsyncConnection, Watch]]:
        """A connection on which a statement may read much, for so long."""
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
