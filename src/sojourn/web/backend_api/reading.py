"""Queries and JSON bodies of the Backend API, read strictly into structs (R-INP-04, R-INP-06, R-LIM-07)."""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar, cast
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta, UnsetType

from sojourn.errors import FieldFormat, FieldTooLong, FieldUnknown, Json, Malformed
from sojourn.instant import Instant
from sojourn.store.interface import Page

if TYPE_CHECKING:
    JsonObject = dict[str, Json]
else:
    # msgspec decodes no recursive alias; what it makes of JSON is Json all the same
    JsonObject = dict[str, Annotated[object, Meta(extra_json_schema={"description": "any JSON"})]]

Texts = Annotated[tuple[str, ...], Meta(max_length=100)]
"""A filter that is given once for each value."""

Millis = Annotated[int, Meta(ge=0, le=2**53)]
LONGEST_LIST = 500
Limit = Annotated[int, Meta(ge=1, le=LONGEST_LIST)]
Offset = Annotated[int, Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 time; one without a zone names no moment and is refused."""

_QUERY_FIELDS = 1000
_DEEPEST = 16
_LONGEST = 1024
_LONGER: Mapping[str, int] = {
    "password": 8192,  # the password policy names its own limit, with its own code
    "password_digest": 4096,
    "token": 8192,
    "expired_token": 8192,
    "refresh_token": 8192,
    "signing_key": 8192,
    "url": 8192,
    "proxy_url": 2048,
}
_OPEN = frozenset({"public_metadata", "private_metadata", "unsafe_metadata", "claims", "actor", "public", "private",
                   "request_headers"})  # fmt: skip
"""Objects whose texts are bounded together, by what the object may hold, not one by one."""

_INTEGERS = range(-(2**63), 2**63)

Kind = TypeVar("Kind", bound=msgspec.Struct)


class Paging(msgspec.Struct, kw_only=True):
    """What every list takes. `paginated` asks for `{data, total_count}` in place of a bare array."""

    limit: Limit = 10
    offset: Offset = 0
    paginated: bool = False

    def page(self) -> Page:
        return Page(self.limit, self.offset)


class Nothing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of an operation that takes none."""


def read_query(text: bytes, kind: type[Kind]) -> Kind:
    """Query parameters as `kind`: repeated for sequences, else once; blank means absent.

    A filter that is not known would be taken for one that fits everything, so it is refused; names that begin with `_`
    are the SDKs' own and left aside (wire protocol 4.1). Raises: FieldUnknown, Malformed (twice, too many, not UTF-8),
    FieldError and its kin.
    """
    if not text:
        return kind()
    several = _sequences(kind)
    given: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in _pairs(text):
        if name.startswith("_") or (value == "" and name in several):
            continue
        if name not in several:
            raise FieldUnknown(name[:64])
        _check_text(value, name, _LONGEST)
        if several[name]:
            lists.setdefault(name, []).append(value)
        elif name in given:
            raise Malformed("A parameter is given more than once.")
        else:
            given[name] = value
    return msgspec.convert({**given, **lists}, kind, strict=False)


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_QUERY_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed() from error


@lru_cache(maxsize=64)
def _sequences(kind: type[msgspec.Struct]) -> dict[str, bool]:
    """Each parameter that `kind` knows, and whether it may be repeated."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return {
        each.encode_name: isinstance(each.type, msgspec.inspect.VarTupleType | msgspec.inspect.ListType)
        for each in described.fields
    }


def read_body(body: bytes, kind: type[Kind]) -> Kind:
    """A JSON object as `kind`; no body at all is an empty object.

    Raises: Malformed (not JSON, a member twice, too deep), FieldUnknown, FieldMissing, FieldTooLong, FieldError.
    """
    value = _decoded(body) if body else {}
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    for name, each in value.items():
        if len(name) <= 64:
            _check(each, name, None if name in _OPEN else _LONGER.get(name, _LONGEST))
    return msgspec.convert(value, kind)


def _decoded(body: bytes) -> Json:
    try:
        msgspec.json.decode(body)  # stricter: UTF-8, surrogates, NaN
        value = cast("Json", json.loads(body, object_pairs_hook=_members, parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error
    _check_depth(value)
    return value


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("A member is given more than once.")
    return members


def _no_constant(text: str) -> NoReturn:
    raise Malformed("The body is not valid JSON.")


def _check_depth(value: Json) -> None:
    level: list[Json] = [value]
    for _ in range(_DEEPEST + 1):
        level = [inner for each in level if isinstance(each, dict | list)
                 for inner in (each.values() if isinstance(each, dict) else each)]  # fmt: skip
        if not level:
            return
    raise Malformed(f"The body is nested more than {_DEEPEST} levels deep.")


def _check(value: Json, param: str, longest: int | None) -> None:
    """Refuse what no database stores alike: NUL in texts, numbers beyond 64 bits. `longest` in characters."""
    match value:
        case str():
            _check_text(value, param, longest)
        case bool():
            pass
        case int() if value not in _INTEGERS:
            raise FieldFormat(f"{param} holds an integer of more than 64 bits.", param=param)
        case float() if not math.isfinite(value):
            raise FieldFormat(f"{param} holds a number that JSON cannot express.", param=param)
        case list():
            for each in value:
                _check(each, param, longest)
        case dict():
            for name, each in value.items():
                _check_text(name, param, None)
                _check(each, param, longest)
        case _:
            pass


def _check_text(text: str, param: str, longest: int | None) -> None:
    if "\0" in text:
        raise FieldFormat(f"{param} holds a character that cannot be stored.", param=param)
    if longest is not None and len(text) > longest:
        raise FieldTooLong(param, longest)


def instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else Instant.from_datetime(moment)


def millis_instant(millis: int | None) -> Instant | None:
    return None if millis is None else Instant(millis)


def given(value: "T | None | UnsetType") -> "T | UnsetType":
    """A field for which null means what absence means."""
    return msgspec.UNSET if value is None else value


T = TypeVar("T")
