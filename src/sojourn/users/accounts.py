"""Accounts: create, change, ban, lock and delete users. For servers with the secret key, the command line, and
`profile.py`, which does the same for the signed-in user within narrower limits."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace

from msgspec import UNSET, UnsetType

from sojourn.errors import Conflict, FieldMissing, Json, NotFound, StrategyNotPossible
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import UserId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.lifecycle import Sessions
from sojourn.store.interface import Groups, Page, Store, UserFilter
from sojourn.users.access import end_access, moment_after
from sojourn.users.account_status import checked_reason
from sojourn.users.metadata import checked_metadata, merged_metadata
from sojourn.users.new_user import NewUser, UserChanges, built_user, changed_user
from sojourn.users.notices import notify, notify_of_new_primary
from sojourn.users.passwords import Passwords, with_password
from sojourn.users.primary_address import with_primary
from sojourn.users.search_terms import as_stored
from sojourn.users.user import IdentifierKind, User

__all__ = ["Accounts", "NewUser", "UserChanges", "checked_metadata"]

SERVER = "backend_api"
"""The actor in the audit log for requests with a secret key."""

_MAX_RACES = 20
_UNLOCKED_AT_ONCE = 500

Change = Callable[[User, Instant], User]
Consequence = Callable[[Groups, User, User], Awaitable[None]]


async def _nothing_more(tx: Groups, before: User, after: User) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Accounts:
    store: Store
    clock: Clock
    sessions: Sessions
    outbox: Outbox
    audit: AuditLog
    passwords: Passwords

    # -- create and read

    async def create(self, instance: Instance, new: NewUser, *, actor: str = SERVER) -> User:
        """Create a user whose addresses count as verified, because a server vouches for them. Raises: IdentifierTaken
        (param names which), FieldError and its subclasses, Overloaded.
        """
        user = await self.prepared(instance, new)
        async with self.store.transaction() as tx:
            await self.create_in(tx, instance, user, actor=actor)
        return user

    async def prepared(self, instance: Instance, new: NewUser) -> User:
        """The user that `create_in` writes, with the password hashed, which no transaction waits for. Raises: as `create`."""
        user = built_user(instance.id, new, None, self.clock.now())  # cheap checks come before the slow hash
        stored = await self._first_password(instance, user, new)
        return user if stored is None else replace(user, password=stored, password_changed_at=user.updated_at)

    async def create_in(self, tx: Groups, instance: Instance, user: User, *, actor: str) -> None:
        """Raises: IdentifierTaken."""
        await tx.users.create(user)
        await self.audit.record(tx, instance, "user.created", user_id=user.id, target=user.id, actor=actor)

    async def get(self, instance: Instance, id: str) -> User:
        """Raises: NotFound, also for another instance's user (R-AUZ-02)."""
        return await _found(self.store, instance, id)

    async def find(self, instance: Instance, id: UserId) -> User | None:
        """The user, or None if deleted."""
        user = await self.store.users.find(instance.id, id)
        return None if user is None or user.delete_at is not None else user

    async def find_many(self, instance: Instance, ids: Sequence[UserId]) -> Mapping[UserId, User]:
        """The users that still exist."""
        return {user.id: user for user in await self.store.users.find_many(instance.id, ids)}

    async def list(self, instance: Instance, where: UserFilter, page: Page) -> Sequence[User]:
        return await self.store.users.list(instance.id, as_stored(where, self.clock.now()), page)

    async def list_after(self, instance: Instance, where: UserFilter, cursor: str, limit: int) -> Sequence[User]:
        """The users after the one with the ID `cursor`, by creation time; those of the same moment in the list's order.

        Raises: NotFound for an unknown cursor.
        """
        last = await self.get(instance, cursor)
        moment, found, passed, offset = last.created_at, list[User](), False, 0
        if where.descending:
            edge = Instant(moment.millis + 1)
            where = replace(where, created_at_before=min(edge, where.created_at_before or edge))
        else:
            where = replace(where, created_at_after=max(moment, where.created_at_after or moment))
        while len(found) < limit:
            page = await self.list(instance, where, Page(limit + 1, offset))
            for user in page:
                passed = passed or user.id == last.id or user.created_at != moment
                if passed and user.id != last.id:
                    found.append(user)
            if len(page) <= limit:
                break
            offset += len(page)
        return found[:limit]

    async def count(self, instance: Instance, where: UserFilter) -> int:
        return await self.store.users.count(instance.id, as_stored(where, self.clock.now()))

    # -- change

    async def update(self, instance: Instance, id: str, changes: UserChanges, *, actor: str = SERVER) -> User:
        """Change the given fields, all or none. A new password ends sessions and notifies the user as usual (R-PWD-11).
        Raises: NotFound, IdentifierTaken, FieldError and its subclasses, Conflict.
        """
        stored = await self._next_password(instance, await self.get(instance, id), changes)

        def change(user: User, now: Instant) -> User:
            moved = changed_user(user, changes, now)
            if not isinstance(changes.primary_email_address_id, UnsetType):
                moved = with_primary(moved, IdentifierKind.EMAIL_ADDRESS, changes.primary_email_address_id)
            if not isinstance(changes.primary_phone_number_id, UnsetType):
                moved = with_primary(moved, IdentifierKind.PHONE_NUMBER, changes.primary_phone_number_id)
            return moved if stored is None else with_password(moved, stored, now)

        async def then(tx: Groups, before: User, after: User) -> None:
            await notify_of_new_primary(self.outbox, tx, instance, before, after)
            if stored is not None:
                await self.passwords.has_changed(
                    tx, instance, after, sign_out_others=changes.sign_out_of_other_sessions, actor=actor
                )

        return await self.change(instance, id, "user.updated", change, then, actor=actor, details=_named(changes))

    async def merge_metadata(
        self,
        instance: Instance,
        id: str,
        *,
        public: Mapping[str, Json] | None = None,
        private: Mapping[str, Json] | None = None,
        unsafe: Mapping[str, Json] | None = None,
        actor: str = SERVER,
    ) -> User:
        """Merge the given objects into the stored metadata; null deletes a key. Raises: NotFound, FieldTooLong, FieldFormat."""

        def change(user: User, now: Instant) -> User:
            return replace(
                user,
                public_metadata=merged_metadata(user.public_metadata, public or {}, "public_metadata"),
                private_metadata=merged_metadata(user.private_metadata, private or {}, "private_metadata"),
                unsafe_metadata=merged_metadata(user.unsafe_metadata, unsafe or {}, "unsafe_metadata"),
            )

        given = {"public_metadata": public, "private_metadata": private, "unsafe_metadata": unsafe}
        names: list[Json] = [name for name, value in given.items() if value is not None]
        return await self.change(instance, id, "user.updated", change, actor=actor, details={"fields": names})

    async def replace_metadata(
        self,
        instance: Instance,
        id: str,
        *,
        public: Mapping[str, Json] | None = None,
        private: Mapping[str, Json] | None = None,
        unsafe: Mapping[str, Json] | None = None,
        actor: str = SERVER,
    ) -> User:
        """Replace the given kinds of metadata as a whole. Raises: NotFound, FieldTooLong, FieldFormat."""
        changes = UserChanges(
            public_metadata=UNSET if public is None else public,
            private_metadata=UNSET if private is None else private,
            unsafe_metadata=UNSET if unsafe is None else unsafe,
        )
        return await self.update(instance, id, changes, actor=actor)

    async def change(
        self,
        instance: Instance,
        id: str,
        kind: str,
        change: Change,
        then: Consequence = _nothing_more,
        *,
        actor: str,
        target: str | None = None,
        details: Mapping[str, Json] | None = None,
        hidden: bool = False,
    ) -> User:
        """Load the user, change it by a pure function, and write it with the consequences in one transaction. `hidden`
        also finds a user whose deletion was asked for.

        After losing a race it retries from the newly written user. Raises: NotFound, Conflict after too many lost races.
        """
        for _ in range(_MAX_RACES):
            try:
                async with self.store.transaction() as tx:
                    # read inside the transaction, so that tries counted in the meantime are not overwritten
                    before = await _found(tx, instance, id, hidden=hidden)
                    now = moment_after(before, self.clock.now())
                    after = replace(change(before, now), updated_at=now)
                    await tx.users.save(after, expected=before.updated_at)
                    await then(tx, before, after)
                    await self.audit.record(
                        tx,
                        instance,
                        kind,
                        user_id=after.id,
                        target=target or after.id,
                        actor=actor,
                        details=details,
                    )
                return after
            except Conflict:
                continue
        raise Conflict()

    # -- passwords

    async def verify_password(self, instance: Instance, id: str, text: str) -> None:
        """Check a password at a server's request. Raises: NotFound, and as `Passwords.verify`."""
        await self.passwords.verify(instance, await self.get(instance, id), text)

    async def remove_password(self, instance: Instance, id: str, *, actor: str = SERVER) -> User:
        """Raises: NotFound, and as `Passwords.remove`."""
        return await self.passwords.remove(instance, await self.get(instance, id), actor=actor)

    async def set_password_compromised(
        self, instance: Instance, id: str, *, end_sessions: bool = False, actor: str = SERVER
    ) -> User:
        """Mark the password as compromised: it is rejected until the user, who is notified, sets a new one. Unfinished
        sign-ins end, and on request sessions too. Raises: NotFound, StrategyNotPossible (no password).
        """

        def change(user: User, now: Instant) -> User:
            if user.password is None:
                raise StrategyNotPossible("This user has no password.", param="password")
            return replace(user, password_compromised_at=user.password_compromised_at or now)

        async def then(tx: Groups, before: User, after: User) -> None:
            now = self.clock.now()
            await end_access(
                tx,
                self.sessions,
                instance,
                after,
                now,
                EndCause.PASSWORD_COMPROMISED,
                actor=actor,
                and_sessions=end_sessions,
            )
            if before.password_compromised_at is None:
                await notify(self.outbox, tx, instance, "password_compromised", after)

        return await self.change(instance, id, "password.compromised", change, then, actor=actor)

    async def unset_password_compromised(self, instance: Instance, id: str, *, actor: str = SERVER) -> User:
        """Remove the mark, if there is one. Raises: NotFound."""
        return await self.change(
            instance,
            id,
            "password.not_compromised",
            lambda user, now: replace(user, password_compromised_at=None),
            actor=actor,
        )

    async def _first_password(self, instance: Instance, user: User, new: NewUser) -> StoredPassword | None:
        stored = await self.passwords.chosen(
            instance, user, new.password, new.password_digest, new.password_hasher, skip_checks=new.skip_password_checks
        )
        if stored is None and instance.settings.sign_up.password == "required" and not new.skip_password_requirement:
            raise FieldMissing("password")
        return stored

    async def _next_password(self, instance: Instance, user: User, changes: UserChanges) -> StoredPassword | None:
        return await self.passwords.chosen(
            instance,
            user,
            _or_none(changes.password),
            _or_none(changes.password_digest),
            _or_none(changes.password_hasher),
            skip_checks=changes.skip_password_checks,
        )

    # -- keep out, let in

    async def ban(self, instance: Instance, id: str, *, reason: str | None = None, actor: str = SERVER) -> User:
        """Ban the user and end their sessions in the same transaction (R-SES-07). Raises: NotFound, FieldTooLong."""
        given = checked_reason(reason)

        async def then(tx: Groups, before: User, after: User) -> None:
            now = self.clock.now()
            await end_access(tx, self.sessions, instance, after, now, EndCause.USER_BANNED, actor=actor)

        return await self.change(
            instance,
            id,
            "user.banned",
            lambda user, now: replace(user, banned=True, ban_reason=reason or None),
            then,
            actor=actor,
            details=given,
        )

    async def unban(self, instance: Instance, id: str, *, actor: str = SERVER) -> User:
        return await self.change(
            instance, id, "user.unbanned", lambda user, now: replace(user, banned=False, ban_reason=None), actor=actor
        )

    async def ban_many(self, instance: Instance, ids: Sequence[str], *, actor: str = SERVER) -> Sequence[User]:
        """Ban all of the users, or none if one is unknown. Raises: NotFound."""
        users = [await self.get(instance, id) for id in ids]
        return [await self.ban(instance, user.id, actor=actor) for user in users]

    async def unban_many(self, instance: Instance, ids: Sequence[str], *, actor: str = SERVER) -> Sequence[User]:
        """Lift the ban of all of the users, or of none if one is unknown. Raises: NotFound."""
        users = [await self.get(instance, id) for id in ids]
        return [await self.unban(instance, user.id, actor=actor) for user in users]

    async def lock(self, instance: Instance, id: str, *, actor: str = SERVER) -> User:
        """Lock the user without a time limit, end their sessions and notify them. Raises: NotFound."""

        async def then(tx: Groups, before: User, after: User) -> None:
            now = self.clock.now()
            await end_access(tx, self.sessions, instance, after, now, EndCause.USER_LOCKED, actor=actor)
            await notify(self.outbox, tx, instance, "account_locked_by_administrator", after)

        return await self.change(
            instance,
            id,
            "user.locked",
            lambda user, now: replace(user, locked_at=now, locked_until=None),
            then,
            actor=actor,
        )

    async def unlock(self, instance: Instance, id: str, *, actor: str = SERVER) -> User:
        """End any lock and reset the failure count. Raises: NotFound."""
        return await self.change(
            instance,
            id,
            "user.unlocked",
            lambda user, now: replace(user, locked_at=None, locked_until=None, failed_tries=0),
            actor=actor,
        )

    async def unlock_all_since(self, instance: Instance, since: Instant, *, actor: str = SERVER) -> int:
        """End the locks that failed tries caused since then, but not those by administrators; returns how many ended."""

        def change(user: User, now: Instant) -> User:
            if user.locked_until is None:
                return user  # locked by an administrator in the meantime
            return replace(user, locked_at=None, locked_until=None, failed_tries=0)

        ended = 0
        while ids := await self.store.users.locked_by_tries_since(instance.id, since, max_rows=_UNLOCKED_AT_ONCE):
            for id in ids:
                with suppress(NotFound):
                    await self.change(instance, id, "user.unlocked", change, actor=actor)
                    ended += 1
        return ended

    async def delete(self, instance: Instance, id: str, *, actor: str = SERVER) -> None:
        """Delete the user and all their data; the audit log records the deletion. Raises: NotFound."""
        user = await self.get(instance, id)
        async with self.store.transaction() as tx:
            await self.delete_in(tx, instance, user, actor=actor)

    async def delete_in(self, tx: Groups, instance: Instance, user: User, *, actor: str) -> None:
        """As `delete`, in the caller's transaction. Raises: NotFound."""
        await end_access(tx, self.sessions, instance, user, self.clock.now(), EndCause.USER_DELETED, actor=actor)
        if not await tx.users.delete(instance.id, user.id):
            raise NotFound("No user with that id exists here.")
        await self.audit.record(tx, instance, "user.deleted", user_id=user.id, target=user.id, actor=actor)


async def _found(groups: Groups, instance: Instance, id: str, *, hidden: bool = False) -> User:
    user = await groups.users.find(instance.id, UserId(id)) if well_formed(id) else None
    if user is None or (user.delete_at is not None and not hidden):
        raise NotFound("No user with that id exists here.")
    return user


def _named(changes: UserChanges) -> dict[str, Json]:
    """The names of the changed fields, never their values (R-LOG-02)."""
    names = [field.name for field in fields(changes) if getattr(changes, field.name) is not UNSET]
    return {"fields": [name for name in names if name not in ("skip_password_checks", "sign_out_of_other_sessions")]}


def _or_none(value: str | UnsetType) -> str | None:
    return None if isinstance(value, UnsetType) else value
