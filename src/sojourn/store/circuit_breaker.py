"""A circuit breaker around a database: after three hangs requests fail at once until a probe succeeds (R-REL-03)."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from sojourn.errors import Overloaded

log = structlog.get_logger()

HANGS = 3
"""Consecutive timeouts, with no response between them, that open the circuit."""

_PAUSE = 0.5
"""Seconds between two probes; after an outage, requests may be refused for this long."""


class Breaker:
    """`probe` raises while the database does not respond, and limits its own time. It runs in the background, so no
    request waits for it.
    """

    def __init__(self, probe: Callable[[], Awaitable[None]], let_go: Callable[[], None]) -> None:
        """`let_go` is called after a failed probe: existing connections may hang forever."""
        self._probe = probe
        self._let_go = let_go
        self._hangs = 0
        self._probing: asyncio.Task[None] | None = None
        self.closed = asyncio.Event()
        """Set while requests may use the database."""
        self.closed.set()

    def check(self) -> None:
        """Raises: Overloaded at once while the circuit is open."""
        if self._probing is not None:
            raise Overloaded()

    def answered(self) -> None:
        """Record a response of the database, an error included."""
        self._hangs = 0

    def hung(self) -> None:
        """Record a wait that timed out."""
        self._hangs += 1
        if self._hangs >= HANGS and self._probing is None:
            self.closed.clear()
            self._probing = asyncio.get_running_loop().create_task(self._until_it_answers())
            log.warning("store.does_not_answer", hangs=self._hangs)

    async def close(self) -> None:
        """Stop probing."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])
            self._probing = None

    async def _until_it_answers(self) -> None:
        """The first probe runs at once: if the wait was only for a lock, almost no request is refused."""
        while not await self._answers():
            self._let_go()
            await asyncio.sleep(_PAUSE)
        self._hangs = 0
        self._probing = None
        self.closed.set()
        log.info("store.answers_again")

    async def _answers(self) -> bool:
        try:
            await self._probe()
        except Exception:  # any failure means that the database does not respond yet
            return False
        return True
