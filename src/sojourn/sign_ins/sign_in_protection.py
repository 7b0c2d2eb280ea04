"""What stands between a guess and an account: the lockout, equal costs and equal answers (R-LIM-03, R-ENU-01, R-ENU-02)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sojourn.errors import (
    PasswordCompromised,
    PasswordDisabled,
    SojournError,
    StrategyNotPossible,
    UserBanned,
    UserLocked,
    WrongPassword,
    WrongPasswordOrIdentifier,
)
from sojourn.events.audit_log import AuditLog
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sign_ins.floor import Floor
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.device_tries import DeviceTries
from sojourn.users.lockout import Lockout
from sojourn.users.password_lockout import MOST_FAILURES, PasswordLockout
from sojourn.users.standing import refuse_banned
from sojourn.users.user import User

_REFUSALS = (WrongPassword, UserLocked, UserBanned, StrategyNotPossible, PasswordDisabled, PasswordCompromised)
"""Of a password; in strict protection they all read alike."""


@dataclass(frozen=True, slots=True)
class SignInProtection:
    store: Store
    clock: Clock
    hash_pool: HashPool
    devices: KnownDevices
    device_tries: DeviceTries
    audit: AuditLog
    lockout: Lockout
    password_lockout: PasswordLockout
    floor: Floor
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @asynccontextmanager
    async def held(
        self, instance: Instance, *, answers_too: bool = False, typed: str | None = None
    ) -> AsyncGenerator[None]:
        """Hold a refusal back until the floor, so that its length tells nothing (R-ENU-02).

        A success that proves nothing, a code request for instance, is held too: `answers_too`. One that proves who
        somebody is tells all anyway, and is not delayed.
        """
        began = asyncio.get_running_loop().time()
        try:
            yield
        except SojournError:
            await self._until_the_floor(instance, began, typed)
            raise
        if answers_too:
            await self._until_the_floor(instance, began, typed)

    async def _until_the_floor(self, instance: Instance, began: float, typed: str | None) -> None:
        if is_strict(instance):
            floor = await self.floor.now(instance, typed)
            spent = asyncio.get_running_loop().time() - began
            await self.pause(max(0.0, floor.total_seconds() - spent))

    async def check_password(self, caller: Caller, user: User | None, candidate: str) -> StoredPassword | None:
        """Check a password at the same cost whoever it is; returns its current-cost form when the stored one is older.

        Raises: WrongPassword (WrongPasswordOrIdentifier in strict protection), UserLocked, UserBanned, StrategyNotPossible,
        PasswordDisabled, PasswordCompromised.
        """
        try:
            return await self._check_password(caller, user, candidate)
        except _REFUSALS as error:
            await self._record_failure(caller, user, error)
            if is_strict(caller.instance):
                raise WrongPasswordOrIdentifier(param="password") from error
            raise

    async def _check_password(self, caller: Caller, user: User | None, candidate: str) -> StoredPassword | None:
        async with self.hash_pool.reserved() as slot:  # before the count: who finds no place has not tried (R-PWD-12)
            if user is None or user.password is None:
                await slot.spend()
                if user is not None:
                    raise StrategyNotPossible(param="password")
                raise WrongPassword(param="password")
            try:
                spent = await self._spend_try(caller, user)
            except (UserLocked, PasswordDisabled):
                await slot.spend()
                raise
            verified = await slot.verify(user.password, candidate)
        if not verified.ok or user.password_compromised_at is not None:
            await self.lockout.failed(caller.instance, user, spent)
            await self.password_lockout.failed(caller.instance, user, spent.password_failures)
            raise PasswordCompromised(param="password") if verified.ok else WrongPassword(param="password")
        refuse_banned(user)
        return verified.upgraded

    async def _spend_try(self, caller: Caller, user: User) -> Tries:
        """Count a try of the password before it is checked. A stranger's failures never lock out a known device.

        Raises: UserLocked, PasswordDisabled.
        """
        device = None if user.is_locked_by_administrator else await self.devices.named(caller, user)
        if device is not None:
            return await self.device_tries.spend(caller.instance, user, device, of_password=True)
        return await self.lockout.spend(caller.instance, user, most_of_password=MOST_FAILURES)

    async def refuse_locked(self, caller: Caller, user: User) -> None:
        """For a proof that nobody guesses, such as a ticket: the lock is the same for every way in (R-FLOW-04).

        Raises: UserLocked.
        """
        now = self.lockout.clock.now()
        if not user.is_locked(now):
            return
        if user.is_locked_by_administrator or await self.devices.named(caller, user) is None:
            raise UserLocked(user.locked_until.since(now) if user.locked_until else None)

    async def forgive(self, tx: Groups, caller: Caller, user: User, *, device: str | None, by_password: bool) -> None:
        """A proven factor resets its own counter only (R-LIM-05)."""
        if by_password:
            await self.password_lockout.passed(tx, caller.instance, user)
        if device is not None:
            await self.device_tries.forgive(tx, caller.instance, user, device)
        else:
            await tx.users.reset_sign_in_tries(caller.instance.id, user.id)

    @asynccontextmanager
    async def proven(self, caller: Caller, user: User, *, by_password: bool) -> AsyncGenerator[None]:
        """Around what follows a right proof: when that cannot be written, the try does not stay counted as a wrong one (R-PWD-12)."""
        try:
            yield
        except SojournError:
            with suppress(SojournError):
                device = await self.devices.named(caller, user)
                await self.forgive(self.store, caller, user, device=device, by_password=by_password)
            raise

    async def _record_failure(self, caller: Caller, user: User | None, error: SojournError) -> None:
        async with self.store.transaction() as tx:
            await self.audit.record(
                tx,
                caller.instance,
                "sign_in.failed",
                user_id=user.id if user else None,
                actor="anonymous",
                device=caller.device,
                details={"strategy": "password", "reason": error.code},
            )
