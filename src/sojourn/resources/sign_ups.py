"""A sign-up: what is known of the person so far, and what is still missing."""

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


def sign_up(each: SignUp, instance: Instance, current: Verification | None, now: Instant) -> Resource:
    """The sign-up as its browser sees it. `current` is its newest e-mail challenge. A taken address looks like any other here (R-ENU-03)."""
    shown = backend_sign_up(each, instance, current, now)
    of_browsers: Resource = {"external_account": None, "external_account_strategy": None}
    return {**shown, "has_password": shown["password_enabled"], **of_browsers}


def backend_sign_up(each: SignUp, instance: Instance, current: Verification | None, now: Instant) -> Resource:
    """The sign-up as the Backend API shows it."""
    rules = instance.settings.sign_up
    complete = each.status is SignUpStatus.COMPLETE  # its password has moved to the user
    has_password = each.password is not None or (complete and rules.password == "required")
    email = None
    if each.email_address is not None:
        email = of_sign_up_email(current, verified_at=each.email_verified_at, now=now)
    return {
        "object": "sign_up_attempt",
        "id": each.id,
        "status": each.status_at(now).value,
        "required_fields": required_fields(rules),
        "optional_fields": optional_fields(rules),
        "missing_fields": [] if complete else missing_fields(each, rules),
        "unverified_fields": [] if complete else unverified_fields(each, rules),
        "verifications": {"email_address": email, "phone_number": None, "web3_wallet": None, "external_account": None},
        "username": each.username,
        "email_address": each.email_address,
        "phone_number": None,
        "web3_wallet": None,
        "password_enabled": has_password,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "unsafe_metadata": each.unsafe_metadata,
        "public_metadata": {},
        "custom_action": each.custom_action,
        "external_id": each.external_id,
        "created_session_id": each.created_session_id,
        "created_user_id": each.created_user_id,
        "abandon_at": each.abandon_at.millis,
        "legal_accepted_at": None,
        "locale": each.locale,
    }
