"""SQLite: one file, durable commits (R-REL-01); hot reads run on the driver, on the event loop itself."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from sojourn.errors import ConfigError, Overloaded
from sojourn.store import time_limit
from sojourn.store.index_building import SqliteBuilding, built_in_sqlite
from sojourn.store.migrating import bring_up_to_date
from sojourn.store.private_files import make_file, make_folder
from sojourn.store.sql.connections import EngineDatabase, Watch
from sojourn.store.sql.database import Prepared, Row, Transaction
from sojourn.store.sqlite_driver import SqliteConnection
from sojourn.store.sqlite_forking import OpenFile
from sojourn.store.sqlite_writer import SqliteWriter

_BUSY_SECONDS = 5
_ONLY_READS = "sojourn_only_reads"
_MAPPED = 2**34
"""Bytes of the file that hot reads map into memory; SQLite limits them to its build's maximum, mostly 2 GiB. Reads
beyond the mapping cost twice as much, which with a fourth of this size already happens at a million sessions
(docs/benchmarks.md). The pages belong to the system's cache, which can reclaim them.
"""


class SqliteDatabase(EngineDatabase):
    """Uses a write-ahead log, so that readers never wait.

    One writer at a time, with BEGIN IMMEDIATE, so locks are never upgraded and cannot deadlock.
    """

    def __init__(self, path: Path) -> None:
        self._file = OpenFile(path, self._shut)
        self._connections: WeakSet[SqliteConnection] = WeakSet()
        self._threads: WeakSet[threading.Thread] = WeakSet()
        engine = create_async_engine(
            URL.create("sqlite+aiosqlite", database=str(path)),
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False, "async_creator_fn": self._connect},
            pool_size=4,
            pool_timeout=1,
        )
        event.listen(engine.sync_engine, "begin", _begin)
        super().__init__(engine, reading={_ONLY_READS: True})
        self._writer = SqliteWriter(self._reading, self._file)
        self._path = path
        self._building = SqliteBuilding(self._file, engine.dialect, _prepare)
        self._reader: sqlite3.Connection | None = None

    def _connect(self, database: str, **options: Any) -> SqliteConnection:
        """A connection to be awaited, as SQLAlchemy's `async_creator_fn` wants it."""
        self._file.enter()
        opened = SqliteConnection(lambda: _prepare(sqlite3.connect(database, **options)))
        self._connections.add(opened)
        self._threads.add(opened.thread)
        return opened

    def _shut(self, until: float) -> bool:
        """Close everything until its next use: the process is about to fork."""
        self._close_reader()
        self._writer.shut()
        return all([connection.shut(until) for connection in self._connections])

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        async with self._writer.transaction() as runner:
            yield runner

    together = transaction

    async def tally(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        counted = await self._writer.tally(prepared, values)
        return await self.put(prepared, values) if counted is None else counted

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        reader = self._reader or self._open_reader()
        try:
            return reader.execute(prepared.text, prepared.arguments(values)).fetchall()
        except sqlite3.OperationalError as error:
            raise Overloaded() from error
        except UnicodeEncodeError:
            return ()  # inlined from `nothing_has_it`, which would cost as much as a short statement

    @asynccontextmanager
    async def _list(self, seconds: float) -> AsyncGenerator[tuple[AsyncConnection, Watch], None]:
        """The statement runs in a thread that cannot be cancelled, so it is interrupted."""
        async with self._connected(self._reading) as (connection, watch):
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, SqliteConnection)
            deadline = asyncio.get_running_loop().call_later(seconds, driver.interrupt_now)
            try:
                with time_limit.spending():
                    yield connection, watch
            except BaseException:
                driver.interrupt_now()
                raise
            finally:
                deadline.cancel()

    def _open_reader(self) -> sqlite3.Connection:
        self._file.enter()
        try:
            reader = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                timeout=0.5,
                check_same_thread=False,
            )
            reader.execute(f"PRAGMA mmap_size={_MAPPED}")
        except sqlite3.OperationalError as error:
            raise Overloaded() from error
        self._reader = reader
        return reader

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def migrate(self) -> None:
        self._file.enter()
        try:
            make_folder(self._path.parent)
            make_file(self._path)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA schema_version")
                _write_ahead(connection)
            async with self._file.turn:  # a fork waits for it
                await bring_up_to_date(self._engine, self._reading)
            with closing(sqlite3.connect(self._path, timeout=_BUSY_SECONDS)) as connection:
                self.built.are(built_in_sqlite(connection))
        except OSError as error:
            raise ConfigError(f"the folder {self._path.parent} cannot be written: {error.strerror}") from error
        except sqlite3.DatabaseError as error:
            raise ConfigError(f"the database file {self._path} cannot be used: {error}") from error
        except Overloaded as error:
            reason = getattr(error.__cause__, "orig", error.__cause__)
            raise ConfigError(f"the database file {self._path} cannot be used: {reason}") from error

    async def build(self) -> float | None:
        self._file.enter()
        try:
            return await asyncio.to_thread(self._building.step, self.built)
        except sqlite3.OperationalError as error:
            raise Overloaded() from error

    async def close(self) -> None:
        await self._writer.close()
        self._close_reader()
        await super().close()
        # a read that was cancelled ends in its thread, and tells the loop so, which must still be there
        for connection in list(self._connections):
            connection.interrupt_now()
            connection.let_go()
        await asyncio.to_thread(self._join, time.monotonic() + _BUSY_SECONDS)

    def _join(self, until: float) -> None:
        for thread in list(self._threads):
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL mode, which is permanent.

    Of nodes that start at once, all but one are refused immediately, so they retry.
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.005)


def _prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.isolation_level = None  # `_begin` starts transactions instead of the driver
    # SQLite's own `lower` handles ASCII only, but a search for "ärger" must find "Ärger" as on PostgreSQL
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    return connection


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _begin(connection: Any) -> None:
    if not connection.get_execution_options().get(_ONLY_READS, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
