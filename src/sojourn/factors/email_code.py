"""E-mail codes: six digits, ten minutes, five tries, only the newest counts (R-OTP-01)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sojourn.errors import AlreadyVerified, Conflict, VerificationExpired, VerificationFailed, WrongCode
from sojourn.events.outbox import Outbox
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import IdentifierId, VerificationId, verification_id
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.limits.rate_limit import RateLimiter
from sojourn.secret import Secret, random_code
from sojourn.store.interface import Groups, Store
from sojourn.users.identifiers import is_test_address

LIFE = timedelta(minutes=10)
TRIES = 5
TEST_CODE = "424242"

CodeMail = Literal["verification_code", "reset_password_code", "account_exists"]


@dataclass(frozen=True, slots=True)
class EmailCodes:
    """`key` is for the keyed hash of codes and comes from the root key, so a dump of the database yields no code."""

    store: Store
    clock: Clock
    outbox: Outbox
    limiter: RateLimiter
    key: bytes

    async def allow(self, instance: Instance, address: str) -> None:
        """Spend one of the codes that this address may be sent. Raises: TooManyRequests (R-LIM-01)."""
        if not self._is_test(instance, address):
            await self.limiter.hit("codes_per_identifier", f"{instance.id}:{address}")
            await self.limiter.hit("codes_per_identifier_day", f"{instance.id}:{address}")

    async def start(
        self,
        tx: Groups,
        instance: Instance,
        owner_id: str,
        strategy: str,
        address: str | None,
        *,
        identifier_id: IdentifierId | None = None,
        mail: CodeMail = "verification_code",
    ) -> Verification:
        """A new challenge for the owner and the mail that carries its code; older challenges of the owner end.

        `address` None makes a decoy: it looks alike, nothing is sent and no code will ever fit (R-ENU-01). The mail
        `account_exists` tells the owner of the address instead of sending a code (R-ENU-03).
        """
        now = self.clock.now()
        code = Secret(TEST_CODE) if address and self._is_test(instance, address) else random_code()
        is_real = address is not None and mail != "account_exists"
        id = verification_id()
        verification = Verification(
            id=id,
            instance_id=instance.id,
            owner_id=owner_id,
            strategy=strategy,
            status=VerificationStatus.UNVERIFIED,
            proof_hash=self._proof(id, code) if is_real else None,
            tries=0,
            max_tries=TRIES,
            created_at=now,
            expire_at=now + LIFE,
            identifier_id=identifier_id,
        )
        await tx.verifications.start(verification)
        if address is not None and not self._is_test(instance, address):
            await self.outbox.mail(tx, instance, mail, address, {"code": code.reveal()} if is_real else {})
        return verification

    async def check(self, instance: Instance, id: VerificationId, code: str) -> bytes:
        """Spend a try and compare; returns the proof to `consume` with.

        Raises: WrongCode, VerificationFailed (out of tries), VerificationExpired, AlreadyVerified.
        """
        now = self.clock.now()
        verification = await self.store.verifications.spend_try(instance.id, id, now)
        if verification is None:
            raise await self._why_not(instance, id)
        proof = self._proof(id, Secret(code.strip()))
        if verification.proof_hash is None or not hmac.compare_digest(proof, verification.proof_hash):
            raise WrongCode()
        return proof

    async def consume(self, tx: Groups, instance: Instance, id: VerificationId, proof: bytes) -> Verification:
        """Mark it used, in the transaction of what it proves; of racing callers one gets through. Raises: Conflict."""
        verification = await tx.verifications.consume(instance.id, id, proof, self.clock.now())
        if verification is None:
            raise Conflict("This code has just been used.")
        return verification

    async def _why_not(self, instance: Instance, id: VerificationId) -> Exception:
        verification = await self.store.verifications.find(instance.id, id)
        status = verification.status_at(self.clock.now()) if verification else VerificationStatus.EXPIRED
        if status is VerificationStatus.VERIFIED:
            return AlreadyVerified()
        if status is VerificationStatus.EXPIRED:
            return VerificationExpired()
        return VerificationFailed()

    def _proof(self, id: VerificationId, code: Secret) -> bytes:
        return Secret(f"{id}:{code.reveal()}").keyed_form(self.key)

    def _is_test(self, instance: Instance, address: str) -> bool:
        return instance.is_development and instance.settings.test_mode and is_test_address(address)
