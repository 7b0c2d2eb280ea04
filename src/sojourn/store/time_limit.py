"""The time limit for a database that hangs: five seconds in total for one request (R-REL-03).

Only time spent waiting for the store counts, not a slow upload or a password hash. Outside of a request (the worker, a
command, an import) the limit of five seconds applies to each statement.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from sojourn.errors import Overloaded

MAX_SECONDS = 5.0

LISTS_AT_ONCE = 3
LIST_WAITS_SECONDS = 1.5
LIST_SECONDS = 3.0
"""How long one statement of a list, a search or a count may run."""


class _TimeLimit:
    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_SECONDS


_of_request: ContextVar[_TimeLimit | None] = ContextVar("sojourn_store_time_limit", default=None)


class _OneRequest:
    """A class instead of a generator, which takes three times as long; every request enters it."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = _of_request.set(_TimeLimit())

    def __exit__(self, *_: object) -> None:
        _of_request.reset(self._token)


def of_one_request() -> _OneRequest:
    """All waits for the store inside this context share one time limit."""
    return _OneRequest()


def left() -> float:
    """The seconds that the caller may still wait. Raises: Overloaded if none are left."""
    limit = _of_request.get()
    if limit is None:
        return MAX_SECONDS
    if limit.left <= 0:
        raise Overloaded()
    return limit.left


@contextmanager
def spending(*, at_least: float = 0.0) -> Generator[float, None, None]:
    """The seconds that are left; time spent inside is subtracted. Raises: Overloaded if none are left. `at_least`
    seconds are always granted.
    """
    limit = _of_request.get()
    if limit is None:
        yield MAX_SECONDS
        return
    granted = max(limit.left, at_least)
    if granted <= 0:
        raise Overloaded()
    began = time.monotonic()
    try:
        yield granted
    finally:
        limit.left -= time.monotonic() - began
