"""Rate limits per address or identifier (R-LIM-01), across all nodes that share a database (R-LIM-02)."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

import structlog

from sojourn.errors import Overloaded, TooManyRequests
from sojourn.ids import InstanceId
from sojourn.instances.instance import Instance
from sojourn.instances.settings import Settings
from sojourn.instant import Clock
from sojourn.store.interface import SharedCountStore

log = structlog.get_logger()

UNMATCHED = "unmatched"
"""The limit of requests without a matching route."""
REFUSED_PATHS = "refused_paths"
"""The limit of requests with an invalid path."""

WRONG_KEYS = "wrong_secret_keys"
"""The limit of secret keys that this process has not yet validated."""

WRONG_TOKENS = "wrong_console_tokens"
"""The limit of refused tokens at the admin API."""

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
    "claims_per_address": (5, 86_400),
    "tries_of_known_device": (10, 3600),
    "hashes": (20, 60),
    "pictures": (10, 60),
    "backend_api": (1000, 10),
    "admin_api": (200, 10),
    "console_invitations": (20, 60),
    WRONG_TOKENS: (50, 60),
    WRONG_KEYS: (20, 60),
    UNMATCHED: (100, 10),
    REFUSED_PATHS: (5, 10),
}
"""Name to (hits, seconds); settings of an instance can override each."""

OF_ONE_PROCESS = frozenset(
    {"handshakes", "backend_api", "admin_api", WRONG_KEYS, WRONG_TOKENS, UNMATCHED, REFUSED_PATHS}
)
"""Limits that keep a process from being flooded. Counting them in the database would let a flood through to it."""

OF_BUDGETS = frozenset(
    {"codes_per_identifier", "codes_per_identifier_day", "claims_per_address", "tries_of_known_device"}
)
"""Limits that the database keeps across restarts (`budgets.py`)."""

MAX_SHARED = 1000
"""Limits above this do not protect against guessing, and their rows would be long."""

_MAX_KEYS = 100_000


class _Key(NamedTuple):
    instance: str
    key: str


@dataclass(slots=True)
class _Window:
    """Times in milliseconds of the steady clock: this process's hits, and the end of exhaustion across all nodes."""

    hits: list[int] = field(default_factory=list[int])
    refused_until: int = 0


@dataclass(slots=True)
class RateLimiter:
    """A sliding window per name and key, in monotonic seconds: no change of the wall clock extends or empties it (R-REL-04).

    In the process, counting and deciding is one step without an await, so parallel hits cannot pass together (R-LIM-06). With
    `shared` the nodes' common count decides too, atomically. The process counts on beside it: what it refuses by itself
    costs no look-up, and while the common count is away half of each limit is allowed here.
    """

    clock: Clock
    shared: SharedCountStore | None = None
    _windows: dict[str, OrderedDict[_Key, _Window]] = field(default_factory=dict[str, OrderedDict[_Key, _Window]])
    _is_alone: bool = False

    async def hit(self, name: str, key: str, instance: Instance | None = None) -> None:
        """Count one hit; `instance` is None if it is not known yet.

        Raises: TooManyRequests, with the time until the oldest hit leaves the window; nothing is counted then.
        """
        limit, seconds = limit_of(name, instance and instance.settings)
        whose = _Key(instance.id if instance else "", key)
        window = self._open(name, whose, limit, seconds)
        if self.shared is not None and instance is not None and name not in OF_ONE_PROCESS and limit <= MAX_SHARED:
            window = await self._share(self.shared, instance.id, name, whose, limit, seconds)
        window.hits.append(self._now())
        self._keep_in_bounds()

    async def check(self, name: str, key: str, instance: Instance | None = None) -> None:
        """Count nothing, for work that must wait before it counts. Raises: TooManyRequests where a hit would.

        With several nodes a hit may still be refused: the others' hits are known only once one was.
        """
        whose = _Key(instance.id if instance else "", key)
        if name in self._windows and whose in self._windows[name]:
            self._open(name, whose, *limit_of(name, instance and instance.settings))

    async def _share(
        self, shared: SharedCountStore, id: InstanceId, name: str, whose: _Key, limit: int, seconds: int
    ) -> _Window:
        """The window, once all nodes together have counted the hit. Raises: TooManyRequests."""
        now = self.clock.now()
        try:
            until = await shared.hit(id, name, _hashed(whose.key), now, limit=limit, window=timedelta(seconds=seconds))
        except Overloaded:
            self._note_alone(True)
            return self._open(name, whose, max(1, limit // 2), seconds)
        self._note_alone(False)
        window = self._of(name, whose)
        if until is not None:
            wait = max(timedelta(milliseconds=1), until.since(now))
            window.refused_until = self._now() + wait // timedelta(milliseconds=1)
            raise TooManyRequests(wait)
        return window

    def _open(self, name: str, whose: _Key, limit: int, seconds: int) -> _Window:
        """The window, which has room for one more now as far as this process knows. Raises: TooManyRequests."""
        now, window = self._now(), self._of(name, whose)
        hits = window.hits
        gone = 0
        while gone < len(hits) and hits[gone] <= now - seconds * 1000:
            gone += 1
        del hits[:gone]
        until = max(window.refused_until, hits[-limit] + seconds * 1000 if len(hits) >= limit else 0)
        if until > now:
            raise TooManyRequests(timedelta(milliseconds=until - now))
        return window

    def _of(self, name: str, whose: _Key) -> _Window:
        windows = self._windows.setdefault(name, OrderedDict())
        window = windows.setdefault(whose, _Window())
        windows.move_to_end(whose)
        return window

    def _keep_in_bounds(self) -> None:
        """Drop the least recently used key of the limit with most keys, so that flooding one limit does not evict
        counts of another.
        """
        while sum(map(len, self._windows.values())) > _MAX_KEYS:
            max(self._windows.values(), key=len).popitem(last=False)

    def _now(self) -> int:
        return int(self.clock.steady() * 1000)

    def _note_alone(self, is_alone: bool) -> None:
        if is_alone and not self._is_alone:
            log.warning("limits.counted_alone", hint="the database is away: this process allows half of each limit")
        self._is_alone = is_alone


def _hashed(key: str) -> str:
    """Hashed, because an address is personal data and must not be a key of the shared counts."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def limit_of(name: str, settings: Settings | None) -> tuple[int, int]:
    """(hits, seconds) of a limit, including the instance's own setting."""
    chosen = settings.protection.rate_limits.get(name) if settings else None
    return (chosen[0], chosen[1]) if chosen else LIMITS[name]
