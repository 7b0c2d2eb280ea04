"""Settings with their description, and their history, as the admin API shows them."""

from collections.abc import Iterable
from inspect import getdoc
from typing import Any

import msgspec

from sojourn.instances.instance import Instance
from sojourn.instances.setting import Setting, groups, tree
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange, ValueChange


class SettingShown(msgspec.Struct, kw_only=True):
    """One setting. `type` is a word of JSON Schema, `takes` the accepted values in words, `docs` and `guide` pages below the
    documentation, `unit` `seconds` for a length of time, which may also be given as text such as `30d`.
    """

    path: str
    group: str
    type: str
    choices: list[str]
    min: int | None
    max: int | None
    unit: str | None
    is_optional: bool
    takes: str
    effect: str
    docs: str
    guide: str
    default: Any
    value: Any
    is_default: bool


class SettingGroup(msgspec.Struct, kw_only=True):
    """`name` is empty for the settings of no group."""

    name: str
    about: str


class SettingsShown(msgspec.Struct, kw_only=True):
    """`version` is what a later change names as `expected_version`."""

    version: int
    groups: list[SettingGroup]
    settings: list[SettingShown]


class SettingDifference(msgspec.Struct, kw_only=True):
    path: str
    before: Any
    after: Any


class SettingsDifferences(msgspec.Struct, kw_only=True):
    """The changes of saving, made or planned, and warnings about them; `version` is that of the settings now."""

    version: int
    changes: list[SettingDifference]
    warnings: list[str]


class ShownSettingsChange(msgspec.Struct, kw_only=True):
    """`actor` is `admin:` and an administrator's id, a secret key's id, `backend_api` or `operator`; `undoes` the change that it undid."""

    id: str
    created_at: int
    actor: str
    actor_name: str | None
    reason: str
    undoes: str | None
    changes: list[SettingDifference]


class SettingsHistoryPage(msgspec.Struct, kw_only=True):
    data: list[ShownSettingsChange]
    next_cursor: str | None


class SettingsExport(msgspec.Struct, kw_only=True):
    """All settings in the order of the reference; they hold no secret. The same file as `sojourn settings export`."""

    settings: dict[str, Any]


def shown_settings(instance: Instance) -> SettingsShown:
    about = {name: " ".join((getdoc(group) or "").split()) for name, group in groups(Settings).items()}
    return SettingsShown(
        version=instance.updated_at.millis,
        groups=[
            SettingGroup(name="", about=""),
            *(SettingGroup(name=name, about=text) for name, text in about.items()),
        ],
        settings=[_shown(setting, instance.settings) for setting in tree(Settings)],
    )


def shown_differences(values: Iterable[ValueChange]) -> list[SettingDifference]:
    return [SettingDifference(path=each.path, before=each.before, after=each.after) for each in values]


def shown_change(change: SettingsChange, actor_name: str | None) -> ShownSettingsChange:
    return ShownSettingsChange(
        id=change.id,
        created_at=change.created_at.millis,
        actor=change.actor,
        actor_name=actor_name,
        reason=change.reason,
        undoes=change.undoes,
        changes=shown_differences(change.values),
    )


def _shown(setting: Setting, settings: Settings) -> SettingShown:
    value, about = msgspec.to_builtins(setting.of(settings)), setting.about
    return SettingShown(
        path=setting.path,
        group=setting.group,
        type=setting.json_type,
        choices=[*setting.choices],
        min=about.min,
        max=about.max,
        unit=about.unit,
        is_optional=setting.is_optional,
        takes=setting.takes,
        effect=about.effect,
        docs=setting.anchor,
        guide=about.guide,
        default=setting.default,
        value=value,
        is_default=value == setting.default,
    )
