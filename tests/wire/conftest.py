"""A started engine on SQLite with a clock that tests move, and browsers that talk to it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.instances.instance import Environment
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..engines import Started, clock, mailbox, started
from .browsing import Browser

__all__ = ["clock", "mailbox", "started"]

LIVE_SERVER = "https://auth.example.com"
LIVE_APP = "https://app.example.com"


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A development server at http://localhost:8000."""
    opened = await started.open(Config(data=tmp_path), clock, mailbox)
    unlimited: dict[str, Json] = {
        name: [10_000, 1] for name in ("create_sign_in", "create_sign_up", "attempts", "codes")
    }
    await opened.instances.update_settings(opened.instance, {"protection": {"rate_limits": unlimited}})
    yield opened
    await opened.close()


@pytest.fixture
async def live(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A production server at https://auth.example.com for an app at https://app.example.com."""
    config = Config(
        environment=Environment.PRODUCTION,
        public_url=LIVE_SERVER,
        data=tmp_path / "live",
        cookie_domain="example.com",
        sign_in_floor_ms=0,
    )
    config.data.mkdir()
    opened = await started.open(config, clock, mailbox)
    await opened.instances.update_settings(opened.instance, {"allowed_origins": [LIVE_APP]})
    yield opened
    await opened.close()


@pytest.fixture
def open_browser(engine: Engine) -> Callable[..., Browser]:
    app = build(engine)
    return lambda **given: Browser(app, **given)


@pytest.fixture
def browser(open_browser: Callable[..., Browser]) -> Browser:
    return open_browser()


@pytest.fixture
def live_browser(live: Engine) -> Browser:
    return Browser(build(live), origin=LIVE_APP, server=LIVE_SERVER)
