"""Instant and Clock: the only reader of the wall clock.

Stored times are whole UTC milliseconds, token times whole seconds (RFC 7519 section 2), lengths are `timedelta`,
so that a unit cannot be mistaken for another.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

_MILLISECOND = timedelta(milliseconds=1)


class Instant(msgspec.Struct, frozen=True, order=True, gc=False):
    """A moment in UTC, in whole milliseconds since 1970.

    A struct, because one answer makes and compares dozens, which costs a dataclass five times as much.
    """

    millis: int

    @property
    def seconds(self) -> int:
        """Whole seconds since 1970, rounded down: the NumericDate of RFC 7519."""
        return self.millis // 1000

    @classmethod
    def from_seconds(cls, seconds: int) -> "Instant":
        return cls(seconds * 1000)

    @classmethod
    def from_datetime(cls, moment: datetime) -> "Instant":
        """The instant of an aware datetime. Raises: ValueError when it has no time zone."""
        if moment.tzinfo is None:
            raise ValueError("a datetime without a time zone names no instant")
        return cls(int(moment.timestamp() * 1000))

    def datetime(self) -> datetime:
        return datetime.fromtimestamp(self.millis / 1000, tz=UTC)

    def __add__(self, length: timedelta) -> "Instant":
        return Instant(self.millis + length // _MILLISECOND)

    def before(self, length: timedelta) -> "Instant":
        """The moment `length` earlier."""
        return Instant(self.millis - length // _MILLISECOND)

    def since(self, earlier: "Instant") -> timedelta:
        """How long ago `earlier` was, seen from here; negative when it is still to come."""
        return timedelta(milliseconds=self.millis - earlier.millis)


class Clock(Protocol):
    """Where operations learn the time. `seconds` is the number of `now`, for what is asked before every request.

    Who cannot afford a call each time may go on with what `seconds` said until the monotonic clock shows `steady_until`.
    """

    @property
    def steady_until(self) -> float: ...
    def now(self) -> Instant: ...
    def seconds(self) -> float: ...


_LOOK = 0.01
"""Seconds between two looks at the wall clock: each costs as much as all the rest."""


class SystemClock:
    """The machine's clock, never seen to go backwards nor to stand still by this process (R-REL-04).

    The monotonic clock carries it. A wall clock that has moved on (a suspended machine, a corrected drift) is followed
    within a hundredth of a second; one that is set back is not, or sessions and codes would live that much longer.
    """

    __slots__ = ("_ahead", "steady_until")

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()
        self.steady_until = 0.0

    def now(self) -> Instant:
        return Instant(int(self.seconds() * 1000))

    def seconds(self) -> float:
        steady = time.monotonic()
        if steady >= self.steady_until:
            ahead = time.time() - steady
            if ahead > self._ahead:
                self._ahead = ahead
            self.steady_until = steady + _LOOK
        return steady + self._ahead
