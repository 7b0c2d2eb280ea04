"""Verification of an address, by any strategy that a factor offers for it."""

from dataclasses import dataclass

from sojourn.errors import StrategyNotBuilt
from sojourn.factors.challenges import Challenges
from sojourn.factors.factor import Address, Attempt, Proven
from sojourn.factors.factor_set import Chosen, FactorSet
from sojourn.factors.strategy import Proof, Purpose
from sojourn.factors.verification import Verification
from sojourn.ids import VerificationId
from sojourn.instances.instance import Instance
from sojourn.store.interface import Store
from sojourn.users.user import Identifier


@dataclass(frozen=True, slots=True)
class AddressProofs:
    """Challenges belong to an owner: an address of a user, or a sign-up."""

    store: Store
    factors: FactorSet
    challenges: Challenges

    def find(self, instance: Instance, purpose: Purpose, strategy: str | None) -> Chosen:
        """Raises: StrategyNotBuilt, also for links to an address of a user: nothing resumes their check."""
        chosen = self.factors.find(instance, strategy, purpose)
        is_link = chosen.strategy.field == "state" and purpose is Purpose.VERIFY
        if not chosen.strategy.is_challenged or is_link:
            raise StrategyNotBuilt(param="strategy")
        return chosen

    async def send(self, instance: Instance, identifier: Identifier, strategy: str | None) -> Verification:
        """Send to the stored address, verified or not (R-INP-02). Raises: StrategyNotBuilt, TooManyRequests."""
        chosen = self.find(instance, Purpose.VERIFY, strategy)
        challenge = await chosen.factor.challenge(_attempt(instance, identifier, chosen))
        if challenge is None:
            raise StrategyNotBuilt(param="strategy")
        async with self.store.transaction() as tx:
            return await challenge.record(tx)

    async def spend(self, instance: Instance, id: VerificationId) -> Verification:
        """Raises: VerificationFailed, VerificationExpired, AlreadyVerified."""
        return await self.challenges.spend(instance, id)

    async def check(self, instance: Instance, identifier: Identifier, challenge: Verification, code: str) -> Proven:
        """Compare the code, after a try was counted. Raises: WrongCode."""
        chosen = self.find(instance, Purpose.VERIFY, challenge.strategy)
        attempt = _attempt(instance, identifier, chosen, challenge)
        return await chosen.factor.check(attempt, Proof(strategy=challenge.strategy, code=code), None)


def _attempt(
    instance: Instance, identifier: Identifier, chosen: Chosen, challenge: Verification | None = None
) -> Attempt:
    return Attempt(
        instance=instance,
        purpose=Purpose.VERIFY,
        strategy=chosen.strategy,
        owner_id=identifier.id,
        address=Address(value=identifier.value, canonical=identifier.canonical, id=identifier.id),
        challenge=challenge,
    )
