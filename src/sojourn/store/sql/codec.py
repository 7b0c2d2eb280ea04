"""Rows to frozen values and back, by position, without reflection on the way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, Dialect, Table, insert

from sojourn.errors import Json
from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.store.sql.database import Prepared

T = TypeVar("T")

_decode_json = msgspec.json.Decoder().decode
_MILLISECOND = timedelta(milliseconds=1)

Encode = Callable[[Any], object]
Decode = Callable[[Any], Any]


class Codec(Generic[T]):
    """`columns` in the order that `build` takes their decoded values."""

    def __init__(
        self,
        table: Table,
        build: Callable[[Sequence[Any]], T],
        encode: Callable[[T], dict[str, object]],
        names: Sequence[str] | None = None,
    ) -> None:
        self.table = table
        self._insertions: dict[tuple[str, tuple[str, ...]], Prepared] = {}
        self.columns: list[Column[Any]] = [table.c[name] for name in names] if names else list(table.c)
        self.decode = build
        self.encode = encode

    def position(self, name: str) -> int:
        """Where the column stands in a row."""
        return [column.name for column in self.columns].index(name)

    def insertion(self, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
        """The insert of a row that names these columns, compiled once."""
        key = (dialect.name, columns)
        known = self._insertions.get(key)
        if known is None:
            known = self._insertions[key] = Prepared.of(insert(self.table), dialect, columns)
        return known


def to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def optional_json(value: Mapping[str, Json] | None) -> str | None:
    return None if value is None else to_json(value)


def from_json(text: str) -> dict[str, Json]:
    return {} if text == "{}" else _decode_json(text)


def optional_from_json(text: str | None) -> dict[str, Json] | None:
    return None if text is None else _decode_json(text)


def moment(millis: int | None) -> Instant | None:
    return None if millis is None else Instant(millis)


def millis(instant: Instant | None) -> int | None:
    return None if instant is None else instant.millis


def length(millis_or_none: int | None) -> timedelta | None:
    return None if millis_or_none is None else timedelta(milliseconds=millis_or_none)


def length_millis(value: timedelta | None) -> int | None:
    return None if value is None else value // _MILLISECOND


def password_columns(password: StoredPassword | None) -> dict[str, object]:
    return {
        "password_hasher": password.hasher if password else None,
        "password_digest": password.digest if password else None,
        "password_pepper": password.pepper if password else None,
    }


def costed_password_columns(password: StoredPassword | None) -> dict[str, object]:
    """Of a user: beside the password the name of its cost, where that is not the current one."""
    return {**password_columns(password), "password_cost": cost_of(password)}


def password(hasher: str | None, digest: str | None, pepper: str | None) -> StoredPassword | None:
    return None if hasher is None or digest is None else StoredPassword(hasher, digest, pepper)
