"""Administrators of the console, and the invitations to it. Both are few: lists are whole."""

from collections.abc import Sequence
from typing import Protocol

from sojourn.console.administrator import Administrator, Invitation, InvitationStatus
from sojourn.console.roles import Role
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant


class AdministratorStore(Protocol):
    async def add(self, administrator: Administrator) -> None: ...
    async def find(self, instance_id: InstanceId, user_id: UserId) -> Administrator | None: ...
    async def all(self, instance_id: InstanceId) -> Sequence[Administrator]:
        """Oldest first."""
        ...

    async def lock_all(self, instance_id: InstanceId) -> Sequence[Administrator]:
        """As `all`, held until the transaction ends, so that of two owners who leave at once one stays."""
        ...

    async def set_role(self, instance_id: InstanceId, user_id: UserId, role: Role, now: Instant) -> bool: ...
    async def remove(self, instance_id: InstanceId, user_id: UserId) -> bool: ...
    async def invite(self, invitation: Invitation) -> None: ...
    async def invitations(self, instance_id: InstanceId) -> Sequence[Invitation]:
        """The pending ones, oldest first, expired ones included."""
        ...

    async def invitation(self, instance_id: InstanceId, secret_hash: bytes) -> Invitation | None: ...
    async def finish_invitation(
        self, instance_id: InstanceId, id: str, status: InvitationStatus, now: Instant
    ) -> Invitation | None:
        """Move a pending, unexpired invitation; None for every other. Exactly one of racing callers gets it."""
        ...
