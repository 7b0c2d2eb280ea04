"""Explains why a session ended, from its row, or from the audit log if an older release without causes wrote the row."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.events.event import Event
from sojourn.events.kinds import actor_name, capitalized, told
from sojourn.instant import Instant, length_text
from sojourn.sessions.end_cause import SENTENCES, EndCause
from sojourn.sessions.session import LIVE, Session, SessionStatus, by_the_clock
from sojourn.store.interface import EventFilter, Page, Store

_OF_THE_USER = ("user.banned", "user.deleted", "password.changed", "password.removed", "password.compromised")
_TOGETHER = timedelta(seconds=1)
_NEAR = Page(50)


@dataclass(frozen=True, slots=True)
class EndStory:
    """`told` is a sentence; `by` is the actor, None after a timeout or if unknown."""

    status: SessionStatus
    at: Instant
    told: str
    cause: EndCause | None = None
    by: str | None = None


async def end_of(store: Store, session: Session, now: Instant) -> EndStory | None:
    """How the session ended; None while it is live."""
    session = by_the_clock(session, now)
    if session.status in LIVE:
        return None
    return told_end(session) or await _logged(store, session)


def told_end(session: Session) -> EndStory | None:
    """The end that is on the row; None while the session is live, or if a release before causes ended it."""
    if session.end_cause is None:
        return None
    sentence = SENTENCES[session.end_cause].format(
        by=actor_name(session.ended_by), inactivity=length_text(session.inactivity)
    )
    return EndStory(
        session.status,
        session.ended_at or session.updated_at,
        capitalized(sentence),
        session.end_cause,
        session.ended_by,
    )


async def _logged(store: Store, session: Session) -> EndStory:
    status = session.status
    if status is SessionStatus.EXPIRED:
        return EndStory(status, session.expire_at, SENTENCES[EndCause.EXPIRED], EndCause.EXPIRED)
    if status is SessionStatus.ABANDONED:
        sentence = SENTENCES[EndCause.INACTIVE].format(inactivity=length_text(session.inactivity))
        return EndStory(status, session.abandon_at, sentence, EndCause.INACTIVE)
    of_user = EventFilter(kinds=["session."], user_id=session.user_id, target=session.id)
    entries = [
        entry
        for entry in await store.events.list(session.instance_id, _NEAR, of_user)
        if entry.kind == f"session.{status}"
    ]
    if not entries:
        return EndStory(status, session.updated_at, "The audit log holds no entry of it.")
    cause = await _cause(store, session, entries[0])
    return EndStory(status, entries[0].at, told(cause or entries[0]), by=entries[0].actor)


async def _cause(store: Store, session: Session, entry: Event) -> Event | None:
    """The change of the user that ended the session at the same time."""
    where = EventFilter(kinds=_OF_THE_USER, user_id=session.user_id, since=entry.at.before(_TOGETHER))
    near = [
        event
        for event in await store.events.list(session.instance_id, _NEAR, where)
        if event.at <= entry.at + _TOGETHER
    ]
    return near[-1] if near else None
