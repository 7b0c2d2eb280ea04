"""Verifications: codes and links with their tries."""

from typing import Protocol

from sojourn.factors.verification import Verification
from sojourn.ids import InstanceId, VerificationId
from sojourn.instant import Instant


class VerificationStore(Protocol):
    async def start(self, verification: Verification) -> None:
        """Insert the verification and expire every older unverified one of the same owner, so only the newest is valid
        (R-OTP-01).
        """
        ...

    async def find(self, instance_id: InstanceId, id: VerificationId) -> Verification | None: ...
    async def newest_of(self, instance_id: InstanceId, owner_id: str) -> Verification | None: ...
    async def spend_try(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        """Count a try and return the row; None if it is used, expired or out of tries.

        Never counts more than `max_tries`.
        """
        ...

    async def spend_all_tries(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        """As `spend_try`, with all tries that are left: exactly one of racing callers gets it, and it can still be consumed (R-OAU-01)."""
        ...

    async def consume(
        self, instance_id: InstanceId, id: VerificationId, proof_hash: bytes | None, now: Instant
    ) -> Verification | None:
        """Mark the verification verified and return it; None if unknown, used, expired, or the hash differs. Exactly
        one caller succeeds.

        `proof_hash` None consumes without comparing: the caller has checked another proof (the test code).
        """
        ...

    async def find_by_link(self, instance_id: InstanceId, link_hash: bytes) -> Verification | None: ...
    async def take_link(self, instance_id: InstanceId, link_hash: bytes, since: Instant) -> Verification | None:
        """Remove the unused link of a verification begun after `since` and return the row; exactly one of racing
        callers gets it.
        """
        ...

    async def admit(self, instance_id: InstanceId, link_hash: bytes, now: Instant) -> Verification | None:
        """Mark the link used and return the row; None if unknown, already used, expired or verified (R-OTP-02)."""
        ...
