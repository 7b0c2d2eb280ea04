"""An owner's settings input: checked against the tree, and merged with the current settings."""

from collections.abc import Mapping
from difflib import get_close_matches

import msgspec

from sojourn.errors import FieldError, Json
from sojourn.instances.setting import Setting, groups, tree
from sojourn.instances.settings import Settings
from sojourn.instant import read_length

_RATE_LIMITS = "protection.rate_limits"
_BY_PATH: Mapping[str, Setting] = {setting.path: setting for setting in tree(Settings)}
_GROUPS = groups(Settings)


def patched(settings: Settings, patch: Mapping[str, Json]) -> Settings:
    """The settings with `patch` merged in, which has the structure of the whole; omitted settings are kept.

    Raises: FieldError, whose param is the dotted name: unknown, of another type, out of bounds, or refused by its own check.
    """
    merged = _merged(msgspec.to_builtins(settings), _in_seconds(patch, ""), "")
    _check_parsed(patch, "")
    try:
        changed = msgspec.convert(merged, Settings)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from error
    check_settings(changed)
    return changed


def check_settings(settings: Settings) -> None:
    """Check the bounds of numeric settings. Raises: FieldError."""
    for setting in _BY_PATH.values():
        about, value = setting.about, setting.of(settings)
        if about.min is not None and about.max is not None and not about.min <= value <= about.max:
            raise FieldError(f"{setting.path} must be between {about.min} and {about.max}.", param=setting.path)
        if about.check is not None:
            about.check(value, setting.path)


def _in_seconds(patch: Mapping[str, Json], path: str) -> dict[str, Json]:
    """The patch with lengths of time given as text (`30d`, `PT12H`) converted to whole seconds. Raises: FieldError."""
    read: dict[str, Json] = {}
    for name, value in patch.items():
        where = f"{path}{name}"
        setting = _BY_PATH.get(where)
        if where in _GROUPS and isinstance(value, dict):
            read[name] = _in_seconds(value, f"{where}.")
        elif where == _RATE_LIMITS and isinstance(value, dict):
            read[name] = {limit: _each_in_seconds(parts, f"{where}.{limit}") for limit, parts in value.items()}
        else:
            read[name] = _seconds(value, where) if setting is not None and setting.about.unit == "seconds" else value
    return read


def _each_in_seconds(value: Json, path: str) -> Json:
    return [_seconds(part, path) for part in value] if isinstance(value, list) else value


def _seconds(value: Json, path: str) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return int(read_length(value).total_seconds())
    except ValueError as error:
        raise FieldError(f"{path}: {error}.", param=path) from error


def _check_parsed(patch: Mapping[str, Json], path: str) -> None:
    """Reject values that cannot be parsed, before they would be replaced by a default.

    Raises: FieldError (R-ADV-01).
    """
    for name, value in patch.items():
        where = f"{path}{name}"
        if where in _GROUPS and isinstance(value, dict):
            _check_parsed(value, f"{where}.")
        elif (setting := _BY_PATH.get(where)) is not None and setting.about.form is not None and isinstance(value, str):
            try:
                setting.about.form.parse(value)
            except ValueError as error:
                raise FieldError(f"{where} {error}.", param=where) from error


def _merged(current: dict[str, Json], patch: Mapping[str, Json], path: str) -> dict[str, Json]:
    """Merges groups recursively; any other object is a value and replaced as a whole, so that its members can be
    removed.
    """
    merged = dict(current)
    for name, value in patch.items():
        where, there = f"{path}{name}", merged.get(name)
        if where in _GROUPS and isinstance(value, dict) and isinstance(there, dict):
            merged[name] = _merged(there, value, f"{where}.")
        elif name not in merged:
            near = get_close_matches(name, merged, 1, 0.5)
            advice = f" Did you mean {path}{near[0]}?" if near else ""
            raise FieldError(f"{where} is not a setting.{advice}", param=where)
        else:
            merged[name] = value
    return merged


def _misfit(error: str) -> FieldError:
    """A validation message, which ends in ` - at `$.sessions.token_seconds``, with the dotted path in front."""
    said, found, path = error.partition(" - at `$.")
    said, path = said.replace("`", ""), path.rstrip("`")
    return FieldError(f"{path}: {said[0].lower()}{said[1:]}.", param=path) if found else FieldError(f"{said}.")
