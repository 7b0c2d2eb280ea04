"""What every store promises about credentials: who finds them, who wins a race for one, and when they go."""

from dataclasses import replace

from sojourn.factors.credential import Credential, credential_key
from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.instant import Instant
from sojourn.store.interface import Store
from sojourn.users.user import User

from .values import LATER, NOW, RACERS, a_credential, a_user, race, race_each


async def _stored_user(store: Store, instance_id: InstanceId) -> User:
    user = a_user(instance_id)
    await store.users.create(user)
    return user


async def _stored(store: Store, credential: Credential) -> Credential:
    assert await store.credentials.create(credential)
    return credential


async def test_a_credential_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    plain = await _stored(store, a_credential(user))
    full = a_credential(
        user, kind="passkey", key="key", label="Phone", body=b"\0\xff", counter=2**32 - 1, verified_at=None,
        last_used_at=NOW, expire_at=LATER, created_at=LATER, updated_at=LATER,
    )  # fmt: skip
    await _stored(store, full)
    assert await store.credentials.find(instance_id, plain.id) == plain
    assert await store.credentials.find_by_key(instance_id, "passkey", "key") == full
    assert await store.credentials.of_user(instance_id, user.id, ["passkey", "totp"]) == [plain, full]
    assert await store.credentials.of_user(instance_id, user.id, ["totp"]) == [plain]
    assert await store.credentials.of_user(instance_id, user.id, []) == []


async def test_credentials_of_several_users_are_read_at_once_within_one_instance(
    store: Store, instance_id: InstanceId
) -> None:  # R-AUZ-02
    ada, bob, other = await _stored_user(store, instance_id), await _stored_user(store, instance_id), new_instance_id()
    of_ada = await _stored(store, a_credential(ada))
    of_bob = await _stored(store, a_credential(bob, created_at=LATER))
    await _stored(store, a_credential(bob, kind="passkey"))
    both = [bob.id, ada.id]
    assert await store.credentials.of_users(instance_id, both, ["totp"]) == [of_ada, of_bob]
    assert await store.credentials.of_users(instance_id, [bob.id], ["totp"]) == [of_bob]
    assert await store.credentials.of_users(instance_id, [], ["totp"]) == []
    assert await store.credentials.of_users(other, both, ["totp"]) == []


async def test_nobody_finds_or_uses_a_credential_of_another_instance(
    store: Store, instance_id: InstanceId
) -> None:  # R-AUZ-02
    user, other = await _stored_user(store, instance_id), new_instance_id()
    mine = await _stored(store, a_credential(user, key="key"))
    assert await store.credentials.find(other, mine.id) is None
    assert await store.credentials.find_by_key(other, mine.kind, "key") is None
    assert await store.credentials.find_by_key(instance_id, "another", "key") is None
    assert await store.credentials.of_user(other, user.id, [mine.kind]) == []
    assert await store.credentials.use(other, mine.id, NOW) is None
    assert not await store.credentials.delete(other, user.id, mine.id)
    assert not await store.credentials.delete(instance_id, a_user(instance_id).id, mine.id)
    assert await store.credentials.find(instance_id, mine.id) == mine


async def test_a_key_has_one_owner_in_its_instance_and_kind(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OTP-05
    users = [await _stored_user(nodes[0], instance_id) for _ in range(RACERS)]
    wanted = [a_credential(user, key="key") for user in users]
    created = await race_each(nodes, lambda node, each: node.credentials.create(each), wanted)
    assert created.count(True) == 1
    others = (a_credential(users[0], kind="other", key="key"), a_credential(users[0]), a_credential(users[0]))
    for each in others:  # another kind, and those without a key
        await _stored(nodes[0], each)


async def test_a_refused_key_leaves_its_transaction_usable(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    async with store.transaction() as tx:
        assert await tx.credentials.create(a_credential(user, key="key"))
        assert not await tx.credentials.create(a_credential(user, key="key"))
        kept = a_credential(user)
        assert await tx.credentials.create(kept)
    assert await store.credentials.find(instance_id, kept.id) == kept


async def test_of_fifty_with_one_counter_one_gets_in(nodes: list[Store], instance_id: InstanceId) -> None:  # R-OTP-03
    mine = await _stored(nodes[0], a_credential(await _stored_user(nodes[0], instance_id), counter=7))
    used = await race(nodes, lambda node: node.credentials.use(instance_id, mine.id, LATER, counter=8))
    assert [each for each in used if each is not None] == [
        replace(mine, counter=8, last_used_at=LATER, updated_at=LATER)
    ]


async def test_a_counter_only_grows(nodes: list[Store], instance_id: InstanceId) -> None:  # R-OTP-03, R-OTP-05
    mine = await _stored(nodes[0], a_credential(await _stored_user(nodes[0], instance_id), counter=7))
    for counter in (0, 6, 7):
        assert await nodes[0].credentials.use(instance_id, mine.id, LATER, counter=counter) is None
    counters = list(range(8, 8 + RACERS))
    used = await race_each(
        nodes, lambda node, each: node.credentials.use(instance_id, mine.id, LATER, counter=each), counters
    )
    assert used[-1] is not None  # the highest is never too late
    found = await nodes[0].credentials.find(instance_id, mine.id)
    assert found is not None
    assert found.counter == counters[-1]


async def test_a_passkey_that_does_not_count_may_say_zero_each_time(
    store: Store, instance_id: InstanceId
) -> None:  # R-OTP-05
    mine = await _stored(store, a_credential(await _stored_user(store, instance_id)))
    for _ in range(2):
        assert await store.credentials.use(instance_id, mine.id, LATER, counter=0)
    assert await store.credentials.use(instance_id, mine.id, LATER, counter=1)
    assert await store.credentials.use(instance_id, mine.id, LATER, counter=0) is None


async def test_of_fifty_who_bring_what_is_used_once_one_gets_in(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OTP-04, R-REL-02
    mine = await _stored(nodes[0], a_credential(await _stored_user(nodes[0], instance_id), kind="backup_code"))
    used = await race(nodes, lambda node: node.credentials.use(instance_id, mine.id, LATER, once=True))
    assert len([each for each in used if each is not None]) == 1


async def test_one_that_is_unverified_or_over_proves_nobody(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    unverified = await _stored(store, a_credential(user, verified_at=None))
    over = await _stored(store, a_credential(user, expire_at=NOW))
    for each in (unverified, over):
        assert not each.is_usable(NOW)
        assert await store.credentials.use(instance_id, each.id, NOW) is None
        assert await store.credentials.use(instance_id, each.id, NOW, counter=1, once=True) is None
    assert a_credential(user, expire_at=LATER).is_usable(NOW)
    assert await store.credentials.verify(instance_id, a_credential(user).id, NOW) is None


async def test_of_fifty_who_verify_a_credential_one_does(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OTP-03, R-REL-02
    mine = await _stored(nodes[0], a_credential(await _stored_user(nodes[0], instance_id), verified_at=None))
    verified = await race(nodes, lambda node: node.credentials.verify(instance_id, mine.id, LATER, counter=5))
    assert [each for each in verified if each is not None] == [
        replace(mine, verified_at=LATER, updated_at=LATER, counter=5)
    ]
    assert await nodes[0].credentials.use(instance_id, mine.id, LATER, counter=5) is None


async def test_of_fifty_who_change_a_credential_one_does(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-REL-02
    mine = await _stored(nodes[0], a_credential(await _stored_user(nodes[0], instance_id)))
    after = [replace(mine, label=f"name {each}", updated_at=Instant(LATER.millis + each)) for each in range(RACERS)]
    changed = await race_each(nodes, lambda node, each: node.credentials.replace(mine, each), after)
    assert changed.count(True) == 1
    assert await nodes[0].credentials.find(instance_id, mine.id) == after[changed.index(True)]
    assert not await nodes[0].credentials.replace(after[0], after[0])  # or two of one moment would both win


async def test_credentials_go_with_their_user(store: Store, instance_id: InstanceId) -> None:
    user, other = await _stored_user(store, instance_id), await _stored_user(store, instance_id)
    mine, theirs = await _stored(store, a_credential(user)), await _stored(store, a_credential(other))
    await store.users.delete(instance_id, user.id)
    assert await store.credentials.find(instance_id, mine.id) is None
    assert await store.credentials.find(instance_id, theirs.id) == theirs
    assert not await store.credentials.create(a_credential(user))  # nothing is kept of who is gone


async def test_a_user_deletes_one_or_all_of_a_kind(store: Store, instance_id: InstanceId) -> None:
    user, other = await _stored_user(store, instance_id), await _stored_user(store, instance_id)
    codes = [await _stored(store, a_credential(user, kind="backup_code")) for _ in range(3)]
    totp = await _stored(store, a_credential(user))
    theirs = await _stored(store, a_credential(other, kind="backup_code"))
    assert await store.credentials.delete(instance_id, user.id, codes[0].id)
    assert not await store.credentials.delete(instance_id, user.id, codes[0].id)
    deleted = await store.credentials.delete_kind(instance_id, user.id, "backup_code")
    assert {each.id for each in deleted} == {code.id for code in codes[1:]}
    assert await store.credentials.delete_kind(instance_id, user.id, "backup_code") == []
    assert await store.credentials.of_user(instance_id, user.id, ["backup_code", "totp"]) == [totp]
    assert await store.credentials.find(instance_id, theirs.id) == theirs


async def test_what_is_over_is_purged(store: Store, instance_id: InstanceId) -> None:
    user = await _stored_user(store, instance_id)
    over = await _stored(store, a_credential(user, expire_at=NOW))
    lives, stays = await _stored(store, a_credential(user, expire_at=LATER)), await _stored(store, a_credential(user))
    await store.purge(NOW, max_rows=10)
    assert await store.credentials.find(instance_id, over.id) is None
    assert await store.credentials.of_user(instance_id, user.id, ["totp"]) == sorted(
        [lives, stays], key=lambda each: each.id
    )


def test_different_parts_never_have_one_key() -> None:
    long = "k" * 1000
    hashed = credential_key(long)
    assert len(hashed) <= 128
    alike = (
        ("a", '["a"]'),
        ("a",),
        ('["a", "b"]',),
        ("a", "b"),
        (long,),
        (hashed,),
        (long, ""),
        ("a\0b",),
        ("", "a"),
        ("ä",),
    )
    keys = [credential_key(*parts) for parts in alike]
    assert len(set(keys)) == len(alike)
    assert all("\0" not in key and len(key) <= 128 for key in keys)
    assert credential_key("AbC-1") == "AbC-1"
