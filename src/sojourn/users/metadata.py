"""Metadata that an app stores on a user; Sojourn never interprets it (R-INP-05, R-LIM-07)."""

import math
from collections.abc import Mapping

import msgspec

from sojourn.errors import FieldFormat, FieldTooLong, Json

LIMIT = 8 * 1024
"""Maximum size of one kind of metadata in bytes of JSON."""

DEEPEST = 8
"""Maximum nesting depth of objects and lists, including the outermost."""

_INTEGERS = range(-(2**63), 2**63)


def checked_metadata(value: Mapping[str, Json], param: str, *, limit: int = LIMIT) -> dict[str, Json]:
    """A copy of `value` that can be stored: at most `limit` bytes of JSON, nested at most 8 deep. Any key is stored
    unchanged, even `__proto__`, because keys have no meaning here. Raises: FieldFormat, FieldTooLong.
    """
    _check(dict(value), DEEPEST, param)
    if len(msgspec.json.encode(value)) > limit:
        raise FieldTooLong(param, limit)
    return dict(value)


def merged_metadata(current: Mapping[str, Json], patch: Mapping[str, Json], param: str) -> dict[str, Json]:
    """`current` deeply merged with `patch`; null deletes its key at any level. Raises: as above."""
    _check(dict(patch), DEEPEST, param)  # checked before the merge, so that its recursion is bounded
    return checked_metadata(_merged(current, patch), param)


def _merged(current: Mapping[str, Json], patch: Mapping[str, Json]) -> dict[str, Json]:
    merged = dict(current)
    for key, value in patch.items():
        there = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = _merged(there if isinstance(there, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def _check(value: Json, left: int, param: str) -> None:
    match value:
        case dict() | list() if left == 0:
            raise FieldFormat(f"{param} may be at most {DEEPEST} levels deep.", param=param)
        case dict():
            for key, inner in value.items():
                _check(key, left, param)
                _check(inner, left - 1, param)
        case list():
            for inner in value:
                _check(inner, left - 1, param)
        case str() if "\0" in value or not _is_unicode(
            value
        ):  # databases store these differently, so they are rejected
            raise FieldFormat(f"{param} holds a character that cannot be stored.", param=param)
        case float() if not math.isfinite(value):
            raise FieldFormat(f"{param} holds a number that JSON cannot express.", param=param)
        case int() if value not in _INTEGERS:
            raise FieldFormat(f"{param} holds an integer of more than 64 bits.", param=param)
        case _:
            pass


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
