"""A sign-in: its step, what may be tried next, and what has been proven."""

from collections.abc import Sequence

from sojourn.factors.offer import Offer
from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.resources.users import preview
from sojourn.resources.verifications import proven_by, verification
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.users.user import User


def sign_in(
    each: SignIn,
    instance: Instance,
    now: Instant,
    *,
    user: User | None,
    current: Verification | None,
    factors: Sequence[Offer],
    second: Verification | None = None,
    second_factors: Sequence[Offer] | None = None,
) -> Resource:
    """`user` is who may be shown before anything is proven: None for nobody, and in strict protection (R-ENU-01).

    `second_factors` is None until the first is proven.
    """
    status = each.status_at(now)
    return {
        "object": "sign_in_attempt",
        "id": each.id,
        "status": status.value,
        "supported_identifiers": supported_identifiers(instance),
        "supported_first_factors": [factor(offer) for offer in factors] if each.identifier else None,
        "supported_second_factors": None if second_factors is None else [factor(offer) for offer in second_factors],
        "first_factor_verification": _proof(each, current, now),
        "second_factor_verification": _second_proof(each, second, now),
        "identifier": each.identifier,
        "user_data": None if user is None else preview(user, instance),
        "created_session_id": each.created_session_id,
        "abandon_at": each.abandon_at.millis,
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


def _proof(each: SignIn, current: Verification | None, now: Instant) -> Resource | None:
    if current is not None and (each.strategy is None or current.strategy == each.strategy):
        return verification(current, now)
    is_proven = each.status in (SignInStatus.COMPLETE, SignInStatus.NEEDS_SECOND_FACTOR)
    return proven_by(each.strategy, each.updated_at) if is_proven and each.strategy is not None else None


def _second_proof(each: SignIn, current: Verification | None, now: Instant) -> Resource | None:
    if current is not None and current.strategy == each.second_strategy:
        return verification(current, now)
    is_proven = each.status is SignInStatus.COMPLETE and each.second_strategy is not None
    return proven_by(each.second_strategy or "", each.updated_at) if is_proven else None
