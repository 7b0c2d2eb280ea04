"""A session: one signed-in period of one user on one client. States and liveness, pure.

    start ──> active ──┬─> ended      the user signed out
                       ├─> removed    signed out and dropped from the client
                       ├─> replaced   another sign-in took its place (single-session mode, or too many sessions)
                       ├─> revoked    ended from outside: another device, an administrator, a ban
                       ├─> expired    absolute lifetime over
                       └─> abandoned  inactivity timeout over

`pending` (a task is still owed) has its place here and no source yet. Nothing leaves an ended state (R-SES-10).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sojourn.errors import Json
from sojourn.ids import ClientId, InstanceId, SessionId, UserId
from sojourn.instant import Instant


class SessionStatus(StrEnum):
    ACTIVE = "active"
    PENDING = "pending"
    ENDED = "ended"
    REMOVED = "removed"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Device:
    """What the last request said about itself. Every field is text that somebody may have made up."""

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
    """`expire_at` ends it whatever happens; `last_active_at` plus `inactivity` ends it when nobody uses it (R-SES-01).

    `generation` is that of the client's first secret that may act in it, at the strength it has now (R-FLOW-01); None for a
    session that a release before generations began.
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

    @property
    def abandon_at(self) -> Instant:
        return self.last_active_at + self.inactivity

    def status_at(self, now: Instant) -> SessionStatus:
        """The status by the server's clock: what the row says, unless a timeout has passed since."""
        if self.status not in LIVE:
            return self.status
        if now >= self.expire_at:
            return SessionStatus.EXPIRED
        if now >= self.abandon_at:
            return SessionStatus.ABANDONED
        return self.status

    def is_live(self, now: Instant) -> bool:
        return self.status_at(now) in LIVE


LIVE = frozenset({SessionStatus.ACTIVE, SessionStatus.PENDING})
