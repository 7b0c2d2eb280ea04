"""Verification objects inside e-mail addresses, sign-ins and sign-ups."""

from collections.abc import Sequence

from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.users.user import Identifier

_OBJECTS = {
    "password": "verification_password",
    "ticket": "verification_ticket",
    "admin": "verification_admin",
    "totp": "verification_totp",
    "backup_code": "verification_backup_code",
}
"""The `object` names of verifications of these strategies; those of all others, which send a code, have one common name."""


def verification_resource(verification: Verification, now: Instant) -> Resource:
    """A verification with its status at `now`."""
    return _shape(
        verification.strategy, verification.status_at(now).value, verification.tries, verification.expire_at.millis
    )


def backend_verification(verification: Verification, now: Instant) -> Resource:
    """As `verification_resource`, with its ID, for the Backend API."""
    return {"id": verification.id, **verification_resource(verification, now)}


def proven_by(strategy: str, at: Instant | None = None) -> Resource:
    """A proof without a challenge: a password, a ticket, or a confirmation by a server."""
    return _shape(strategy, VerificationStatus.VERIFIED.value, None, None if at is None else at.millis)


def of_identifier(identifier: Identifier, current: Verification | None, now: Instant) -> Resource | None:
    """How an address was proven, or else its pending verification, or None if nothing has been sent yet."""
    if identifier.verified_at is not None:
        strategy = identifier.verification_strategy or "admin"
        coded = strategy.endswith("_code")  # a code always had an expiry, and documents require it
        return _shape(strategy, "verified", None, identifier.verified_at.millis if coded else None)
    return None if current is None else verification_resource(current, now)


def of_sign_up_email(
    current: Verification | None, strategies: Sequence[str], *, verified_at: Instant | None, now: Instant
) -> Resource | None:
    """The e-mail verification of a sign-up with the step that is due, and the strategies that can take it.

    None before the first code is sent: components take an unverified `email_code` as "already sent" and would wait.
    """
    supported = list(strategies)
    if verified_at is not None:
        strategy = current.strategy if current else "ticket"
        proven = _shape(strategy, "verified", current.tries if current else None, verified_at.millis)
        return {**proven, "next_action": "", "supported_strategies": supported}
    if current is None:
        return None
    open_now = current.status_at(now) is VerificationStatus.UNVERIFIED
    due = "needs_attempt" if open_now else "needs_prepare"
    return {**verification_resource(current, now), "next_action": due, "supported_strategies": supported}


def _shape(strategy: str, status: str, tries: int | None, expire_at: int | None) -> Resource:
    return {
        "object": _OBJECTS.get(strategy, "verification_otp"),
        "status": status,
        "strategy": strategy,
        "attempts": tries,
        "expire_at": expire_at,
    }
