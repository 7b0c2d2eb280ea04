"""What every store promises about the uses of sessions and the counts of refusals: nothing is lost, and nothing is kept for long."""

import asyncio
from datetime import timedelta

from sojourn.ids import InstanceId, SessionId, session_id, user_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.sessions.usage import HourOfUse, PendingUse, Usage, Use, hour_of
from sojourn.store.interface import Store

from .values import NOW

HOUR = hour_of(NOW)


def used(instance_id: InstanceId, times: int = 1) -> PendingUse:
    pending = PendingUse(instance_id, user_id())
    for _ in range(times):
        pending.count(Use.REFRESH, NOW)
    return pending


async def test_uses_add_up_also_from_many_nodes_at_once(nodes: list[Store], instance_id: InstanceId) -> None:
    ids = [session_id() for _ in range(5)]
    await asyncio.gather(
        *(node.session_uses.add(instance_id, {id: used(instance_id) for id in ids}) for node in nodes * 4)
    )
    for id in ids:
        assert (await nodes[0].session_uses.find(instance_id, id)).hours == (HourOfUse(HOUR, 4 * len(nodes), 0),)


async def test_uses_of_another_instance_are_unknown(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-02
    id = session_id()
    await store.session_uses.add(instance_id, {id: used(instance_id, 3)})
    other = new_instance_id()
    assert await store.session_uses.find(other, id) == Usage()
    assert await store.session_uses.find(instance_id, SessionId("sess_none")) == Usage()
    await store.session_uses.add(other, {})


async def test_refusals_add_up_by_hour_and_reason(nodes: list[Store], instance_id: InstanceId) -> None:
    counts = {(HOUR, "signed-out"): 2, (HOUR - 1, "signed-out"): 1, (HOUR, "too_many_requests"): 5}
    await asyncio.gather(*(node.refusals.add(instance_id, counts) for node in nodes))
    each = len(nodes)
    assert await nodes[0].refusals.by_reason(instance_id, HOUR - 1) == {
        "signed-out": 3 * each,
        "too_many_requests": 5 * each,
    }
    assert await nodes[0].refusals.by_reason(instance_id, HOUR) == {
        "signed-out": 2 * each,
        "too_many_requests": 5 * each,
    }
    assert await nodes[0].refusals.by_reason(new_instance_id(), 0) == {}


async def test_both_are_purged_when_they_are_over(store: Store, instance_id: InstanceId) -> None:
    id = session_id()
    await store.session_uses.add(instance_id, {id: used(instance_id)})
    await store.refusals.add(instance_id, {(HOUR, "signed-out"): 1})
    await store.purge(NOW + timedelta(hours=46), max_rows=100)
    assert await store.session_uses.find(instance_id, id) != Usage()
    await store.purge(NOW + timedelta(hours=48), max_rows=100)
    assert await store.session_uses.find(instance_id, id) == Usage()
    assert await store.refusals.by_reason(instance_id, 0) == {}
