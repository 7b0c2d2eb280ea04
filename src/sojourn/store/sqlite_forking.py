"""A process forks with no SQLite connection open: the child inherits none, and the parent opens its own again.

SQLite keeps the locks on a file per process, and the system gives them to no child. A child that inherited an open file would
believe in locks that it does not have, so that others remove the write-ahead log while it writes, or in locks that never end,
because they were held by a thread that the child does not have (https://www.sqlite.org/howtocorrupt.html, section 2.6).
docs/decisions/0020-forks-find-no-file-open.md has the reasons.
"""

import asyncio
import concurrent.futures.thread
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

from sojourn.errors import ConfigError

_IMPORTED = concurrent.futures.thread
"""It holds a lock while a process forks, without which no loop comes to a standstill. Registered before us, it is asked after us."""

_SECONDS = 5.0
"""A fork waits this long for open transactions and running statements."""

_CLOSING_SECONDS = 2.0
"""The part of it that is kept for closing."""

STATEMENT_SECONDS = 1.0
"""A statement that runs longer is interrupted, and its caller refused: the event loop stands still meanwhile."""

_LOOK_SECONDS = 0.05


class OpenFile:
    """A database file, the event loop that uses it, and the work on it in other threads."""

    def __init__(self, path: Path, shut: Callable[[float], bool]) -> None:
        """`shut` closes every connection until the given time (`time.monotonic`), while no code of the loop runs. The next use of
        one opens it again. False if a statement did not end in time.
        """
        self.path = path
        self.shut = shut
        self.turn = asyncio.Lock()
        """Held by the transaction that writes."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self.settling = threading.Lock()
        self._beside = threading.Lock()
        self._working: sqlite3.Connection | None = None

    def enter(self) -> None:
        """Note that the running event loop opens the file. Waits while another thread forks. Raises: ConfigError in a child that
        inherited it open.
        """
        running = asyncio.get_running_loop()
        if self.loop is not running:
            if self.path.absolute() in _inherited:
                raise ConfigError(
                    f"the database file {self.path} was busy for {_SECONDS:.0f} seconds when this process was forked, "
                    "so it cannot be opened here: fork again, or start the process by `spawn`"
                )
            with _registering:
                _files.add(self)
            if not self.settling.acquire(blocking=False):  # held until the fork is over
                _waiting.append(running)
                self.settling.acquire()
                _waiting.remove(running)
            self.loop = running
            self.settling.release()

    @contextmanager
    def beside(self, connect: Callable[[], sqlite3.Connection]) -> Generator[sqlite3.Connection, None, None]:
        """A connection for work in a thread. Waits while another thread forks."""
        with self._beside, closing(connect()) as connection:
            self._working = connection
            try:
                yield connection
            finally:
                self._working = None

    def end_beside(self, until: float) -> "threading.Lock | None":
        """Hold up work in threads, and return its lock. None if it did not end in time."""
        if not self._beside.acquire(timeout=STATEMENT_SECONDS):
            if (working := self._working) is not None:
                with suppress(sqlite3.ProgrammingError):  # closed just now
                    working.interrupt()
            if not self._beside.acquire(timeout=max(0.0, until - time.monotonic())):
                return None
        return self._beside


class _Stop:
    """An event loop in another thread that stands still while this thread forks, with its files closed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, files: Iterable[OpenFile], until: float) -> None:
        self._loop = loop
        self._files = files
        self._until = until
        self._stands = threading.Event()
        self._forked = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self.is_quiet = False

    def reached(self) -> bool:
        """Bring the loop to a standstill. False if it does not react in time, or has ended."""
        try:
            self._loop.call_soon_threadsafe(self._begin)
        except RuntimeError:
            return False
        while not self._stands.wait(_LOOK_SECONDS) and _runs(self._loop):
            if time.monotonic() >= self._until:
                break
        return self._stands.is_set()

    def _begin(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._stand_still())

    async def _stand_still(self) -> None:
        turns = await self._take_turns()
        try:
            if not self._forked.is_set():
                self.is_quiet = _shut_all(self._files, self._until)
                self._stands.set()
                self._forked.wait()
        finally:
            for turn in turns:
                turn.release()

    async def _take_turns(self) -> list[asyncio.Lock]:
        """Wait until no transaction is open. After a while only that long: the open one is then rolled back."""
        taken: list[asyncio.Lock] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(self._until - _CLOSING_SECONDS - time.monotonic()):
                for file in self._files:
                    await file.turn.acquire()
                    taken.append(file.turn)
        return taken

    def go_on(self) -> None:
        self._forked.set()


class _Fork:
    """One fork, from just before it until just after it."""

    def __init__(self) -> None:
        self._until = time.monotonic() + _SECONDS
        self._held: list[threading.Lock] = []
        self._stops: dict[asyncio.AbstractEventLoop, _Stop] = {}
        self._seen: set[OpenFile] = set()
        self._closed: set[OpenFile] = set()

    def prepare(self) -> None:
        """Close every file. What is begun meanwhile is closed too."""
        while True:
            _registering.acquire()
            found = [file for file in _files if file not in self._seen]
            if not found:
                self._held.append(_registering)
                return
            _registering.release()
            self._seen.update(found)
            self._close(found)

    @property
    def open_files(self) -> set[Path]:
        return {file.path.absolute() for file in self._seen - self._closed}

    def _close(self, files: Iterable[OpenFile]) -> None:
        loops: dict[asyncio.AbstractEventLoop | None, list[OpenFile]] = {}
        for file in files:
            file.settling.acquire()
            self._held.append(file.settling)
            loops.setdefault(file.loop, []).append(file)
        held_up = {file for file in files if self._holds_up(file)}
        for loop, used in loops.items():
            if self._close_on(loop, used):
                self._closed.update(held_up.intersection(used))

    def _holds_up(self, file: OpenFile) -> bool:
        lock = file.end_beside(self._until)
        if lock is not None:
            self._held.append(lock)
        return lock is not None

    def _close_on(self, loop: asyncio.AbstractEventLoop | None, files: Iterable[OpenFile]) -> bool:
        """True if nothing is open any more. On the loop's own thread an open transaction cannot go on: it is rolled back."""
        if loop is not None and loop not in self._stops and _runs(loop) and loop is not _running_here():
            stop = self._stops[loop] = _Stop(loop, files, self._until)
            if stop.reached():
                return stop.is_quiet
            if _runs(loop):
                return False
        return _shut_all(files, self._until)

    def is_over(self) -> None:
        for stop in self._stops.values():
            stop.go_on()
        for lock in self._held:
            lock.release()


def _shut_all(files: Iterable[OpenFile], until: float) -> bool:
    return all([file.shut(until) for file in files])


def _runs(loop: asyncio.AbstractEventLoop) -> bool:
    """False also for a loop that is about to fork itself, or to open a file: it waits until this fork is over."""
    return loop.is_running() and loop not in _waiting


def _running_here() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


_files: "WeakSet[OpenFile]" = WeakSet()
_registering = threading.Lock()
_one_forks = threading.Lock()
_forks: list[_Fork] = []
"""The one that is under way."""

_waiting: list[asyncio.AbstractEventLoop | None] = []
"""Loops whose threads wait for the fork that is under way, in order to fork too or to open a file."""

_inherited: set[Path] = set()
"""Files that were open when this process was forked."""


def _before() -> None:
    here = _running_here()
    _waiting.append(here)
    _one_forks.acquire()
    _waiting.remove(here)
    fork = _Fork()
    _forks.append(fork)
    fork.prepare()


def _in_parent() -> None:
    if _forks:
        _forks.pop().is_over()
        _one_forks.release()


def _in_child() -> None:
    if _forks:
        _inherited.update(_forks[-1].open_files)
        _in_parent()
    _waiting.clear()
    for file in list(_files):
        file.loop = None  # its thread is not here


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
