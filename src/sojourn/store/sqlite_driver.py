"""aiosqlite for short transactions: only what may wait leaves the event loop for the connection's thread.

A connection closes before the process forks, and opens again when it is used next (store/sqlite_forking.py).

Beginning waits for another writer and committing waits for the disk. The statements between them find their rows by key in
microseconds, so handing each to a thread and waiting for it to be scheduled would cost many times the statement.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Self, TypeVar, cast

import aiosqlite

from sojourn.store.sqlite_forking import STATEMENT_SECONDS

T = TypeVar("T")

_ROWS_READ_AT_ONCE = 64
_PRIMARY_CODE = 0xFF
_BULK = 65_536
"""A statement with a parameter of this length does the work of many, so it runs in the thread too."""


class SqliteConnection(aiosqlite.Connection):
    """One connection, used by one task at a time: by its thread, and within a transaction by the event loop's."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(self._open, _ROWS_READ_AT_ONCE)
        self._thread.daemon = True  # as SQLAlchemy does for connections that it makes itself
        self._connect_again = connect
        self._raw: sqlite3.Connection | None = None
        """The open connection as its thread knows it: the loop learns of a new one later."""

    def _open(self) -> sqlite3.Connection:
        raw = self._raw = self._connect_again()
        return raw

    async def _connect(self) -> Self:
        await super()._connect()
        if self._raw is None:  # closed again before a fork, and before the loop learned of it
            self._connection = None
        return self

    @property
    def _conn(self) -> sqlite3.Connection:
        return self._connection or self._opened_again()

    def _opened_again(self) -> sqlite3.Connection:
        """Raises: ValueError if it was closed for good, as aiosqlite does; sqlite3.OperationalError."""
        if not self._running:
            raise ValueError("no active connection")
        opened = self._connection = self._open()
        return opened

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        connection = self._connection or self._opened_again()
        if connection.in_transaction and not _is_bulk(args):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    def _asked(self, work: Callable[[], None]) -> "asyncio.Future[None]":
        """The end of `work`, which the thread begins before any other code of the loop runs."""
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((ended, work))  # pyright: ignore[reportUnknownMemberType]
        return ended

    async def commit(self) -> None:
        """Waits for the disk, even when cancelled. Raises: sqlite3.OperationalError."""
        connection = self._connection or self._opened_again()
        if connection.in_transaction:
            await to_its_end(self._asked(connection.commit))

    def cursor(self) -> "SqliteCursor":  # pyright: ignore[reportIncompatibleMethodOverride]
        return SqliteCursor(self)

    async def close(self) -> None:
        if isinstance(self._connection, sqlite3.Connection):
            await super().close()
        elif self._running:
            self._connection = None
            ended = cast("asyncio.Future[Any] | None", self.stop())  # pyright: ignore[reportUnknownMemberType]
            if ended is not None:
                await ended
        self._raw = None

    @property
    def thread(self) -> threading.Thread:
        return self._thread

    def let_go(self) -> None:
        """Close it in its thread, after what was asked of it before, if nobody has: its task was cancelled while it opened."""
        if self._running and self._thread.is_alive():
            self.stop()  # pyright: ignore[reportUnknownMemberType]

    def shut(self, until: float) -> bool:
        """Close until the next use, after what was asked of it before; called while no code of the loop runs.

        False if the thread does not come to it until then (`time.monotonic`). A transaction that was open is lost.
        """
        if not self._thread.is_alive():
            self._shut_now()
            return True
        if not self._running:
            self._thread.join(max(0.0, until - time.monotonic()))
            return not self._thread.is_alive()
        begun, shut = threading.Lock(), threading.Event()

        def shut_in_thread() -> None:
            if begun.acquire(blocking=False):
                self._shut_now()
                shut.set()

        self._tx.put_nowait((None, shut_in_thread))  # pyright: ignore[reportUnknownMemberType]
        if shut.wait(STATEMENT_SECONDS):
            return True
        self.interrupt_now()
        if shut.wait(max(0.0, until - time.monotonic())):
            return True
        return not begun.acquire(blocking=False) and shut.wait()  # the loop goes on: it is too late to begin

    def _shut_now(self) -> None:
        raw, self._raw = self._raw, None
        if raw is not None:
            is_lost = False
            with suppress(sqlite3.ProgrammingError):  # closed already
                is_lost = raw.in_transaction
            raw.close()
            if self._connection is not None:
                self._connection = cast("sqlite3.Connection", _Lost()) if is_lost else None

    async def begin(self, seconds: float) -> None:
        """Begin a write transaction: at once, or in the thread while another process writes.

        Raises: sqlite3.OperationalError.
        """
        try:
            self._conn.execute("PRAGMA busy_timeout=0")
            self._conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            await to_its_end(self._asked(partial(self._begin_patiently, seconds)))
            if isinstance(self._connection, _Lost):  # by a fork before the loop learned of it: nothing is written yet
                self._connection = None
                await self.begin(seconds)

    def _begin_patiently(self, seconds: float) -> None:
        self._conn.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
        self._conn.execute("BEGIN IMMEDIATE")

    def interrupt_now(self) -> None:
        """End the statement that runs in the thread, if one does."""
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.ProgrammingError):  # its thread is closing it
                connection.interrupt()

    def at_once(self, statement: str, parameters: Sequence[object]) -> list[Any]:
        """Run a short statement of an open transaction here and now. Raises: what `sqlite3` raises."""
        return self._conn.execute(statement, parameters).fetchall()


async def to_its_end(work: "asyncio.Future[None]") -> None:
    """Wait for the thread even when cancelled: otherwise the next writer would find this work on the connection."""
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


def is_busy(error: sqlite3.Error) -> bool:
    """True if the error means that another process was writing."""
    return error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY


def _is_bulk(args: tuple[Any, ...]) -> bool:
    parameters = args[1] if len(args) > 1 else ()
    return any(isinstance(parameter, str | bytes) and len(parameter) >= _BULK for parameter in parameters)


class SqliteCursor:
    """A statement and all its rows, in one step: between two the connection may be closed and opened again.

    SQLAlchemy's adapter uses it in the place of aiosqlite's, with which a read goes to the thread and back four times.
    """

    arraysize = 1

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        await self._connection._execute(self._run, statement, parameters)

    async def executemany(self, statement: str, parameters: Sequence[Any]) -> None:
        await self._connection._execute(self._run_many, statement, parameters)

    def _run(self, statement: str, parameters: Sequence[Any]) -> None:
        self._keep(self._connection._conn.execute(statement, parameters))

    def _run_many(self, statement: str, parameters: Sequence[Any]) -> None:
        self._keep(self._connection._conn.executemany(statement, parameters))

    def _keep(self, done: sqlite3.Cursor) -> None:
        self.description = done.description
        self._rows = done.fetchall() if done.description else []
        self.rowcount, self.lastrowid = done.rowcount, done.lastrowid
        done.close()

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Everything was read already."""


class _Lost:
    """In the place of a connection that was closed within a transaction: nothing of it may be committed."""

    def __getattr__(self, name: str) -> object:
        raise sqlite3.OperationalError("this process forked within this transaction, which was rolled back")

    def interrupt(self) -> None:
        """Nothing runs."""

    close = interrupt
