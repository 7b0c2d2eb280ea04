"""The user object of the Backend API, with convenience properties for apps."""

from typing import Any

import msgspec

__all__ = ["AddressVerification", "EmailAddress", "PhoneNumber", "User"]


class AddressVerification(msgspec.Struct, frozen=True):
    """The verification of an address; `status` is `verified` once it succeeded."""

    status: str
    strategy: str | None = None


class EmailAddress(msgspec.Struct, frozen=True):
    id: str
    email_address: str
    verification: AddressVerification | None = None

    @property
    def is_verified(self) -> bool:
        return self.verification is not None and self.verification.status == "verified"


class PhoneNumber(msgspec.Struct, frozen=True):
    id: str
    phone_number: str
    verification: AddressVerification | None = None


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Times are milliseconds since 1970. Unknown fields of newer servers are ignored."""

    id: str
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    image_url: str = ""
    has_image: bool = False
    primary_email_address_id: str | None = None
    primary_phone_number_id: str | None = None
    email_addresses: tuple[EmailAddress, ...] = ()
    phone_numbers: tuple[PhoneNumber, ...] = ()
    external_id: str | None = None
    public_metadata: dict[str, Any] = {}
    private_metadata: dict[str, Any] = {}
    unsafe_metadata: dict[str, Any] = {}
    password_enabled: bool = False
    two_factor_enabled: bool = False
    banned: bool = False
    locked: bool = False
    locale: str | None = None
    last_sign_in_at: int | None = None
    last_active_at: int | None = None
    created_at: int = 0
    updated_at: int = 0

    @property
    def primary_email_address(self) -> EmailAddress | None:
        return next((address for address in self.email_addresses if address.id == self.primary_email_address_id), None)

    @property
    def email(self) -> str | None:
        """The primary e-mail address; ask `primary_email_address.is_verified` before it decides anything."""
        primary = self.primary_email_address
        return primary.email_address if primary else None

    @property
    def name(self) -> str:
        """A display name: full name, username, e-mail address or ID, whichever is set first."""
        full = " ".join(part for part in (self.first_name, self.last_name) if part)
        return full or self.username or self.email or self.id
