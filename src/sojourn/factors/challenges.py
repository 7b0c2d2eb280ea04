"""Counts tries of a challenge in the store, before anything is compared (R-OTP-01)."""

from collections.abc import Collection
from dataclasses import dataclass

from sojourn.errors import AlreadyVerified, VerificationExpired, VerificationFailed
from sojourn.factors.states import States, named_by
from sojourn.factors.strategy import Purpose
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import VerificationId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Store


@dataclass(frozen=True, slots=True)
class Challenges:
    store: Store
    clock: Clock
    states: States

    async def spend(self, instance: Instance, id: VerificationId) -> Verification:
        """Spend one of the tries of a challenge. Raises: VerificationFailed (none left), VerificationExpired, AlreadyVerified."""
        verification = await self.store.verifications.spend_try(instance.id, id, self.clock.now())
        if verification is None:
            raise await self._why_not(instance, id)
        return verification

    async def spend_state(self, instance: Instance, state: str, purpose: Purpose) -> Verification:
        """Use the state up: all tries of its challenge are spent, whatever the proof is worth (R-OAU-01).

        Raises: VerificationFailed (used), VerificationExpired, AlreadyVerified.
        """
        id = (await self.of_state(instance, state, (purpose,))).id
        verification = await self.store.verifications.spend_all_tries(instance.id, id, self.clock.now())
        if verification is None:
            raise await self._why_not(instance, id)
        return verification

    async def of_state(self, instance: Instance, state: str, purposes: Collection[Purpose]) -> Verification:
        """The challenge that the state is of. Raises: VerificationExpired, also for a state of another purpose (R-OAU-08)."""
        named = named_by(state)
        if named is None or named[0] not in purposes:
            raise VerificationExpired()
        challenge = await self.store.verifications.find(instance.id, named[1])
        if challenge is None or not self.states.is_good(state, challenge):
            raise VerificationExpired()
        return challenge

    async def _why_not(self, instance: Instance, id: VerificationId) -> Exception:
        verification = await self.store.verifications.find(instance.id, id)
        status = verification.status_at(self.clock.now()) if verification else VerificationStatus.EXPIRED
        if status is VerificationStatus.VERIFIED:
            return AlreadyVerified()
        if status is VerificationStatus.EXPIRED:
            return VerificationExpired()
        return VerificationFailed()
