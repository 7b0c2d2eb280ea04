"""In every store a session ends once and is never revived."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import text

from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.store.sql.connections import EngineDatabase

from .values import LATER, NOW, a_client, a_session, an_end, race, signed_in


async def test_of_fifty_who_end_a_session_one_gets_it(nodes: list[Store], instance_id: InstanceId) -> None:  # R-REL-02
    _, _, session = await signed_in(nodes[0], instance_id)

    async def end(node: Store) -> Session | None:
        return await node.sessions.finish(instance_id, session.id, an_end(SessionStatus.ENDED, LATER))

    ended = [each for each in await race(nodes, end) if each is not None]
    by = {"end_cause": EndCause.REVOKED, "ended_at": LATER, "ended_by": "operator"}
    assert ended == [replace(session, status=SessionStatus.ENDED, updated_at=LATER, **by)]


@pytest.mark.parametrize("status", [each for each in SessionStatus if each not in ("active", "pending")])
async def test_nothing_revives_an_ended_session(
    store: Store, instance_id: InstanceId, database_url: str, status: SessionStatus
) -> None:  # R-SES-10
    user, client, session = await signed_in(store, instance_id)
    ended = await store.sessions.finish(instance_id, session.id, an_end(status, NOW))
    assert await store.sessions.finish(instance_id, session.id, an_end(SessionStatus.ENDED, LATER)) is None
    assert (
        await store.sessions.finish_of_client(client.instance_id, client.id, an_end(SessionStatus.ENDED, LATER)) == []
    )
    assert await store.sessions.finish_of_user(instance_id, user.id, an_end(SessionStatus.ENDED, LATER)) == []
    assert await store.sessions.save_data(instance_id, session.id, {"a": 1}, {}, LATER) is None
    await store.sessions.touch_many({session.id: LATER})
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=1)
    await store.sessions.finish_timed_out(NOW + timedelta(days=99), max_rows=10)
    assert await store.sessions.find(instance_id, session.id) == ended
    assert await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
    restarted = open_store(database_url)
    await restarted.migrate()
    assert await restarted.sessions.find(instance_id, session.id) == ended
    await restarted.close()


async def test_sessions_of_a_client_or_user_end_together(store: Store, instance_id: InstanceId) -> None:  # R-SES-07
    user, client, first = await signed_in(store, instance_id)
    second, elsewhere = a_session(user, client), a_session(user, a_client(instance_id))
    for session in (second, elsewhere):
        await store.sessions.create(session)
    ended = await store.sessions.finish_of_user(
        instance_id, user.id, an_end(SessionStatus.REVOKED, LATER), keep=second.id
    )
    assert {each.id for each in ended} == {first.id, elsewhere.id}
    assert {each.status for each in ended} == {SessionStatus.REVOKED}
    ended = await store.sessions.finish_of_client(client.instance_id, client.id, an_end(SessionStatus.REMOVED, LATER))
    assert [each.id for each in ended] == [second.id]
    assert await store.sessions.finish_of_user(new_instance_id(), user.id, an_end(SessionStatus.REVOKED, LATER)) == []


async def test_all_sessions_of_an_instance_end_in_steps(store: Store, instance_id: InstanceId) -> None:  # R-SES-05
    first_user, client, first = await signed_in(store, instance_id)
    _, _, elsewhere = await signed_in(store, new_instance_id())
    more = [a_session(first_user, client) for _ in range(4)]
    later = a_session(first_user, client, created_at=LATER)
    for session in (*more, later):
        await store.sessions.create(session)
    steps = [
        await store.sessions.finish_of_instance(instance_id, an_end(SessionStatus.REVOKED, NOW), max_rows=3)
        for _ in range(3)
    ]
    assert [len(step) for step in steps] == [3, 2, 0]
    assert {each.id for step in steps for each in step} == {first.id, *(each.id for each in more)}
    for untouched in (later, elsewhere):
        assert await store.sessions.find(untouched.instance_id, untouched.id) == untouched


async def test_sessions_cannot_be_ended_from_another_instance(store: Store, instance_id: InstanceId) -> None:
    user, _, session = await signed_in(store, instance_id)  # R-AUZ-02
    other = new_instance_id()
    assert await store.sessions.find(other, session.id) is None
    assert await store.sessions.finish(other, session.id, an_end(SessionStatus.REVOKED, NOW)) is None
    assert await store.sessions.finish_of_user(other, user.id, an_end(SessionStatus.REVOKED, NOW)) == []
    assert await store.sessions.save_data(other, session.id, {}, {}, NOW) is None
    assert await store.sessions.find(instance_id, session.id) == session


async def test_what_the_clock_has_ended_is_written_down(store: Store, instance_id: InstanceId) -> None:
    user, client, live = await signed_in(store, instance_id)
    expired = [a_session(user, client, expire_at=LATER) for _ in range(3)]
    idle = a_session(user, client, inactivity=timedelta(minutes=1))
    for session in (*expired, idle):
        await store.sessions.create(session)
    assert await store.sessions.finish_timed_out(NOW, max_rows=10) == 0
    assert await store.sessions.finish_timed_out(LATER, max_rows=3) == 3
    assert await store.sessions.finish_timed_out(LATER, max_rows=3) == 1
    found = [await store.sessions.find(instance_id, each.id) for each in (*expired, idle, live)]
    assert [each.status for each in found if each] == ["expired", "expired", "expired", "abandoned", "active"]


async def test_a_session_that_is_used_is_due_again_when_it_may_be_over_next(
    store: Store, instance_id: InstanceId
) -> None:  # R-SES-01
    minute = timedelta(minutes=1)
    user, client, _ = await signed_in(store, instance_id)
    session = a_session(user, client, inactivity=minute, expire_at=NOW + 3 * minute)
    await store.sessions.create(session)
    await store.sessions.touch_many({session.id: NOW + minute / 2})
    assert await store.sessions.finish_timed_out(NOW + minute, max_rows=10) == 1  # looked at, and left as it is
    assert await store.sessions.find(instance_id, session.id) == replace(session, last_active_at=NOW + minute / 2)
    assert await store.sessions.finish_timed_out(NOW + minute, max_rows=10) == 0
    await store.sessions.touch_many({session.id: NOW + 2.5 * minute})
    assert await store.sessions.finish_timed_out(NOW + 2.9 * minute, max_rows=10) == 1
    assert (
        await store.sessions.finish_timed_out(NOW + 2.99 * minute, max_rows=10) == 0
    )  # its end comes before the next idle moment
    assert await store.sessions.finish_timed_out(NOW + 3 * minute, max_rows=10) == 1
    found = await store.sessions.find(instance_id, session.id)
    assert found and (found.status, found.updated_at) == (SessionStatus.EXPIRED, NOW + 3 * minute)


async def test_sessions_that_the_release_before_writes_are_due_at_once(store: Store, instance_id: InstanceId) -> None:
    user, client, live = await signed_in(store, instance_id)
    idle = a_session(user, client, inactivity=timedelta(minutes=1))
    await store.sessions.create(idle)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    await database.change(text("UPDATE sessions SET due_at = 0"))
    assert await store.sessions.finish_timed_out(LATER, max_rows=10) == 2
    found = [await store.sessions.find(instance_id, each.id) for each in (idle, live)]
    assert [each.status for each in found if each] == ["abandoned", "active"]
    assert await store.sessions.finish_timed_out(LATER, max_rows=10) == 0
