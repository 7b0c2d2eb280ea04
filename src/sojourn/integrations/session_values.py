"""The values that session data accepts: those that can be restored exactly. Others are rejected on assignment."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, Protocol, cast

from sojourn.errors import Json

_LARGEST = 2**63


class Values(Protocol):
    """Converts an app's values to JSON and back."""

    def lack(self, value: object) -> str:
        """A short reason why a value cannot be stored; empty if it can."""
        ...

    def to_json(self, value: Any) -> Json: ...
    def from_json(self, value: Json) -> Any: ...


class JsonValues:
    """Plain JSON. A tuple is stored as a list, as in Starlette's and Django's own sessions."""

    def lack(self, value: object) -> str:
        return lack_of_json(value, self.lack)

    def to_json(self, value: Any) -> Json:
        return value

    def from_json(self, value: Json) -> Any:
        return value


JSON_VALUES = JsonValues()


def lack_of_json(value: object, inner: Callable[[object], str]) -> str:
    """`inner` checks the elements of a list or dictionary."""
    if value is None or isinstance(value, bool | str):
        return ""
    if isinstance(value, int):
        return "" if -_LARGEST <= value < _LARGEST else "an integer of more than 64 bits"
    if isinstance(value, float):
        return "" if isfinite(value) else f"the number {value}"
    if isinstance(value, list | tuple):
        return _first(inner(item) for item in cast("list[object]", value))
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value)
        if any(not isinstance(key, str) for key in entries):
            return "a dictionary with keys that are no text"
        return _first(inner(item) for item in entries.values())
    return f"a value of type {type(value).__name__}"


def _first(lacks: Iterator[str]) -> str:
    return next((lack for lack in lacks if lack), "")


def check(values: Values, entries: Mapping[Any, object]) -> None:
    """Raises: TypeError for the first entry that could not be restored exactly."""
    for key, value in entries.items():
        if not isinstance(key, str):
            raise TypeError(f"session data has text as keys, not {key!r}")
        if lack := values.lack(value):
            raise TypeError(f"session data cannot keep {lack} (in {key!r}). Keep text, numbers, lists and dictionaries")
