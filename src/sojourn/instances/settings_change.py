"""A change of settings: who, when, the values before and after, and why; and what differs between two settings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from sojourn.errors import Conflict, FieldError, Json
from sojourn.ids import InstanceId
from sojourn.instances.setting import tree
from sojourn.instances.settings import Settings
from sojourn.instant import Instant


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A setting, by its dotted path, with two values in JSON."""

    path: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One saved change. No other change of the instance has the same `created_at`, which is also the version that it made."""

    id: str
    instance_id: InstanceId
    created_at: Instant
    actor: str
    reason: str
    changes: Mapping[str, Json]
    """Dotted path -> `{"before": value, "after": value}`, in the order of the tree of settings."""
    undoes: str | None = None
    """The change whose values this one restored."""

    @property
    def values(self) -> tuple[ValueChange, ...]:
        pairs = ((path, pair) for path, pair in self.changes.items() if isinstance(pair, dict))
        return tuple(ValueChange(path, pair.get("before"), pair.get("after")) for path, pair in pairs)


class SettingsChanged(Conflict):
    """Another change set one of the same settings meanwhile; `meta` names each with both values and the other's author."""

    message = "Settings changed meanwhile"

    def __init__(self, conflicts: Sequence[tuple[ValueChange, SettingsChange]]) -> None:
        first, theirs = conflicts[0]
        more = f" and {len(conflicts) - 1} more" if len(conflicts) > 1 else ""
        super().__init__(
            f"{theirs.actor} changed {first.path}{more} at {theirs.created_at.datetime():%Y-%m-%d %H:%M:%S} UTC, after you read the"
            " settings. Nothing was saved. Read them again, and decide which value is right.",
            param=first.path,
            meta={"conflicts": [_conflict(yours, change) for yours, change in conflicts]},
        )


def _conflict(yours: ValueChange, theirs: SettingsChange) -> dict[str, Json]:
    set_to = next((each.after for each in theirs.values if each.path == yours.path), None)
    return {
        "path": yours.path, "yours": yours.after, "theirs": set_to, "actor": theirs.actor, "reason": theirs.reason,
        "change_id": theirs.id, "changed_at": theirs.created_at.millis,
    }  # fmt: skip


def differences(before: Settings, after: Settings) -> tuple[ValueChange, ...]:
    """The settings that differ, in the order of the tree."""
    pairs = (
        ValueChange(each.path, msgspec.to_builtins(each.of(before)), msgspec.to_builtins(each.of(after)))
        for each in tree(Settings)
    )
    return tuple(pair for pair in pairs if pair.before != pair.after)


def recorded(values: Iterable[ValueChange]) -> dict[str, Json]:
    """The form that `SettingsChange.changes` has."""
    return {each.path: {"before": each.before, "after": each.after} for each in values}


def refuse_conflicts(wanted: Sequence[ValueChange], since: Sequence[SettingsChange]) -> None:
    """Refuse a change of settings that others, oldest first, have changed meanwhile. Raises: SettingsChanged."""
    theirs = {path: change for change in since for path in change.changes}
    if conflicts := [(each, theirs[each.path]) for each in wanted if each.path in theirs]:
        raise SettingsChanged(conflicts)


def as_patch(values: Mapping[str, Json]) -> dict[str, Json]:
    """Values by dotted path, in the structure of the whole. Raises: FieldError for a path below a value."""
    patch: dict[str, Json] = {}
    for path, value in values.items():
        *groups, name = path.split(".")
        inner = patch
        for group in groups:
            there = inner.setdefault(group, {})
            if not isinstance(there, dict):
                raise FieldError(f"{path} is not a setting.", param=path)
            inner = there
        inner[name] = value
    return patch
