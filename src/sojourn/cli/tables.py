"""Tables: aligned columns on a terminal, tab-separated text with a header in a pipe."""

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime

from sojourn.errors import Json

_GAP = 2
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> None:
    """Cells are never truncated, so that IDs can be copied: a table wider than the terminal becomes a list of records.

    Terminal control characters are escaped.
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [list(columns), *cells]:
            print("\t".join(row))
        return
    widths = [max(len(row[at]) for row in [list(columns), *cells]) for at in range(len(columns))]
    if sum(widths) + _GAP * (len(widths) - 1) > shutil.get_terminal_size().columns:
        _print_records(columns, cells)
        return
    print(f"{_BOLD}{_line(columns, widths)}{_PLAIN}")
    for row in cells:
        print(_line(row, widths))


def _print_records(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    width = max(map(len, columns))
    for number, row in enumerate(cells):
        if number:
            print()
        for name, cell in zip(columns, row, strict=True):
            print(f"{_BOLD}{name:<{width}}{_PLAIN}{' ' * _GAP}{cell}")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return (" " * _GAP).join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def time_text(at: datetime | None) -> str | None:
    """A time in UTC, to the second. JSON output uses ISO 8601 instead."""
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


def printable(cell: Json) -> str:
    """The text of a value, with terminal control characters escaped."""
    text = "" if cell is None else str(cell)
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
