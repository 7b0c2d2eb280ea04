"""Tickets: sign-in tokens and actor tokens, made by a server for one user, used once (R-OTP-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sojourn.errors import Json
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant


class TicketKind(StrEnum):
    SIGN_IN = "sign_in_token"
    ACTOR = "actor_token"


class TicketStatus(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Ticket:
    """`actor` and `session_max` are set for actor tokens: who impersonates, and for how long at most (R-AUZ-06)."""

    id: str
    instance_id: InstanceId
    kind: TicketKind
    user_id: UserId
    secret_hash: bytes
    status: TicketStatus
    created_at: Instant
    updated_at: Instant
    expire_at: Instant
    actor: Mapping[str, Json] | None = None
    session_max: timedelta | None = None

    def status_at(self, now: Instant) -> TicketStatus:
        if self.status is TicketStatus.PENDING and now >= self.expire_at:
            return TicketStatus.EXPIRED
        return self.status
