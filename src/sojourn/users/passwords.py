"""The password of a user: check, set and replace it, with all consequences (R-PWD-03, R-PWD-11)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import (
    FieldError,
    FieldMissing,
    PasswordCompromised,
    StrategyNotPossible,
    WrongPassword,
)
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.factors.hash_cost import SLOW, HashCosts, floor_for
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_policy import check_bounds, check_new_password
from sojourn.ids import SessionId, SignInId
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock, Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.lifecycle import Sessions
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.access import end_access, moment_after, unchanged
from sojourn.users.account_status import refuse_banned
from sojourn.users.lockout import Lockout
from sojourn.users.notices import notify
from sojourn.users.password_lockout import MAX_FAILURES, PasswordLockout
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class Passwords:
    store: Store
    clock: Clock
    hash_pool: HashPool
    hash_costs: HashCosts
    least_floor: timedelta
    sessions: Sessions
    outbox: Outbox
    audit: AuditLog
    lockout: Lockout
    password_lockout: PasswordLockout

    # -- check

    async def verify(self, instance: Instance, user: User, text: str) -> None:
        """Check a password at a server's request, with the same lockout and ban as a sign-in (R-FLOW-04).

        Raises: WrongPassword, StrategyNotPossible (no password is set), PasswordDisabled, PasswordCompromised, UserLocked,
        UserBanned, Overloaded.
        """

        async def count() -> Tries:
            return await self.lockout.spend(instance, user, password_limit=MAX_FAILURES)

        async def failed(spent: Tries) -> None:
            await self.lockout.failed(instance, user, spent)

        await self.prove(instance, user, text, param="password", count=count, failed=failed)
        refuse_banned(user)
        await self.store.users.reset_sign_in_tries(instance.id, user.id)

    async def prove(
        self,
        instance: Instance,
        user: User,
        text: str,
        *,
        param: str,
        count: Callable[[], Awaitable[Tries]],
        failed: Callable[[Tries], Awaitable[None]] | None = None,
    ) -> None:
        """Check the password and upgrade an older hash (R-PWD-03). `count` counts the try, also towards the password
        lockout, once a hashing slot is reserved; a request denied for lack of a slot is not counted (R-PWD-12). Raises:
        WrongPassword, StrategyNotPossible, PasswordCompromised, Overloaded, and as `count`.
        """
        if user.password is None:
            raise StrategyNotPossible("This user has no password.", param=param)
        async with self.hash_pool.reserved() as slot:
            spent = await count()
            verified = await slot.verify(user.password, text)
        if not verified.ok or user.password_compromised_at is not None:
            async with self.store.transaction() as tx:
                await self.audit.record(
                    tx, instance, "password.refused", user_id=user.id, target=user.id, actor="anonymous"
                )
            if failed is not None:
                await failed(spent)
            await self.password_lockout.failed(instance, user, spent.password_failures)
            raise PasswordCompromised(param=param) if verified.ok else WrongPassword(param=param)
        await self.password_lockout.passed(self.store, instance, user)
        if verified.upgraded is not None:
            await self.store.users.upgrade_password(instance.id, user.id, user.password, verified.upgraded)

    # -- set

    async def new(
        self, instance: Instance, user: User, text: str, *, param: str = "password", skip_checks: bool = False
    ) -> StoredPassword:
        """The stored form of a new password that passes the policy.

        Raises: PasswordTooShort, PasswordCommon, Overloaded …
        """
        if instance.settings.sign_up.password == "off":
            raise FieldError("Passwords are not used by this application.", param=param)
        check_bounds(text, param=param)
        rules, names = instance.settings, [email.value for email in user.email_addresses]
        context = [rules.application_name, user.username or "", *names]
        least = rules.protection.password_min_length
        async with self.hash_pool.reserved() as slot:
            if not skip_checks:
                # the list of common passwords is loaded on first use, which is too slow for the event loop
                await slot.aside(lambda: check_new_password(text, param=param, min_length=least, context=context))
            return await slot.hash(text)

    async def chosen(
        self,
        instance: Instance,
        user: User,
        text: str | None,
        digest: str | None,
        hasher: str | None,
        *,
        skip_checks: bool,
    ) -> StoredPassword | None:
        """The stored form of a password or of another system's digest (R-PWD-04), or None. Raises: FieldError, FieldMissing, FieldFormat, and as `new`."""
        if digest is None:
            return None if text is None else await self.new(instance, user, text, skip_checks=skip_checks)
        if text is not None:
            raise FieldError("Give password or password_digest, not both.", param="password")
        if not hasher:
            raise FieldMissing("password_hasher")
        stored = await self.hash_pool.import_digest(hasher, digest)
        await self._check_cost(instance, stored)
        return stored

    async def _check_cost(self, instance: Instance, stored: StoredPassword) -> None:
        """Reject a hash that would prolong every refused sign-in, unless an equally slow one is stored already
        (R-ENU-02).

        Without strict protection the cost is not checked, because responses reveal users anyway. Raises: FieldError, Overloaded.
        """
        cost = await self.hash_costs.of(stored) if is_strict(instance) else timedelta(0)
        if cost <= SLOW or floor_for(cost) <= self.least_floor:
            return
        candidates = await self.store.users.dearest_candidates(instance.id)
        if cost > max([await self.hash_costs.of(candidate) for candidate in candidates], default=timedelta(0)):
            raise FieldError(
                f"Checking this hash takes {_ms(cost)} ms here, and every refused sign-in would have to take {_ms(floor_for(cost))} ms. Bring"
                f" it in with `sojourn import … --accept-slow-hasher {stored.hasher}`, or set SOJOURN_SIGN_IN_FLOOR_MS to that.",
                param="password_digest",
            )

    async def set(
        self,
        instance: Instance,
        user: User,
        text: str,
        *,
        sign_out_others: bool = True,
        keep: SessionId | None = None,
        actor: str | None = None,
        param: str = "password",
    ) -> User:
        """Give the user a password. Raises: as `new`, Conflict."""
        stored = await self.new(instance, user, text, param=param)
        async with self.store.transaction() as tx:
            return await self.replace(
                tx, instance, user, stored, sign_out_others=sign_out_others, keep=keep, actor=actor
            )

    async def remove(
        self, instance: Instance, user: User, *, keep: SessionId | None = None, actor: str | None = None
    ) -> User:
        """Remove the password of a user who can still sign in with a code. Raises: StrategyNotPossible, FieldError."""
        self.check_removal(instance, user)
        async with self.store.transaction() as tx:
            return await self.replace(tx, instance, user, None, sign_out_others=True, keep=keep, actor=actor)

    def check_removal(self, instance: Instance, user: User) -> None:
        """Raises: StrategyNotPossible (no password is set), FieldError (a password is required, or no other factor is
        left).
        """
        if user.password is None:
            raise StrategyNotPossible("This user has no password.", param="password")
        if instance.settings.sign_up.password == "required":
            raise FieldError("This application requires a password.", param="password")
        if not any(email.is_verified for email in user.email_addresses):
            raise FieldError("The password is the only way for this user to sign in.", param="password")

    async def replace(
        self,
        tx: Groups,
        instance: Instance,
        user: User,
        stored: StoredPassword | None,
        *,
        sign_out_others: bool,
        keep: SessionId | None = None,
        keep_sign_in: SignInId | None = None,
        actor: str | None = None,
    ) -> User:
        """Write the new password, or its removal, with all consequences, in the caller's transaction. Raises: Conflict.
        `actor` None means the user.
        """
        user = await unchanged(tx, user)
        now = moment_after(user, self.clock.now())
        after = replace(with_password(user, stored, now), updated_at=now)
        await tx.users.save(after, expected=user.updated_at)
        await self.has_changed(
            tx,
            instance,
            after,
            sign_out_others=sign_out_others,
            keep=keep,
            keep_sign_in=keep_sign_in,
            actor=actor or user.id,
        )
        return after

    async def has_changed(
        self,
        tx: Groups,
        instance: Instance,
        user: User,
        *,
        sign_out_others: bool,
        actor: str,
        keep: SessionId | None = None,
        keep_sign_in: SignInId | None = None,
    ) -> None:
        """End everything that the old password may have opened, and notify the user (R-PWD-11)."""
        await end_access(
            tx,
            self.sessions,
            instance,
            user,
            self.clock.now(),
            EndCause.PASSWORD_CHANGED if user.password else EndCause.PASSWORD_REMOVED,
            actor=actor,
            keep=keep,
            keep_sign_in=keep_sign_in,
            and_sessions=sign_out_others,
        )
        await notify(self.outbox, tx, instance, "password_changed", user)
        kind = "password.changed" if user.password else "password.removed"
        await self.audit.record(tx, instance, kind, user_id=user.id, target=user.id, actor=actor)


def with_password(user: User, stored: StoredPassword | None, now: Instant) -> User:
    """The user with another password or none: failure counts and known facts of the old password are cleared."""
    since = now if stored else None
    return replace(user, password=stored, password_changed_at=since, password_failures=0, password_compromised_at=None)


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)
