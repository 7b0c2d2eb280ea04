"""Counts tries before any comparison: one count per account for unknown devices, and one per known device (R-LIM-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sojourn.errors import UserLocked
from sojourn.factors.factor import Attempt
from sojourn.factors.strategy import Guess
from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.sessions.caller import Caller
from sojourn.sessions.known_devices import KnownDevices
from sojourn.store.interface import Store, Tries
from sojourn.users.code_tries import CodeTries
from sojourn.users.device_tries import DeviceTries
from sojourn.users.lockout import Lockout
from sojourn.users.password_lockout import MAX_FAILURES, PasswordLockout
from sojourn.users.user import User


class Guesses(Protocol):
    """One way to count. `device` is the known device that has the count; unknown devices (None) share that of the account."""

    async def device(self, caller: Caller, user: User, challenge: Verification | None) -> str | None: ...

    async def spend(self, instance: Instance, user: User, device: str | None) -> Tries:
        """Raises: UserLocked, PasswordDisabled, WrongCode when the year's are spent."""
        ...

    async def failed(self, instance: Instance, user: User, device: str | None, spent: Tries) -> None: ...
    async def passed(self, instance: Instance, user: User, device: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class PasswordGuesses:
    """Counted towards the lock, and towards the end of the password."""

    devices: KnownDevices
    device_tries: DeviceTries
    lockout: Lockout
    password_lockout: PasswordLockout

    async def device(self, caller: Caller, user: User, challenge: Verification | None) -> str | None:
        return None if user.is_locked_by_administrator else await self.devices.named(caller, user)

    async def spend(self, instance: Instance, user: User, device: str | None) -> Tries:
        if device is not None:
            return await self.device_tries.spend(instance, user, device, of_password=True)
        return await self.lockout.spend(instance, user, password_limit=MAX_FAILURES)

    async def failed(self, instance: Instance, user: User, device: str | None, spent: Tries) -> None:
        await self.lockout.failed(instance, user, spent)
        await self.password_lockout.failed(instance, user, spent.password_failures)

    async def passed(self, instance: Instance, user: User, device: str | None) -> None:
        """Reset with the sign-in that it leads to, or by `reset_tries`."""


@dataclass(frozen=True, slots=True)
class CodeGuesses:
    """Counted towards the lock, and towards the hundred of a year (R-OTP-08)."""

    store: Store
    devices: KnownDevices
    code_tries: CodeTries
    device_tries: DeviceTries

    async def device(self, caller: Caller, user: User, challenge: Verification | None) -> str | None:
        if user.is_locked_by_administrator:
            return None
        if challenge is not None and challenge.admitted_at is not None:
            return challenge.owner_id
        return await self.known_by(caller, user)

    async def known_by(self, caller: Caller, user: User | None) -> str | None:
        """The name of a known device that has tries left; after its yearly number of wrong codes it counts as unknown."""
        device = None if user is None else await self.devices.named(caller, user)
        if user is None or device is None:
            return None
        return device if await self.device_tries.has_codes_left(self.store, caller.instance, user, device) else None

    async def needs_link(self, attempt: Attempt) -> bool:
        """True if unknown browsers have used up the tries, so that the message must contain a link (R-OTP-08)."""
        if attempt.user is None or attempt.device is not None:
            return False
        return await self.code_tries.needs_link(self.store, attempt.instance, attempt.user)

    async def spend(self, instance: Instance, user: User, device: str | None) -> Tries:
        if device is not None:
            return await self.device_tries.spend(instance, user, device, of_password=False)
        return await self.code_tries.spend(instance, user)

    async def failed(self, instance: Instance, user: User, device: str | None, spent: Tries) -> None:
        if device is None:
            await self.code_tries.failed(instance, user, spent)

    async def passed(self, instance: Instance, user: User, device: str | None) -> None:
        if device is None:
            await self.code_tries.passed(instance, user)
        else:
            await self.device_tries.passed(instance, user, device)


@dataclass(frozen=True, slots=True)
class UncountedGuesses:
    """Nothing is counted, because 256 random bits cannot be guessed; the lock of the account holds all the same (R-FLOW-04)."""

    devices: KnownDevices
    lockout: Lockout

    async def device(self, caller: Caller, user: User, challenge: Verification | None) -> str | None:
        return None if user.is_locked_by_administrator else await self.devices.named(caller, user)

    async def spend(self, instance: Instance, user: User, device: str | None) -> Tries:
        now = self.lockout.clock.now()
        if device is None and user.is_locked(now):
            raise UserLocked(user.locked_until.since(now) if user.locked_until else None)
        return Tries(user.failed_tries, None, user.password_failures)

    async def failed(self, instance: Instance, user: User, device: str | None, spent: Tries) -> None:
        """Counts nothing."""

    async def passed(self, instance: Instance, user: User, device: str | None) -> None:
        """Counts nothing."""


GuessesByKind = Mapping[Guess, Guesses]
