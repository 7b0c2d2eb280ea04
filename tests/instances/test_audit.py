"""What is changed about an application is written down with the change, whoever makes it."""

import pytest

from sojourn.engine import Engine
from sojourn.errors import Conflict, FieldError, NotFound
from sojourn.store.interface import Page

KEPT = ("settings.updated", "signing_key.rotated", "secret_key.created", "secret_key.revoked")


async def told(engine: Engine) -> list[tuple[str, str, dict[str, object]]]:
    found = await engine.store.events.list(engine.instance.id, Page(100))
    return [(event.kind, event.actor, dict(event.details)) for event in reversed(found) if event.kind in KEPT]


async def test_changed_settings_name_the_fields_and_no_value(engine: Engine) -> None:  # R-LOG-01, R-LOG-02
    await engine.instances.update_settings(
        engine.instance, {"application_name": "Ferry", "theme": {"color": "#123456"}}
    )
    await engine.instances.update_settings(engine.instance, {"application_name": "Boat"}, actor="backend_api")
    with pytest.raises(FieldError):
        await engine.instances.update_settings(engine.instance, {"no_such": 1})
    assert await told(engine) == [
        ("settings.updated", "operator", {"fields": ["application_name", "theme"]}),
        ("settings.updated", "backend_api", {"fields": ["application_name"]}),
    ]


async def test_keys_that_are_made_rotated_and_revoked_are_named_by_id(engine: Engine) -> None:  # R-LOG-01, R-AUZ-08
    await engine.instances.new_secret_key(engine.instance)
    second = await engine.instances.new_secret_key(engine.instance)
    row = await engine.store.instances.find_secret_key(second.stored_form())
    assert row is not None
    await engine.instances.revoke_secret_key(engine.instance, row.id)
    await engine.key_store.rotate(engine.instance, emergency=True)
    made = ("secret_key.created", "operator", {"scope": "full"})
    assert await told(engine) == [
        made, made, ("secret_key.revoked", "operator", {}), ("signing_key.rotated", "operator", {"emergency": True})
    ]  # fmt: skip
    with pytest.raises(NotFound):
        await engine.instances.revoke_secret_key(engine.instance, row.id)
    (last,) = await engine.store.instances.secret_keys(engine.instance.id)
    with pytest.raises(Conflict):
        await engine.instances.revoke_secret_key(engine.instance, last.id)
