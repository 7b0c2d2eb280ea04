"""Signing keys that another process has changed: every process follows within a second."""

from collections.abc import AsyncIterator

import pytest

from sojourn.engine import Engine
from sojourn.errors import TokenRefused
from sojourn.integrations.local_server import EngineClient, gate_of
from sojourn.messages.mailbox import Mailbox
from sojourn.server.worker import Worker
from sojourn.sessions.session import Session
from sojourn.testing.clock import FakeClock

from ..people import person, signed_in


@pytest.fixture
async def other(engine: Engine, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A second process on the database of the first."""
    opened = await Engine.open(engine.config, clock=clock, mailer=mailbox)
    yield opened
    await opened.close()


async def _minted(engine: Engine, session: Session) -> str:
    """A token for a session, as a request of now is given one."""
    instance = await engine.instances.current()
    user = await engine.accounts.get(instance, session.user_id)
    return await engine.tokens.for_session(instance, session, user, origin=None)


async def test_a_second_after_an_emergency_nobody_mints_with_the_dropped_key(
    engine: Engine, other: Engine, clock: FakeClock
) -> None:  # R-KEY-03
    await person(engine)
    session = await signed_in(engine)
    old = await _minted(engine, session)
    fresh = await other.key_store.rotate(other.instance, emergency=True)
    clock.advance(seconds=1)
    assert (await _minted(engine, session)).partition(".")[0] == fresh.session_header
    assert (await _minted(engine, session)).partition(".")[0] != old.partition(".")[0]
    instance = await engine.instances.current()
    assert [key["kid"] for key in (await engine.key_store.jwks(instance))["keys"]] == [fresh.kid]  # type: ignore[index, union-attr]


async def test_a_process_that_only_verifies_learns_of_it_too(
    engine: Engine, other: Engine, clock: FakeClock
) -> None:  # R-KEY-03
    await person(engine)
    session = await signed_in(engine)
    token = await _minted(engine, session)
    gate, _ = gate_of(engine, EngineClient(engine))
    gate.verify(token)  # and remembered
    await other.key_store.rotate(other.instance, emergency=True)
    clock.advance(seconds=1)
    await Worker(engine)._follow_keys()  # pyright: ignore[reportPrivateUsage]
    with pytest.raises(TokenRefused):
        gate.verify(token)


async def test_a_planned_rotation_refuses_no_token(engine: Engine, other: Engine, clock: FakeClock) -> None:  # R-KEY-03
    await person(engine)
    session = await signed_in(engine)
    token = await _minted(engine, session)
    gate, _ = gate_of(engine, EngineClient(engine))
    await other.key_store.rotate(other.instance)
    clock.advance(seconds=1)
    await Worker(engine)._follow_keys()  # pyright: ignore[reportPrivateUsage]
    gate.verify(token)
