"""A sign-in: an attempt to start a session. Statuses and legal transitions, pure.

    needs_identifier ─> needs_first_factor ─> [what is still owed, in order] ─> complete
                                              needs_second_factor
                                              needs_new_password

The steps still owed are an ordered tuple, which `owed_after` derives from facts about the user. After a reset code the new
password comes before the second factor; a compromised password is replaced after the second factor.

Every attempt is abandoned at `abandon_at`, ten minutes after it began (R-FLOW-03). Every status other than the first is reached by
a function of this module: a test of the source says that nothing else writes one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from sojourn.errors import VerificationExpired, WrongStep
from sojourn.factors.strategy import Level
from sojourn.ids import ClientId, InstanceId, SessionId, SignInId, UserId, VerificationId, sign_in_id
from sojourn.instant import Instant

LIFE = timedelta(minutes=10)


class SignInStatus(StrEnum):
    NEEDS_IDENTIFIER = "needs_identifier"
    NEEDS_FIRST_FACTOR = "needs_first_factor"
    NEEDS_SECOND_FACTOR = "needs_second_factor"
    NEEDS_NEW_PASSWORD = "needs_new_password"
    COMPLETE = "complete"
    ABANDONED = "abandoned"


class Step(StrEnum):
    """A step that can be owed after the first factor, named like the status in which the sign-in waits for it."""

    SECOND_FACTOR = "needs_second_factor"
    NEW_PASSWORD = "needs_new_password"

    @property
    def status(self) -> SignInStatus:
        return SignInStatus(self.value)


@dataclass(frozen=True, slots=True)
class SignIn:
    """`identifier` is the typed identifier, normalised. `user_id` is None for a decoy: no user has that identifier, and in
    strict protection no response may reveal that (R-ENU-01)."""

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
    second_strategy: str | None = None
    second_verification_id: VerificationId | None = None

    def status_at(self, now: Instant) -> SignInStatus:
        if self.status is SignInStatus.COMPLETE or now < self.abandon_at:
            return self.status
        return SignInStatus.ABANDONED


def begun(
    instance_id: InstanceId, client_id: ClientId, now: Instant, *, identifier: str | None, user_id: UserId | None
) -> SignIn:
    """A new sign-in, which waits for its first factor, or for an identifier if none was given."""
    return SignIn(
        id=sign_in_id(),
        instance_id=instance_id,
        client_id=client_id,
        status=SignInStatus.NEEDS_IDENTIFIER
        if identifier is None and user_id is None
        else SignInStatus.NEEDS_FIRST_FACTOR,
        identifier=identifier,
        user_id=user_id,
        created_at=now,
        updated_at=now,
        abandon_at=now + LIFE,
    )


def require(sign_in: SignIn, status: SignInStatus, now: Instant) -> None:
    """Raises: VerificationExpired once abandoned, WrongStep if the sign-in is at another step."""
    actual = sign_in.status_at(now)
    if actual is SignInStatus.ABANDONED:
        raise VerificationExpired()
    if actual is not status:
        raise WrongStep()


def owed_after(*, by_reset_code: bool, has_second_factor: bool, is_compromised: bool = False) -> tuple[Step, ...]:
    """The steps that are owed once the first factor is proven, in the order in which they are asked for (R-FLOW-02)."""
    second = (Step.SECOND_FACTOR,) if has_second_factor else ()
    if by_reset_code:
        return (Step.NEW_PASSWORD, *second)
    return (*second, Step.NEW_PASSWORD) if is_compromised else second


def waiting_for(level: Level) -> SignInStatus:
    """The status in which the sign-in waits for a factor of this level."""
    return SignInStatus.NEEDS_FIRST_FACTOR if level is Level.FIRST else SignInStatus.NEEDS_SECOND_FACTOR


def challenge_of(sign_in: SignIn, level: Level) -> tuple[str | None, VerificationId | None]:
    """The strategy of the level, and the challenge that waits for its answer."""
    if level is Level.FIRST:
        return sign_in.strategy, sign_in.verification_id
    return sign_in.second_strategy, sign_in.second_verification_id


def with_challenge(
    sign_in: SignIn, level: Level, strategy: str, id: VerificationId, now: Instant, *, identifies: bool = False
) -> SignIn:
    """The sign-in once something is sent, to be answered. `identifies`: the answer says who it is, so no identifier is given.

    Raises: WrongStep, VerificationExpired.
    """
    require(sign_in, SignInStatus.NEEDS_IDENTIFIER if identifies else waiting_for(level), now)
    if level is Level.FIRST:
        return replace(sign_in, strategy=strategy, verification_id=id, updated_at=now)
    return replace(sign_in, second_strategy=strategy, second_verification_id=id, updated_at=now)


def after_identifier(sign_in: SignIn, identifier: str, user_id: UserId | None, now: Instant) -> SignIn:
    """The sign-in once it is known who wants to sign in. Raises: WrongStep, VerificationExpired."""
    require(sign_in, SignInStatus.NEEDS_IDENTIFIER, now)
    return replace(
        sign_in, status=SignInStatus.NEEDS_FIRST_FACTOR, identifier=identifier, user_id=user_id, updated_at=now
    )


def after_first_factor(sign_in: SignIn, owed: Sequence[Step], now: Instant) -> SignIn:
    """The sign-in once its first factor is proven; `owed` lists the remaining steps in order (R-FLOW-02, R-FLOW-05).

    Raises: WrongStep, VerificationExpired.
    """
    return _moved_on(sign_in, SignInStatus.NEEDS_FIRST_FACTOR, owed, now)


def after_second_factor(sign_in: SignIn, owed: Sequence[Step], now: Instant) -> SignIn:
    """Raises: as `after_first_factor`; WrongStep too where a second factor is still owed."""
    return _moved_on(sign_in, SignInStatus.NEEDS_SECOND_FACTOR, owed, now)


def after_new_password(sign_in: SignIn, owed: Sequence[Step], now: Instant) -> SignIn:
    """Raises: as `after_first_factor`; WrongStep too where a new password is still owed."""
    return _moved_on(sign_in, SignInStatus.NEEDS_NEW_PASSWORD, owed, now)


def with_session(sign_in: SignIn, session_id: SessionId) -> SignIn:
    """A complete sign-in with the session that it has started. Raises: WrongStep (not complete, or it has one)."""
    if sign_in.status is not SignInStatus.COMPLETE or sign_in.created_session_id is not None:
        raise WrongStep()
    return replace(sign_in, created_session_id=session_id)


def _moved_on(sign_in: SignIn, done: SignInStatus, owed: Sequence[Step], now: Instant) -> SignIn:
    require(sign_in, done, now)
    reached = owed[0].status if owed else SignInStatus.COMPLETE
    if done in {step.status for step in owed}:  # the step just done cannot be owed again
        raise WrongStep()
    return replace(sign_in, status=reached, updated_at=now)
