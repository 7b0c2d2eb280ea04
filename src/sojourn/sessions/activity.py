"""The last use of sessions, and a summary of their uses: kept in memory and written at most once a minute per session (R-SES-02)."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import NamedTuple

from sojourn.ids import InstanceId, SessionId
from sojourn.instant import Instant
from sojourn.sessions.session import Session
from sojourn.sessions.usage import PendingUse, Usage, Use, coarse
from sojourn.sessions.user_agents import agent_name
from sojourn.store.interface import Store

_EVERY = timedelta(seconds=60)
_SHORT = 8 * _EVERY
_MAX_PENDING = 200_000
"""Sessions with counts that are not written: more of them are not counted until the next write."""

_MAX_AGENT = 512
_AT_ONCE = 100


class Seen(NamedTuple):
    """Where a request came from: its address and its User-Agent header. Untrusted text."""

    address: str | None
    user_agent: str


@dataclass(slots=True)
class Activity:
    """Uses not yet written to the store. A crash loses at most a minute of them, never the end of a session."""

    store: Store
    _latest: dict[SessionId, Instant] = field(default_factory=dict[SessionId, Instant])
    _uses: dict[SessionId, PendingUse] = field(default_factory=dict[SessionId, PendingUse])

    def note(self, session: Session, now: Instant, use: Use | None = None, seen: Seen | None = None) -> None:
        """Remember the use if the stored one is older than the write interval. The interval shrinks with short
        inactivity timeouts, so that a session in use is never stored as abandoned. `use` is counted in the summary;
        `seen` stands there if it is not where the session began.
        """
        every = min(_EVERY, session.inactivity / 8) if session.inactivity < _SHORT else _EVERY
        if now >= session.last_active_at + every:
            self._latest[session.id] = now
        if use is not None:
            self._count(session, now, use, seen)

    def _count(self, session: Session, now: Instant, use: Use, seen: Seen | None) -> None:
        pending = self._uses.get(session.id)
        if pending is None:
            if len(self._uses) >= _MAX_PENDING:
                return
            pending = self._uses[session.id] = PendingUse(session.instance_id, session.user_id)
        pending.count(use, now)
        device = session.device
        if seen is None or (seen.address == device.ip_address and seen.user_agent == (device.user_agent or "")):
            return
        address, agent = coarse(seen.address or ""), agent_name(seen.user_agent[:_MAX_AGENT])
        if address != coarse(device.ip_address or "") or agent != agent_name(device.user_agent or ""):
            pending.see(address, agent, now)

    def seen(self, session: Session) -> Session:
        """The session with its last use as this process knows it, which may be newer than the row."""
        latest = self._latest.get(session.id)
        if latest is None or latest <= session.last_active_at:
            return session
        return replace(session, last_active_at=latest)

    def unwritten(self, session: Session) -> Usage:
        """The uses of the session that this process has not written yet."""
        pending = self._uses.get(session.id)
        return Usage() if pending is None else pending.usage()

    async def flush(self) -> int:
        """Write all pending uses and return for how many sessions the last one was. They stay pending if the write fails."""
        written = await self._flush_latest()
        await self._flush_uses()
        return written

    async def _flush_latest(self) -> int:
        if not self._latest:
            return 0
        waiting, self._latest = self._latest, {}
        try:
            await self.store.sessions.touch_many(waiting)
        except BaseException:
            self._latest = {**waiting, **self._latest}
            raise
        return len(waiting)

    async def _flush_uses(self) -> None:
        """In steps, so that others' requests are answered in between."""
        waiting, self._uses = self._uses, {}
        by_instance: dict[InstanceId, list[SessionId]] = defaultdict(list)
        for id, pending in waiting.items():
            by_instance[pending.instance_id].append(id)
        try:
            for instance_id, ids in by_instance.items():
                for start in range(0, len(ids), _AT_ONCE):
                    step = {id: waiting[id] for id in ids[start : start + _AT_ONCE]}
                    await self.store.session_uses.add(instance_id, step)
                    for id in step:
                        del waiting[id]
        except BaseException:
            self._uses = {**waiting, **self._uses}
            raise
