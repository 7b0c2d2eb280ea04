"""One person of a file, or why there is none."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.users.new_user import NewUser


@dataclass(frozen=True, slots=True)
class Record:
    """`number` counts from 1, the header not; `id` is the person's at the source, kept as `external_id`."""

    number: int
    id: str
    new: NewUser


@dataclass(frozen=True, slots=True)
class Unreadable:
    number: int
    id: str
    reason: str


Read = Callable[[TextIO], Iterator[Record | Unreadable]]


class WrongFile(ValueError):
    """The file is not of the format that was named; the text says what is missing."""


def text_of(row: Mapping[str, object], name: str) -> str | None:
    """A field as text; None when it is empty or absent."""
    value = row.get(name)
    return str(value).strip() or None if value is not None else None


def moment_of(value: object) -> Instant | None:
    """ISO 8601, with a blank in place of the T as well, or milliseconds since 1970. Raises: ValueError."""
    if value is None or value == "":
        return None
    text = str(value)
    if text.isdecimal():
        return Instant(int(text))
    at = datetime.fromisoformat(text)
    return Instant(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000))


def object_of(value: object) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]
