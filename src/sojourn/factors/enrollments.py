"""Adding and removing credentials of users, by any factor that is enrollable. Tries are counted here, before a factor compares."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sojourn.factors.credential import Credential
from sojourn.factors.enrollment import Enrollment
from sojourn.factors.factor_set import FactorSet
from sojourn.factors.strategy import Proof
from sojourn.ids import UserId
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.limits.budgets import ENROLLMENT_TRIES, Budgets
from sojourn.store.interface import Store
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class Enrollments:
    """`kind` is the kind of the credential, as the factor names it in `credential_kinds`."""

    store: Store
    factors: FactorSet
    budgets: Budgets

    async def second_factors(
        self, instance: Instance, users: Collection[User], now: Instant
    ) -> Mapping[UserId, Collection[str]]:
        """The strategies of the second level that each user has; one read, or none where no factor has that level."""
        return await self.factors.second_factors(self.store, instance, users, now)

    async def begin(self, user: User, kind: str, *, label: str | None = None) -> Enrollment:
        """Raises: StrategyNotBuilt for a kind that no factor enrolls, Conflict."""
        return await self.factors.enrollable(kind).begin(user, label)

    async def confirm(self, instance: Instance, user: User, kind: str, id: str, proof: Proof) -> Credential:
        """Make the credential usable. Ten wrong proofs of a kind use up the tries of its user for a day (R-LIM-03).

        Raises: StrategyNotBuilt, NotFound, WrongCode, Conflict, TooManyRequests.
        """
        factor, key = self.factors.enrollable(kind), f"{user.id}:{kind}"
        async with self.store.transaction() as tx:
            await self.budgets.spend(tx, instance, ENROLLMENT_TRIES, key)
        confirmed = await factor.confirm(user, id, proof)
        await self.budgets.reset(self.store, instance, ENROLLMENT_TRIES, key)
        return confirmed

    async def remove(self, user: User, kind: str, id: str) -> None:
        """Raises: StrategyNotBuilt, NotFound."""
        await self.factors.enrollable(kind).remove(user, id)
