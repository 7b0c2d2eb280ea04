"""A process forks with no connection to a SQLite file open: its child inherits no lock, and the parent loses nothing that it wrote.

docs/decisions/0020-forks-find-no-file-open.md
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
import threading
import traceback
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from sojourn.errors import ConfigError, Overloaded
from sojourn.store import sqlite_driver, sqlite_forking
from sojourn.store.sql.database import Prepared
from sojourn.store.sqlite import SqliteDatabase

_READ = text("SELECT value FROM marks ORDER BY rowid DESC")
_ENDLESS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


_HOT = Prepared.of(_READ, SQLiteDialect())
_TALLY = Prepared.of(text("UPDATE marks SET value = value WHERE rowid = 1"), SQLiteDialect())


def _mark(value: str) -> Any:
    return text("INSERT INTO marks VALUES (:value)").bindparams(value=value)


def forked(work: Callable[[], object]) -> None:
    """Do `work` in a process forked from this one. Raises: AssertionError if it fails or hangs."""
    pid = os.fork()
    if pid == 0:
        failed = 1
        try:
            signal.alarm(60)
            work()
            failed = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(failed)
    assert os.waitpid(pid, 0)[1] == 0


def writes(path: Path, *, seen: str | None = None) -> None:
    """Take the lock of writers, which an inherited one would refuse for ever, and see what was committed."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        (found,) = connection.execute(_READ.text).fetchone()
        connection.execute("COMMIT")
    assert seen is None or found == seen


@asynccontextmanager
async def opened(path: Path) -> AsyncGenerator[SqliteDatabase, None]:
    """With every kind of connection open."""
    database = SqliteDatabase(path)
    await database.migrate()
    await database.change(text("CREATE TABLE IF NOT EXISTS marks (value TEXT)"))
    await uses(database, "begun")
    try:
        yield database
    finally:
        await database.close()


async def uses(database: SqliteDatabase, value: str) -> None:
    await database.change(_mark(value))
    await database.tally(_TALLY, {})
    assert (value,) in await database.hot(_HOT, {})
    assert (value,) in [tuple(row) for row in await database.rows(_READ)]


@contextmanager
def at_the_same_time(work: Callable[[], object]) -> Generator[None, None, None]:
    """`work` in another thread, until its end. Raises: its error."""
    failed: list[BaseException] = []

    def works() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=works)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if failed:
        raise failed[0]


@pytest.fixture(autouse=True)
def a_fork_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a transaction may take long, and no test is about that."""
    limit(monkeypatch, fork=60, statement=60)


def limit(monkeypatch: pytest.MonkeyPatch, *, fork: float, statement: float) -> None:
    """Seconds that a fork waits in all, and for one statement."""
    monkeypatch.setattr(sqlite_forking, "_SECONDS", fork)
    for module in (sqlite_forking, sqlite_driver):
        monkeypatch.setattr(module, "STATEMENT_SECONDS", statement)


async def test_parent_and_child_go_on_after_a_fork_of_the_loop(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        for turn in range(3):
            forked(lambda: writes(tmp_path / "a.db"))
            await uses(database, f"after {turn}")


async def test_a_commit_under_way_is_kept_by_a_fork_of_the_loop(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        for turn in range(3):
            writing = asyncio.create_task(database.change(_mark(f"kept {turn}")))
            while not writing.done():
                forked(lambda: writes(tmp_path / "a.db"))
                await asyncio.sleep(0)
            assert await writing == 1
            assert (await database.rows(_READ))[0][0] == f"kept {turn}"


async def test_a_transaction_that_is_just_begun_is_begun_again_after_a_fork_of_the_loop(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        with closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)) as other:
            other.execute("BEGIN IMMEDIATE")
            writing = asyncio.create_task(database.change(_mark("kept")))
            await asyncio.sleep(0)  # it waits for the lock in its thread now
            with at_the_same_time(lambda: other.execute("COMMIT")):
                forked(lambda: None)
        assert await writing == 1
        assert (await database.rows(_READ))[0][0] == "kept"


async def test_a_transaction_that_the_loop_cannot_end_before_it_forks_is_undone_and_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        with pytest.raises(Overloaded):
            async with database.transaction() as transaction:
                await transaction.change(_mark("half"))
                forked(lambda: writes(tmp_path / "a.db", seen="begun"))
        with pytest.raises(Overloaded):
            async with database.transaction() as transaction:
                await transaction.put(_TALLY, {})
                forked(lambda: writes(tmp_path / "a.db", seen="begun"))
                await transaction.put(_TALLY, {})
        assert (await database.rows(_READ))[0][0] == "begun"
        await uses(database, "again")


def test_a_fork_waits_for_a_transaction_of_another_thread(tmp_path: Path) -> None:
    begun = threading.Event()

    async def story() -> None:
        async with opened(tmp_path / "a.db") as database:
            async with database.transaction() as transaction:
                await transaction.change(_mark("half"))
                begun.set()
                while not database._file.turn._waiters:
                    await asyncio.sleep(0)
                await transaction.change(_mark("whole"))
            await uses(database, "after")

    with at_the_same_time(lambda: asyncio.run(story())):
        assert begun.wait(60)
        forked(lambda: writes(tmp_path / "a.db"))


def test_a_list_without_end_is_refused_when_the_process_forks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, fork=60, statement=0.1)
    begun = threading.Event()

    async def story() -> None:
        async with opened(tmp_path / "a.db") as database:
            asyncio.get_running_loop().call_soon(lambda: asyncio.get_running_loop().call_soon(begun.set))
            with pytest.raises(Overloaded):
                await database.listed(_ENDLESS)
            await uses(database, "after")

    with at_the_same_time(lambda: asyncio.run(story())):
        assert begun.wait(60)
        forked(lambda: writes(tmp_path / "a.db"))


async def test_work_beside_the_loop_is_interrupted_when_the_process_forks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, fork=60, statement=0.1)
    begun = threading.Event()

    def works(database: SqliteDatabase) -> None:
        def connect() -> sqlite3.Connection:
            return sqlite3.connect(tmp_path / "a.db", isolation_level=None)

        with database._file.beside(connect) as connection:
            connection.execute("BEGIN IMMEDIATE")
            begun.set()
            with pytest.raises(sqlite3.OperationalError):
                connection.execute(_ENDLESS.text).fetchall()

    async with opened(tmp_path / "a.db") as database:
        with at_the_same_time(lambda: works(database)):
            assert begun.wait(60)
            forked(lambda: writes(tmp_path / "a.db"))
        await uses(database, "after")


async def test_a_child_that_inherited_an_open_file_refuses_it_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, fork=0.1, statement=0.1)
    let_go, begun = threading.Event(), threading.Event()

    def holds() -> int:
        begun.set()
        return let_go.wait()

    def opens() -> None:
        with pytest.raises(ConfigError, match=r"a\.db was busy"):
            asyncio.run(SqliteDatabase(tmp_path / "a.db").migrate())

    async with opened(tmp_path / "a.db") as database, opened(tmp_path / "a.db"):
        async with database._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.create_function("held", 0, holds)
        held = asyncio.create_task(database.listed(text("SELECT held()")))
        while not begun.is_set():
            await asyncio.sleep(0)
        forked(opens)
        let_go.set()
        with pytest.raises(Overloaded):
            await held
        await uses(database, "after")


async def test_processes_that_are_not_forked_in_python_leave_the_connections_alone(tmp_path: Path) -> None:
    async with opened(tmp_path / "a.db") as database:
        subprocess.run(["true"], check=True)
        assert database._reader is not None
        subprocess.run(["true"], check=True, preexec_fn=lambda: writes(tmp_path / "a.db"))
        assert database._reader is None
        await uses(database, "after")


async def test_a_loop_and_another_thread_that_fork_at_once_wait_for_each_other(tmp_path: Path) -> None:
    async def opens() -> None:
        async with opened(tmp_path / "a.db"):
            pass

    def forks(work: Callable[[], object]) -> None:
        for _ in range(10):
            forked(work)

    async with opened(tmp_path / "a.db") as database:
        beside = asyncio.create_task(asyncio.to_thread(forks, lambda: asyncio.run(opens())))
        await asyncio.sleep(0)
        forks(lambda: writes(tmp_path / "a.db"))
        await beside
        await uses(database, "after")


async def test_a_loop_that_opens_files_while_another_thread_forks_holds_up_neither(tmp_path: Path) -> None:
    async def opens(path: Path) -> None:
        async with opened(path):
            pass

    def forks() -> None:
        for _ in range(10):
            forked(lambda: asyncio.run(opens(tmp_path / "a.db")))

    async with opened(tmp_path / "a.db") as database:
        beside = asyncio.create_task(asyncio.to_thread(forks))
        while not beside.done():
            await opens(tmp_path / "b.db")
        await beside
        await uses(database, "after")


def test_threads_that_fork_at_once_and_children_that_fork_again(tmp_path: Path) -> None:
    over = threading.Event()

    async def story(path: Path) -> None:
        async with opened(path) as database:
            while not over.is_set():
                await uses(database, "meanwhile")

    async def in_child(path: Path) -> None:
        async with opened(path) as database:
            forked(lambda: writes(path))
            await uses(database, "by a child")

    def forks(path: Path) -> None:
        try:
            for _ in range(8):
                forked(lambda: asyncio.run(in_child(path)))
        finally:
            over.set()

    paths = [tmp_path / "a.db", tmp_path / "b.db"]
    with ExitStack() as stack:
        for path in paths:
            stack.enter_context(at_the_same_time(lambda path=path: asyncio.run(story(path))))
            stack.enter_context(at_the_same_time(lambda path=path: forks(path)))
