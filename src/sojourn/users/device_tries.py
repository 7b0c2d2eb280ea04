"""Counts tries on a known device of a user, separately for each, so that an attacker cannot lock it out (R-LIM-03)."""

from dataclasses import dataclass

from sojourn.errors import TooManyRequests, UserLocked, WrongCode
from sojourn.instances.instance import Instance
from sojourn.limits.budgets import DEVICES_WRONG_CODES, Budgets
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.password_lockout import PasswordLockout
from sojourn.users.user import User

_NAME = "tries_of_known_device"


@dataclass(frozen=True, slots=True)
class DeviceTries:
    """`device` is the name of a known device, or the ID of an attempt that a link has admitted. A device may try a
    hundred wrong codes a year, as many as all unknown devices together, because its mark also stays in shared browsers.
    """

    store: Store
    budgets: Budgets
    password_lockout: PasswordLockout

    async def spend(self, instance: Instance, user: User, device: str, *, of_password: bool) -> Tries:
        """Count a try before it is checked: for the device, and also towards the password lockout or, for a code, the
        year's limit; both or neither. Raises: UserLocked, PasswordDisabled, WrongCode once the year's tries are used
        up.
        """
        async with self.store.transaction() as tx:
            try:
                await self.budgets.spend(tx, instance, _NAME, _key(user, device))
            except TooManyRequests as error:
                raise UserLocked(error.retry_after) from error
            failures = await self.password_lockout.spend(tx, instance, user) if of_password else 0
            if not of_password:
                try:
                    await self.budgets.spend(tx, instance, DEVICES_WRONG_CODES, _key(user, device))
                except TooManyRequests as error:
                    raise WrongCode() from error
        return Tries(0, None, failures)

    async def has_codes_left(self, groups: Groups, instance: Instance, user: User, device: str) -> bool:
        return await self.budgets.left(groups, instance, DEVICES_WRONG_CODES, _key(user, device)) > 0

    async def passed(self, instance: Instance, user: User, device: str) -> None:
        """The code was correct, so its own try is not counted as wrong."""
        await self.budgets.give_back(self.store, instance, DEVICES_WRONG_CODES, _key(user, device))

    async def forgive(self, groups: Groups, instance: Instance, user: User, device: str) -> None:
        await self.budgets.reset(groups, instance, _NAME, _key(user, device))


def _key(user: User, device: str) -> str:
    return f"{user.id}:{device}"
