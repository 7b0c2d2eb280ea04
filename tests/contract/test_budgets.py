"""What every store promises about budgets: so many in so long, shared by nodes, over restarts."""

from datetime import timedelta

from sojourn.errors import Conflict
from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.interface import Store

from .values import NOW, a_verification, digest, race

MINUTE = timedelta(minutes=1)
NAME, KEY = "codes", "somebody"


async def spend(store: Store, instance_id: InstanceId, *, after: timedelta = timedelta(0), limit: int = 3) -> bool:
    refused = await store.budgets.spend(instance_id, NAME, KEY, NOW + after, limit=limit, window=MINUTE)
    return refused is None


async def test_a_budget_is_spent_within_a_window_that_slides(store: Store, instance_id: InstanceId) -> None:  # R-LIM-01
    for seconds in (0, 10, 20):
        assert await spend(store, instance_id, after=timedelta(seconds=seconds))
    assert not await spend(store, instance_id, after=timedelta(seconds=59))
    until = await store.budgets.spend(instance_id, NAME, KEY, NOW + timedelta(seconds=59), limit=3, window=MINUTE)
    assert until == NOW + MINUTE
    assert await spend(store, instance_id, after=MINUTE)
    assert not await spend(store, instance_id, after=timedelta(seconds=69))
    assert await store.budgets.spent(instance_id, NAME, KEY, NOW + timedelta(seconds=69), window=MINUTE) == 3


async def test_budgets_of_other_names_keys_and_instances_are_others(
    store: Store, instance_id: InstanceId
) -> None:  # R-AUZ-02
    assert await spend(store, instance_id, limit=1)
    others = ((instance_id, "tries", KEY), (instance_id, NAME, "somebody else"), (new_instance_id(), NAME, KEY))
    for instance, name, key in others:
        assert await store.budgets.spend(instance, name, key, NOW, limit=1, window=MINUTE) is None
    await store.budgets.reset(instance_id, "tries", KEY)
    assert not await spend(store, instance_id, limit=1)


async def test_what_is_given_back_or_reset_can_be_spent_again(
    store: Store, instance_id: InstanceId
) -> None:  # R-LIM-05
    await store.budgets.give_back(instance_id, NAME, KEY)
    for seconds in range(3):
        assert await spend(store, instance_id, after=timedelta(seconds=seconds))
    await store.budgets.give_back(instance_id, NAME, KEY)
    assert await store.budgets.spent(instance_id, NAME, KEY, NOW, window=MINUTE) == 2
    assert await spend(store, instance_id)
    assert not await spend(store, instance_id)
    await store.budgets.reset(instance_id, NAME, KEY)
    assert await spend(store, instance_id)


async def test_two_nodes_at_once_spend_exactly_what_there_is(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-LIM-06, R-OTP-08
    spent = await race(nodes, lambda store: spend(store, instance_id, limit=7))
    assert spent.count(True) == 7
    assert await nodes[0].budgets.spent(instance_id, NAME, KEY, NOW, window=MINUTE) == 7


async def test_a_count_is_undone_with_its_transaction(store: Store, instance_id: InstanceId) -> None:
    try:
        async with store.transaction() as tx:
            assert await tx.budgets.spend(instance_id, NAME, KEY, NOW, limit=1, window=MINUTE) is None
            raise Conflict()
    except Conflict:
        pass
    assert await spend(store, instance_id, limit=1)


async def test_a_budget_whose_window_is_over_is_forgotten(store: Store, instance_id: InstanceId) -> None:
    assert await spend(store, instance_id)
    assert await store.purge((NOW + MINUTE).before(timedelta(milliseconds=1)), max_rows=10) == 0
    assert await store.purge(NOW + MINUTE, max_rows=10) == 1
    assert await store.budgets.spent(instance_id, NAME, KEY, NOW, window=MINUTE) == 0


async def test_a_link_admits_one_attempt_once(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OTP-02, R-REL-02
    link = digest()
    verification = a_verification(instance_id, link_hash=link)
    await nodes[0].verifications.start(verification)
    assert await nodes[0].verifications.find_by_link(instance_id, link) == verification
    assert await nodes[0].verifications.find_by_link(new_instance_id(), link) is None  # R-AUZ-02
    assert await nodes[0].verifications.admit(new_instance_id(), link, NOW) is None
    assert await nodes[0].verifications.admit(instance_id, digest(), NOW) is None
    admitted = await race(nodes, lambda store: store.verifications.admit(instance_id, link, NOW))
    assert [each.admitted_at for each in admitted if each is not None] == [NOW]


async def test_the_link_of_an_expired_or_replaced_challenge_admits_nobody(
    store: Store, instance_id: InstanceId
) -> None:  # R-OTP-02
    first, second = digest(), digest()
    await store.verifications.start(a_verification(instance_id, link_hash=first))
    newest = a_verification(instance_id, link_hash=second)
    await store.verifications.start(newest)
    assert await store.verifications.admit(instance_id, first, NOW) is None
    assert await store.verifications.admit(instance_id, second, newest.expire_at) is None


async def test_a_link_is_taken_once_while_it_is_young_and_unused(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OTP-02, R-REL-02
    store, link, used = nodes[0], digest(), digest()
    verification = a_verification(instance_id, link_hash=link)
    await store.verifications.start(verification)
    await store.verifications.start(a_verification(instance_id, link_hash=used))
    assert await store.verifications.admit(instance_id, used, NOW) is not None
    before = NOW.before(timedelta(days=1))
    assert await store.verifications.take_link(instance_id, used, before) is None
    assert await store.verifications.take_link(new_instance_id(), link, before) is None
    assert await store.verifications.take_link(instance_id, link, NOW) is None
    taken = await race(nodes, lambda store: store.verifications.take_link(instance_id, link, before))
    assert [each.id for each in taken if each is not None] == [verification.id]
    assert await store.verifications.admit(instance_id, link, NOW) is None
