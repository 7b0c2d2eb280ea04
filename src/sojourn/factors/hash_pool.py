"""Password hashing in a bounded pool of threads: minting never waits for it, and one address never fills it (R-PWD-12).

The order of everything that is counted: reserve a slot, count the try, hash. A refusal for want of a slot comes before
the count, so it counts for nothing.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from sojourn.factors.fair_slots import FairSlots
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing, Verified
from sojourn.instances.instance import Instance
from sojourn.limits.rate_limit import RateLimiter

__all__ = ["Slot"]

T = TypeVar("T")

_SHARE_OF_SERVERS = 4
"""One of this many slots is reserved for requests with a secret key."""

_LIMIT = "hashes"


@dataclass(frozen=True, slots=True)
class Payer:
    """The payer of a request's hashes: a client address as rate limits count it, or None for a server with a secret
    key.
    """

    address: str | None
    instance: Instance | None = None


_payer: ContextVar[Payer | None] = ContextVar("payer", default=None)


@contextmanager
def hashing_for(payer: Payer) -> Generator[None]:
    """Set the payer of all hashes inside.

    Without it, hashes count as the process's own work, such as a command or warm-up.
    """
    before = _payer.set(payer)
    try:
        yield
    finally:
        _payer.reset(before)


class HashPool:
    """`threads` hashes at once, a quarter of them for servers (at least one thread in addition to the others)."""

    def __init__(self, hashing: PasswordHashing, limiter: RateLimiter, threads: int = 0) -> None:
        count = threads or os.cpu_count() or 1
        self.of_servers = max(1, count // _SHARE_OF_SERVERS)
        self.of_visitors = count - count // _SHARE_OF_SERVERS
        self._visitors = FairSlots(self.of_visitors, max(1, self.of_visitors - 1))
        self._servers = FairSlots(self.of_servers, self.of_servers)
        self._executor = ThreadPoolExecutor(self.of_visitors + self.of_servers, thread_name_prefix="hash")
        self._limiter = limiter
        self.hashing = hashing

    @asynccontextmanager
    async def reserved(self) -> AsyncGenerator["Slot"]:
        """Reserve a slot for one operation with any number of hashes. Raises: Overloaded, TooManyRequests; nothing is
        counted then. An aborted request returns the slot when its thread has ended.
        """
        payer = _payer.get()
        is_visitor = payer is not None and payer.address is not None
        name = (payer.address if payer else None) or ""
        slots = self._servers if payer is not None and not is_visitor else self._visitors
        if payer is not None and is_visitor:
            await self._limiter.check(_LIMIT, name, payer.instance)
        await slots.take(name)
        slot = Slot(self._executor, self.hashing)
        try:
            if payer is not None and is_visitor:
                await self._limiter.hit(_LIMIT, name, payer.instance)
            yield slot
        finally:
            slot.when_idle(lambda: slots.give_back(name))

    async def hash(self, text: str) -> StoredPassword:
        """Raises: as `reserved`."""
        async with self.reserved() as slot:
            return await slot.hash(text)

    async def import_digest(self, hasher: str, digest: str) -> StoredPassword:
        """Raises: FieldError, FieldFormat, and as `reserved`."""
        async with self.reserved() as slot:
            return await slot.aside(lambda: self.hashing.import_digest(hasher, digest))

    async def aside(self, work: Callable[[], T]) -> T:
        """Run other slow password work in the pool, such as loading the list of common passwords.

        Raises: as `reserved`.
        """
        async with self.reserved() as slot:
            return await slot.aside(work)

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)


class Slot:
    """A slot of the pool, held by one operation that runs its hashes one after another."""

    def __init__(self, executor: ThreadPoolExecutor, hashing: PasswordHashing) -> None:
        self._executor = executor
        self._hashing = hashing
        self._running: Future[object] | None = None

    async def hash(self, text: str) -> StoredPassword:
        return await self.aside(lambda: self._hashing.hash(text))

    async def verify(self, stored: StoredPassword, text: str) -> Verified:
        return await self.aside(lambda: self._hashing.verify(stored, text))

    async def spend(self) -> None:
        """Spend the time of a check, for an unknown user or a user without a password (R-ENU-02)."""
        await self.aside(self._hashing.spend)

    async def aside(self, work: Callable[[], T]) -> T:
        running = self._executor.submit(work)
        self._running = running  # pyright: ignore[reportAttributeAccessIssue]
        return await asyncio.wrap_future(running)

    def when_idle(self, then: Callable[[], None]) -> None:
        """Call `then` on this event loop: now, or once the thread of an abandoned hash has ended."""
        if self._running is None or self._running.done():
            then()
            return
        loop = asyncio.get_running_loop()

        def ended(_: Future[object]) -> None:
            with suppress(RuntimeError):  # the loop is closed, so its slots no longer matter
                loop.call_soon_threadsafe(then)

        self._running.add_done_callback(ended)
