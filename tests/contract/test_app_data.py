"""What every store promises about what apps keep for one visitor."""

from datetime import timedelta

from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.interface import Store

from .values import LATER, NOW, a_user, race, race_each

_OVER = NOW + timedelta(days=14)
_ANONYMOUS = "anon_" + "0" * 58


async def test_data_comes_back_until_it_is_over(store: Store, instance_id: InstanceId) -> None:
    await store.app_data.put(instance_id, _ANONYMOUS, {"cart": [1, {"two": None}]}, NOW, expire_at=_OVER)
    assert await store.app_data.find(instance_id, _ANONYMOUS, NOW) == {"cart": [1, {"two": None}]}
    assert await store.app_data.find(instance_id, _ANONYMOUS, _OVER) is None
    assert await store.app_data.find(new_instance_id(), _ANONYMOUS, NOW) is None  # R-AUZ-02
    await store.app_data.put(instance_id, _ANONYMOUS, {"cart": []}, LATER, expire_at=_OVER)
    assert await store.app_data.find(instance_id, _ANONYMOUS, NOW) == {"cart": []}
    await store.app_data.delete(instance_id, _ANONYMOUS)
    assert await store.app_data.find(instance_id, _ANONYMOUS, NOW) is None


async def test_of_fifty_who_write_first_all_are_answered_and_one_has_the_last_word(  # R-REL-02
    nodes: list[Store], instance_id: InstanceId
) -> None:

    async def write(node: Store, by: int) -> None:
        await node.app_data.put(instance_id, _ANONYMOUS, {"by": by}, NOW, expire_at=_OVER)

    await race_each(nodes, write, range(50))
    found = await nodes[0].app_data.find(instance_id, _ANONYMOUS, NOW)
    assert found is not None
    assert found["by"] in range(50)


async def test_of_fifty_who_bring_an_anonymous_key_one_moves_what_is_there(  # R-REL-02
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user = a_user(instance_id)
    await nodes[0].users.create(user)
    await nodes[0].app_data.put(instance_id, _ANONYMOUS, {"cart": 1}, NOW, expire_at=_OVER)

    async def move(node: Store) -> bool:
        return await node.app_data.move(instance_id, _ANONYMOUS, "sess_1", NOW, expire_at=_OVER, user_id=user.id)

    assert sum(await race(nodes, move)) == 1
    assert await nodes[1].app_data.find(instance_id, "sess_1", NOW) == {"cart": 1}
    assert await nodes[1].app_data.find(instance_id, _ANONYMOUS, NOW) is None


async def test_what_a_session_has_already_is_not_written_over(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    await store.app_data.put(instance_id, _ANONYMOUS, {"planted": True}, NOW, expire_at=_OVER)
    await store.app_data.put(instance_id, "sess_1", {"own": True}, NOW, expire_at=_OVER, user_id=user.id)
    assert not await store.app_data.move(instance_id, _ANONYMOUS, "sess_1", NOW, expire_at=_OVER, user_id=user.id)
    assert await store.app_data.find(instance_id, "sess_1", NOW) == {"own": True}


async def test_it_goes_with_the_user_and_when_it_is_over(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    await store.app_data.put(instance_id, "sess_1", {"own": True}, NOW, expire_at=_OVER, user_id=user.id)
    await store.app_data.put(instance_id, _ANONYMOUS, {"own": True}, NOW, expire_at=_OVER)
    await store.users.delete(instance_id, user.id)
    assert await store.app_data.find(instance_id, "sess_1", NOW) is None
    await store.app_data.put(instance_id, "sess_1", {"late": True}, NOW, expire_at=_OVER, user_id=user.id)
    assert await store.app_data.find(instance_id, "sess_1", NOW) is None
    assert await store.purge(NOW, max_rows=10) == 0
    assert await store.purge(_OVER, max_rows=10) == 1
