"""A sign-in: its status, the factors to try next, and the proven ones."""

from collections.abc import Sequence

from sojourn.factors.offer import Offer
from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.resources.users import preview
from sojourn.resources.verifications import proven_by, verification_resource
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.users.user import User


def sign_in_resource(
    sign_in: SignIn,
    instance: Instance,
    now: Instant,
    *,
    user: User | None,
    current: Verification | None,
    factors: Sequence[Offer],
    second: Verification | None = None,
    second_factors: Sequence[Offer] | None = None,
) -> Resource:
    """`user` is shown before any factor is proven: None if unknown, and in strict protection (R-ENU-01).

    `second_factors` is None until the first is proven.
    """
    status = sign_in.status_at(now)
    return {
        "object": "sign_in_attempt",
        "id": sign_in.id,
        "status": status.value,
        "supported_identifiers": supported_identifiers(instance),
        "supported_first_factors": [factor(offer) for offer in factors] if sign_in.identifier else None,
        "supported_second_factors": None if second_factors is None else [factor(offer) for offer in second_factors],
        "first_factor_verification": _proof(sign_in, current, now),
        "second_factor_verification": _second_proof(sign_in, second, now),
        "identifier": sign_in.identifier,
        "user_data": None if user is None else preview(user, instance),
        "created_session_id": sign_in.created_session_id,
        "abandon_at": sign_in.abandon_at.millis,
    }


def supported_identifiers(instance: Instance) -> list[str]:
    has_usernames = instance.settings.sign_up.username != "off"
    return ["email_address", "username"] if has_usernames else ["email_address"]


def factor(offer: Offer) -> Resource:
    if offer.identifier_id is None:
        return {"strategy": offer.strategy}
    return {
        "strategy": offer.strategy,
        f"{offer.identifier_kind.value}_id": offer.identifier_id,
        "safe_identifier": offer.safe_identifier or "",
        "primary": offer.primary,
    }


def _proof(sign_in: SignIn, current: Verification | None, now: Instant) -> Resource | None:
    if current is not None and (sign_in.strategy is None or current.strategy == sign_in.strategy):
        return verification_resource(current, now)
    is_proven = sign_in.status in (SignInStatus.COMPLETE, SignInStatus.NEEDS_SECOND_FACTOR)
    return proven_by(sign_in.strategy, sign_in.updated_at) if is_proven and sign_in.strategy is not None else None


def _second_proof(sign_in: SignIn, current: Verification | None, now: Instant) -> Resource | None:
    if current is not None and current.strategy == sign_in.second_strategy:
        return verification_resource(current, now)
    is_proven = sign_in.status is SignInStatus.COMPLETE and sign_in.second_strategy is not None
    return proven_by(sign_in.second_strategy or "", sign_in.updated_at) if is_proven else None
