"""The most sessions that a user may have, at parallel sign-ins on two nodes (R-SES-03)."""

import asyncio

import pytest

from sojourn.errors import SessionLimitReached
from sojourn.events.audit_log import AuditLog
from sojourn.ids import InstanceId
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.settings import SessionSettings, Settings
from sojourn.sessions.activity import Activity
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.session import Session
from sojourn.store.interface import Store
from sojourn.testing.clock import FakeClock

from .values import NOW, a_user


@pytest.mark.parametrize("policy", ["refuse", "end_idlest"])
async def test_parallel_sign_ins_never_pass_the_limit(nodes: list[Store], instance_id: InstanceId, policy: str) -> None:
    rules = SessionSettings(sessions_per_user=3, at_the_limit=policy)  # pyright: ignore[reportArgumentType]
    instance = Instance(
        instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(sessions=rules), NOW, NOW
    )
    await nodes[0].instances.create(instance)
    user, clock = a_user(instance_id), FakeClock()
    await nodes[0].users.create(user)
    each = [Sessions(node, clock, Activity(node), AuditLog(clock)) for node in nodes]
    begun = await asyncio.gather(*(each[n % 2].create_for(instance, user) for n in range(10)), return_exceptions=True)
    live = await nodes[0].sessions.of_user(instance_id, user.id)
    assert len(live) == 3
    started = [session for session in begun if isinstance(session, Session)]
    if policy == "end_idlest":
        assert len(started) == 10
        return
    assert {session.id for session in started} == {session.id for session in live}
    assert sum(isinstance(refused, SessionLimitReached) for refused in begun) == 7
