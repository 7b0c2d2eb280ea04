"""The audit log is chained beside the requests, and when a process ends."""

import asyncio
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.messages.mailbox import Mailbox
from sojourn.server import worker
from sojourn.server.worker import Worker
from sojourn.store.interface import UnchainedEvents
from sojourn.store.opening import open_store
from sojourn.testing.clock import FakeClock

from ..engines import Started, clock, mailbox, started
from ..people import person

__all__ = ["clock", "mailbox", "started"]

ALL = UnchainedEvents(0, None)


async def test_one_round_chains_more_than_one_step_takes(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-LOG-01
    monkeypatch.setattr(worker, "_CHAINED_AT_ONCE", 3)
    monkeypatch.setattr(worker, "_STEP_PAUSE", 0.0)
    engine = await started.open(Config(data=tmp_path), clock, mailbox)
    log, id = engine.store.events, engine.instance.id
    try:
        for n in range(10):
            await person(engine, f"user{n}@example.com")
        assert (await log.unchained(id)).count >= 10
        await Worker(engine)._chain()  # pyright: ignore[reportPrivateUsage]
        assert await log.unchained(id) == ALL
        assert await log.is_whole(id)
    finally:
        await engine.close()


async def test_a_running_worker_chains_what_is_recorded(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-LOG-01
    monkeypatch.setattr(worker, "_CHAINING_PAUSE", 0.0)
    engine = await started.open(Config(data=tmp_path), clock, mailbox)
    running = Worker(engine)
    try:
        await person(engine)
        running.start()
        async with asyncio.timeout(30):
            while await engine.store.events.unchained(engine.instance.id) != ALL:
                await asyncio.sleep(0)
        assert await engine.store.events.is_whole(engine.instance.id)
    finally:
        await running.stop()
        await engine.close()


async def test_a_process_that_ends_leaves_nothing_unchained(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox
) -> None:
    engine = await started.open(Config(data=tmp_path), clock, mailbox)  # R-LOG-01
    await person(engine)
    await engine.close()
    store = open_store(engine.config.database_url)
    assert await store.events.unchained(engine.instance.id) == ALL
    assert await store.events.is_whole(engine.instance.id)
    await store.close()
