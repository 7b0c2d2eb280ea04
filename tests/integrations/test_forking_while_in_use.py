"""A process may fork at any moment: while it writes, while it reads, and from the event loop's own thread."""

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sojourn import Sojourn
from sojourn.store import sqlite_driver, sqlite_forking

from .children import in_child
from .test_forking import signed_in

FORKS = 20


@pytest.fixture(autouse=True)
def a_fork_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a transaction may take long, and no test is about that."""
    monkeypatch.setattr(sqlite_forking, "_SECONDS", 60)
    monkeypatch.setattr(sqlite_driver, "STATEMENT_SECONDS", 60)


@contextmanager
def without_pause(work: Callable[[], object]) -> Generator[None, None, None]:
    """`work` again and again in a thread. Raises: its error."""
    over = threading.Event()
    failed: list[BaseException] = []

    def works() -> None:
        try:
            while not over.is_set():
                work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=works)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failed:
        raise failed[0]


def in_use(data: Path) -> tuple[Sojourn, str, str]:
    handle = Sojourn(data=data)
    bridge = handle.served()[1]
    user_id, session_id, _ = bridge.run(signed_in(bridge.run(handle.engine())))
    return handle, user_id, session_id


def reads_and_writes(handle: Sojourn, user_id: str, session_id: str) -> str:
    handle.write_data_now(session_id, {"seen": user_id})
    return handle.user_now(user_id).id


def test_a_parent_that_writes_without_pause_leaves_no_lock_to_its_children(tmp_path: Path) -> None:
    handle, user_id, session_id = in_use(tmp_path)
    with without_pause(lambda: handle.write_data_now(session_id, {"seen": user_id})):
        for _ in range(FORKS):
            assert in_child(lambda: reads_and_writes(handle, user_id, session_id)) == user_id
    handle.close_now()


def test_a_parent_that_reads_without_pause_leaves_no_lock_to_its_children(tmp_path: Path) -> None:
    handle, user_id, session_id = in_use(tmp_path)
    with without_pause(lambda: handle.user_now(user_id)), without_pause(lambda: handle.is_live_now(session_id)):
        for _ in range(FORKS):
            assert in_child(lambda: reads_and_writes(handle, user_id, session_id)) == user_id
    handle.close_now()


def test_the_event_loop_itself_may_fork_while_others_write(tmp_path: Path) -> None:
    async def forks() -> None:
        handle = Sojourn(data=tmp_path)
        user_id, session_id, _ = await signed_in(await handle.engine())
        over = asyncio.Event()

        async def writes() -> None:
            while not over.is_set():
                await handle.write_data(session_id, {"seen": user_id})
                await asyncio.sleep(0)

        async def reads() -> None:
            while not over.is_set():
                await handle.user(user_id)
                await asyncio.sleep(0)  # a read by key is done without waiting

        async with asyncio.TaskGroup() as tasks:
            for work in (writes, writes, reads):
                tasks.create_task(work())
            for _ in range(FORKS):
                await asyncio.sleep(0)
                assert in_child(lambda: reads_and_writes(handle, user_id, session_id)) == user_id
            over.set()
        await handle.close()

    asyncio.run(forks())


def test_what_a_child_writes_is_kept_after_its_parent_has_closed(tmp_path: Path) -> None:
    """Who closes last removes the write-ahead log; a child whose locks are not its own would write into a removed one."""
    handle, user_id, session_id = in_use(tmp_path)
    forking = multiprocessing.get_context("fork")
    opened, closed = forking.Event(), forking.Event()

    def writes_before_and_after() -> None:
        handle.write_data_now(session_id, {"seen": "by the child"})
        opened.set()
        closed.wait(60)
        handle.write_data_now(session_id, {"seen": "by the child alone"})

    child = forking.Process(target=writes_before_and_after, daemon=True)
    child.start()
    assert opened.wait(60)
    handle.close_now()
    closed.set()
    child.join(60)
    assert child.exitcode == 0
    after = Sojourn(data=tmp_path)
    assert after.read_data_now(session_id) == {"seen": "by the child alone"}
    assert after.user_now(user_id).id == user_id
    after.close_now()
