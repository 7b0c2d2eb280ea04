"""Rows to frozen values and back, derived once from the table and the value: a field maps to the column of its name, in
both directions. Mismatches are rejected at process start: a field without a column, a time in a text column, an
optional field in a NOT NULL column. Codecs are generated as source and compiled, as `dataclass` does, so that hot reads
need no loop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Dialect, Table, insert

from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.store.sql.columns import Conversion, base_of, conversion_of, is_optional
from sojourn.store.sql.database import Prepared

T = TypeVar("T")


class Codec(Generic[T]):
    """`columns` hold the fields of the value, in table order; a row is read by their positions."""

    def __init__(
        self,
        table: Table,
        value: type[T],
        *,
        without: Mapping[str, object] | None = None,
        computed: Mapping[str, Callable[[T], object]] | None = None,
    ) -> None:
        """`without` maps fields that have no column to their values when only a row is read. `computed` are columns
        that are written but not read. Raises: TypeError if table and value do not match.
        """
        self.table, self.value = table, value
        self._insertions: dict[tuple[str, tuple[str, ...]], Prepared] = {}
        derived = _Derived(table, value, without or {})
        held = set(derived.written)
        self.columns: list[Column[Any]] = [column for column in table.columns if column.name in held]
        decode, decode_with, encode = derived.compiled([column.name for column in self.columns])
        self.decode: Callable[[Sequence[Any]], T] = decode
        self.decode_with: Callable[..., T] = decode_with
        """Takes the row, then the fields without a column."""
        self.encode: Callable[[T], dict[str, object]] = _with(encode, computed) if computed else encode

    def position(self, name: str) -> int:
        """The index of the column in a row."""
        return [column.name for column in self.columns].index(name)

    def insertion(self, columns: tuple[str, ...], dialect: Dialect) -> Prepared:
        """The compiled insert statement for a row with these columns."""
        key = (dialect.name, columns)
        known = self._insertions.get(key)
        if known is None:
            known = self._insertions[key] = Prepared.of(insert(self.table), dialect, columns)
        return known


class _Derived:
    """The source of a codec: an expression for each field, and one for each column."""

    def __init__(self, table: Table, value: type[Any], without: Mapping[str, object]) -> None:
        self._table, self._value, self._without = table, value, without
        self._names: dict[str, object] = {"_value": value}
        self.written: dict[str, str] = {}
        self._read = [self._field(field) for field in _fields(value)]

    def compiled(self, columns: Sequence[str]) -> tuple[Callable[[Any], Any], Callable[..., Any], Callable[[Any], Any]]:
        """The functions that decode a row, decode a row plus the fields without a column, and encode a value."""
        places = {name: f"r[{place}]" for place, name in enumerate(columns)}
        given = ", ".join(("r", *self._without))
        alone = ", ".join(("r", *(f"{name}=_{name}_alone" for name in self._without)))
        self._names |= {f"_{name}_alone": value for name, value in self._without.items()}
        built = ", ".join(expression.format_map(places) for expression in self._read)
        row = ", ".join(f"{name!r}: {self.written[name]}" for name in columns)
        return (
            self._made(f"lambda {alone}: _value({built})"),
            self._made(f"lambda {given}: _value({built})"),
            self._made(f"lambda value: {{{row}}}"),
        )

    def _made(self, source: str) -> Callable[..., Any]:
        # built only from table and field names in this package's source, never from input
        return eval(source, self._names)  # noqa: S307

    def _field(self, field: Field[Any]) -> str:
        """The expression that reads the field; records its columns and the expressions that write them."""
        if field.name in self._without:
            return field.name
        if field.name in self._table.columns:
            return self._held(field.name, f"value.{field.name}", self._conversion(field.name, field.type))
        base = base_of(field.type)
        if not (isinstance(base, type) and is_dataclass(base)):
            raise TypeError(f"{self._table.name} has no column for {self._value.__name__}.{field.name}")
        return self._parts(field, base)

    def _parts(self, field: Field[Any], base: type[Any]) -> str:
        """A nested value has one column for each of its fields; it is None if its required columns are NULL."""
        optional = is_optional(field.type)
        read: list[str] = []
        must: list[str] = []
        for part in _fields(base):
            prefixed = f"{field.name}_{part.name}"
            name = prefixed if prefixed in self._table.columns else part.name
            written = f"value.{field.name}.{part.name}"
            if optional:
                written = f"None if value.{field.name} is None else {written}"
            read.append(self._held(name, written, self._conversion(name, part.type, within_optional=optional)))
            if part.default is MISSING and part.default_factory is MISSING:
                must.append(name)
        self._names[f"_{field.name}"] = base
        built = f"_{field.name}({', '.join(read)})"
        absent = " or ".join(f"{{{name}}} is None" for name in must)
        return f"(None if {absent} else {built})" if optional else built

    def _held(self, column: str, written: str, conversion: Conversion) -> str:
        self._names |= conversion.names
        self.written[column] = conversion.encode.replace("{v}", f"({written})")
        return conversion.decode.replace("{r}", f"{{{column}}}")

    def _conversion(self, name: str, hint: Any, *, within_optional: bool = False) -> Conversion:
        return conversion_of(self._table.columns[name], hint, within_optional=within_optional)


def _fields(value: Any) -> Sequence[Field[Any]]:
    return fields(value)


def _with(
    encode: Callable[[T], dict[str, object]], computed: Mapping[str, Callable[[T], object]]
) -> Callable[[T], dict[str, object]]:
    return lambda value: encode(value) | {name: work(value) for name, work in computed.items()}


def costed_password_columns(password: StoredPassword | None) -> dict[str, object]:
    """A user's password columns: the hash, and the name of its cost if that differs from the current one."""
    return {
        "password_hasher": password.hasher if password else None,
        "password_digest": password.digest if password else None,
        "password_pepper": password.pepper if password else None,
        "password_cost": cost_of(password),
    }


def password(hasher: str | None, digest: str | None, pepper: str | None) -> StoredPassword | None:
    return None if hasher is None or digest is None else StoredPassword(hasher, digest, pepper)
