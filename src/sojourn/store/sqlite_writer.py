"""The one connection of a process that writes to SQLite: kept open, and used by one transaction at a time."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sojourn.errors import Overloaded
from sojourn.store import time_limit
from sojourn.store.circuit_breaker import Breaker
from sojourn.store.sql.connections import InTransaction, refusing
from sojourn.store.sql.database import Prepared, Row, Transaction
from sojourn.store.sqlite_driver import SqliteConnection, is_busy
from sojourn.store.sqlite_forking import OpenFile

_HANG_SECONDS = 1.0
"""Another process that holds the file's lock this long is no process that writes: a shell, a backup, one that was stopped."""


class SqliteTransaction(InTransaction):
    """Prepared statements go to the driver itself: the way through SQLAlchemy costs ten times what they do."""

    def __init__(self, connection: AsyncConnection, driver: SqliteConnection) -> None:
        super().__init__(connection, None)
        self._driver = driver

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        with _refusing():
            return self._driver.at_once(prepared.text, prepared.arguments(values))

    put = hot
    tally = hot

    @asynccontextmanager
    async def savepoint(self) -> AsyncGenerator[None, None]:
        waiting = len(self._waiting)
        with _refusing():
            self._driver.at_once("SAVEPOINT within", ())
        try:
            yield
        except BaseException:
            del self._waiting[waiting:]
            with suppress(sqlite3.OperationalError):  # a full disk has undone everything already
                self._driver.at_once("ROLLBACK TO within", ())
                self._driver.at_once("RELEASE within", ())
            raise
        with _refusing():
            self._driver.at_once("RELEASE within", ())


class SqliteWriter:
    """Transactions in order of arrival. `engine` must leave it to us to begin them."""

    def __init__(self, engine: AsyncEngine, file: OpenFile) -> None:
        self._engine = engine
        self._file = file
        self._turn = file.turn
        self._opened: tuple[AsyncConnection, SqliteConnection] | None = None
        self._tallying: sqlite3.Connection | None = None
        self._breaker = Breaker(self._probe, _keep)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        async with self._my_turn() as came:
            with _refusing():
                connection, driver = self._opened or await self._open()
            runner = SqliteTransaction(connection, driver)
            try:
                await self._begin(driver, came)
                yield runner
                await runner.settle()
                time_limit.left()  # the last moment to give up: what is sent from here on may be kept
                with _refusing():
                    await driver.commit()
                    if (
                        connection.in_transaction()
                    ):  # SQLAlchemy's own, once a statement went through it: nothing to wait for
                        await connection.commit()
            except BaseException:
                await self._undo(connection, driver)
                raise

    async def _begin(self, driver: SqliteConnection, came: float) -> None:
        """`came` is when the caller joined the line. Raises: Overloaded."""
        try:
            with _refusing(), time_limit.spending() as left:
                await driver.begin(left)
        except Overloaded as error:
            if isinstance(error.__cause__, sqlite3.Error) and is_busy(error.__cause__):
                self._note_wait(came)
            raise
        self._breaker.answered()

    def _note_wait(self, came: float) -> None:
        """Record a writer that gave up. A wait shorter than the limit says nothing about the file."""
        if time.monotonic() - came >= _HANG_SECONDS:
            self._breaker.hung()

    async def _probe(self) -> None:
        """Raises: sqlite3.Error while another process holds the file."""
        self._file.enter()
        await asyncio.to_thread(self._begin_and_end)

    def _begin_and_end(self) -> None:
        with self._file.beside(self._connect_impatiently) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")

    def _connect_impatiently(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file.path, timeout=0, isolation_level=None, check_same_thread=False)

    async def _undo(self, connection: AsyncConnection, driver: SqliteConnection) -> None:
        """Roll back; a connection that cannot even do that is replaced."""
        try:
            if connection.get_transaction() is not None:  # also one whose commit has failed: it is no longer active
                await connection.rollback()
            if not connection.invalidated:
                await driver.rollback()
                return
        except (SQLAlchemyError, sqlite3.Error, OSError):
            with suppress(SQLAlchemyError, sqlite3.Error, OSError):
                await connection.invalidate()
        self._opened = None
        with suppress(SQLAlchemyError, sqlite3.Error, OSError):
            await connection.close()

    async def tally(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row] | None:
        """One small statement, committed here and now without waiting for the disk; None while another process writes."""
        async with self._my_turn():
            with _refusing():
                try:
                    tallying = self._tallying or self._open_tallying()
                    return tallying.execute(prepared.text, prepared.arguments(values)).fetchall()
                except sqlite3.OperationalError as error:
                    if is_busy(error):
                        return None
                    raise

    @asynccontextmanager
    async def _my_turn(self) -> AsyncGenerator[float, None]:
        """Alone on the writing connections; the value is when the caller joined the line. Raises: Overloaded."""
        self._breaker.check()
        came = time.monotonic()
        if self._turn.locked():
            try:
                with refusing(), time_limit.spending() as left:
                    async with asyncio.timeout(left):
                        await self._turn.acquire()
            except Overloaded:
                self._note_wait(came)
                raise
        else:
            await self._turn.acquire()
        try:
            self._breaker.check()  # again: those before in the line may have found out
            yield came
        finally:
            self._turn.release()

    async def _open(self) -> tuple[AsyncConnection, SqliteConnection]:
        connection = await self._engine.connect()
        opened = connection.sync_connection
        assert opened is not None
        driver = opened.connection.driver_connection
        assert isinstance(driver, SqliteConnection)
        self._opened = connection, driver
        return self._opened

    def _open_tallying(self) -> sqlite3.Connection:
        self._file.enter()
        opened = self._connect_impatiently()
        try:
            # never a flush, and no checkpoint, which is one: the next commit of the other connection does both
            opened.executescript("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0")
        except sqlite3.OperationalError:  # another process is closing the file
            opened.close()
            raise
        self._tallying = opened
        return opened

    def shut(self) -> None:
        """Close what its next use opens again: the connection of tallies."""
        if self._tallying is not None:
            self._tallying.close()
            self._tallying = None

    async def close(self) -> None:
        await self._breaker.close()
        self.shut()
        if self._opened is not None:
            await self._opened[0].close()
            self._opened = None


def _keep() -> None:
    """Connections stay good: only the lock is missing."""


@contextmanager
def _refusing() -> Generator[None, None, None]:
    """Driver errors as SQLAlchemy errors, without parameter values, which may be secret."""
    with refusing():
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(None, None, error) from error
        except sqlite3.OperationalError as error:
            raise Overloaded() from error
