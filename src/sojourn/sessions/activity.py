"""The last use of sessions: kept in memory and written at most once a minute per session (R-SES-02)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sojourn.ids import SessionId
from sojourn.instant import Instant
from sojourn.sessions.session import Session
from sojourn.store.interface import Store

_EVERY = timedelta(seconds=60)
_SHORT = 8 * _EVERY


@dataclass(slots=True)
class Activity:
    """Uses not yet written to the store. A crash loses at most a minute of them, never the end of a session."""

    store: Store
    _latest: dict[SessionId, Instant] = field(default_factory=dict[SessionId, Instant])

    def note(self, session: Session, now: Instant) -> None:
        """Remember the use if the stored one is older than the write interval. The interval shrinks with short
        inactivity timeouts, so that a session in use is never stored as abandoned.
        """
        every = min(_EVERY, session.inactivity / 8) if session.inactivity < _SHORT else _EVERY
        if now >= session.last_active_at + every:
            self._latest[session.id] = now

    def seen(self, session: Session) -> Session:
        """The session with its last use as this process knows it, which may be newer than the row."""
        latest = self._latest.get(session.id)
        if latest is None or latest <= session.last_active_at:
            return session
        return replace(session, last_active_at=latest)

    async def flush(self) -> int:
        """Write all pending uses in one statement and return how many. They stay pending if the write fails."""
        if not self._latest:
            return 0
        waiting, self._latest = self._latest, {}
        try:
            await self.store.sessions.touch_many(waiting)
        except BaseException:
            self._latest = {**waiting, **self._latest}
            raise
        return len(waiting)
