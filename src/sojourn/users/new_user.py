"""Input for creating or updating a user through the Backend API, with its pure validation (wire protocol 8.5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from msgspec import UNSET, UnsetType

from sojourn.errors import FieldError, FieldFormat, FieldMissing, FieldTooLong, IdentifierTaken, Json
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import IdentifierId, InstanceId, UserId, identifier_id, user_id
from sojourn.instant import Instant
from sojourn.users.identifiers import normal_email, normal_name, normal_phone, normal_username
from sojourn.users.metadata import checked_metadata
from sojourn.users.user import Identifier, IdentifierKind, User

ADMIN = "admin"
"""The strategy of an address that a server declared verified."""

MAX_ADDRESSES = 50
"""E-mail addresses or phone numbers of one user."""

Status = Literal["verified", "reserved", "unverified"]

_EXTERNAL_ID = 255
_LOCALE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """`password` or (`password_digest`, `password_hasher`).

    Addresses count as verified unless their status differs; give one status per address, or none. A reserved address is
    not verified but still identifies its user; an unverified one identifies nobody until it is verified.
    """

    email_addresses: Sequence[str] = ()
    email_address_statuses: Sequence[Status] = ()
    phone_numbers: Sequence[str] = ()
    phone_number_statuses: Sequence[Status] = ()
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    external_id: str | None = None
    locale: str | None = None
    password: str | None = None
    password_digest: str | None = None
    password_hasher: str | None = None
    skip_password_checks: bool = False
    skip_password_requirement: bool = False
    skip_user_requirement: bool = False
    public_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    private_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    unsafe_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    delete_self_enabled: bool = True
    create_organization_enabled: bool = True
    create_organizations_limit: int | None = None
    bypass_client_trust: bool = False
    legal_accepted_at: Instant | None = None
    created_at: Instant | None = None
    banned: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """UNSET keeps a field, None clears it. Metadata given here replaces the whole object instead of merging."""

    username: str | None | UnsetType = UNSET
    first_name: str | None | UnsetType = UNSET
    last_name: str | None | UnsetType = UNSET
    external_id: str | None | UnsetType = UNSET
    locale: str | None | UnsetType = UNSET
    primary_email_address_id: str | UnsetType = UNSET
    primary_phone_number_id: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    password_digest: str | UnsetType = UNSET
    password_hasher: str | UnsetType = UNSET
    skip_password_checks: bool = False
    sign_out_of_other_sessions: bool = True
    public_metadata: Mapping[str, Json] | UnsetType = UNSET
    private_metadata: Mapping[str, Json] | UnsetType = UNSET
    unsafe_metadata: Mapping[str, Json] | UnsetType = UNSET
    delete_self_enabled: bool | UnsetType = UNSET
    create_organization_enabled: bool | UnsetType = UNSET
    create_organizations_limit: int | None | UnsetType = UNSET
    bypass_client_trust: bool | UnsetType = UNSET
    legal_accepted_at: Instant | None | UnsetType = UNSET
    created_at: Instant | UnsetType = UNSET


def built_user(instance_id: InstanceId, new: NewUser, password: StoredPassword | None, now: Instant) -> User:
    """The user that `new` describes, with every field checked. Raises: FieldError and its subclasses."""
    id = user_id()
    emails = _addresses(
        instance_id, id, IdentifierKind.EMAIL_ADDRESS, new.email_addresses, new.email_address_statuses, now
    )
    phones = _addresses(
        instance_id,
        id,
        IdentifierKind.PHONE_NUMBER,
        new.phone_numbers,
        new.phone_number_statuses,
        now,
        after=len(emails),
    )
    if not emails and not phones and not new.username and not new.skip_user_requirement:
        raise FieldMissing("email_address")
    bare = User(
        id=id,
        instance_id=instance_id,
        created_at=now,
        updated_at=now,
        password=password,
        password_changed_at=now if password else None,
        primary_email_address_id=_primary(emails),
        primary_phone_number_id=_primary(phones),
        banned=new.banned,
        locked_at=now if new.locked else None,
        identifiers=(*emails, *phones),
    )
    changes = UserChanges(
        username=new.username,
        first_name=new.first_name,
        last_name=new.last_name,
        external_id=new.external_id,
        locale=new.locale,
        public_metadata=new.public_metadata,
        private_metadata=new.private_metadata,
        unsafe_metadata=new.unsafe_metadata,
        delete_self_enabled=new.delete_self_enabled,
        create_organization_enabled=new.create_organization_enabled,
        create_organizations_limit=new.create_organizations_limit,
        bypass_client_trust=new.bypass_client_trust,
        legal_accepted_at=new.legal_accepted_at,
        created_at=new.created_at or now,
    )
    return changed_user(bare, changes, now)


def changed_user(user: User, changes: UserChanges, now: Instant) -> User:
    """The user with every change except password and primary addresses. Raises: FieldError and its subclasses."""
    names = _changed_names(user, changes)
    return replace(
        names,
        external_id=checked_external_id(changes.external_id, user.external_id),
        locale=_locale(changes.locale, user.locale),
        public_metadata=_metadata(changes.public_metadata, user.public_metadata, "public_metadata"),
        private_metadata=_metadata(changes.private_metadata, user.private_metadata, "private_metadata"),
        unsafe_metadata=_metadata(changes.unsafe_metadata, user.unsafe_metadata, "unsafe_metadata"),
        delete_self_enabled=_given(changes.delete_self_enabled, user.delete_self_enabled),
        create_organization_enabled=_given(changes.create_organization_enabled, user.create_organization_enabled),
        create_organizations_limit=_organizations_limit(changes, user),
        bypass_client_trust=_given(changes.bypass_client_trust, user.bypass_client_trust),
        legal_accepted_at=_past(changes.legal_accepted_at, user.legal_accepted_at, "legal_accepted_at", now),
        created_at=_past(changes.created_at, user.created_at, "created_at", now) or user.created_at,
    )


def _changed_names(user: User, changes: UserChanges) -> User:
    username, key = user.username, user.username_key
    if not isinstance(changes.username, UnsetType):
        name = normal_username(changes.username, param="username") if changes.username else None
        username, key = (name.name, name.canonical) if name else (None, None)
        if name is None and user.username and not user.identifiers:
            raise FieldError("The only name this user has cannot be removed.", param="username")
    return replace(
        user,
        username=username,
        username_key=key,
        first_name=_person_name(changes.first_name, user.first_name, "first_name"),
        last_name=_person_name(changes.last_name, user.last_name, "last_name"),
    )


def _addresses(
    instance_id: InstanceId,
    owner: UserId,
    kind: IdentifierKind,
    values: Sequence[str],
    statuses: Sequence[Status],
    now: Instant,
    *,
    after: int = 0,
) -> list[Identifier]:
    if len(values) > MAX_ADDRESSES:
        raise FieldError(f"A user has at most {MAX_ADDRESSES} of these.", param=kind.value)
    if statuses and len(statuses) != len(values):
        param = f"{kind.value}_identification_status"
        raise FieldError(f"{param} must hold one status for each {kind.value}.", param=param)
    made: list[Identifier] = []
    for place, value in enumerate(values):
        status: Status = statuses[place] if statuses else "verified"
        at = Instant(now.millis + after + place)  # the order is oldest first, so each one gets a slightly later time
        address = new_address(instance_id, owner, kind, value, at, strategy=ADMIN if status == "verified" else None)
        if any(address.canonical == other.canonical for other in made):
            raise IdentifierTaken("The same address is given twice.", param=kind.value)
        made.append(replace(address, reserved=status == "reserved"))
    return made


def _primary(addresses: Sequence[Identifier]) -> IdentifierId | None:
    return next((address.id for address in addresses if address.is_held), None)


def new_address(
    instance_id: InstanceId, owner: UserId, kind: IdentifierKind, value: str, now: Instant, *, strategy: str | None
) -> Identifier:
    """An address of `owner`; `strategy` is the wire name of the strategy that verified it, None if unverified."""
    if kind is IdentifierKind.EMAIL_ADDRESS:
        email = normal_email(value, param=kind.value)
        spelled, canonical = email.address, email.canonical
    else:
        phone = normal_phone(value, param=kind.value)
        spelled = canonical = phone.canonical
    return Identifier(
        id=identifier_id(),
        instance_id=instance_id,
        user_id=owner,
        kind=kind,
        value=spelled,
        canonical=canonical,
        verified_at=now if strategy else None,
        verification_strategy=strategy,
        reserved=False,
        created_at=now,
        updated_at=now,
    )


def _given(value: T | UnsetType, current: T) -> T:
    return current if isinstance(value, UnsetType) else value


def _person_name(value: str | None | UnsetType, current: str | None, param: str) -> str | None:
    if isinstance(value, UnsetType):
        return current
    return normal_name(value, param=param) or None if value else None


def checked_external_id(value: str | None | UnsetType, current: str | None) -> str | None:
    """UNSET keeps the value, None or an empty text clears it. Raises: FieldTooLong, FieldFormat."""
    if isinstance(value, UnsetType):
        return current
    if not value:
        return None
    if len(value) > _EXTERNAL_ID:
        raise FieldTooLong("external_id", _EXTERNAL_ID)
    if _CONTROL.search(value):
        raise FieldFormat("external_id must not hold control characters.", param="external_id")
    return value


def _locale(value: str | None | UnsetType, current: str | None) -> str | None:
    if isinstance(value, UnsetType):
        return current
    if not value:
        return None
    if len(value) > 35 or _LOCALE.fullmatch(value) is None:
        raise FieldFormat("locale must look like en or en-US.", param="locale")
    return value


def _organizations_limit(changes: UserChanges, user: User) -> int | None:
    limit = _given(changes.create_organizations_limit, user.create_organizations_limit)
    if limit is not None and not 0 <= limit <= 1_000_000:
        raise FieldError("create_organizations_limit must be 0 (no limit) or more.", param="create_organizations_limit")
    return limit


def _metadata(value: Mapping[str, Json] | UnsetType, current: Mapping[str, Json], param: str) -> Mapping[str, Json]:
    return current if isinstance(value, UnsetType) else checked_metadata(value, param)


def _past(value: Instant | None | UnsetType, current: Instant | None, param: str, now: Instant) -> Instant | None:
    if isinstance(value, UnsetType):
        return current
    if value is not None and not Instant(0) <= value <= now:
        raise FieldError(f"{param} must be a time that has passed.", param=param)
    return value
