"""Every store finds live sessions, records their use, and purges those that ended."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sojourn.ids import InstanceId, SessionId, session_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.instant import Instant
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import DevBrowser, Page, SessionFilter, Store

from .values import LATER, NOW, a_client, a_full_session, a_session, a_user, an_end, signed_in


async def test_a_session_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user, client = a_user(instance_id), a_client(instance_id)
    session = a_full_session(user, client)
    await store.sessions.create(session)
    assert await store.sessions.find(instance_id, session.id) == session
    assert await store.sessions.of_client(client.instance_id, client.id) == [session]
    assert await store.sessions.of_user(instance_id, user.id) == [session]
    async with store.transaction() as tx:
        assert await tx.sessions.find(instance_id, session.id) == session
        assert await tx.sessions.of_client(client.instance_id, client.id) == [session]


async def test_live_sessions_of_a_client_are_listed_oldest_first(store: Store, instance_id: InstanceId) -> None:
    client, user = a_client(instance_id), a_user(instance_id)
    young = a_session(user, client, created_at=LATER)
    old = a_session(user, client, status=SessionStatus.PENDING)
    over = [a_session(user, client, status=status) for status in list(SessionStatus)[2:]]
    for session in (young, old, *over, a_session(user, a_client(instance_id))):
        await store.sessions.create(session)
    assert await store.sessions.of_client(client.instance_id, client.id) == [old, young]


async def test_live_sessions_of_a_user_are_listed_by_last_use(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    idle, used = (a_session(user, a_client(instance_id), last_active_at=at) for at in (NOW, LATER))
    for session in (idle, used, a_session(user, a_client(instance_id), status=SessionStatus.REVOKED)):
        await store.sessions.create(session)
    assert await store.sessions.of_user(instance_id, user.id) == [used, idle]
    assert await store.sessions.of_user(new_instance_id(), user.id) == []


async def test_sessions_are_listed_and_counted_by_the_status_that_the_clock_gives(
    store: Store, instance_id: InstanceId
) -> None:
    user, client, active = await signed_in(store, instance_id)
    expired = a_session(user, client, expire_at=LATER)
    abandoned = a_session(user, client, inactivity=timedelta(seconds=60))
    revoked = a_session(user, a_client(instance_id), status=SessionStatus.REVOKED, expire_at=NOW)
    for session in (expired, abandoned, revoked):
        await store.sessions.create(session)

    async def listed(status: SessionStatus | None, now: Instant) -> set[SessionId]:
        where = SessionFilter(status=status, now=now)
        found = await store.sessions.list(instance_id, where, Page())
        assert len(found) == await store.sessions.count(instance_id, where)
        return {session.id for session in found}

    assert await listed(SessionStatus.ACTIVE, LATER) == {active.id}
    assert await listed(SessionStatus.EXPIRED, LATER) == {expired.id}
    assert await listed(SessionStatus.ABANDONED, LATER) == {abandoned.id}
    assert await listed(SessionStatus.REVOKED, LATER) == {revoked.id}
    assert await listed(SessionStatus.ACTIVE, NOW) == {active.id, expired.id, abandoned.id}
    by_client = SessionFilter(client_id=client.id, user_id=user.id, now=NOW)
    assert await store.sessions.count(instance_id, by_client) == 3
    assert await store.sessions.count(new_instance_id(), SessionFilter()) == 0


async def test_sessions_are_listed_page_by_page_newest_first(store: Store, instance_id: InstanceId) -> None:
    user, client = a_user(instance_id), a_client(instance_id)
    made = [a_session(user, client, created_at=NOW + timedelta(seconds=n)) for n in range(5)]
    for session in made:
        await store.sessions.create(session)
    pages = [await store.sessions.list(instance_id, SessionFilter(), Page(2, offset)) for offset in (0, 2, 4, 10**20)]
    assert [session for page in pages for session in page] == made[::-1]


async def test_uses_move_forward_only_and_in_one_statement(store: Store, instance_id: InstanceId) -> None:  # R-SES-02
    user, client, session = await signed_in(store, instance_id)
    second = a_session(user, client, last_active_at=LATER)
    await store.sessions.create(second)
    await store.sessions.touch_many({session.id: LATER, second.id: NOW, SessionId("sess_unknown"): LATER})
    await store.sessions.touch_many({})
    assert await store.sessions.find(instance_id, session.id) == replace(session, last_active_at=LATER)
    assert await store.sessions.find(instance_id, second.id) == second


async def test_touching_and_ending_many_sessions_never_wait_for_each_other_forever(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user, client, _ = await signed_in(nodes[0], instance_id)
    for _ in range(5):
        sessions = [a_session(user, client) for _ in range(40)]
        for session in sessions:
            await nodes[0].sessions.create(session)
        forth = {session.id: LATER for session in sessions}
        back = dict(reversed(list(forth.items())))
        await asyncio.gather(
            nodes[0].sessions.touch_many(forth),
            nodes[1].sessions.touch_many(back),
            nodes[0].sessions.finish_of_user(instance_id, user.id, an_end(SessionStatus.REVOKED, LATER)),
            nodes[1].sessions.finish_of_client(client.instance_id, client.id, an_end(SessionStatus.ENDED, LATER)),
        )
        assert await nodes[0].sessions.of_client(client.instance_id, client.id) == []


async def test_data_and_factors_are_kept_on_a_live_session(store: Store, instance_id: InstanceId) -> None:
    _, _, session = await signed_in(store, instance_id)
    saved = await store.sessions.save_data(instance_id, session.id, {"a": [1, None]}, {"b": "\x00"}, LATER)
    expected = replace(session, public_data={"a": [1, None]}, private_data={"b": "\x00"}, updated_at=LATER)
    assert saved == expected
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=1)
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=2, second=True)
    expected = replace(expected, first_factor_at=LATER, second_factor_at=LATER, generation=2)
    assert await store.sessions.find(instance_id, session.id) == expected


async def test_ended_sessions_and_browsers_that_cannot_come_back_are_forgotten(
    store: Store, instance_id: InstanceId
) -> None:
    user, client, recent = await signed_in(store, instance_id, "ada@example.com")
    ended = a_session(user, client, status=SessionStatus.ENDED, ended_at=NOW)
    other = replace(ended, id=session_id(), instance_id=new_instance_id())
    live = a_session(user, a_client(instance_id), expire_at=NOW)  # over, but not written down so yet
    for each in (ended, other, live):
        await store.sessions.create(each)
    used = replace(a_client(instance_id), id=live.client_id, expire_at=NOW)
    unused = replace(a_client(instance_id), expire_at=NOW)
    later = replace(a_client(instance_id), expire_at=LATER)
    for each in (used, unused, later):
        await store.clients.create(each)
    await store.clients.create_dev_browser(DevBrowser(b"d" * 32, instance_id, unused.id, NOW))

    before = NOW.before(timedelta(milliseconds=1))
    for at, sessions, clients in ((before, 0, 0), (NOW, 1, 1), (NOW, 0, 0)):
        assert await store.sessions.purge_ended(instance_id, at, max_rows=10) == sessions
        assert await store.purge_expired_clients(at, max_rows=10) == clients

    assert await store.sessions.find(instance_id, ended.id) is None
    assert await store.sessions.find(other.instance_id, other.id) == other
    for kept in (recent, live):
        assert await store.sessions.find(instance_id, kept.id) == kept
    assert await store.clients.find(instance_id, unused.id) is None
    assert await store.clients.find_dev_browser(instance_id, b"d" * 32) is None
    for browser in (client, used, later):
        assert await store.clients.find(instance_id, browser.id) is not None


async def test_a_client_is_known_by_sessions_of_the_user_themselves_that_ended_since(
    store: Store, instance_id: InstanceId
) -> None:  # R-LIM-03
    user, others = a_user(instance_id), a_user(instance_id)
    for each in (user, others):
        await store.users.create(each)

    async def is_known(**given: Any) -> bool:
        client = a_client(instance_id)
        await store.clients.create(client)
        await store.sessions.create(a_session(user, client, **given))
        assert not await store.sessions.is_known_device(client.instance_id, client.id, others.id, since=Instant(0))
        return await store.sessions.is_known_device(client.instance_id, client.id, user.id, since=NOW)

    assert await is_known()
    assert await is_known(status=SessionStatus.ENDED, updated_at=LATER)
    assert not await is_known(status=SessionStatus.ENDED, updated_at=NOW)
    assert not await is_known(actor={"sub": "user_support"})


async def test_devices_are_forgotten_beside_whoever_changes_the_user(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    await store.users.forget_devices(new_instance_id(), user.id, LATER)
    assert await store.users.find(instance_id, user.id) == user
    await store.users.forget_devices(instance_id, user.id, LATER)
    assert await store.users.find(instance_id, user.id) == replace(user, devices_forgotten_at=LATER)
