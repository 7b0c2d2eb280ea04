"""E-mail codes: six digits, ten minutes, five tries; only the newest is valid (R-OTP-01)."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sojourn.errors import Conflict
from sojourn.events.outbox import Outbox
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import IdentifierId, VerificationId, verification_id
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.limits.budgets import Budgets
from sojourn.secret import Secret, random_code
from sojourn.store.interface import Groups, Store
from sojourn.users.identifiers import is_test_address

LIFE = timedelta(minutes=10)
TRIES = 5
TEST_CODE = "424242"
ADMITTING_PAGE = "/confirm-browser"
"""The path of the hosted page for links in mails."""

CodeMail = Literal["verification_code", "reset_password_code", "account_exists"]


@dataclass(frozen=True, slots=True)
class EmailCodes:
    """`key`, derived from the root key, is for the keyed hash of codes, so a dump of the database reveals no code."""

    store: Store
    clock: Clock
    outbox: Outbox
    budgets: Budgets
    key: bytes

    async def allow(self, tx: Groups, instance: Instance, key: str, *, device: str | None = None) -> None:
        """Count one code against the budget of an address or account, in the transaction of its mail. Raises:
        TooManyRequests (R-LIM-01).

        Codes for unknown devices share one count; each known `device` has its own.
        """
        if not self.is_test(instance, key):
            key = f"{key}:{device}" if device else key
            await self.budgets.spend(tx, instance, "codes_per_identifier", key)
            await self.budgets.spend(tx, instance, "codes_per_identifier_day", key)

    async def has_left(self, tx: Groups, instance: Instance, key: str) -> bool:
        """True if unknown browsers may request another code for the address or account."""
        if self.is_test(instance, key):
            return True
        names = ("codes_per_identifier", "codes_per_identifier_day")
        return all([await self.budgets.left(tx, instance, name, key) for name in names])

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
        link: bool = False,
    ) -> Verification:
        """Start a challenge for the owner and enqueue the mail with its code; older challenges of the owner end.
        `address` None makes a decoy: it looks the same, but nothing is sent and no code is accepted (R-ENU-01). The
        mail `account_exists` tells the owner of the address instead of sending a code (R-ENU-03). With `link` it also
        carries one that admits the browser of the attempt (R-OTP-08).
        """
        now = self.clock.now()
        code = Secret(TEST_CODE) if address and self.is_test(instance, address) else random_code()
        is_real = address is not None and mail != "account_exists"
        admitting = Secret.random() if link and is_real else None
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
            link_hash=admitting.stored_form() if admitting else None,
        )
        await tx.verifications.start(verification)
        if address is not None and not self.is_test(instance, address):
            values = {"code": code.reveal()} if is_real else {}
            if admitting is not None:
                values["link"] = f"{instance.public_url}{ADMITTING_PAGE}?token={admitting.reveal()}"
            await self.outbox.mail(tx, instance, mail, address, values)
        return verification

    def fits(self, challenge: Verification, code: str) -> bool:
        proof = self._proof(challenge.id, Secret(code.strip()))
        return challenge.proof_hash is not None and hmac.compare_digest(proof, challenge.proof_hash)

    async def consume(self, tx: Groups, instance: Instance, challenge: Verification) -> Verification:
        """Mark a matching code used, in the caller's transaction; exactly one of racing callers succeeds.

        Raises: Conflict.
        """
        now, proof = self.clock.now(), challenge.proof_hash
        verification = (
            await tx.verifications.consume(instance.id, challenge.id, proof, now) if proof is not None else None
        )
        if verification is None:
            raise Conflict("This code has just been used.")
        return verification

    def _proof(self, id: VerificationId, code: Secret) -> bytes:
        return Secret(f"{id}:{code.reveal()}").keyed_form(self.key)

    def is_test(self, instance: Instance, address: str) -> bool:
        """True if the address uses the fixed code, which is not mailed (R-AUZ-09)."""
        return instance.is_development and instance.settings.test_mode and is_test_address(address)
