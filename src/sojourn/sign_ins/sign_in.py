"""A sign-in: the attempt of somebody to start a session. Statuses and legal moves, pure.

    needs_identifier ─> needs_first_factor ─┬─> complete
                              │             └─> needs_second_factor ─> complete
                              └─ (reset code) ─> needs_new_password ─> complete

Every attempt is abandoned at `abandon_at`, ten minutes after it began (R-FLOW-03).
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from sojourn.errors import VerificationExpired, WrongStep
from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, UserId, VerificationId
from sojourn.instant import Instant


class SignInStatus(StrEnum):
    NEEDS_IDENTIFIER = "needs_identifier"
    NEEDS_FIRST_FACTOR = "needs_first_factor"
    NEEDS_SECOND_FACTOR = "needs_second_factor"
    NEEDS_NEW_PASSWORD = "needs_new_password"
    COMPLETE = "complete"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class SignIn:
    """`identifier` is what was typed, normalised. `user_id` is None for a decoy: nobody has that identifier, and in
    strict protection nothing may tell (R-ENU-01)."""

    id: SignInId
    instance_id: InstanceId
    client_id: ClientId
    status: SignInStatus
    identifier: str | None
    user_id: UserId | None
    created_at: Instant
    updated_at: Instant
    abandon_at: Instant
    strategy: str | None = None
    verification_id: VerificationId | None = None
    created_session_id: SessionId | None = None

    def status_at(self, now: Instant) -> SignInStatus:
        if self.status is SignInStatus.COMPLETE or now < self.abandon_at:
            return self.status
        return SignInStatus.ABANDONED


def require(sign_in: SignIn, status: SignInStatus, now: Instant) -> None:
    """Raises: VerificationExpired once abandoned, WrongStep when it is at another step."""
    actual = sign_in.status_at(now)
    if actual is SignInStatus.ABANDONED:
        raise VerificationExpired()
    if actual is not status:
        raise WrongStep()


def after_reset_code(sign_in: SignIn, now: Instant) -> SignIn:
    """The sign-in once a reset code is proven: a new password is owed, no session exists (R-FLOW-02)."""
    require(sign_in, SignInStatus.NEEDS_FIRST_FACTOR, now)
    return replace(sign_in, status=SignInStatus.NEEDS_NEW_PASSWORD, updated_at=now)


def completed(sign_in: SignIn, session_id: SessionId, now: Instant) -> SignIn:
    return replace(sign_in, status=SignInStatus.COMPLETE, created_session_id=session_id, updated_at=now)
