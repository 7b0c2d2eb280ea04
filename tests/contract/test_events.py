"""What every store promises about the audit log and the outbox."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from sojourn.events.event import Event
from sojourn.ids import InstanceId, UserId, new_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.interface import EventFilter, OutboxMessage, Page, Store, UnchainedEvents
from sojourn.store.sql.connections import EngineDatabase

from .values import LATER, NOW, a_client, a_session, a_user, race


def _event(instance_id: InstanceId, **given: Any) -> Event:
    return replace(Event(instance_id, "session.created", NOW, "anonymous"), **given)


def _message(instance_id: InstanceId, **given: Any) -> OutboxMessage:
    message = OutboxMessage(new_id("msg_"), instance_id, "code", "ada@example.com", b"\x00sealed", NOW, NOW)
    return replace(message, **given)


async def _chain(store: Store) -> None:
    """As the worker does, to the end."""
    while await store.chain_events(max_rows=7):
        pass


def _database(store: Store) -> EngineDatabase:
    return cast("EngineDatabase", store._database)  # type: ignore[attr-defined]


async def _tamper(store: Store, statement: str) -> None:
    """Change rows behind the store's back, as somebody with the database in hand can."""
    assert await _database(store).change(text(statement)) > 0


async def test_entries_come_back_newest_first(store: Store, instance_id: InstanceId) -> None:  # R-LOG-01
    full = _event(
        instance_id, actor="user_1", user_id=UserId("user_1"), target="sess_1", ip_address="192.0.2.1",
        user_agent="Mozilla/5.0", details={"strategy": "password", "deep": {"a": [1, None]}},
    )  # fmt: skip
    bare = _event(instance_id)
    for event in (full, bare, _event(new_instance_id())):
        await store.events.record(event)
    for _ in range(2):
        assert await store.events.list(instance_id, Page()) == [bare, full]
        assert await store.events.list(instance_id, Page(1, 1)) == [full]
        assert await store.events.list(instance_id, Page(), EventFilter(user_id=UserId("user_1"))) == [full]
        await _chain(store)


async def test_the_newest_entries_come_first_whether_they_are_chained_or_not(
    store: Store, instance_id: InstanceId
) -> None:
    entries = [
        _event(instance_id, kind=kind, target=f"sess_{n}")
        for n in range(6)
        for kind in ("session.created", "user.banned")
    ]
    for n, entry in enumerate(entries):  # R-LOG-01
        await store.events.record(entry)
        if n == 5:
            await _chain(store)
    newest = list(reversed(entries))
    assert await store.events.unchained(instance_id) == UnchainedEvents(6, NOW)
    for offset in range(12):
        assert await store.events.list(instance_id, Page(4, offset)) == newest[offset : offset + 4]
    banned = [each for each in newest if each.kind == "user.banned"]
    assert await store.events.list(instance_id, Page(3, 2), EventFilter(kinds=["user."])) == banned[2:5]
    assert await store.events.list(instance_id, Page(), EventFilter(target="sess_2")) == [entries[5], entries[4]]


async def test_an_entry_is_written_with_the_change_or_not_at_all(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)  # R-LOG-01
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as tx:
            await tx.users.create(user)
            await tx.events.record(_event(instance_id))
            raise ZeroDivisionError
    assert await store.events.list(instance_id, Page()) == []
    async with store.transaction() as tx:
        await tx.users.create(user)
        await tx.events.record(_event(instance_id))
    assert len(await store.events.list(instance_id, Page())) == 1


async def test_a_change_whose_entry_cannot_be_written_is_undone(store: Store, instance_id: InstanceId) -> None:
    user, event = a_user(instance_id), _event(instance_id)  # R-LOG-01
    await store.events.record(event)
    with pytest.raises(Exception, match="id"):
        async with store.transaction() as tx:
            await tx.users.create(user)
            await tx.events.record(event)  # its id is taken
    assert await store.users.find(instance_id, user.id) is None


async def test_fifty_writers_keep_one_whole_chain(nodes: list[Store], instance_id: InstanceId) -> None:  # R-LOG-01
    user, client = a_user(instance_id), a_client(instance_id)

    async def write(node: Store) -> None:
        async with node.transaction() as tx:
            await tx.events.record(_event(instance_id))
            await tx.sessions.create(a_session(user, client))
            await tx.events.record(_event(instance_id, kind="session.ended"))

    async def write_and_chain(node: Store) -> None:
        await write(node)
        await node.chain_events(max_rows=7)

    await race(nodes, write_and_chain)
    assert len(await nodes[0].events.list(instance_id, Page(500))) == 100
    assert await nodes[1].events.is_whole(instance_id)
    await race(nodes, _chain, 4)
    assert await nodes[0].events.unchained(instance_id) == UnchainedEvents(0, None)
    assert len({each.id for each in await nodes[0].events.list(instance_id, Page(500))}) == 100
    assert await nodes[1].events.is_whole(instance_id)
    assert await nodes[1].events.is_whole(new_instance_id())


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events SET actor = 'nobody' WHERE instance_id = '{0}' AND sequence = 2",
        "UPDATE events SET details = '{{}}' WHERE instance_id = '{0}' AND sequence = 3",
        "DELETE FROM events WHERE instance_id = '{0}' AND sequence = 2",
        "DELETE FROM events WHERE instance_id = '{0}' AND sequence = 3",
        "DELETE FROM events WHERE instance_id = '{0}'",
        "UPDATE event_heads SET sequence = 2 WHERE instance_id = '{0}'",
    ],
)
async def test_a_changed_or_removed_entry_is_noticed(store: Store, instance_id: InstanceId, tampering: str) -> None:
    for n in range(3):  # R-LOG-01
        await store.events.record(_event(instance_id, details={"n": n}))
    await _chain(store)
    assert await store.events.is_whole(instance_id)
    await _tamper(store, tampering.format(instance_id))
    assert not await store.events.is_whole(instance_id)


async def test_writers_that_hold_rows_and_log_never_wait_for_each_other_forever(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user = a_user(instance_id)
    await nodes[0].users.create(user)

    async def log_then_change(node: Store) -> None:
        async with node.transaction() as tx:
            await tx.events.record(_event(instance_id))
            await tx.users.note_sign_in(instance_id, user.id, NOW)

    async def change_then_log(node: Store) -> None:
        async with node.transaction() as tx:
            await tx.users.note_sign_in(instance_id, user.id, NOW)
            await tx.events.record(_event(instance_id))

    await asyncio.gather(race(nodes, log_then_change, 9), race(nodes, change_then_log, 9))
    await _chain(nodes[0])
    assert await nodes[0].events.unchained(instance_id) == UnchainedEvents(0, None)
    assert await nodes[0].events.is_whole(instance_id)


# -- the outbox


async def test_a_message_is_given_to_one_worker_at_a_time(nodes: list[Store], instance_id: InstanceId) -> None:
    sent = [_message(instance_id, created_at=NOW + timedelta(seconds=n)) for n in range(20)]  # R-REL-02
    for message in (*sent, _message(instance_id, next_try_at=LATER + timedelta(days=1))):
        await nodes[0].outbox.enqueue(message)
    lease = timedelta(minutes=1)

    claimed = await race(nodes, lambda node: node.outbox.claim(NOW, max_rows=3, lease=lease))
    assert max(map(len, claimed)) <= 3
    rest = [await nodes[0].outbox.claim(NOW, max_rows=3, lease=lease) for _ in range(10)]  # who were passed over
    given = [message for batch in (*claimed, *rest) for message in batch]
    expected = {each.id: replace(each, tries=1, next_try_at=NOW + lease) for each in sent}
    assert len(given) == 20
    assert {each.id: each for each in given} == expected


async def test_a_message_is_claimed_again_until_it_is_done(store: Store, instance_id: InstanceId) -> None:
    message = _message(instance_id)
    await store.outbox.enqueue(message)
    lease = timedelta(minutes=1)
    assert await store.outbox.claim(NOW.before(lease), max_rows=5, lease=lease) == []
    assert len(await store.outbox.claim(NOW, max_rows=5, lease=lease)) == 1
    (again,) = await store.outbox.claim(LATER, max_rows=5, lease=lease)
    assert again == replace(message, tries=2, next_try_at=LATER + lease)
    await store.outbox.remove(message.id)
    assert await store.outbox.claim(LATER + lease, max_rows=5, lease=lease) == []


async def test_the_oldest_messages_go_first(store: Store, instance_id: InstanceId) -> None:
    sent = [_message(instance_id, created_at=NOW + timedelta(seconds=n)) for n in range(4)]
    for message in reversed(sent):
        await store.outbox.enqueue(message)
    claimed = await store.outbox.claim(NOW, max_rows=3, lease=timedelta(minutes=1))
    assert [message.id for message in claimed] == [message.id for message in sent[:3]]
