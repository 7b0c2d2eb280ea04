"""States: how a proof that comes as a query, from a provider or by a link in a mail, finds its challenge (R-OAU-01, R-OTP-02)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.factors.strategy import Purpose
from sojourn.factors.verification import Verification
from sojourn.ids import VerificationId, well_formed
from sojourn.secret import Secret

_MAX_LENGTH = 256

CONTINUING_PAGE = "/continue"
"""The hosted page that a link with `?state=` leads to: it asks, and then resumes the sign-in or sign-up."""


@dataclass(frozen=True, slots=True)
class States:
    """A state names a purpose and a challenge: `PURPOSE.VERIFICATION_ID.SIGNATURE`, with 256 bits of HMAC-SHA-256.

    The signature also covers the instance, the owner (a sign-in or sign-up, and so its browser) and the strategy of the
    challenge. The row of the challenge expires and is used up; no form of the state is stored. `keys` come from the root keys:
    the first signs, and any verifies.
    """

    keys: Sequence[bytes]

    def made(self, challenge: Verification, purpose: Purpose) -> Secret:
        """The state of the challenge, the same each time. Put it into the link or the address that the proof comes back with."""
        return Secret(f"{purpose.value}.{challenge.id}.{_signature(self.keys[0], challenge, purpose)}")

    def is_good(self, state: str, challenge: Verification) -> bool:
        named = named_by(state)
        if named is None or named[1] != challenge.id:
            return False
        signature = state.rpartition(".")[2].encode()
        return any(hmac.compare_digest(signature, _signature(key, challenge, named[0]).encode()) for key in self.keys)


def named_by(state: str) -> tuple[Purpose, VerificationId] | None:
    """The purpose and challenge that a state claims, before its signature is checked; None if it is malformed."""
    parts = state.split(".") if len(state) <= _MAX_LENGTH and state.isascii() else []
    if len(parts) != 3 or parts[0] not in set(Purpose) or not well_formed(parts[1]):
        return None
    return Purpose(parts[0]), VerificationId(parts[1])


def _signature(key: bytes, challenge: Verification, purpose: Purpose) -> str:
    parts = (purpose.value, challenge.instance_id, challenge.owner_id, challenge.strategy, challenge.id)
    return urlsafe_b64encode(Secret("\0".join(parts)).keyed_form(key)).rstrip(b"=").decode("ascii")
