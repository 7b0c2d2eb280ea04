"""Counts tries of e-mail codes from unknown devices: towards the lock, and at most a hundred a year (R-LIM-03,
R-OTP-08).
"""

from dataclasses import dataclass

from sojourn.errors import TooManyRequests, WrongCode
from sojourn.factors.email_code import TRIES
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.limits.budgets import STRANGERS_WRONG_CODES, Budgets
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.lockout import Lockout
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class CodeTries:
    """Call `spend` before the code is compared, then `failed` or `passed`.

    A try that is denied here is neither compared nor counted.
    """

    store: Store
    clock: Clock
    budgets: Budgets
    lockout: Lockout

    async def spend(self, instance: Instance, user: User) -> Tries:
        """Raises: UserLocked; WrongCode, whatever was typed, once the year's tries are used up."""
        async with self.store.transaction() as tx:
            spent = await self.lockout.spend(instance, user, groups=tx)
            try:
                await self.budgets.spend(tx, instance, STRANGERS_WRONG_CODES, user.id)
            except TooManyRequests as error:
                raise WrongCode() from error
        return spent

    async def failed(self, instance: Instance, user: User, spent: Tries) -> None:
        await self.lockout.failed(instance, user, spent)

    async def passed(self, instance: Instance, user: User) -> None:
        """The code was correct, so its own try is not counted as wrong. Earlier ones stay counted."""
        await self.budgets.give_back(self.store, instance, STRANGERS_WRONG_CODES, user.id)

    async def needs_link(self, groups: Groups, instance: Instance, user: User) -> bool:
        """True if a code for an unknown browser may expire before it can be checked, so its e-mail must contain a link (R-OTP-08)."""
        if user.is_locked(self.clock.now()):
            return not user.is_locked_by_administrator  # the user cannot end this lock
        return await self.budgets.left(groups, instance, STRANGERS_WRONG_CODES, user.id) < TRIES
