"""A verification: one challenge with tries and an expiry."""

from dataclasses import dataclass
from enum import StrEnum

from sojourn.ids import IdentifierId, InstanceId, VerificationId
from sojourn.instant import Instant


class VerificationStatus(StrEnum):
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    FAILED = "failed"
    EXPIRED = "expired"
    TRANSFERABLE = "transferable"


@dataclass(frozen=True, slots=True)
class Verification:
    """Belongs to one owner: a sign-in, a sign-up or an identifier (R-OTP-01).

    `strategy` is the wire name. `proof_hash` is the keyed hash of the code, None for a decoy, for which nothing is
    sent. `link_hash` is the hash of the secret in a link that admits the attempt's browser, if one was sent, and
    `admitted_at` the time of that (R-OTP-08).
    """

    id: VerificationId
    instance_id: InstanceId
    owner_id: str
    strategy: str
    status: VerificationStatus
    proof_hash: bytes | None
    tries: int
    max_tries: int
    created_at: Instant
    expire_at: Instant
    identifier_id: IdentifierId | None = None
    verified_at: Instant | None = None
    link_hash: bytes | None = None
    admitted_at: Instant | None = None

    def status_at(self, now: Instant) -> VerificationStatus:
        if self.status is not VerificationStatus.UNVERIFIED:
            return self.status
        if now >= self.expire_at:
            return VerificationStatus.EXPIRED
        return VerificationStatus.FAILED if self.tries >= self.max_tries else self.status
