"""Users, as the admin API shows them. No shape holds a password or its hash (R-PWD-13)."""

from collections.abc import Collection
from typing import Any

import msgspec

from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import millis
from sojourn.users.images import avatar_url
from sojourn.users.user import Identifier, User
from sojourn.web.parsing.field_types import JsonObject


class UserRow(msgspec.Struct, kw_only=True):
    """One user of a list. `delete_at` says when a deletion that was asked for becomes final."""

    id: str
    username: str | None
    first_name: str | None
    last_name: str | None
    email_address: str | None
    email_address_verified: bool
    phone_number: str | None
    image_url: str
    banned: bool
    locked: bool
    delete_at: int | None
    created_at: int
    last_sign_in_at: int | None
    last_active_at: int | None


class UserRowPage(msgspec.Struct, kw_only=True):
    data: list[UserRow]
    next_cursor: str | None


class CountedUsers(msgspec.Struct, kw_only=True):
    total_count: int
    is_exact: bool


class UserAddress(msgspec.Struct, kw_only=True):
    """`strategy` is the wire name of what verified the address; `admin` means an administrator or a server."""

    id: str
    kind: str
    value: str
    verified: bool
    reserved: bool
    primary: bool
    strategy: str | None
    created_at: int


class UserDetail(UserRow, kw_only=True):
    """`password_refused` is true while a new password is demanded. `live_sessions` counts those that are signed in now."""

    external_id: str | None
    locale: str | None
    addresses: list[UserAddress]
    ban_reason: str | None
    locked_at: int | None
    locked_until: int | None
    failed_tries: int
    password_enabled: bool
    password_changed_at: int | None
    password_refused: bool
    second_factors: list[str]
    live_sessions: int
    sessions: int
    public_metadata: JsonObject
    private_metadata: JsonObject
    unsafe_metadata: JsonObject
    metadata_limit_bytes: int
    legal_accepted_at: int | None
    updated_at: int


def user_row(user: User, instance: Instance, now: Instant) -> UserRow:
    return UserRow(**_of_row(user, instance, now))


def _of_row(user: User, instance: Instance, now: Instant) -> dict[str, Any]:
    email, phone = user.primary_email_address, user.primary_phone_number
    email = email or next(iter(user.email_addresses), None)
    return {
        "id": user.id,
        "username": user.username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email_address": None if email is None else email.value,
        "email_address_verified": email is not None and email.is_verified,
        "phone_number": None if phone is None else phone.value,
        "image_url": avatar_url(user, instance.public_url),
        "banned": user.banned,
        "locked": user.is_locked(now),
        "delete_at": millis(user.delete_at),
        "created_at": user.created_at.millis,
        "last_sign_in_at": millis(user.last_sign_in_at),
        "last_active_at": millis(user.last_active_at),
    }


def user_detail(
    user: User,
    instance: Instance,
    now: Instant,
    *,
    second_factors: Collection[str],
    live_sessions: int,
    sessions: int,
    metadata_limit: int,
) -> UserDetail:
    primary = {user.primary_email_address_id, user.primary_phone_number_id}
    return UserDetail(
        **_of_row(user, instance, now),
        external_id=user.external_id,
        locale=user.locale,
        addresses=[_address(each, primary=each.id in primary) for each in user.identifiers],
        ban_reason=user.ban_reason,
        locked_at=millis(user.locked_at),
        locked_until=millis(user.locked_until),
        failed_tries=user.failed_tries,
        password_enabled=user.password is not None,
        password_changed_at=millis(user.password_changed_at),
        password_refused=user.password_compromised_at is not None,
        second_factors=sorted(second_factors),
        live_sessions=live_sessions,
        sessions=sessions,
        public_metadata=dict(user.public_metadata),
        private_metadata=dict(user.private_metadata),
        unsafe_metadata=dict(user.unsafe_metadata),
        metadata_limit_bytes=metadata_limit,
        legal_accepted_at=millis(user.legal_accepted_at),
        updated_at=user.updated_at.millis,
    )


def _address(identifier: Identifier, *, primary: bool) -> UserAddress:
    return UserAddress(
        id=identifier.id,
        kind=identifier.kind.value,
        value=identifier.value,
        verified=identifier.is_verified,
        reserved=identifier.reserved,
        primary=primary,
        strategy=identifier.verification_strategy,
        created_at=identifier.created_at.millis,
    )
