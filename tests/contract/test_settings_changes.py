"""What every store promises about the history of settings."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sojourn.errors import Json
from sojourn.ids import InstanceId, new_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.instances import Instances
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange, SettingsChanged
from sojourn.instant import Instant
from sojourn.store.interface import Store
from sojourn.testing.clock import FakeClock

from .values import NOW

TOKENS: dict[str, Json] = {"sessions.token_seconds": {"before": 60, "after": 30}}


def a_change(instance_id: InstanceId, at: Instant = NOW, undoes: str | None = None) -> SettingsChange:
    return SettingsChange(new_id("stc_"), instance_id, at, "admin:user_ada", "Ünïcode 'why'", TOKENS, undoes)


async def test_changes_come_back_as_they_were_given_newest_first(store: Store, instance_id: InstanceId) -> None:
    changes = [a_change(instance_id, NOW + timedelta(seconds=number)) for number in range(4)]
    for change in changes:
        await store.settings_changes.add(change)
    kept = store.settings_changes
    assert await kept.find(instance_id, changes[1].id) == changes[1]
    assert await kept.list(instance_id, limit=10) == changes[::-1]
    assert await kept.list(instance_id, limit=2, before=changes[3].created_at) == [changes[2], changes[1]]
    assert await kept.since(instance_id, changes[1].created_at) == changes[2:]


async def test_changes_of_other_instances_are_out_of_reach(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-02
    change, other = a_change(instance_id), new_instance_id()
    await store.settings_changes.add(change)
    assert await store.settings_changes.find(other, change.id) is None
    assert await store.settings_changes.list(other, limit=10) == []
    assert await store.settings_changes.since(other, Instant(0)) == []


async def test_one_version_of_the_settings_has_one_change(store: Store, instance_id: InstanceId) -> None:
    await store.settings_changes.add(a_change(instance_id))
    with pytest.raises(IntegrityError):
        await store.settings_changes.add(a_change(instance_id))


async def test_administrators_who_save_at_once_lose_nothing(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-REL-02
    made = Instance(instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(), NOW, NOW)
    await nodes[0].instances.create(made)
    ada, bob = (Instances(node, FakeClock(NOW)) for node in nodes)
    first: dict[str, Json] = {"sessions": {"token_seconds": 30}}
    second: dict[str, Json] = {"sessions": {"inactivity_seconds": 600}}
    await asyncio.gather(
        ada.update_settings(made, first, actor="ada", expected=NOW),
        bob.update_settings(made, second, actor="bob", expected=NOW),
    )
    found = await nodes[0].instances.find(instance_id)
    assert found is not None
    assert (found.settings.sessions.token_seconds, found.settings.sessions.inactivity_seconds) == (30, 600)
    history = await nodes[1].settings_changes.list(instance_id, limit=10)
    assert {change.actor for change in history} == {"ada", "bob"}
    assert history[0].created_at == found.updated_at


async def test_of_two_who_set_one_setting_at_once_one_is_told(nodes: list[Store], instance_id: InstanceId) -> None:
    made = Instance(instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(), NOW, NOW)
    await nodes[0].instances.create(made)
    saving = [
        Instances(node, FakeClock(NOW)).update_settings(
            made, {"sessions": {"token_seconds": 30 + number}}, actor=f"admin {number}", expected=NOW
        )
        for number, node in enumerate(nodes)
    ]
    answers = await asyncio.gather(*saving, return_exceptions=True)
    (told,) = [each for each in answers if isinstance(each, SettingsChanged)]
    (kept,) = await nodes[0].settings_changes.list(instance_id, limit=10)
    assert [each for each in answers if isinstance(each, Instance)]
    (conflict,) = told.meta["conflicts"]  # type: ignore[misc]
    assert (conflict["theirs"], conflict["actor"]) == (kept.values[0].after, kept.actor)  # type: ignore[index]
