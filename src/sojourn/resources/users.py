"""A user and their addresses: the person's own view, the administrator's, and what others may see (R-AUZ-04)."""

from collections.abc import Mapping

from sojourn.factors.verification import Verification
from sojourn.ids import IdentifierId
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource, millis
from sojourn.resources.verifications import of_identifier
from sojourn.users.images import avatar_url
from sojourn.users.user import Identifier, IdentifierKind, User

Challenges = Mapping[IdentifierId, Verification]
"""The open challenge of an address, where one is known."""

_NONE: Challenges = {}


def user(each: User, instance: Instance, now: Instant, verifications: Challenges = _NONE) -> Resource:
    """The user as they see themselves, without `private_metadata`."""
    shown = _shared(each, instance, now, verifications)
    shown["mfa_enabled_at"] = None
    shown["mfa_disabled_at"] = None
    if each.create_organizations_limit is not None:
        shown["create_organizations_limit"] = each.create_organizations_limit
    return shown


def backend_user(each: User, instance: Instance, now: Instant) -> Resource:
    """The user as the Backend API shows it."""
    shown = _shared(each, instance, now, _NONE)
    shown["private_metadata"] = each.private_metadata
    shown["locale"] = each.locale
    shown["mfa_enabled_at"] = None
    shown["mfa_disabled_at"] = None
    shown["create_organizations_limit"] = each.create_organizations_limit
    shown["bypass_client_trust"] = each.bypass_client_trust
    return shown


def _shared(each: User, instance: Instance, now: Instant, verifications: Challenges) -> Resource:
    locked = each.is_locked(now)
    tries = instance.settings.protection.lockout_tries
    picture = avatar_url(each, instance.public_url)
    return {
        "object": "user",
        "id": each.id,
        "username": each.username,
        "first_name": each.first_name,
        "last_name": each.last_name,
        "image_url": picture,
        "profile_image_url": picture,
        "has_image": each.image_id is not None,
        "primary_email_address_id": each.primary_email_address_id,
        "primary_phone_number_id": each.primary_phone_number_id,
        "primary_web3_wallet_id": None,
        "password_enabled": each.password is not None,
        "password_last_updated_at": millis(each.password_changed_at),
        "two_factor_enabled": False,
        "totp_enabled": False,
        "backup_code_enabled": False,
        "email_addresses": [address(own, now, verifications.get(own.id)) for own in each.email_addresses],
        "phone_numbers": [address(own, now, verifications.get(own.id)) for own in each.phone_numbers],
        "web3_wallets": [],
        "passkeys": [],
        "organization_memberships": [],
        "external_accounts": [],
        "enterprise_accounts": [],
        "saml_accounts": [],
        "public_metadata": each.public_metadata,
        "unsafe_metadata": each.unsafe_metadata,
        "external_id": each.external_id,
        "last_sign_in_at": millis(each.last_sign_in_at),
        "last_active_at": millis(each.last_active_at),
        "banned": each.banned,
        "locked": locked,
        "lockout_expires_in_seconds": _seconds_locked(each, now) if locked else None,
        "verification_attempts_remaining": 0 if locked else max(0, tries - each.failed_tries),
        "delete_self_enabled": each.delete_self_enabled and instance.settings.delete_self,
        "create_organization_enabled": each.create_organization_enabled,
        "legal_accepted_at": millis(each.legal_accepted_at),
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }


def _seconds_locked(each: User, now: Instant) -> int | None:
    if each.locked_until is None:
        return None
    return max(0, int(each.locked_until.since(now).total_seconds()))


def address(each: Identifier, now: Instant, current: Verification | None = None) -> Resource:
    """An `email_address` or `phone_number` object; `current` is its open challenge, if one is known."""
    shown: Resource = {
        "object": each.kind.value,
        "id": each.id,
        each.kind.value: each.value,
        "reserved": each.reserved,
        "verification": of_identifier(each, current, now),
        "linked_to": [],
        "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis,
    }
    if each.kind is IdentifierKind.EMAIL_ADDRESS:
        shown["matches_sso_connection"] = False
    else:
        shown |= {"reserved_for_second_factor": False, "default_second_factor": False, "backup_codes": None}
    return shown


def public_user_data(each: User, instance: Instance) -> Resource:
    """The public data of a session's user, enough for an account switcher."""
    return {
        "first_name": each.first_name,
        "last_name": each.last_name,
        "image_url": avatar_url(each, instance.public_url),
        "has_image": each.image_id is not None,
        "identifier": _best_identifier(each),
        "username": each.username,
        "user_id": each.id,
    }


def preview(each: User, instance: Instance) -> Resource:
    """The user data of a sign-in before any factor is verified."""
    return {
        "first_name": each.first_name,
        "last_name": each.last_name,
        "image_url": avatar_url(each, instance.public_url),
        "has_image": each.image_id is not None,
    }


def _best_identifier(each: User) -> str:
    primary = each.primary_email_address or each.primary_phone_number
    if primary is not None:
        return primary.value
    return each.username or each.id
