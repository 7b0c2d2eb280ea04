"""A development server with its dashboard, and administrators of each role who call the admin API as its page does."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.dashboard import Dashboard
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock

from ..engines import Started, clock, mailbox, started
from .administration import Administration

__all__ = ["clock", "mailbox", "started"]


@pytest.fixture
async def dashboard(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Dashboard]:
    """A development server at http://localhost:8000, with its dashboard."""
    engine = await started.open(Config(data=tmp_path), clock, mailbox)
    yield await Dashboard.open(engine)
    await engine.close()


@pytest.fixture
def administration(dashboard: Dashboard) -> Administration:
    return Administration(dashboard)
