"""The started engine of the wire tests, and its application with every answer kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..backend_api.calling import Caller
from ..engines import Started, clock, mailbox, started
from ..second_factors import SentCodes, StepCodes
from .recording import Recorder

__all__ = ["clock", "mailbox", "started"]


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A development server with second factors of published names, which nobody has until a test enrols them."""
    factors = [StepCodes("totp"), SentCodes("phone_code")]
    opened = await started.open(Config(data=tmp_path, factors=factors), clock, mailbox)
    unlimited: dict[str, Json] = {
        name: [10_000, 1] for name in ("create_sign_in", "create_sign_up", "attempts", "codes")
    }
    await opened.instances.update_settings(opened.instance, {"protection": {"rate_limits": unlimited}})
    yield opened
    await opened.close()


@pytest.fixture
def recorder(engine: Engine) -> Recorder:
    return Recorder(build(engine))


@pytest.fixture
async def api(engine: Engine, recorder: Recorder) -> Caller:
    return Caller(recorder, (await engine.instances.new_secret_key(engine.instance)).reveal())
