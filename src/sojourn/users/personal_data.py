"""Everything stored about one person, as one document for them: profile, addresses, factors, sessions and audit log.

No password, hash, secret or token is part of it, and nothing about other people.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import Json
from sojourn.events.audit_log import AuditLog
from sojourn.events.event import Event
from sojourn.events.kinds import told
from sojourn.factors.factor_set import FactorSet
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.session import Session
from sojourn.store.interface import EventFilter, Page, SessionFilter, Store
from sojourn.users.user import Identifier, User

_AT_ONCE = 500
_MOST = 10_000
"""Maximum sessions, and maximum entries of the audit log, in one document; `is_complete` is false beyond."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    store: Store
    clock: Clock
    audit: AuditLog
    factors: FactorSet

    async def of(self, instance: Instance, user: User, *, actor: str) -> dict[str, Json]:
        """The document, in JSON values; times are milliseconds since the epoch. Recorded in the audit log. Raises: Overloaded."""
        now = self.clock.now()
        sessions = await self._sessions(instance, user, now)
        events = await self._events(instance, user)
        strategies = await self.factors.second_factors(self.store, instance, [user], now)
        picture = await self.store.images.find(instance.id, user.image_id) if user.image_id else None
        async with self.store.transaction() as tx:
            await self.audit.record(tx, instance, "user.exported", user_id=user.id, target=user.id, actor=actor)
        return {
            "exported_at": now.millis,
            "is_complete": len(sessions) < _MOST and len(events) < _MOST,
            "user": _profile(user),
            "addresses": [_address(each) for each in user.identifiers],
            "second_factors": [str(name) for name in sorted(strategies.get(user.id, ()))],
            "picture_base64": None if picture is None else b64encode(picture.content).decode(),
            "sessions": [_session(each) for each in sessions],
            "events": [_event(each) for each in events],
        }

    async def _sessions(self, instance: Instance, user: User, now: Instant) -> Sequence[Session]:
        found: list[Session] = []
        theirs = SessionFilter(user_id=user.id, now=now)
        while len(found) < _MOST:
            page = await self.store.sessions.list(instance.id, theirs, Page(_AT_ONCE, len(found)))
            found += page
            if len(page) < _AT_ONCE:
                break
        return found

    async def _events(self, instance: Instance, user: User) -> Sequence[Event]:
        found: list[Event] = []
        while len(found) < _MOST:
            page = await self.store.events.list(instance.id, Page(_AT_ONCE, len(found)), EventFilter(user_id=user.id))
            found += page
            if len(page) < _AT_ONCE:
                break
        return found


def _profile(user: User) -> dict[str, Json]:
    return {
        "id": user.id,
        "external_id": user.external_id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "locale": user.locale,
        "password_enabled": user.password is not None,
        "password_changed_at": _millis(user.password_changed_at),
        "banned": user.banned,
        "ban_reason": user.ban_reason,
        "locked_at": _millis(user.locked_at),
        "public_metadata": dict(user.public_metadata),
        "private_metadata": dict(user.private_metadata),
        "unsafe_metadata": dict(user.unsafe_metadata),
        "legal_accepted_at": _millis(user.legal_accepted_at),
        "last_sign_in_at": _millis(user.last_sign_in_at),
        "last_active_at": _millis(user.last_active_at),
        "delete_at": _millis(user.delete_at),
        "created_at": user.created_at.millis,
        "updated_at": user.updated_at.millis,
    }


def _address(address: Identifier) -> dict[str, Json]:
    return {
        "id": address.id,
        "kind": address.kind.value,
        "value": address.value,
        "verified_at": _millis(address.verified_at),
        "verified_by": address.verification_strategy,
        "created_at": address.created_at.millis,
    }


def _session(session: Session) -> dict[str, Json]:
    device = session.device
    return {
        "id": session.id,
        "status": session.status.value,
        "created_at": session.created_at.millis,
        "last_active_at": session.last_active_at.millis,
        "expire_at": session.expire_at.millis,
        "ended_at": _millis(session.ended_at),
        "end_cause": None if session.end_cause is None else session.end_cause.value,
        "ip_address": device.ip_address,
        "user_agent": device.user_agent,
        "city": device.city,
        "country": device.country,
        "public_data": dict(session.public_data),
        "private_data": dict(session.private_data),
    }


def _event(event: Event) -> dict[str, Json]:
    details: Mapping[str, Json] = event.details
    return {
        "id": event.id,
        "at": event.at.millis,
        "kind": event.kind,
        "sentence": told(event),
        "actor": event.actor,
        "ip_address": event.ip_address,
        "user_agent": event.user_agent,
        "details": dict(details),
    }


def _millis(at: Instant | None) -> int | None:
    return None if at is None else at.millis
