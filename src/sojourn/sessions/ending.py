"""Explains why a session ended, from its status and the audit log."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.events.event import Event
from sojourn.events.kinds import told
from sojourn.instant import Instant
from sojourn.sessions.session import LIVE, Session, SessionStatus
from sojourn.store.interface import EventFilter, Page, Store

_CAUSES = ("user.banned", "user.deleted", "password.changed", "password.removed", "password.compromised")
_TOGETHER = timedelta(seconds=1)
_NEAR = Page(50)


@dataclass(frozen=True, slots=True)
class Ending:
    """`cause` is a sentence; `by` is an actor of the audit log, None after a timeout or without an entry."""

    status: SessionStatus
    at: Instant
    cause: str
    by: str | None = None


async def ending_of(store: Store, session: Session, now: Instant) -> Ending | None:
    """Why the session ended; None while it is live."""
    status = session.status_at(now)
    if status in LIVE:
        return None
    if status is SessionStatus.EXPIRED:
        return Ending(status, session.expire_at, "It reached its maximum lifetime.")
    if status is SessionStatus.ABANDONED:
        return Ending(status, session.abandon_at, f"It was inactive for {session.inactivity}.")
    of_user = EventFilter(kinds=["session."], user_id=session.user_id, target=session.id)
    entries = [
        entry
        for entry in await store.events.list(session.instance_id, _NEAR, of_user)
        if entry.kind == f"session.{status}"
    ]
    if not entries:
        return Ending(status, session.updated_at, "The audit log holds no entry of it.")
    cause = await _cause(store, session, entries[0])
    return Ending(status, entries[0].at, told(cause or entries[0]), entries[0].actor)


async def _cause(store: Store, session: Session, entry: Event) -> Event | None:
    """The change of the user that ended the session at the same time."""
    where = EventFilter(kinds=_CAUSES, user_id=session.user_id, since=entry.at.before(_TOGETHER))
    near = [
        event
        for event in await store.events.list(session.instance_id, _NEAR, where)
        if event.at <= entry.at + _TOGETHER
    ]
    return near[-1] if near else None
