"""Instant and Clock: the only reader of the wall clock.

Stored times are whole UTC milliseconds, token times whole seconds (RFC 7519 section 2), lengths are `timedelta`,
so that a unit cannot be mistaken for another.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

__all__ = ["Clock", "Instant", "SystemClock"]

_MILLISECOND = timedelta(milliseconds=1)


class Instant(msgspec.Struct, frozen=True, order=True, gc=False):
    """A moment in UTC, in whole milliseconds since 1970.

    A struct, because each response creates and compares dozens, at a fifth of a dataclass's cost.
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
        """The instant of an aware datetime. Raises: ValueError without a time zone."""
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
        """The time since `earlier`; negative if it is in the future."""
        return timedelta(milliseconds=self.millis - earlier.millis)


_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_SHORT = re.compile(r"(?:\d{1,9}[wdhms])+", re.ASCII)
_PART = re.compile(r"(\d+)([wdhms])", re.ASCII)
_ISO = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?", re.ASCII
)


def read_length(text: str) -> timedelta:
    """A length of time: `30d`, `12h`, `15m`, `1h30m`, or ISO 8601 such as `P30D` and `PT12H`.

    Months and years are rejected, because their lengths vary. Raises: ValueError.
    """
    said = text.strip()
    if _SHORT.fullmatch(said.lower()):
        seconds = sum(int(number) * _UNITS[unit] for number, unit in _PART.findall(said.lower()))
    elif found := _ISO.fullmatch(said.upper()):
        seconds = sum(int(number or 0) * size for number, size in zip(found.groups(), _UNITS.values(), strict=True))
    else:
        raise ValueError(f"{text!r} is not a length of time such as 30d, 12h, 15m or PT12H")
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{text!r} is longer than can be reckoned with") from error


def read_moment(text: str, now: Instant) -> Instant:
    """Parse an ISO 8601 time, in UTC by default, or an age such as `12h`. Raises: ValueError."""
    try:
        return now.before(read_length(text))
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is neither a moment such as 2026-11-28T09:30 nor a length of time such as 12h"
        ) from None
    return Instant.from_datetime(at if at.tzinfo else at.replace(tzinfo=UTC))


def length_text(length: timedelta) -> str:
    """A length of time in words, to the second, with its two largest units: `1 day`, `1 hour 30 minutes`."""
    seconds = int(length.total_seconds())
    if seconds < 1:
        return "less than a second"
    parts: list[str] = []
    for name, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count:,} {name}{'s' if count > 1 else ''}")
    return " ".join(parts[:2])


class Clock(Protocol):
    """The source of time for operations. `seconds` is `now` as a number, for the hot path; `steady` is monotonic seconds,
    for durations within this process.

    A caller on the hot path may reuse a value of `seconds` until the monotonic clock reaches `steady_until`.
    """

    @property
    def steady_until(self) -> float: ...
    def now(self) -> Instant: ...
    def seconds(self) -> float: ...
    def steady(self) -> float: ...


_LOOK = 0.01
"""Seconds between two readings of the wall clock, each of which costs as much as everything else."""


class SystemClock:
    """The machine's clock, which never goes backwards or stands still for this process (R-REL-04). It advances with the
    monotonic clock. A wall clock that jumps forward (a suspended machine, a corrected drift) is followed within a
    hundredth of a second; one that is set back is not, because sessions and codes would live longer.
    """

    __slots__ = ("_ahead", "steady_until")

    def __init__(self) -> None:
        self._ahead = time.time() - time.monotonic()
        self.steady_until = 0.0

    def now(self) -> Instant:
        return Instant(int(self.seconds() * 1000))

    def steady(self) -> float:
        return time.monotonic()

    def seconds(self) -> float:
        steady = time.monotonic()
        if steady >= self.steady_until:
            ahead = time.time() - steady
            if ahead > self._ahead:
                self._ahead = ahead
            self.steady_until = steady + _LOOK
        return steady + self._ahead
