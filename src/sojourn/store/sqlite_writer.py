"""The process's only writing connection to SQLite: kept open, used by one transaction at a time."""

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
"""A process that holds the file's lock longer than this is not a normal writer, but a shell, a backup or a stopped
process.
"""


class SqliteTransaction(InTransaction):
    """Prepared statements bypass SQLAlchemy, whose overhead is ten times their own cost."""

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
            with suppress(sqlite3.OperationalError):  # a full disk has already rolled everything back
                self._driver.at_once("ROLLBACK TO within", ())
                self._driver.at_once("RELEASE within", ())
            raise
        with _refusing():
            self._driver.at_once("RELEASE within", ())


class SqliteWriter:
    """Runs transactions in order of arrival. `engine` must not begin transactions itself."""

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
                time_limit.left()  # the last chance to give up: a COMMIT that was sent may take effect
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
        """`came` is the time at which the caller joined the queue. Raises: Overloaded."""
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
        """Roll back; a connection on which that fails is replaced."""
        try:
            if connection.get_transaction() is not None:  # also after a failed commit, when it is no longer active
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
        """Run one small statement and commit it without waiting for the disk; None while another process writes."""
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
        """Exclusive use of the writing connections; yields the time at which the caller joined the queue.

        Raises: Overloaded.
        """
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
            self._breaker.check()  # checked again: earlier callers in the queue may have detected a held lock
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
            # no flush and no checkpoint, which would flush; the next commit of the other connection does both
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
    """Keep the connections, which are fine; only the lock is missing."""


@contextmanager
def _refusing() -> Generator[None, None, None]:
    """Convert driver errors to SQLAlchemy errors, without parameter values, which may be secret."""
    with refusing():
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise IntegrityError(None, None, error) from error
        except sqlite3.OperationalError as error:
            raise Overloaded() from error
