"""Codes that a server sends to a user's address, and their check, for a sign-in flow of the server's own."""

from dataclasses import dataclass

from sojourn.errors import (
    AlreadyVerified,
    NotFound,
    VerificationExpired,
    VerificationFailed,
    WrongCode,
)
from sojourn.factors.strategy import Purpose
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import VerificationId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Store
from sojourn.users.account_status import refuse_banned
from sojourn.users.accounts import SERVER
from sojourn.users.address_verification import AddressProofs
from sojourn.users.addresses import Addresses
from sojourn.users.code_tries import CodeTries
from sojourn.users.user import Identifier, IdentifierKind


@dataclass(frozen=True, slots=True)
class Verifications:
    """Each verification belongs to an address; only the newest of an address is valid (R-OTP-01).

    None starts a session.
    """

    store: Store
    clock: Clock
    proofs: AddressProofs
    addresses: Addresses
    code_tries: CodeTries

    async def send(self, instance: Instance, address_id: str, strategy: str | None = None) -> Verification:
        """Send a code to the stored address, verified or not (R-INP-02); `strategy` None means the first one that can
        be sent there.

        Raises: NotFound, StrategyNotBuilt, TooManyRequests.
        """
        address = await self._email(instance, address_id)
        strategy = strategy or self.proofs.factors.sent_for(instance, Purpose.VERIFY)
        return await self.proofs.send(instance, address, strategy)

    async def attempt(self, instance: Instance, address_id: str, id: str, code: str) -> Verification:
        """Check a code and return the verification; its status shows a wrong or late code, or too many tries. The right
        code also verifies the address. Tries count towards the lock as in any sign-in (R-LIM-03, R-FLOW-04). Raises:
        NotFound, AlreadyVerified, UserLocked, UserBanned, Conflict.
        """
        address = await self._email(instance, address_id)
        challenge = await self._challenge(instance, address, id)
        status = challenge.status_at(self.clock.now())
        if status is VerificationStatus.VERIFIED:
            raise AlreadyVerified()
        if status is not VerificationStatus.UNVERIFIED:
            return challenge
        user = await self.addresses.accounts.get(instance, address.user_id)
        try:
            challenge = await self.proofs.spend(instance, challenge.id)
            spent = await self.code_tries.spend(instance, user)
        except (WrongCode, VerificationExpired, VerificationFailed):
            return await self._challenge(instance, address, id)
        try:
            proven = await self.proofs.check(instance, address, challenge, code)
        except WrongCode:
            await self.code_tries.failed(instance, user, spent)
            return await self._challenge(instance, address, id)
        await self.code_tries.passed(instance, user)
        refuse_banned(user)
        async with self.store.transaction() as tx:
            await proven.consume(tx)
            if not address.is_verified:
                await self.addresses.verify(tx, instance, user, address, challenge.strategy, actor=SERVER)
            await tx.users.reset_sign_in_tries(instance.id, user.id)
        return await self._challenge(instance, address, id)

    async def _email(self, instance: Instance, id: str) -> Identifier:
        return await self.addresses.get(instance, id, IdentifierKind.EMAIL_ADDRESS)

    async def _challenge(self, instance: Instance, address: Identifier, id: str) -> Verification:
        """Raises: NotFound, also for a verification of another address or purpose."""
        found = await self.store.verifications.find(instance.id, VerificationId(id)) if well_formed(id) else None
        if found is None or found.owner_id != address.id:
            raise NotFound("No verification with that id was sent to this address.")
        return found
