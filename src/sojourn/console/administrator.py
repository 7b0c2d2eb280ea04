"""An administrator of this server, and an invitation to become one."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sojourn.console.roles import Role
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant

FIRST_LIFE = timedelta(minutes=30)
"""How long the one-time link of the first administrator works (R-FLOW-06)."""

INVITATION_LIFE = timedelta(days=3)


class InvitationStatus(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Administrator:
    """A user of the console's instance. `invited_by` is an administrator's user id or `operator`, the command line."""

    user_id: UserId
    instance_id: InstanceId
    role: Role
    created_at: Instant
    updated_at: Instant
    invited_by: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Only the hash of its secret is stored. Without an address, whoever holds the link names their own."""

    id: str
    instance_id: InstanceId
    secret_hash: bytes
    role: Role
    email_address: str | None
    status: InvitationStatus
    created_at: Instant
    updated_at: Instant
    expire_at: Instant
    invited_by: str

    @property
    def is_first(self) -> bool:
        """True if it was made while nobody administered the server: it serves only until somebody does (R-FLOW-06)."""
        return self.expire_at.since(self.created_at) <= FIRST_LIFE

    def is_open(self, now: Instant) -> bool:
        return self.status is InvitationStatus.PENDING and now < self.expire_at
