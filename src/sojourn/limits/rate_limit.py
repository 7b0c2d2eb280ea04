"""Rate limits: so many in so long, per address or identifier (R-LIM-01). In this process; a shared counter fits behind the same call."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.errors import TooManyRequests
from sojourn.instances.settings import Settings
from sojourn.instant import Clock

UNMATCHED = "unmatched"
"""The limit of requests that no route answers."""
REFUSED_PATHS = "refused_paths"
"""The limit of requests whose path is refused unread."""

LIMITS: Mapping[str, tuple[int, int]] = {
    "create_sign_in": (5, 10),
    "create_sign_up": (5, 10),
    "update_sign_up": (5, 10),
    "attempts": (3, 10),
    "create_client": (60, 60),
    "handshakes": (100, 10),
    "codes": (20, 60),
    "codes_per_identifier": (3, 600),
    "codes_per_identifier_day": (10, 86_400),
    "tries_of_known_device": (10, 3600),
    "hashes": (20, 60),
    "pictures": (10, 60),
    "backend_api": (1000, 10),
    UNMATCHED: (100, 10),
    REFUSED_PATHS: (5, 10),
}
"""Name to (hits, seconds); settings of an instance can override each."""

_MOST_KEYS = 100_000


@dataclass(slots=True)
class RateLimiter:
    """A sliding window per name and key, in seconds that nobody sets: no wall clock extends or empties it (R-REL-04).

    Counting and deciding is one step without an await, so parallel hits cannot pass together (R-LIM-06).
    """

    clock: Clock
    _hits: OrderedDict[tuple[str, str], deque[int]] = field(default_factory=OrderedDict[tuple[str, str], deque[int]])

    async def hit(self, name: str, key: str, *, settings: Settings | None = None) -> None:
        """Count one. Raises: TooManyRequests, with the time until the oldest hit leaves the window; nothing is counted then."""
        hits, now = self._open(name, key, settings)
        hits.append(now)
        while len(self._hits) > _MOST_KEYS:
            self._hits.popitem(last=False)

    async def check(self, name: str, key: str, *, settings: Settings | None = None) -> None:
        """Count nothing, for work that must wait before it counts. Raises: TooManyRequests where a hit would."""
        if (name, key) in self._hits:
            self._open(name, key, settings)

    def _open(self, name: str, key: str, settings: Settings | None) -> tuple[deque[int], int]:
        """The hits in the window, which has room for one more now. Raises: TooManyRequests."""
        most, seconds = limit_of(name, settings)
        now = int(self.clock.steady() * 1000)
        hits = self._hits.setdefault((name, key), deque())
        self._hits.move_to_end((name, key))
        while hits and hits[0] <= now - seconds * 1000:
            hits.popleft()
        if len(hits) >= most:
            raise TooManyRequests(timedelta(milliseconds=max(1, hits[0] + seconds * 1000 - now)))
        return hits, now

    async def reset(self, name: str, key: str) -> None:
        """Forget the hits of one key."""
        self._hits.pop((name, key), None)


def limit_of(name: str, settings: Settings | None) -> tuple[int, int]:
    """(hits, seconds) of a limit, which the instance may have set."""
    chosen = settings.protection.rate_limits.get(name) if settings else None
    return (chosen[0], chosen[1]) if chosen else LIMITS[name]
