"""Tries on a device that an account knows: counted for it alone, so that no stranger locks it out (R-LIM-03)."""

from dataclasses import dataclass

from sojourn.errors import TooManyRequests, UserLocked
from sojourn.instances.instance import Instance
from sojourn.limits.budgets import Budgets
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.hard_stop import HardStop
from sojourn.users.user import User

_NAME = "tries_of_known_device"


@dataclass(frozen=True, slots=True)
class DeviceTries:
    """`device` is what the account knows it by: the id of its client, or of an attempt that a link has admitted."""

    store: Store
    budgets: Budgets
    hard_stop: HardStop

    async def spend(self, instance: Instance, user: User, device: str, *, of_password: bool) -> Tries:
        """Count a try before it is checked, and one of the password towards the hard stop: both or neither.

        Raises: UserLocked, PasswordDisabled.
        """
        async with self.store.transaction() as tx:
            try:
                await self.budgets.spend(tx, instance, _NAME, _key(user, device))
            except TooManyRequests as error:
                raise UserLocked(error.retry_after) from error
            failures = await self.hard_stop.spend(tx, instance, user) if of_password else 0
        return Tries(0, None, failures)

    async def forgive(self, groups: Groups, instance: Instance, user: User, device: str) -> None:
        await self.budgets.reset(groups, instance, _NAME, _key(user, device))


def _key(user: User, device: str) -> str:
    return f"{user.id}:{device}"
