"""Conversions between field and column: times as milliseconds, enums by value, structures as JSON.

Mismatches are rejected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String
from sqlalchemy.types import TypeEngine

from sojourn.errors import Json
from sojourn.instant import Instant

_MILLISECOND = timedelta(milliseconds=1)


_decode_json = msgspec.json.Decoder().decode


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def from_json(text: str) -> dict[str, Json]:
    return {} if text == "{}" else _decode_json(text)


def moment(millis: int | None) -> Instant | None:
    return None if millis is None else Instant(millis)


_NAMES: Mapping[str, object] = {
    "_Instant": Instant, "_timedelta": timedelta, "_MILLISECOND": _MILLISECOND, "_to_json": to_json,
    "_from_json": from_json,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conversion:
    """Python expressions: `decode` for a column's value `{r}`, `encode` for a field's value `{v}`, and the names they
    use.
    """

    decode: str
    encode: str
    names: Mapping[str, object] = field(default_factory=dict[str, object])


def conversion_of(column: Column[Any], hint: Any, *, within_optional: bool = False) -> Conversion:
    """`hint` is the type of the field. Raises: TypeError when the column cannot hold it."""
    base, optional = base_of(hint), is_optional(hint)
    kind, plain = _plain(column, base)
    # an empty structure is stored as NULL in a nullable column
    is_empty = get_origin(base) is Mapping and not optional and bool(column.nullable)
    if not isinstance(column.type, kind):
        raise TypeError(f"{column} holds {column.type!r}, and {base!r} needs {kind}")
    if bool(column.nullable) != (optional or within_optional or is_empty):
        raise TypeError(f"{column} and its field do not agree about NULL")
    names = {**_NAMES, **plain.names}
    if is_empty:
        return Conversion(
            f"(dict() if {{r}} is None else {plain.decode})", f"({plain.encode} if {{v}} else None)", names
        )
    decode = f"(None if {{r}} is None else {plain.decode})" if optional and plain.decode != "{r}" else plain.decode
    may_be_none = (optional or within_optional) and plain.encode != "{v}"
    encode = f"(None if {{v}} is None else {plain.encode})" if may_be_none else plain.encode
    return Conversion(decode, encode, names)


def _plain(column: Column[Any], base: Any) -> tuple[type[TypeEngine[Any]], Conversion]:
    """The column type for values of this type (other than None), and the conversion."""
    if base is Instant:
        return BigInteger, Conversion("_Instant({r})", "{v}.millis")
    if base is timedelta:
        return BigInteger, Conversion("_timedelta(milliseconds={r})", "{v} // _MILLISECOND")
    if base is bytes:
        return LargeBinary, Conversion("bytes({r})", "{v}")
    if base is bool:
        return Boolean, Conversion("bool({r})", "{v}")
    if base is int:
        return Integer, Conversion("{r}", "{v}")
    if base is str or isinstance(base, NewType) or get_origin(base) is Literal:
        return String, Conversion("{r}", "{v}")
    if get_origin(base) is Mapping:
        return String, Conversion("_from_json({r})", "_to_json({v})")
    if isinstance(base, type) and issubclass(base, Enum):
        members = f"_members_{column.name}"
        return String, Conversion(
            f"{members}[{{r}}]", "{v}.value", {members: {member.value: member for member in base}}
        )
    if isinstance(base, type) and issubclass(base, msgspec.Struct):
        reading = f"_decode_{column.name}"
        return String, Conversion(f"{reading}({{r}})", "_to_json({v})", {reading: msgspec.json.Decoder(base).decode})
    raise TypeError(f"{column} would hold {base!r}, which no column holds")


def is_optional(hint: Any) -> bool:
    return NoneType in _members(hint)


def base_of(hint: Any) -> Any:
    """The type without its None. Raises: TypeError if several remain."""
    rest = [member for member in _members(hint) if member is not NoneType]
    if len(rest) != 1:
        raise TypeError(f"{hint!r} is of several types")
    return rest[0]


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
