"""The last use of secret keys: kept in memory and written at most once a minute per key (R-AUZ-08)."""

from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.instant import Instant
from sojourn.store.interface import SecretKey, Store

_EVERY = timedelta(seconds=60)
_NEVER = Instant(0)


@dataclass(slots=True)
class KeyUse:
    """Uses not yet written to the store. A crash loses at most a minute of them."""

    store: Store
    _waiting: dict[str, Instant] = field(default_factory=dict[str, Instant])
    _written: dict[str, Instant] = field(default_factory=dict[str, Instant])

    def note(self, key: SecretKey, now: Instant) -> None:
        """Remember the use if the stored one is older than a minute. `key` may have been read before the last write."""
        written = max(key.last_used_at or _NEVER, self._written.get(key.id, _NEVER))
        if now >= written + _EVERY:
            self._waiting[key.id] = now

    async def flush(self) -> None:
        """Write all pending uses in one statement. They stay pending if the write fails."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        try:
            await self.store.instances.note_secret_key_use(waiting)
        except BaseException:
            self._waiting = {**waiting, **self._waiting}
            raise
        self._written |= waiting
