"""Password hashing in a bounded pool of threads: minting never waits for it (R-PWD-12)."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from sojourn.errors import Overloaded
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing, Verified

T = TypeVar("T")

_QUEUE_FACTOR = 4


class HashPool:
    """`threads` hashes at once, four times as many waiting; beyond that `Overloaded`."""

    def __init__(self, hashing: PasswordHashing, threads: int = 0) -> None:
        count = threads or os.cpu_count() or 1
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="hash")
        self._most = count * (1 + _QUEUE_FACTOR)
        self._running = 0
        self.hashing = hashing

    async def hash(self, text: str) -> StoredPassword:
        """Raises: Overloaded."""
        return await self._run(lambda: self.hashing.hash(text))

    async def verify(self, stored: StoredPassword, text: str) -> Verified:
        """Raises: Overloaded."""
        return await self._run(lambda: self.hashing.verify(stored, text))

    async def spend(self) -> None:
        """What a check costs, for somebody who does not exist or has no password (R-ENU-02). Raises: Overloaded."""
        await self._run(self.hashing.spend)

    async def import_digest(self, hasher: str, digest: str) -> StoredPassword:
        """Raises: FieldError, FieldFormat, Overloaded."""
        return await self._run(lambda: self.hashing.import_digest(hasher, digest))

    async def aside(self, work: Callable[[], T]) -> T:
        """Other slow work that belongs to passwords, such as loading the list of common ones. Raises: Overloaded."""
        return await self._run(work)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._running >= self._most:
            raise Overloaded(timedelta(seconds=1))
        self._running += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._running -= 1

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
