"""A stored value and its row are the same facts: each field is the column of its name, both ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any, Literal, NewType, get_args, get_origin

import pytest
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, MetaData, Table, Text

from sojourn.instances.settings import Settings
from sojourn.instant import Instant
from sojourn.store.sql import rows
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.columns import base_of, to_json

CODECS = {
    name.removesuffix("_row"): each
    for domain in rows.__all__
    for name, each in vars(getattr(rows, domain)).items()
    if isinstance(each, Codec)
}
ELSEWHERE = {
    "signing_key": {"instance_id"}, "session": {"due_at", "seen_at", "earlier_first_factor_at", "earlier_second_factor_at", "earlier_generation"},
    "user": {"password_cost"}, "event": {"sequence", "chain_hash"}, "unchained_event": {"ordinal"},
}  # fmt: skip
"""Columns that statements write beside the value, by codec."""


class Filled:
    """Values that are whole, with something else in each field."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)

    def value(self, kind: type[Any], without: Mapping[str, object]) -> Any:
        return kind(
            **{each.name: without[each.name] if each.name in without else self._of(each.type) for each in fields(kind)}
        )

    def _of(self, hint: Any) -> Any:
        base, number = base_of(hint), next(self._numbers)
        if is_dataclass(base) and base is not Instant:
            return self.value(base, {})  # type: ignore[arg-type]
        if get_origin(base) is Mapping:
            return {f"key{number}": number}
        if get_origin(base) is Literal:
            return get_args(base)[number % len(get_args(base))]
        if isinstance(base, type) and issubclass(base, Enum):
            return list(base)[number % len(base)]
        if isinstance(base, NewType) or base is str:
            return f"text{number}"
        made = {
            Instant: Instant(number), timedelta: timedelta(milliseconds=number), bytes: f"{number}".encode(), int: number,
            bool: bool(number % 2), Settings: Settings(application_name=f"name{number}"),
        }  # fmt: skip
        return made[base]


@pytest.mark.parametrize("name", [name for name in CODECS if name != "tries"])
def test_a_row_has_every_field_in_the_column_of_its_name(name: str) -> None:
    codec = CODECS[name]
    without = {"identifiers": ()} if name == "user" else {}
    value = Filled().value(codec.value, without)
    row = codec.encode(value)
    for each in fields(value):
        if each.name in row:
            assert _plain(row[each.name]) == _plain(getattr(value, each.name)), each.name
    held = {column.name for column in codec.columns}
    assert held | ELSEWHERE.get(name, set()) == set(codec.table.columns.keys())
    assert codec.decode([row[column.name] for column in codec.columns]) == value
    places = {column.name: place for place, column in enumerate(codec.columns)}
    assert {name: codec.position(name) for name in places} == places


@pytest.mark.parametrize("name", CODECS)
def test_no_two_columns_can_be_swapped_unseen(name: str) -> None:
    """A column that alone is another's changes the field of its name, and that alone: flags and enums too."""
    codec = CODECS[name]
    without = {"identifiers": ()} if name == "user" else {}
    one, other = (Filled(first).value(codec.value, without) for first in (1, 2))
    before, after = codec.encode(one), codec.encode(other)
    columns = [column.name for column in codec.columns]
    for column in columns:
        mixed = before | {column: after[column]}
        assert mixed[column] != before[column], column
        read = codec.decode([mixed[each] for each in columns])
        fields_of_one, fields_read = dict(_leaves(one)), dict(_leaves(read))
        changed = [path for path, value in fields_of_one.items() if fields_read[path] != value]
        assert len(changed) == 1, column
        assert column in (changed[0].rpartition(".")[2], changed[0].replace(".", "_"))
        written = codec.encode(read)
        assert {each: written[each] for each in columns} == {each: mixed[each] for each in columns}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Every field of a value and of the values within it, by its path."""
    for each in fields(value):
        held = getattr(value, each.name)
        if is_dataclass(held) and not isinstance(held, Instant):
            yield from _leaves(held, f"{path}{each.name}.")
        else:
            yield f"{path}{each.name}", held


def test_every_table_is_part_of_the_schema_in_the_file_of_its_domain() -> None:
    declared = {
        each for domain in rows.__all__ for each in vars(getattr(rows, domain)).values() if isinstance(each, Table)
    }
    assert declared == set(rows.metadata.tables.values())
    files = {path.stem for path in Path(rows.__file__).parent.glob("*.py")} - {"__init__", "schema"}
    assert files == set(rows.__all__) - {"metadata"}


def _plain(value: Any) -> Any:
    """A field and its column as one form of both."""
    if isinstance(value, Instant):
        return value.millis
    if isinstance(value, timedelta):
        return value // timedelta(milliseconds=1)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping | Settings):
        return to_json(value)
    return value


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    at: Instant
    seen: bool = False
    secret: bytes | None = None


def _table(**columns: Column[Any]) -> Table:
    given = {
        "id": Column("id", Text, nullable=False), "at": Column("at", BigInteger, nullable=False),
        "seen": Column("seen", Boolean, nullable=False), "secret": Column("secret", LargeBinary, nullable=True),
    }  # fmt: skip
    return Table("things", MetaData(), *(given | columns).values())


def test_the_order_of_columns_and_of_fields_does_not_matter() -> None:
    thing = Thing("thing_1", Instant(5), True, b"x")
    table = Table("things", MetaData(), *(each._copy() for each in reversed(list(_table().columns))))
    codec = Codec(table, Thing)
    assert [column.name for column in codec.columns] == ["secret", "seen", "at", "id"]
    assert codec.encode(thing) == {"secret": b"x", "seen": True, "at": 5, "id": "thing_1"}
    assert codec.decode((b"x", 1, 5, "thing_1")) == thing


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"at": Column("at", Text, nullable=False)}, "BigInteger"),
        ({"seen": Column("seen", BigInteger, nullable=False)}, "Boolean"),
        ({"secret": Column("secret", LargeBinary, nullable=False)}, "NULL"),
        ({"at": Column("at", BigInteger, nullable=True)}, "NULL"),
        ({"id": Column("identity", Text, nullable=False)}, "no column for Thing.id"),
    ],
)
def test_a_table_that_cannot_hold_the_value_is_refused_at_the_start(columns: dict[str, Column[Any]], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Codec(_table(**columns), Thing)
