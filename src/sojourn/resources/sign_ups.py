"""A sign-up: the fields given so far, and the missing ones."""

from collections.abc import Sequence

from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.resources.verifications import of_sign_up_email
from sojourn.sign_ups.sign_up import (
    SignUp,
    SignUpStatus,
    missing_fields,
    optional_fields,
    required_fields,
    unverified_fields,
)


def sign_up_resource(
    sign_up: SignUp, instance: Instance, current: Verification | None, strategies: Sequence[str], now: Instant
) -> Resource:
    """The sign-up as its browser sees it. A taken address looks like any other here (R-ENU-03).

    `current` is its newest e-mail challenge, and `strategies` are those that can verify its address.
    """
    shown = backend_sign_up(sign_up, instance, current, strategies, now)
    of_browsers: Resource = {"external_account": None, "external_account_strategy": None}
    return {**shown, "has_password": shown["password_enabled"], **of_browsers}


def backend_sign_up(
    sign_up: SignUp, instance: Instance, current: Verification | None, strategies: Sequence[str], now: Instant
) -> Resource:
    """The sign-up as the Backend API shows it."""
    rules = instance.settings.sign_up
    complete = sign_up.status is SignUpStatus.COMPLETE  # its password was moved to the user
    has_password = sign_up.password is not None or (complete and rules.password == "required")
    email = None
    if sign_up.email_address is not None:
        email = of_sign_up_email(current, strategies, verified_at=sign_up.email_verified_at, now=now)
    return {
        "object": "sign_up_attempt",
        "id": sign_up.id,
        "status": sign_up.status_at(now).value,
        "required_fields": required_fields(rules),
        "optional_fields": optional_fields(rules),
        "missing_fields": [] if complete else missing_fields(sign_up, rules),
        "unverified_fields": [] if complete else unverified_fields(sign_up, rules),
        "verifications": {"email_address": email, "phone_number": None, "web3_wallet": None, "external_account": None},
        "username": sign_up.username,
        "email_address": sign_up.email_address,
        "phone_number": None,
        "web3_wallet": None,
        "password_enabled": has_password,
        "first_name": sign_up.first_name,
        "last_name": sign_up.last_name,
        "unsafe_metadata": sign_up.unsafe_metadata,
        "public_metadata": {},
        "custom_action": sign_up.custom_action,
        "external_id": sign_up.external_id,
        "created_session_id": sign_up.created_session_id,
        "created_user_id": sign_up.created_user_id,
        "abandon_at": sign_up.abandon_at.millis,
        "legal_accepted_at": None,
        "locale": sign_up.locale,
    }
