"""A cache of verified tokens, keyed by their Authorization header, until they expire (design section 4, decision 0007)."""

import threading
from heapq import heapify, heappop, heappush
from math import inf

from sojourn.forking import watch
from sojourn.tokens.claims import Claims

BEARER = "Bearer "


class TokenCache:
    """Holds at most `capacity` tokens. Only add tokens that were verified and are valid now. Thread-safe.

    Look-ups do not check expiry: call `drop_expired` with the current time first.
    """

    __slots__ = (
        "__weakref__", "_capacity", "_ends", "_first_end", "_generation", "_writing", "by_header", "by_header_bytes",
    )  # fmt: skip

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        watch(self)
        self._writing = threading.Lock()
        self._generation = 0
        self._ends: list[tuple[float, str]] = []
        """A heap of (expiry in seconds since 1970, header)."""
        self._first_end = inf
        self.by_header: dict[str, Claims] = {}
        """Never replaced, like `by_header_bytes`: the fast path holds references to both."""
        self.by_header_bytes: dict[bytes, Claims] = {}
        """The same for servers with headers as bytes; decoding them would double the cost."""

    @property
    def generation(self) -> int:
        """Changes with the keys: a token verified before a change must not be added after it."""
        return self._generation

    def begin_anew(self) -> None:
        """Reset after a fork: a write of the parent may be incomplete, so all entries are dropped."""
        self._writing = threading.Lock()
        self.clear()

    def find(self, token: str) -> Claims | None:
        return self.by_header.get(BEARER + token)

    def add(self, token: str, claims: Claims, end: float, *, generation: int) -> None:
        with self._writing:
            if generation != self._generation:  # it was verified with a key that may be gone
                return
            if len(self.by_header) >= self._capacity:
                self._make_room()
            header = BEARER + token
            self.by_header[header] = self.by_header_bytes[header.encode()] = claims
            heappush(self._ends, (end, header))
            self._first_end = self._ends[0][0]

    def drop_expired(self, now: float) -> None:
        """Drop expired entries."""
        if now < self._first_end:
            return
        with self._writing:
            while self._ends and self._ends[0][0] <= now:
                self._drop(heappop(self._ends)[1])
            self._first_end = self._ends[0][0] if self._ends else inf

    def clear(self) -> None:
        """Drop all entries, because keys have changed."""
        with self._writing:
            self._generation += 1
            self._ends.clear()
            self._first_end = inf
            self.by_header.clear()
            self.by_header_bytes.clear()

    def _drop(self, header: str) -> None:
        self.by_header.pop(header, None)
        self.by_header_bytes.pop(header.encode(), None)

    def _make_room(self) -> None:
        """Keep the newer half."""
        for header in list(self.by_header)[: -(self._capacity // 2) or None]:
            self._drop(header)
        self._ends = [end for end in self._ends if end[1] in self.by_header]
        heapify(self._ends)
