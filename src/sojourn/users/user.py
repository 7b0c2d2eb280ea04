"""A user and their addresses: frozen values and pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sojourn.errors import Json
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import IdentifierId, InstanceId, UserId
from sojourn.instant import Instant

__all__ = ["User"]

Metadata = Mapping[str, Json]


class IdentifierKind(StrEnum):
    EMAIL_ADDRESS = "email_address"
    PHONE_NUMBER = "phone_number"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An e-mail address or phone number of a user.

    Messages are sent to `value`; `canonical` is used for comparison, and (instance, kind, canonical) is unique
    (R-INP-01, R-INP-02). `verification_strategy` is the wire name of the strategy that verified it.
    """

    id: IdentifierId
    instance_id: InstanceId
    user_id: UserId
    kind: IdentifierKind
    value: str
    canonical: str
    verified_at: Instant | None
    verification_strategy: str | None
    reserved: bool
    created_at: Instant
    updated_at: Instant

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_held(self) -> bool:
        """Verified, or reserved by an administrator. An unverified address identifies no user and yields to a verified one."""
        return self.is_verified or self.reserved


@dataclass(frozen=True, slots=True)
class User:
    """`username_key` is the case-folded username for comparison. `identifiers` are ordered oldest first."""

    id: UserId
    instance_id: InstanceId
    created_at: Instant
    updated_at: Instant
    username: str | None = None
    username_key: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    external_id: str | None = None
    primary_email_address_id: IdentifierId | None = None
    primary_phone_number_id: IdentifierId | None = None
    password: StoredPassword | None = None
    password_changed_at: Instant | None = None
    public_metadata: Metadata = field(default_factory=dict[str, Json])
    private_metadata: Metadata = field(default_factory=dict[str, Json])
    unsafe_metadata: Metadata = field(default_factory=dict[str, Json])
    banned: bool = False
    locked_at: Instant | None = None
    locked_until: Instant | None = None
    """None with `locked_at` set: locked by an administrator until unlocked."""
    failed_tries: int = 0
    last_sign_in_at: Instant | None = None
    last_active_at: Instant | None = None
    delete_self_enabled: bool = True
    create_organization_enabled: bool = True
    create_organizations_limit: int | None = None
    bypass_client_trust: bool = False
    legal_accepted_at: Instant | None = None
    locale: str | None = None
    password_failures: int = 0
    """Wrong tries in a row of the current password (R-LIM-04); `failed_tries` counts tries of all factors, for the
    account lock.
    """
    image_id: str | None = None
    """The ID of the user's own picture (`images.py`)."""
    password_compromised_at: Instant | None = None
    """The time at which a server marked the password as compromised; it is rejected until it is replaced."""
    devices_forgotten_at: Instant | None = None
    """When all known devices were last forgotten: each browser is unknown until the user signs in on it again."""
    ban_reason: str | None = None
    """The words of the administrator who banned the user."""
    delete_at: Instant | None = None
    """When the account is erased, if its deletion was asked for in the console: banned and hidden until then."""
    banned_before_deletion: bool = False
    identifiers: tuple[Identifier, ...] = ()

    @property
    def email_addresses(self) -> tuple[Identifier, ...]:
        return tuple(identifier for identifier in self.identifiers if identifier.kind is IdentifierKind.EMAIL_ADDRESS)

    @property
    def phone_numbers(self) -> tuple[Identifier, ...]:
        return tuple(identifier for identifier in self.identifiers if identifier.kind is IdentifierKind.PHONE_NUMBER)

    @property
    def primary_email_address(self) -> Identifier | None:
        return self.identifier(self.primary_email_address_id)

    @property
    def primary_phone_number(self) -> Identifier | None:
        return self.identifier(self.primary_phone_number_id)

    def identifier(self, identifier_id: str | None) -> Identifier | None:
        return next((identifier for identifier in self.identifiers if identifier.id == identifier_id), None)

    def holds(self, kind: IdentifierKind, canonical: str) -> bool:
        """True if the address identifies this user; an unverified address does not."""
        return any(
            identifier.is_held and identifier.kind is kind and identifier.canonical == canonical
            for identifier in self.identifiers
        )

    @property
    def is_locked_by_administrator(self) -> bool:
        """True for a lock without end, which an administrator must remove; other locks expire."""
        return self.locked_at is not None and self.locked_until is None

    def is_locked(self, now: Instant) -> bool:
        if self.locked_at is None:
            return False
        return self.locked_until is None or now < self.locked_until
