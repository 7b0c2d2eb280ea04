"""A user and their addresses: the user's own view, the Backend API's, and the public view (R-AUZ-04)."""

from collections.abc import Collection, Mapping

from sojourn.factors.verification import Verification
from sojourn.ids import IdentifierId
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource, millis
from sojourn.resources.verifications import of_identifier
from sojourn.users.images import avatar_url
from sojourn.users.user import Identifier, IdentifierKind, User

Challenges = Mapping[IdentifierId, Verification]
"""The pending verification of an address, if known."""

_NONE: Challenges = {}


def user_resource(
    user: User,
    instance: Instance,
    now: Instant,
    verifications: Challenges = _NONE,
    *,
    second_factors: Collection[str] = (),
) -> Resource:
    """The user as they see themselves, without `private_metadata`. `second_factors` are the strategies of `FactorSet.second_factors`."""
    shown = _shared(user, instance, now, verifications, second_factors)
    shown["mfa_enabled_at"] = None
    shown["mfa_disabled_at"] = None
    if user.create_organizations_limit is not None:
        shown["create_organizations_limit"] = user.create_organizations_limit
    return shown


def backend_user(user: User, instance: Instance, now: Instant, *, second_factors: Collection[str] = ()) -> Resource:
    """The user as the Backend API shows it."""
    shown = _shared(user, instance, now, _NONE, second_factors)
    shown["private_metadata"] = user.private_metadata
    shown["locale"] = user.locale
    shown["mfa_enabled_at"] = None
    shown["mfa_disabled_at"] = None
    shown["create_organizations_limit"] = user.create_organizations_limit
    shown["bypass_client_trust"] = user.bypass_client_trust
    return shown


def _shared(
    user: User, instance: Instance, now: Instant, verifications: Challenges, second_factors: Collection[str]
) -> Resource:
    locked = user.is_locked(now)
    tries = instance.settings.protection.lockout_tries
    picture = avatar_url(user, instance.public_url)
    return {
        "object": "user",
        "id": user.id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": picture,
        "profile_image_url": picture,
        "has_image": user.image_id is not None,
        "primary_email_address_id": user.primary_email_address_id,
        "primary_phone_number_id": user.primary_phone_number_id,
        "primary_web3_wallet_id": None,
        "password_enabled": user.password is not None,
        "password_last_updated_at": millis(user.password_changed_at),
        "two_factor_enabled": bool(second_factors),
        "totp_enabled": "totp" in second_factors,
        "backup_code_enabled": "backup_code" in second_factors,
        "email_addresses": [address_resource(own, now, verifications.get(own.id)) for own in user.email_addresses],
        "phone_numbers": [address_resource(own, now, verifications.get(own.id)) for own in user.phone_numbers],
        "web3_wallets": [],
        "passkeys": [],
        "organization_memberships": [],
        "external_accounts": [],
        "enterprise_accounts": [],
        "saml_accounts": [],
        "public_metadata": user.public_metadata,
        "unsafe_metadata": user.unsafe_metadata,
        "external_id": user.external_id,
        "last_sign_in_at": millis(user.last_sign_in_at),
        "last_active_at": millis(user.last_active_at),
        "banned": user.banned,
        "locked": locked,
        "lockout_expires_in_seconds": _seconds_locked(user, now) if locked else None,
        "verification_attempts_remaining": 0 if locked else max(0, tries - user.failed_tries),
        "delete_self_enabled": user.delete_self_enabled and instance.settings.delete_self,
        "create_organization_enabled": user.create_organization_enabled,
        "legal_accepted_at": millis(user.legal_accepted_at),
        "created_at": user.created_at.millis,
        "updated_at": user.updated_at.millis,
    }


def _seconds_locked(user: User, now: Instant) -> int | None:
    if user.locked_until is None:
        return None
    return max(0, int(user.locked_until.since(now).total_seconds()))


def address_resource(identifier: Identifier, now: Instant, current: Verification | None = None) -> Resource:
    """An `email_address` or `phone_number` object; `current` is its open challenge, if one is known."""
    shown: Resource = {
        "object": identifier.kind.value,
        "id": identifier.id,
        identifier.kind.value: identifier.value,
        "reserved": identifier.reserved,
        "verification": of_identifier(identifier, current, now),
        "linked_to": [],
        "created_at": identifier.created_at.millis,
        "updated_at": identifier.updated_at.millis,
    }
    if identifier.kind is IdentifierKind.EMAIL_ADDRESS:
        shown["matches_sso_connection"] = False
    else:
        shown |= {"reserved_for_second_factor": False, "default_second_factor": False, "backup_codes": None}
    return shown


def public_user_data(user: User, instance: Instance) -> Resource:
    """The public data of a session's user, enough for an account switcher."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": avatar_url(user, instance.public_url),
        "has_image": user.image_id is not None,
        "identifier": _best_identifier(user),
        "username": user.username,
        "user_id": user.id,
    }


def preview(user: User, instance: Instance) -> Resource:
    """The user data of a sign-in before any factor is verified."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "image_url": avatar_url(user, instance.public_url),
        "has_image": user.image_id is not None,
    }


def _best_identifier(user: User) -> str:
    primary = user.primary_email_address or user.primary_phone_number
    if primary is not None:
        return primary.value
    return user.username or user.id
