"""Administrators of the console, and the invitations to it."""

from collections.abc import Sequence

from sqlalchemy import delete

from sojourn.console.administrator import Administrator, Invitation, InvitationStatus
from sojourn.console.roles import Role
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.rows.administrators import (
    administrator_row,
    administrators,
    console_invitations,
    invitation_row,
)

_PENDING = console_invitations.c.status == InvitationStatus.PENDING.value
_OLDEST_FIRST = (administrators.c.created_at, administrators.c.user_id)


class SqlAdministrators(Group):
    async def add(self, administrator: Administrator) -> None:
        await self._insert(administrator_row, administrator)

    async def find(self, instance_id: InstanceId, user_id: UserId) -> Administrator | None:
        return await self._one(administrator_row, *_of(instance_id, user_id))

    async def all(self, instance_id: InstanceId) -> Sequence[Administrator]:
        of_instance = reading(administrator_row).where(administrators.c.instance_id == instance_id)
        return await self._many(administrator_row, of_instance.order_by(*_OLDEST_FIRST))

    async def lock_all(self, instance_id: InstanceId) -> Sequence[Administrator]:
        of_instance = reading(administrator_row).where(administrators.c.instance_id == instance_id)
        return await self._many(administrator_row, of_instance.order_by(administrators.c.user_id).with_for_update())

    async def set_role(self, instance_id: InstanceId, user_id: UserId, role: Role, now: Instant) -> bool:
        values = {"role": role.value, "updated_at": now.millis}
        return await self._update(administrator_row, values, *_of(instance_id, user_id)) == 1

    async def remove(self, instance_id: InstanceId, user_id: UserId) -> bool:
        return await self._run.change(delete(administrators).where(*_of(instance_id, user_id))) == 1

    async def invite(self, invitation: Invitation) -> None:
        await self._insert(invitation_row, invitation)

    async def invitations(self, instance_id: InstanceId) -> Sequence[Invitation]:
        pending = reading(invitation_row).where(console_invitations.c.instance_id == instance_id, _PENDING)
        return await self._many(
            invitation_row, pending.order_by(console_invitations.c.created_at, console_invitations.c.id)
        )

    async def invitation(self, instance_id: InstanceId, secret_hash: bytes) -> Invitation | None:
        where = (console_invitations.c.secret_hash == secret_hash, console_invitations.c.instance_id == instance_id)
        return await self._one(invitation_row, *where)

    async def finish_invitation(
        self, instance_id: InstanceId, id: str, status: InvitationStatus, now: Instant
    ) -> Invitation | None:
        where = (
            console_invitations.c.id == id,
            console_invitations.c.instance_id == instance_id,
            _PENDING,
            console_invitations.c.expire_at > now.millis,
        )
        values = {"status": status.value, "updated_at": now.millis}
        return first(await self._updated(invitation_row, values, *where))


def _of(instance_id: InstanceId, user_id: UserId) -> Sequence[Condition]:
    return administrators.c.instance_id == instance_id, administrators.c.user_id == user_id
