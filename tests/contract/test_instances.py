"""What every store promises about instances and their keys."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from sojourn.errors import Conflict
from sojourn.ids import InstanceId, new_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.secret_keys import Scope
from sojourn.instances.settings import SessionSettings, Settings
from sojourn.store.interface import SecretKey, Store, StoredSigningKey

from .values import LATER, NOW, RACERS, digest, race


def _instance(instance_id: InstanceId) -> Instance:
    settings = Settings(application_name="Ünïcode", sessions=SessionSettings(claims={"a": {"b": [1, None]}}))
    return Instance(instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", settings, NOW, NOW)


def _signing_key(kid: str) -> StoredSigningKey:
    return StoredSigningKey(kid, "EdDSA", b"\x00sealed\xff", "-----BEGIN", NOW, LATER)


async def test_an_instance_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    instance = _instance(instance_id)
    assert await store.instances.find(instance_id) is None
    await store.instances.create(instance)
    assert await store.instances.find(instance_id) == instance
    assert await store.instances.all() == [instance]


async def test_of_fifty_who_change_settings_at_once_one_is_not_refused(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-REL-02
    await nodes[0].instances.create(_instance(instance_id))
    names = iter(range(RACERS))

    async def rename(node: Store) -> str | None:
        name = f"name {next(names)}"
        settings = Settings(application_name=name)
        return name if await node.instances.save_settings(instance_id, settings, LATER, expected=NOW) else None

    (name,) = [each for each in await race(nodes, rename) if each is not None]
    found = await nodes[1].instances.find(instance_id)
    assert found is not None
    assert (found.settings.application_name, found.updated_at) == (name, LATER)


async def test_settings_written_by_an_older_release_can_be_read(store: Store, instance_id: InstanceId) -> None:
    instance = replace(_instance(instance_id), settings=msgspec.json.decode(b"{}", type=Settings))
    await store.instances.create(instance)
    assert await store.instances.find(instance_id) == instance


async def test_an_instance_moves_to_another_address(store: Store, instance_id: InstanceId) -> None:
    instance = _instance(instance_id)
    await store.instances.create(instance)
    await store.instances.set_address(instance_id, "pk_test_y", "https://auth.example.com", LATER)
    moved = replace(instance, publishable_key="pk_test_y", public_url="https://auth.example.com", updated_at=LATER)
    assert await store.instances.find(instance_id) == moved


async def test_a_secret_key_is_found_by_its_hash_until_revoked(store: Store, instance_id: InstanceId) -> None:
    key = SecretKey(new_id("sk_"), instance_id, digest(), NOW)  # R-AUZ-08
    await store.instances.add_secret_key(key)
    assert await store.instances.find_secret_key(key.secret_hash) == key
    assert await store.instances.find_secret_key(digest()) is None
    assert await store.instances.secret_keys(instance_id) == [key]
    assert not await store.instances.revoke_secret_key(new_instance_id(), key.id, LATER)  # R-AUZ-02
    assert await store.instances.revoke_secret_key(instance_id, key.id, LATER)
    assert not await store.instances.revoke_secret_key(instance_id, key.id, LATER)
    assert await store.instances.find_secret_key(key.secret_hash) is None
    assert await store.instances.secret_keys(instance_id) == []
    with pytest.raises(Conflict):
        await store.instances.add_secret_key(replace(key, id=new_id("sk_")))


async def test_the_last_use_of_keys_moves_forward_only(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-08
    used, other, gone = (SecretKey(new_id("sk_"), instance_id, digest(), NOW + timedelta(seconds=n)) for n in range(3))
    reading = replace(used, scope=Scope.READ)
    for key in (reading, other, gone):
        await store.instances.add_secret_key(key)
    await store.instances.revoke_secret_key(instance_id, gone.id, LATER)
    await store.instances.note_secret_key_use({used.id: LATER, gone.id: LATER, "sk_unknown": LATER})
    await store.instances.note_secret_key_use({used.id: NOW, other.id: NOW})
    assert await store.instances.secret_keys(instance_id) == [
        replace(reading, last_used_at=LATER), replace(other, last_used_at=NOW)
    ]  # fmt: skip
    assert await store.instances.find_secret_key(used.secret_hash) == replace(reading, last_used_at=LATER)


async def test_signing_keys_are_retired_and_dropped(store: Store, instance_id: InstanceId) -> None:
    old, new = _signing_key(new_id("kid_")), replace(_signing_key(new_id("kid_")), created_at=NOW + timedelta(days=1))
    for key in (new, old):
        await store.instances.add_signing_key(instance_id, key)
    assert await store.instances.signing_keys(instance_id) == [old, new]
    other = new_instance_id()  # R-AUZ-02
    assert await store.instances.signing_keys(other) == []
    assert not await store.instances.retire_signing_key(other, old.kid, LATER)
    assert not await store.instances.drop_signing_key(other, old.kid)
    assert await store.instances.retire_signing_key(instance_id, old.kid, LATER)
    assert not await store.instances.retire_signing_key(instance_id, old.kid, LATER)
    assert await store.instances.signing_keys(instance_id) == [replace(old, retired_at=LATER), new]
    assert await store.instances.drop_signing_key(instance_id, old.kid)
    assert await store.instances.signing_keys(instance_id) == [new]
