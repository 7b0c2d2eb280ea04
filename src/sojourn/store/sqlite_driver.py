"""aiosqlite for short transactions: only what may wait leaves the event loop for the connection's thread.

Beginning waits for another writer and committing waits for the disk. The statements between them find their rows by key in
microseconds, so handing each to a thread and waiting for it to be scheduled would cost many times the statement.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import aiosqlite

T = TypeVar("T")

_ROWS_READ_AT_ONCE = 64
_PRIMARY_CODE = 0xFF
_BULK = 65_536
"""A parameter this long holds the work of many: such a statement belongs beside the loop too."""


class SqliteConnection(aiosqlite.Connection):
    """One connection, used by one task at a time: by its thread, and within a transaction by the event loop's."""

    async def _execute(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        within = self._connection is not None and self._connection.in_transaction
        if within and fn != self._conn.commit and not _is_bulk(args):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    async def begin(self, seconds: float) -> None:
        """Begin to write: at once, or beside the loop as long as another process writes. Raises: sqlite3.OperationalError."""
        try:
            self._conn.execute("PRAGMA busy_timeout=0")
            self._conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            await to_its_end(self._execute(self._begin_patiently, seconds))

    def _begin_patiently(self, seconds: float) -> None:
        self._conn.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
        self._conn.execute("BEGIN IMMEDIATE")

    def interrupt_now(self) -> None:
        """End the statement that runs in the thread, if one does."""
        if self._connection is not None:
            self._connection.interrupt()

    def at_once(self, statement: str, parameters: Sequence[object]) -> list[Any]:
        """Run a short statement of an open transaction here and now. Raises: what `sqlite3` raises."""
        return self._conn.execute(statement, parameters).fetchall()


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for the thread even when cancelled: otherwise the next writer would find this work on the connection."""
    running = asyncio.ensure_future(work)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def is_busy(error: sqlite3.Error) -> bool:
    """True if the error means that another process was writing."""
    return error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY


def _is_bulk(args: tuple[Any, ...]) -> bool:
    parameters = args[1] if len(args) > 1 else ()
    return any(isinstance(parameter, str | bytes) and len(parameter) >= _BULK for parameter in parameters)


def connect(database: str, **options: Any) -> SqliteConnection:
    """A connection to be awaited, as SQLAlchemy's `async_creator_fn` wants it."""
    opened = SqliteConnection(lambda: sqlite3.connect(database, **options), _ROWS_READ_AT_ONCE)
    opened._thread.daemon = True  # as SQLAlchemy does for connections that it makes itself
    return opened
