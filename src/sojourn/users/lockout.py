"""The lock after too many failed tries, of any factor and in any flow; it expires by itself (R-LIM-03)."""

from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import PasswordDisabled, UserLocked
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.notices import notify
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class Lockout:
    store: Store
    clock: Clock
    outbox: Outbox
    audit: AuditLog

    async def spend(
        self, instance: Instance, user: User, *, password_limit: int | None = None, groups: Groups | None = None
    ) -> Tries:
        """Count a try before it is checked; one of the password also counts towards the password lockout, in the same
        statement.

        Raises: UserLocked, PasswordDisabled.
        """
        rules, now, groups = instance.settings.protection, self.clock.now(), groups or self.store
        spent = await groups.users.spend_sign_in_try(
            instance.id,
            user.id,
            now,
            limit=rules.lockout_tries,
            lock_for=timedelta(seconds=rules.lockout_seconds),
            password_limit=password_limit,
        )
        if spent is None:
            current = await groups.users.find(instance.id, user.id)
            if password_limit is not None and current is not None and not current.is_locked(now):
                raise PasswordDisabled()
            until = current.locked_until if current else None
            raise UserLocked(until.since(now) if until else None)
        return spent

    async def failed(self, instance: Instance, user: User, spent: Tries) -> None:
        """Notify the user if that was the last try (R-LOG-04)."""
        if spent.locked_at is None:
            return
        async with self.store.transaction() as tx:
            await notify(self.outbox, tx, instance, "account_locked", user)
            await self.audit.record(tx, instance, "user.locked", user_id=user.id, target=user.id, actor="anonymous")
