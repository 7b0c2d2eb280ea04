"""Background work: mail, activity, the audit log's chain, purging.

A failed round loses nothing; the next one continues.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog

from sojourn.engine import Engine
from sojourn.errors import SojournError
from sojourn.factors import common_passwords

log = structlog.get_logger()

_OUTBOX_PAUSE = 5.0
_ACTIVITY_PAUSE = 15.0
_CLEANING_PAUSE = 60.0
_KEYS_PAUSE = 1.0
_BUILDING_PAUSE = 30.0
"""After a step that failed."""

_BATCHES_PAUSE = 5.0
_CHAINING_PAUSE = 1.0
"""Seconds between rounds of chaining, and so about how long an entry of the audit log stays outside the chain."""

_CLEANED_AT_ONCE = 1000
_CHAINED_AT_ONCE = 200
_ERASED_AT_ONCE = 50
_STEPS_A_ROUND = 1000
_STEP_PAUSE = 0.05
"""Seconds between steps, in which other writers proceed."""

KEPT = timedelta(days=1)
"""How long finished attempts are kept."""

CLIENTS_KEPT = timedelta(days=30)
"""How long clients are kept after their cookie has expired."""


class CleaningStep(Protocol):
    """Processes up to `max_rows` rows of a kind and returns their number."""

    def __call__(self, *, max_rows: int) -> Awaitable[int]: ...


class Worker:
    """Seven loops for the life of the process, one warm-up, and the building of indexes. `console` is the
    dashboard's engine, which shares the store and the activity. `stop` lets each finish its round and writes the last activity."""

    def __init__(self, engine: Engine, console: Engine | None = None) -> None:
        self._engine = engine
        self._followed = [engine] if console is None else [engine, console]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        warm = self._guarded(self._warm)
        loops = (warm, self._build(), self._mail_forever(), self._end_forever(),
                 self._every(_ACTIVITY_PAUSE, self._engine.activity.flush),
                 self._every(_ACTIVITY_PAUSE, self._engine.refusals.flush),
                 self._every(_ACTIVITY_PAUSE, self._engine.key_use.flush), self._every(_CLEANING_PAUSE, self._clean),
                 self._every(_KEYS_PAUSE, self._follow_keys), self._every(_CHAINING_PAUSE, self._chain))  # fmt: skip
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    def follow(self, console: Engine) -> None:
        """Work for the dashboard's engine too, once it is open."""
        self._followed.append(console)

    async def _warm(self) -> None:
        """Load what the first sign-in would wait for: the common passwords and the measured cost of imported hashes."""
        engine = self._engine
        await engine.hash_pool.aside(common_passwords.size)
        await engine.sign_in_protection.floor.now(engine.instance)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(SojournError):
            await self._engine.activity.flush()
            await self._engine.refusals.flush()
            await self._engine.key_use.flush()

    async def _mail_forever(self) -> None:
        outbox = self._engine.outbox
        while True:
            outbox.wake.clear()
            await self._guarded(outbox.deliver_due)
            with suppress(TimeoutError):
                async with asyncio.timeout(_OUTBOX_PAUSE):
                    await outbox.wake.wait()

    async def _end_forever(self) -> None:
        """Continue batches of ended sessions: those just begun, and those that a stop or another node left unfinished."""
        batches = self._engine.session_batches
        while True:
            batches.wake.clear()
            await self._guarded(batches.continue_all)
            with suppress(TimeoutError):
                async with asyncio.timeout(_BATCHES_PAUSE):
                    await batches.wake.wait()

    async def _every(self, pause: float, work: Callable[[], Awaitable[object]]) -> None:
        while True:
            await asyncio.sleep(pause)
            await self._guarded(work)

    async def _follow_keys(self) -> None:
        """Follow key changes, so that a process that only verifies notices a removed key."""
        for engine in self._followed:
            instance = await engine.instances.by_id(engine.instance.id)
            if instance is not None:
                await engine.key_store.ring(instance)

    async def _build(self) -> None:
        """Build late indexes until none is left."""
        while True:
            pause: float | None = _BUILDING_PAUSE
            try:
                pause = await self._engine.store.build()
            except Exception as error:
                log.warning("worker.round_failed", work="build", error=type(error).__name__)
            if pause is None:
                return
            await asyncio.sleep(pause)

    async def _chain(self) -> None:
        await self._in_steps(self._engine.store.chain_events, _CHAINED_AT_ONCE)

    async def _clean(self) -> None:
        await self._engine.activity.flush()  # first, so that a session in use does not count as idle
        now = self._engine.clock.now()
        store, over = self._engine.store, now.before(KEPT)
        await self._in_steps(partial(store.sessions.finish_timed_out, now), _CLEANED_AT_ONCE)
        if store.shared_counts is not None:
            await self._in_steps(partial(store.shared_counts.purge, now), _CLEANED_AT_ONCE)
        await self._in_steps(partial(self._engine.deletions.erase_due, self._engine.instance), _ERASED_AT_ONCE)
        await self._in_steps(partial(store.purge, over), _CLEANED_AT_ONCE)
        await self._in_steps(partial(store.purge_unused_clients, over), _CLEANED_AT_ONCE)
        await self._in_steps(partial(store.purge_expired_clients, now.before(CLIENTS_KEPT)), _CLEANED_AT_ONCE)
        for instance in await store.instances.all():
            ended_by = now.before(instance.settings.sessions.ended_kept)
            await self._in_steps(partial(store.sessions.purge_ended, instance.id, ended_by), _CLEANED_AT_ONCE)
        await self._in_steps(store.sessions.stamp, _CLEANED_AT_ONCE)

    async def _in_steps(self, step: CleaningStep, max_rows: int) -> None:
        """Run short steps until one finds fewer rows than its limit."""
        for _ in range(_STEPS_A_ROUND):
            if await step(max_rows=max_rows) < max_rows:
                return
            await asyncio.sleep(_STEP_PAUSE)

    async def _guarded(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except (
            Exception
        ) as error:  # an unreachable database must not end the loop, so that it recovers without a restart
            log.warning("worker.round_failed", work=getattr(work, "__name__", "?"), error=type(error).__name__)
