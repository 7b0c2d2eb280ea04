"""Verifications: codes and links with their tries."""

from typing import Protocol

from sojourn.factors.verification import Verification
from sojourn.ids import InstanceId, VerificationId
from sojourn.instant import Instant


class VerificationStore(Protocol):
    async def start(self, verification: Verification) -> None:
        """Insert it; every unverified older one of the same owner is expired, so only the newest is valid (R-OTP-01)."""
        ...

    async def find(self, instance_id: InstanceId, id: VerificationId) -> Verification | None: ...
    async def newest_of(self, instance_id: InstanceId, owner_id: str) -> Verification | None: ...
    async def spend_try(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        """Count a try and return the row; None when it is used, expired or out of tries. Never more than `max_tries` in all."""
        ...

    async def consume(
        self, instance_id: InstanceId, id: VerificationId, proof_hash: bytes | None, now: Instant
    ) -> Verification | None:
        """Mark it verified and return it; None when unknown, used, expired or the hash differs. Exactly one caller gets it.

        `proof_hash` None consumes without comparing: the caller has checked another proof (the test code).
        """
        ...

    async def find_by_link(self, instance_id: InstanceId, link_hash: bytes) -> Verification | None: ...
    async def take_link(self, instance_id: InstanceId, link_hash: bytes, since: Instant) -> Verification | None:
        """Take the link away from a challenge begun after `since` that it has not admitted yet; exactly one of racing callers gets it."""
        ...

    async def admit(self, instance_id: InstanceId, link_hash: bytes, now: Instant) -> Verification | None:
        """Note that the link was used and return the row; None when unknown, used already, expired or verified (R-OTP-02)."""
        ...
