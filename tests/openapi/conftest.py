"""The started engine of the wire tests, and its application with every answer kept."""

import pytest

from sojourn.engine import Engine
from sojourn.web.app import build

from ..backend_api.calling import Caller
from ..wire.conftest import clock, engine, mailbox, started
from .recording import Recorder

__all__ = ["clock", "engine", "mailbox", "started"]


@pytest.fixture
def recorder(engine: Engine) -> Recorder:
    return Recorder(build(engine))


@pytest.fixture
async def api(engine: Engine, recorder: Recorder) -> Caller:
    return Caller(recorder, (await engine.instances.new_secret_key(engine.instance)).reveal())
