"""Two releases share a database while a server is upgraded: each reads what the other saved, and loses none of it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest
from sqlalchemy import text

from sojourn.errors import FieldError, Json
from sojourn.ids import InstanceId
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.instances import Instances
from sojourn.instances.settings import SessionSettings, Settings
from sojourn.store.interface import Store
from sojourn.store.sql.store import SqlStore
from sojourn.testing.clock import FakeClock

from .values import LATER, NOW

NEXT_RELEASE: dict[str, Any] = {
    "passkeys": {"enabled": True, "hints": ["security-key"]},
    "sessions": {"lifetime_seconds": 3600, "idle": {"warn_seconds": 30}, "claims": {"role": "admin"}},
    "theme": {"color": "#112233", "shade": None},
}
"""Settings that this release does not know, at the top, in a group, and in a group of a group."""


@dataclass
class Upgrading:
    """A database in which the next release has saved the settings of an instance."""

    store: Store
    instance_id: InstanceId

    async def document(self) -> dict[str, Any]:
        """The settings as they are stored."""
        assert isinstance(self.store, SqlStore)
        rows = await self.store._database.rows(text("SELECT settings FROM instances"))  # pyright: ignore[reportPrivateUsage]
        return json.loads(str(rows[0][0]))


@pytest.fixture
async def upgrading(store: Store, instance_id: InstanceId) -> Upgrading:
    made = Instance(instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(), NOW, NOW)
    await store.instances.create(made)
    assert isinstance(store, SqlStore)
    saved = text("UPDATE instances SET settings = :document").bindparams(document=json.dumps(NEXT_RELEASE))
    await store._database.change(saved)  # pyright: ignore[reportPrivateUsage]
    return Upgrading(store, instance_id)


async def test_settings_of_the_next_release_are_read(upgrading: Upgrading) -> None:  # R-CFG-01
    (found,) = await upgrading.store.instances.all()
    assert (found.settings.sessions.lifetime_seconds, found.settings.theme.color) == (3600, "#112233")


async def test_what_this_release_does_not_know_is_written_back_at_every_depth(upgrading: Upgrading) -> None:  # R-CFG-01
    settings = Settings(
        application_name="Ferry", sessions=SessionSettings(lifetime_seconds=60, claims={"team": "blue"})
    )
    assert await upgrading.store.instances.save_settings(upgrading.instance_id, settings, LATER, expected=NOW)
    document = await upgrading.document()
    assert document["passkeys"] == NEXT_RELEASE["passkeys"]
    assert document["sessions"]["idle"] == {"warn_seconds": 30}
    assert document["theme"]["shade"] is None
    assert (document["application_name"], document["sessions"]["lifetime_seconds"]) == ("Ferry", 60)
    assert document["sessions"]["claims"] == {"team": "blue"}  # a value of its own: what is taken out is gone


async def test_an_owner_cannot_set_what_this_release_does_not_know(upgrading: Upgrading) -> None:  # R-CFG-01
    instances = Instances(upgrading.store, FakeClock(NOW + timedelta(minutes=5)))
    (instance,) = await upgrading.store.instances.all()
    patches: list[dict[str, Json]] = [
        {"passkeys": {"enabled": False}},
        {"sessions": {"idle": {}}},
        {"theme": {"shade": "dark"}},
    ]
    for patch in patches:
        with pytest.raises(FieldError, match="is not a setting"):
            await instances.update_settings(instance, patch)
    changed = await instances.update_settings(instance, {"sessions": {"token_seconds": 30}})
    assert changed.settings.sessions.token_seconds == 30
    assert (await upgrading.document())["passkeys"] == NEXT_RELEASE["passkeys"]


FIELDS_OF_0_1 = {
    "application_name": "string", "support_email": "string", "allowed_origins": "array", "test_mode": "boolean",
    "delete_self": "boolean",
    "sessions.lifetime_seconds": "integer", "sessions.inactivity_seconds": "integer", "sessions.token_seconds": "integer",
    "sessions.token_algorithm": "EdDSA|RS256", "sessions.claims": "object", "sessions.single_session_mode": "boolean",
    "sessions.sessions_per_user": "integer",
    "sign_up.mode": "public|restricted", "sign_up.first_name": "off|optional|required",
    "sign_up.last_name": "off|optional|required", "sign_up.username": "off|optional|required",
    "sign_up.password": "off|optional|required", "sign_up.verify_email": "boolean",
    "protection.strict_enumeration": "boolean|null", "protection.lockout_tries": "integer",
    "protection.lockout_seconds": "integer", "protection.password_min_length": "integer", "protection.allowlist": "boolean",
    "protection.blocklist": "boolean", "protection.block_email_subaddresses": "boolean", "protection.rate_limits": "object",
    "paths.home_url": "string", "paths.sign_in_url": "string", "paths.sign_up_url": "string",
    "paths.user_profile_url": "string", "paths.after_sign_in_url": "string", "paths.after_sign_up_url": "string",
    "paths.after_sign_out_url": "string",
    "theme.color": "string", "theme.background_color": "string", "theme.page_color": "string",
    "theme.font_family": "string", "theme.border_radius": "string", "theme.logo_url": "string", "theme.dark": "boolean",
}  # fmt: skip
"""What the release before can read of each field. A setting that takes more values than these is a new field."""


def test_no_setting_takes_values_that_the_release_before_cannot_read() -> None:  # R-CFG-01
    shapes = {name: shape for name, shape in _shapes(Settings, "") if name in FIELDS_OF_0_1}
    assert shapes == FIELDS_OF_0_1


def _shapes(group: type[msgspec.Struct], path: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for field in msgspec.structs.fields(group):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found += _shapes(field.type, f"{path}{field.name}.")
        else:
            found.append((path + field.name, _shape(field.type)))
    return found


_WORDS: dict[Any, str] = {
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


def _shape(kind: Any) -> str:
    """The values that a field takes: words, or kinds of JSON."""
    if get_origin(kind) is Annotated:
        return _shape(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return "|".join(sorted(get_args(kind)))
    if get_origin(kind) is UnionType:
        return "|".join(map(_shape, get_args(kind)))
    return _WORDS[get_origin(kind) or kind]
