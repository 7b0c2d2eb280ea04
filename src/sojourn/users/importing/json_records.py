"""Reads JSON exports record by record, so that a damaged record is rejected alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TextIO, TypeVar

import msgspec

from sojourn.users.importing.record import RecordPosition, RejectedRecord, UnusableFile

T = TypeVar("T")
R = TypeVar("R", bound=msgspec.Struct)

_EMPTY = frozenset({b"null", b"false", b'""', b"[]", b"{}", b"0"})
_FIELD = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)


_MAX_LINE = 1024 * 1024
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|u[dD][89a-fA-F]\w\w|.)", re.ASCII | re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]\w\w", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """A record, and the names of its non-empty fields that its type does not define."""

    place: RecordPosition
    value: R
    unused: tuple[str, ...]


def read_list(text: str, shape: type[T]) -> T:
    """The whole file, with its records as undecoded `msgspec.Raw`. Raises: UnusableFile."""
    try:
        return _decoded(text, shape)
    except msgspec.ValidationError as error:
        raise UnusableFile("the JSON does not have the form of this export") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnusableFile("the file is not JSON in UTF-8, or it breaks off") from error


def read_records(raw: Iterable[msgspec.Raw], shape: type[R]) -> Iterator[Found[R] | RejectedRecord]:
    for number, record in enumerate(raw, 1):
        yield _record(RecordPosition("record", number), bytes(record).decode(errors="surrogateescape"), shape)


def read_lines(file: TextIO, shape: type[R]) -> Iterator[Found[R] | RejectedRecord]:
    """One record per line; empty lines are skipped."""
    number = 0
    while line := file.readline(_MAX_LINE):
        number += 1
        place = RecordPosition("line", number)
        if len(line) == _MAX_LINE and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = file.readline(_MAX_LINE)
            yield RejectedRecord(place, None, f"it is longer than {_MAX_LINE} characters")
        elif not line.isspace():
            yield _record(place, line, shape)


def unused_names(names: Iterable[str]) -> tuple[str, ...]:
    """The field names for display; names that could be data are replaced by `other`."""
    return tuple(name if _FIELD.fullmatch(name) else "other" for name in names)


def _record(place: RecordPosition, text: str, shape: type[R]) -> Found[R] | RejectedRecord:
    try:
        value = _decoded(text, shape)
        fields = _decoded(text, dict[str, msgspec.Raw])
        known = {field.encode_name for field in msgspec.structs.fields(shape)}
        holding = (name for name, raw in fields.items() if bytes(raw).strip() not in _EMPTY)
        return Found(place, value, unused_names(name for name in holding if name not in known))
    except msgspec.ValidationError as error:
        return RejectedRecord(
            place, None, f"it does not have the form of this export: {error}"
        )  # the message contains types, not values
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return RejectedRecord(place, None, "it is not a JSON record in UTF-8")


def _decoded(text: str, shape: type[T]) -> T:
    """Raises: msgspec.DecodeError, UnicodeError, RecursionError."""
    data = text.encode(errors="surrogateescape")
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = _ESCAPE.sub(_whole, text)  # texts truncated within an emoji are common and valid in JavaScript
        if mended == text:
            raise
        return msgspec.json.decode(mended.encode(errors="surrogateescape"), type=shape)


def _whole(escape: re.Match[str]) -> str:
    return r"\ufffd" if _HALF.fullmatch(escape[0]) else escape[0]
