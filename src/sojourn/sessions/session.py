"""A session: one signed-in period of one user on one client. Statuses, legal moves and liveness, pure.

    start ─┬─> active ─────────┬─> ended      the user signed out
           │      ^ v          ├─> removed    signed out and dropped from the client
           └─> pending ────────┼─> replaced   another sign-in took its place (single-session mode, or too many sessions)
               (owes a task)   ├─> revoked    ended from outside: another device, an administrator, a ban
                               ├─> expired    absolute lifetime over
                               └─> abandoned  inactivity timeout over

A session is pending while a task is owed, and active otherwise; no tasks exist yet. An ended status is final
(R-SES-10): the store's `finish` statements move only a live session to an ended status.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from sojourn.errors import Json, SessionEnded
from sojourn.ids import ClientId, InstanceId, SessionId, UserId, session_id
from sojourn.instant import Instant
from sojourn.sessions.end_cause import EndCause


class SessionStatus(StrEnum):
    ACTIVE = "active"
    PENDING = "pending"
    ENDED = "ended"
    REMOVED = "removed"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ABANDONED = "abandoned"


class SessionTask(StrEnum):
    """Tasks that a user must complete before the session is active; the keys of the wire protocol."""

    CHOOSE_ORGANIZATION = "choose-organization"
    RESET_PASSWORD = "reset-password"
    SETUP_MFA = "setup-mfa"


LIVE = frozenset({SessionStatus.ACTIVE, SessionStatus.PENDING})
ENDED = frozenset(SessionStatus) - LIVE

INACTIVITY = "sessions.inactivity_seconds"
LIFETIME = "sessions.lifetime_seconds"
"""The settings of timeouts, as `end_rule` names them."""


@dataclass(frozen=True, slots=True)
class Device:
    """Client information of the last request. Every field is untrusted text."""

    ip_address: str | None = None
    user_agent: str | None = None
    browser_name: str | None = None
    browser_version: str | None = None
    device_type: str | None = None
    is_mobile: bool = False
    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """`expire_at` ends it in any case; `last_active_at` plus `inactivity` ends an unused session (R-SES-01).

    `generation` is that of the first client secret that may act in the session at its current strength (R-FLOW-01);
    None for a session begun by a release before generations. Of an ended session `ended_by` is an actor of the audit log, or
    the ID of the session or secret key used; None after a timeout. All three are None if a release before causes ended it.
    `strategy` is how it was signed in (a wire name such as `password`); `end_rule` is the setting that ended it with its value at
    that time, as `sessions.inactivity_seconds=86400`; `batch_id` names the batch that ended it together with others.
    """

    id: SessionId
    instance_id: InstanceId
    client_id: ClientId
    user_id: UserId
    status: SessionStatus
    created_at: Instant
    updated_at: Instant
    expire_at: Instant
    last_active_at: Instant
    inactivity: timedelta
    first_factor_at: Instant | None = None
    second_factor_at: Instant | None = None
    actor: Mapping[str, Json] | None = None
    device: Device = Device()
    public_data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    private_data: Mapping[str, Json] = field(default_factory=dict[str, Json])
    last_active_organization_id: str | None = None
    generation: int | None = None
    end_cause: EndCause | None = None
    ended_at: Instant | None = None
    ended_by: str | None = None
    strategy: str | None = None
    end_rule: str | None = None
    batch_id: str | None = None

    @property
    def abandon_at(self) -> Instant:
        return self.last_active_at + self.inactivity

    def status_at(self, now: Instant) -> SessionStatus:
        """The status at the current time: the stored one, unless a timeout has passed since."""
        if self.status in ENDED:
            return self.status
        if now >= self.expire_at:
            return SessionStatus.EXPIRED
        if now >= self.abandon_at:
            return SessionStatus.ABANDONED
        return self.status

    def is_live(self, now: Instant) -> bool:
        return self.status_at(now) in LIVE


def begun(
    instance_id: InstanceId,
    client_id: ClientId,
    user_id: UserId,
    now: Instant,
    *,
    lifetime: timedelta,
    inactivity: timedelta,
    owed: Collection[SessionTask] = (),
    actor: Mapping[str, Json] | None = None,
    device: Device = Device(),
    generation: int | None = None,
    by_second_factor: bool = False,
    strategy: str | None = None,
) -> Session:
    """A new session, whose first factor, or both, have just been proven; pending while `owed` holds a task."""
    return Session(
        id=session_id(),
        instance_id=instance_id,
        client_id=client_id,
        user_id=user_id,
        status=_owing(owed),
        created_at=now,
        updated_at=now,
        expire_at=now + lifetime,
        last_active_at=now,
        inactivity=inactivity,
        first_factor_at=now,
        second_factor_at=now if by_second_factor else None,
        actor=actor,
        device=device,
        generation=generation,
        strategy=strategy,
    )


def owing(session: Session, owed: Collection[SessionTask], now: Instant) -> Session:
    """The live session with the tasks that are owed now. Raises: SessionEnded."""
    if not session.is_live(now):
        raise SessionEnded()
    return replace(session, status=_owing(owed), updated_at=now)


def by_the_clock(session: Session, now: Instant) -> Session:
    """The session with the status that it has by the server's clock."""
    status = session.status_at(now)
    if status is session.status:
        return session
    ended = ended_by_the_clock(session, status)
    return replace(session, status=status, end_cause=ended.cause, ended_at=ended.at, end_rule=ended.rule)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a session ends. `by` is an actor of the audit log, or the id of the session or secret key that ended it; `rule` is
    the setting that ended it, with its value.
    """

    status: SessionStatus
    cause: EndCause
    at: Instant
    by: str | None = None
    rule: str | None = None
    batch_id: str | None = None


def ended_by_the_clock(session: Session, status: SessionStatus) -> Ending:
    """The end of a session that a timeout has brought to `status`."""
    if status is SessionStatus.ABANDONED:
        return Ending(status, EndCause.INACTIVE, session.abandon_at, rule=_rule(INACTIVITY, session.inactivity))
    cause = EndCause.IMPERSONATION_OVER if session.actor else EndCause.EXPIRED
    lifetime = timedelta(milliseconds=session.expire_at.millis - session.created_at.millis)
    return Ending(status, cause, session.expire_at, rule=_rule(LIFETIME, lifetime))


def _rule(name: str, length: timedelta) -> str:
    return f"{name}={length // timedelta(seconds=1)}"


def _owing(owed: Collection[SessionTask]) -> SessionStatus:
    return SessionStatus.PENDING if owed else SessionStatus.ACTIVE
