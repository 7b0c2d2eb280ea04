"""Values that session data keeps: those that come back as they were. Others are refused when they are assigned."""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, Protocol, cast

from sojourn.errors import Json

_LARGEST = 2**63


class Values(Protocol):
    """How an app's values become JSON and come back."""

    def lack(self, value: object) -> str:
        """Why a value cannot be kept, in a few words; empty where it can."""
        ...

    def to_json(self, value: Any) -> Json: ...
    def from_json(self, value: Json) -> Any: ...


class JsonValues:
    """JSON as it is. A tuple is kept as a list, as in Starlette's and Django's own sessions."""

    def lack(self, value: object) -> str:
        return lack_of_json(value, self.lack)

    def to_json(self, value: Any) -> Json:
        return value

    def from_json(self, value: Json) -> Any:
        return value


JSON_VALUES = JsonValues()


def lack_of_json(value: object, inner: Callable[[object], str]) -> str:
    """`inner` judges what a list or dictionary holds."""
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
    """Raises: TypeError for the first entry that could not be given back as it is."""
    for key, value in entries.items():
        if not isinstance(key, str):
            raise TypeError(f"session data has text as keys, not {key!r}")
        if lack := values.lack(value):
            raise TypeError(f"session data cannot keep {lack} (in {key!r}). Keep text, numbers, lists and dictionaries")
