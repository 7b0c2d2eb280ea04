"""When sessions were last used: kept in memory, written at most once a minute per session (R-SES-02)."""

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
    """Uses that the store does not know yet. A crash loses at most a minute of them, never a session's end."""

    store: Store
    _latest: dict[SessionId, Instant] = field(default_factory=dict[SessionId, Instant])

    def note(self, session: Session, now: Instant) -> None:
        """Remember the use if the stored one is older than the writing interval.

        The interval shrinks with short inactivity timeouts, so that a used session is never abandoned for want of writing.
        """
        every = min(_EVERY, session.inactivity / 8) if session.inactivity < _SHORT else _EVERY
        if now >= session.last_active_at + every:
            self._latest[session.id] = now

    def seen(self, session: Session) -> Session:
        """The session as this process knows it: used since the row was written, perhaps."""
        latest = self._latest.get(session.id)
        if latest is None or latest <= session.last_active_at:
            return session
        return replace(session, last_active_at=latest)

    async def flush(self) -> int:
        """Write all that is waiting in one statement; returns how many. What fails to be written waits on."""
        if not self._latest:
            return 0
        waiting, self._latest = self._latest, {}
        try:
            await self.store.sessions.touch_many(waiting)
        except BaseException:
            self._latest = {**waiting, **self._latest}
            raise
        return len(waiting)
