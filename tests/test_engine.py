"""The engine is built from parts that fit a protocol: whoever brings their own sees it used."""

import inspect
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn import engine_parts as wiring
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.instant import Instant
from sojourn.messages.email import Message
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.store.interface import Groups, Store
from sojourn.store.opening import open_store


class OwnClock:
    """A day in 2040, a second later at each look."""

    steady_until = 0.0

    def __init__(self) -> None:
        self.looks = 0

    def now(self) -> Instant:
        self.looks += 1
        return Instant(2_208_988_800_000) + timedelta(seconds=self.looks)

    def seconds(self) -> float:
        return self.now().millis / 1000

    def steady(self) -> float:
        return float(self.looks)


class OwnMailer:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)


class OwnStore:
    """Another store behind it, with a note of each transaction."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.committed = 0
        self.is_closed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Groups]:
        async with self.inner.transaction() as tx:
            yield tx
        self.committed += 1

    async def close(self) -> None:
        self.is_closed = True
        await self.inner.close()


async def test_an_engine_runs_on_a_store_a_clock_and_a_mailer_of_ones_own(tmp_path: Path) -> None:
    config = Config(data=tmp_path, root_keys=(Secret.random(),))
    clock, mailer = OwnClock(), OwnMailer()
    store = OwnStore(open_store(f"sqlite:///{tmp_path / 'own.db'}"))
    engine = await Engine.open(config, clock=clock, mailer=mailer, store=store)  # type: ignore[arg-type]
    committed = store.committed
    caller = Caller(engine.instance, None, Device())
    given = SignUpInput(email_address="ada@example.com", password="correct horse battery staple")
    sign_up, issued = await engine.sign_ups.create(caller, given)
    await engine.sign_ups.prepare_verification(
        Caller(engine.instance, issued.client, Device()), sign_up.id, "email_code"
    )
    assert sign_up.created_at > Instant(2_208_988_800_000)
    assert store.committed == committed + 2
    await engine.outbox.deliver_due()
    assert [message.to for message in mailer.sent] == ["ada@example.com"]
    await engine.close()
    assert store.is_closed


GROUPS = [wiring.Foundation, wiring.InstanceParts, wiring.SessionParts, wiring.UserParts, wiring.FlowParts]


@pytest.mark.parametrize("group", GROUPS)
def test_no_group_of_parts_holds_more_than_a_dozen(group: Any) -> None:
    assert len(fields(group)) <= 12


def test_what_the_engine_is_built_from_takes_a_dozen_things_at_most() -> None:
    built = [each for each in vars(wiring).values() if inspect.isclass(each) and each.__module__.startswith("sojourn.")]
    assert len(built) > 40
    assert not [each.__name__ for each in built if len(_arguments(each)) > 12 and each is not Config]


def _arguments(kind: type) -> list[str]:
    """What a class is made from. A field that begins with an underscore is its own."""
    taken = inspect.signature(kind).parameters
    return [name for name in taken if not name.startswith("_")]


def test_the_engine_hands_no_part_over_without_its_type() -> None:
    source = inspect.getsource(wiring) + inspect.getsource(sys.modules[Engine.__module__])
    assert "ignore" not in source
    assert "object]" not in source
    assert "Any" not in source
