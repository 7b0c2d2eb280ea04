"""Deletion that can be undone: asked for in the console, it bans and hides the user at once, and erases them when it is due.

Until then their addresses stay taken, so that nobody else can register them.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import NotFound
from sojourn.ids import UserId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.lifecycle import Sessions
from sojourn.store.interface import Groups, Store
from sojourn.users.access import end_access
from sojourn.users.account_status import checked_reason
from sojourn.users.accounts import Accounts
from sojourn.users.user import User

ERASER = "system"
"""The actor in the audit log for a deletion that was due."""


@dataclass(frozen=True, slots=True)
class Deletions:
    store: Store
    clock: Clock
    sessions: Sessions
    accounts: Accounts

    async def find_hidden(self, instance: Instance, id: str) -> User:
        """The user, also if their deletion was asked for. Raises: NotFound."""
        user = await self.store.users.find(instance.id, UserId(id)) if well_formed(id) else None
        if user is None:
            raise NotFound("No user with that id exists here.")
        return user

    async def ask(self, instance: Instance, id: str, *, actor: str, reason: str | None = None) -> User:
        """Ban and hide the user, end their sessions, and erase them after `delete_after_seconds`.

        Raises: NotFound (also while another deletion is open), FieldTooLong.
        """
        details, wait = checked_reason(reason), timedelta(seconds=instance.settings.delete_after_seconds)

        def change(user: User, now: Instant) -> User:
            return replace(user, banned=True, banned_before_deletion=user.banned, delete_at=now + wait)

        async def then(tx: Groups, before: User, after: User) -> None:
            now = self.clock.now()
            await end_access(tx, self.sessions, instance, after, now, EndCause.USER_DELETED, actor=actor)

        return await self.accounts.change(
            instance, id, "user.deletion_requested", change, then, actor=actor, details=details
        )

    async def undo(self, instance: Instance, id: str, *, actor: str) -> User:
        """Show the user again, and lift the ban unless they were banned before. Their sessions stay ended.

        Raises: NotFound (unknown, erased, or no deletion is open).
        """

        def change(user: User, now: Instant) -> User:
            if user.delete_at is None:
                raise NotFound("No deletion of this user is open.")
            return replace(user, banned=user.banned_before_deletion, banned_before_deletion=False, delete_at=None)

        return await self.accounts.change(instance, id, "user.deletion_undone", change, actor=actor, hidden=True)

    async def erase_due(self, instance: Instance, *, max_rows: int) -> int:
        """Erase up to `max_rows` users whose time has come; returns how many were due."""
        now = self.clock.now()
        due = await self.store.users.due_for_deletion(instance.id, now, max_rows=max_rows)
        for id in due:
            async with self.store.transaction() as tx:
                user = await tx.users.find(instance.id, id)  # locked: an undo that came first wins
                if user is not None and user.delete_at is not None and user.delete_at <= now:
                    await self.accounts.delete_in(tx, instance, user, actor=ERASER)
        return len(due)
