"""Rows of a CSV file with a header. An unreadable row is rejected with its line number; the other rows are read."""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from sojourn.users.importing.json_records import unused_names
from sojourn.users.importing.record import RecordPosition, RejectedRecord, UnusableFile

MAX_FIELD_LENGTH = 64 * 1024
_MAX_LINE = 1024 * 1024
_NOTHING = frozenset({"\\N", "NULL", "null", "(null)", "<null>", "None", "NaN"})
"""How MySQL, PostgreSQL, database tools and Python write NULL."""
_TOO_LONG = "x" * (MAX_FIELD_LENGTH + 1) + "\n"
"""Replaces an oversized line, which is rejected without being held in memory."""


@dataclass(frozen=True, slots=True)
class Row:
    place: RecordPosition
    cells: dict[str, str]

    def unused(self, used: Collection[str], *, nothing: Collection[str] = ()) -> tuple[str, ...]:
        """The columns other than `used` that have a value which is not in `nothing`."""
        holding = (name for name, cell in self.cells.items() if cell and cell.lower() not in nothing)
        return unused_names(name for name in holding if name not in used)


def read_rows(file: TextIO, needed: Sequence[str]) -> Iterator[Row | RejectedRecord]:
    """Every non-empty row below the header. Raises: UnusableFile if a required column is missing."""
    csv.field_size_limit(MAX_FIELD_LENGTH)
    reader = csv.reader(_lines(file), delimiter=_delimiter(file, needed), strict=True)
    columns = _columns(reader, needed)
    while True:
        place = RecordPosition("line", reader.line_num + 1)
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RejectedRecord(place, None, _unreadable(place.number, reader.line_num))
            continue
        if not values:
            continue
        reason = _unusable(values, len(columns))
        if reason is not None:
            yield RejectedRecord(place, None, reason)
        else:
            yield Row(place, dict(zip(columns, map(_cell, values), strict=True)))


def _cell(value: str) -> str:
    """The text of a cell; databases write NULL as a word."""
    text = value.strip()
    return "" if text in _NOTHING else text


def _delimiter(file: TextIO, needed: Sequence[str]) -> str:
    """A comma, or a spreadsheet's semicolon or tab if only that yields the required columns."""
    start = file.tell()
    header = file.readline(_MAX_LINE)
    file.seek(start)
    for mark in ",;\t":
        columns = [column.strip().strip('"').strip() for column in header.split(mark)]
        if all(column in columns for column in needed):
            return mark
    return ","


def _columns(reader: Iterator[list[str]], needed: Sequence[str]) -> list[str]:
    try:
        columns = [column.strip() for column in next(reader)]
    except csv.Error as error:
        raise UnusableFile("the first line is not the header of a CSV file") from error
    except StopIteration:
        columns = []
    if not columns:
        raise UnusableFile("the file is empty, or its first line is")
    if _unusable(columns, len(columns)) is not None:
        raise UnusableFile("the file is not UTF-8 text")
    missing = [column for column in needed if column not in columns]
    if missing:
        raise UnusableFile(f"the header has no column {missing[0]}")
    if len(set(columns)) < len(columns):
        raise UnusableFile("the header names a column twice")
    return columns


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(_MAX_LINE):
        if len(line) < _MAX_LINE or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = file.readline(_MAX_LINE)
        yield _TOO_LONG


def _unusable(values: Sequence[str], expected: int) -> str | None:
    if len(values) != expected:
        return f"it has {len(values)} fields where the header has {expected}"
    text = "".join(values)
    if "\0" in text:
        return "it holds a NUL byte"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it is not UTF-8 text"
    return None


def _unreadable(first: int, last: int) -> str:
    """An unclosed quote consumes the lines below it, so all of them are named."""
    lines = f"lines {first} to {last} are" if last > first else "it is"
    return (
        f"{lines} not readable as CSV: a quote is not closed, or a field is longer than {MAX_FIELD_LENGTH} characters"
    )
