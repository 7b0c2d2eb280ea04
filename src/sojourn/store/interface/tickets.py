"""Tickets, and the nonces of handshakes."""

from collections.abc import Sequence
from typing import Protocol

from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus


class TicketStore(Protocol):
    async def create(self, ticket: Ticket) -> None: ...
    async def find(self, instance_id: InstanceId, kind: TicketKind, id: str) -> Ticket | None: ...
    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Ticket | None: ...
    async def finish(self, instance_id: InstanceId, id: str, status: TicketStatus, now: Instant) -> Ticket | None:
        """Move a pending, unexpired ticket; None for every other. Exactly one of racing callers gets it."""
        ...

    async def revoke_of_user(self, instance_id: InstanceId, user_id: UserId, now: Instant) -> None: ...
    async def add_nonce(
        self, instance_id: InstanceId, nonce_hash: bytes, directives: Sequence[str], expire_at: Instant
    ) -> None:
        """Keep handshake directives for one pick-up."""
        ...

    async def take_nonce(self, instance_id: InstanceId, nonce_hash: bytes, now: Instant) -> Sequence[str] | None:
        """The directives, once; None when unknown, taken or expired (R-ID-05)."""
        ...
