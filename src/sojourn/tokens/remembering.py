"""Tokens that were verified, by the header they come in, until they are over (design section 4, decision 0007)."""

import threading

from sojourn.tokens.claims import Claims

BEARER = "Bearer "

TAIL = slice(-43, None)
"""How much of a token's end finds it: 256 bits of its signature, which nobody has who was not given the token."""

Entry = tuple[str, Claims, float]
"""A whole header, whom it names, and the second since 1970 at which it is over."""


class Remembered:
    """At most `most` tokens. Only those that were verified, and are good now, may be added. Threads may share one."""

    __slots__ = ("_forgotten", "_most", "_writing", "by_tail", "by_tail_bytes")

    def __init__(self, most: int) -> None:
        self._most = most
        self._writing = threading.Lock()
        self._forgotten = 0
        self.by_tail: dict[str, Entry] = {}
        """Always the same object, as is the other: the short way holds on to them."""
        self.by_tail_bytes: dict[bytes, tuple[bytes, Claims, float]] = {}
        """The same for servers that give headers as bytes; to make text of them would cost as much as all the rest."""

    @property
    def generation(self) -> int:
        """Changes with the keys: what was verified before is not to be added after."""
        return self._forgotten

    def find(self, token: str) -> Entry | None:
        entry = self.by_tail.get(token[TAIL])
        return entry if entry is not None and entry[0] == BEARER + token else None

    def add(self, token: str, claims: Claims, last: float, *, generation: int, now: float) -> Entry:
        header = BEARER + token
        entry = (header, claims, last)
        if now < last:
            with self._writing:
                if generation == self._forgotten:  # else it was verified with a key that may be gone
                    if len(self.by_tail) >= self._most:
                        self._make_room(now)
                    self.by_tail[token[TAIL]] = entry
                    sent = header.encode()
                    self.by_tail_bytes[sent[TAIL]] = (sent, claims, last)
        return entry

    def drop(self, token: str) -> None:
        self._drop(token[TAIL])

    def forget(self) -> None:
        """Drop everything: keys have changed."""
        with self._writing:
            self._forgotten += 1
            self.by_tail.clear()
            self.by_tail_bytes.clear()

    def _drop(self, tail: str) -> None:
        self.by_tail.pop(tail, None)
        self.by_tail_bytes.pop(tail.encode("utf-8", "surrogatepass"), None)

    def _make_room(self, now: float) -> None:
        live = [tail for tail, entry in list(self.by_tail.items()) if now < entry[2]]
        kept = set(live[-(self._most // 2) :] if self._most > 1 else ())
        for tail in self.by_tail.keys() - kept:
            self._drop(tail)
