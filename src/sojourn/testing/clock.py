"""A clock that only moves when a test moves it."""

from datetime import timedelta

from sojourn.instant import Instant


class FakeClock:
    """Starts at a whole second of 2026; tests call `clock.advance(days=7)`."""

    __slots__ = ("_now", "_steady")
    steady_until = 0.0  # a test may move it at any time

    def __init__(self, now: Instant = Instant(1_770_000_000_000)) -> None:
        self._now = now
        self._steady = 0.0

    def steady(self) -> float:
        return self._steady

    def seconds(self) -> float:
        return self.now().millis / 1000

    def now(self) -> Instant:
        return self._now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> Instant:
        """Advance the clock, or set it back if negative; returns the new time."""
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self._steady += max(0.0, length.total_seconds())
        self._now += length
        return self._now

    def set_right(self, by: timedelta) -> Instant:
        """Set the wall clock forward or back without advancing monotonic time; returns the new time."""
        self._now += by
        return self._now
