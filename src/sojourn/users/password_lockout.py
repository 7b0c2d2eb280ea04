"""The password lockout: after too many wrong tries a password is rejected until the user sets a new one (R-LIM-04)."""

from dataclasses import dataclass

from sojourn.errors import PasswordDisabled
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.instances.instance import Instance
from sojourn.store.interface import Groups, Store
from sojourn.users.notices import notify
from sojourn.users.user import User

MAX_FAILURES = 100
"""Wrong tries in a row, over any time and from any device. Unlike the account lock, this does not expire."""


@dataclass(frozen=True, slots=True)
class PasswordLockout:
    """Call `spend` before the check, then `failed` or `passed`. A new password restarts the count."""

    store: Store
    outbox: Outbox
    audit: AuditLog

    async def spend(self, groups: Groups, instance: Instance, user: User) -> int:
        """Count a try of the password before it is checked; returns how many there were. Raises: PasswordDisabled."""
        spent = await groups.users.spend_password_try(instance.id, user.id, limit=MAX_FAILURES)
        if spent is None:
            raise PasswordDisabled()
        return spent

    async def failed(self, instance: Instance, user: User, spent: int) -> None:
        """Notify the user if that was the last try."""
        if spent < MAX_FAILURES:
            return
        async with self.store.transaction() as tx:
            await notify(self.outbox, tx, instance, "password_disabled", user)
            await self.audit.record(
                tx, instance, "password.disabled", user_id=user.id, target=user.id, actor="anonymous"
            )

    async def passed(self, groups: Groups, instance: Instance, user: User) -> None:
        await groups.users.reset_password_failures(instance.id, user.id)
