"""A started engine on SQLite, a clock that tests move, a mailbox they read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Sojourn
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def engine(tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Sojourn]:
    """A development server with a password required, as instances are made."""
    config = Config(database_url=f"sqlite:///{tmp_path}/sojourn.db", data=tmp_path, root_keys=(Secret.random(),))
    opened = await Sojourn.open(config, clock=clock, mailer=mailbox)
    yield opened
    await opened.close()
