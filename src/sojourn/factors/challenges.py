"""Tries of a challenge: counted in the store before anything is compared (R-OTP-01)."""

from dataclasses import dataclass

from sojourn.errors import AlreadyVerified, VerificationExpired, VerificationFailed
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import VerificationId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Store


@dataclass(frozen=True, slots=True)
class Challenges:
    store: Store
    clock: Clock

    async def spend(self, instance: Instance, id: VerificationId) -> Verification:
        """Spend one of the tries of a challenge. Raises: VerificationFailed (none left), VerificationExpired, AlreadyVerified."""
        verification = await self.store.verifications.spend_try(instance.id, id, self.clock.now())
        if verification is None:
            raise await self._why_not(instance, id)
        return verification

    async def _why_not(self, instance: Instance, id: VerificationId) -> Exception:
        verification = await self.store.verifications.find(instance.id, id)
        status = verification.status_at(self.clock.now()) if verification else VerificationStatus.EXPIRED
        if status is VerificationStatus.VERIFIED:
            return AlreadyVerified()
        if status is VerificationStatus.EXPIRED:
            return VerificationExpired()
        return VerificationFailed()
