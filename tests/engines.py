"""A started engine on SQLite, a clock that tests move, a mailbox they read."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.instances.instance import Environment
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock

PROXY = "127.0.0.1"
"""The proxy that every test server trusts."""


@dataclass
class Started:
    """Servers behind a proxy of their own, which names clients by any address, with databases as a first start leaves them, each made once and copied for every test: its tables and keys take a while."""

    folder: Path
    root_key: Secret = field(default_factory=Secret.random)
    _made: dict[tuple[Environment, str], Path] = field(default_factory=dict[tuple[Environment, str], Path])

    async def open(self, config: Config, clock: FakeClock, mailbox: Mailbox) -> Engine:
        """An engine of its own for one test, with a copy of such a database; `config` names no database and no root key."""
        kind = (config.environment, config.public_url)
        config = replace(config, root_keys=(self.root_key,), trusted_proxies=(IPv4Network(PROXY),))
        if kind not in self._made:
            made = self.folder / f"{len(self._made)}.db"
            first = await Engine.open(
                replace(config, database_url=f"sqlite:///{made}"), clock=FakeClock(), mailer=Mailbox()
            )
            await first.close()
            self._made[kind] = made
        copied = config.data / "sojourn.db"
        shutil.copy(self._made[kind], copied)
        return await Engine.open(replace(config, database_url=f"sqlite:///{copied}"), clock=clock, mailer=mailbox)


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    return Started(tmp_path_factory.mktemp("started"))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def engine(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A development server with a password required, as instances are made."""
    opened = await started.open(Config(data=tmp_path), clock, mailbox)
    yield opened
    await opened.close()
