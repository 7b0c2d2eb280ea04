"""Lets sync code call the async engine, on the event loop that the engine uses."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Bridge:
    """Chooses the engine's event loop once: the app's own, or one on a thread that the first sync call starts. A forked
    process starts its own.
    """

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._is_own = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The chosen loop; None before the choice, and after a fork."""
        loop = self._loop
        return loop if loop is not None and self._process == os.getpid() and not loop.is_closed() else None

    def settle(self) -> bool:
        """Choose the running loop, unless another is chosen already. True if the running loop is the chosen one."""
        with self._starting:
            if self.loop is None:
                self._loop, self._process, self._is_own = asyncio.get_running_loop(), os.getpid(), False
            return self._loop is asyncio.get_running_loop()

    async def reach(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the chosen loop, from any running loop; without a choice, on the running one."""
        loop = self.loop
        if loop is None or loop is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` on the loop and wait for it.

        Raises: whatever `work` raises; RuntimeError on the loop's own thread.
        """
        loop = self._running()
        if loop is _running_here():
            work.close()
            raise RuntimeError("this would wait for itself: await the async method of the same name, without _now")
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        if (loop := self.loop) is not None:
            return loop
        with self._starting:
            if (loop := self.loop) is None:
                loop = self._loop = asyncio.new_event_loop()
                self._process, self._is_own = os.getpid(), True
                threading.Thread(target=self._turn, args=[loop], name="sojourn", daemon=True).start()
            return loop

    @staticmethod
    def _turn(loop: asyncio.AbstractEventLoop) -> None:
        loop.run_forever()
        loop.close()

    def leave(self) -> None:
        """Forget the app's own loop, so that a later call chooses again. A loop started here keeps running."""
        if not self._is_own:
            self._loop = None

    def close(self) -> None:
        """Stop the loop that was started here; a later call starts another."""
        loop, self._loop = self.loop, None
        if loop is not None and self._is_own:
            loop.call_soon_threadsafe(loop.stop)


def _running_here() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
