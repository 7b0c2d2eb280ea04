"""What strangers leave behind is swept, however much it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.messages.mailbox import Mailbox
from sojourn.server import worker
from sojourn.server.worker import Worker
from sojourn.sessions.caller import Caller
from sojourn.testing.clock import FakeClock

from ..engines import Started, clock, mailbox, started

__all__ = ["clock", "mailbox", "started"]


async def test_one_round_sweeps_more_than_one_step_takes(
    started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-SES-13
    monkeypatch.setattr(worker, "_CLEANED_AT_ONCE", 3)
    monkeypatch.setattr(worker, "_STEP_PAUSE", 0.0)
    engine = await started.open(Config(data=tmp_path), clock, mailbox)
    instance = engine.instance
    try:
        for n in range(10):
            await engine.clients.ensure(Caller(instance, None))
            await engine.store.tickets.add_nonce(instance.id, bytes([n]) * 32, [], clock.now() + timedelta(seconds=60))
        assert await engine.store.clients.count(instance.id) == 10
        clock.advance(days=1, minutes=2)
        await Worker(engine)._clean()  # pyright: ignore[reportPrivateUsage]
        assert await engine.store.clients.count(instance.id) == 0
        for n in range(10):
            assert (
                await engine.store.tickets.take_nonce(
                    instance.id, bytes([n]) * 32, clock.now().before(timedelta(days=1))
                )
                is None
            )
    finally:
        await engine.close()
