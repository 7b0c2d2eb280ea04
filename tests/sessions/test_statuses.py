"""The status machine of a session: every status x every move, and the store's statements beside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.engine import Engine
from sojourn.errors import SessionEnded
from sojourn.ids import UserId, client_id, instance_id
from sojourn.instant import Instant
from sojourn.sessions.clients import fresh_client
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import (
    ENDED,
    LIVE,
    Ending,
    Session,
    SessionStatus,
    SessionTask,
    begun,
    by_the_clock,
    owing,
)

from ..people import person

NOW = Instant(1_800_000_000_000)
LATER = NOW + timedelta(seconds=5)
DAY = timedelta(days=1)
OWED: list[Sequence[SessionTask]] = [(), *((task,) for task in SessionTask), tuple(SessionTask)]


def at(status: SessionStatus) -> Session:
    new = begun(instance_id(), client_id(), UserId("user_1"), NOW, lifetime=7 * DAY, inactivity=DAY)
    return replace(new, status=status)


def test_every_status_is_live_or_ended() -> None:  # R-SES-10
    assert {SessionStatus.ACTIVE, SessionStatus.PENDING} == LIVE
    assert set(SessionStatus) == LIVE | ENDED
    assert not LIVE & ENDED


@pytest.mark.parametrize("owed", OWED, ids=str)
def test_a_new_session_is_pending_while_it_owes_a_task(owed: Sequence[SessionTask]) -> None:
    new = begun(instance_id(), client_id(), UserId("user_1"), NOW, lifetime=7 * DAY, inactivity=DAY, owed=owed)
    assert new.status is (SessionStatus.PENDING if owed else SessionStatus.ACTIVE)
    assert (new.expire_at, new.abandon_at, new.first_factor_at) == (NOW + 7 * DAY, NOW + DAY, NOW)


@pytest.mark.parametrize("owed", OWED, ids=str)
@pytest.mark.parametrize("status", SessionStatus)
def test_tasks_move_a_live_session_and_never_an_ended_one(
    status: SessionStatus, owed: Sequence[SessionTask]
) -> None:  # R-SES-10
    if status in ENDED:
        with pytest.raises(SessionEnded):
            owing(at(status), owed, LATER)
    else:
        assert owing(at(status), owed, LATER).status is (SessionStatus.PENDING if owed else SessionStatus.ACTIVE)


@pytest.mark.parametrize("status", SessionStatus)
@pytest.mark.parametrize(
    ("at_time", "reached"), [(NOW + DAY, SessionStatus.ABANDONED), (NOW + 7 * DAY, SessionStatus.EXPIRED)]
)
def test_a_timeout_ends_a_live_session_and_leaves_an_ended_one(
    status: SessionStatus, at_time: Instant, reached: SessionStatus
) -> None:  # R-SES-01, R-SES-10
    shown = by_the_clock(at(status), at_time)
    assert shown.status is (reached if status in LIVE else status)
    assert shown.is_live(at_time) is False
    with pytest.raises(SessionEnded):
        owing(at(status), (), at_time)


@pytest.mark.parametrize("status", SessionStatus)
async def test_the_store_ends_a_live_session_once_and_leaves_an_ended_one(
    engine: Engine, status: SessionStatus
) -> None:  # R-SES-10, R-REL-02
    user = await person(engine)
    instance, now = engine.instance, engine.clock.now()
    client, _ = fresh_client(instance, now)
    async with engine.store.transaction() as tx:
        await tx.clients.create(client)
    for ending in ENDED:
        session = begun(instance.id, client.id, user.id, now, lifetime=7 * DAY, inactivity=DAY)
        session = replace(session, status=status)
        async with engine.store.transaction() as tx:
            await tx.sessions.create(session)
            ended = await tx.sessions.finish(instance.id, session.id, Ending(ending, EndCause.REVOKED, now))
            again = await tx.sessions.finish(instance.id, session.id, Ending(ending, EndCause.REVOKED, now))
        assert (ended.status if ended else None) == (ending if status in LIVE else None)
        assert again is None
