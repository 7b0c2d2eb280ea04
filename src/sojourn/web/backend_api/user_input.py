"""Input for creating or updating a user: exactly the fields of the published API."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from sojourn.errors import FeatureOff
from sojourn.users.accounts import NewUser, UserChanges
from sojourn.web.parsing.field_types import JsonObject, Moment, given, instant

Named = str | None | UnsetType
"""UNSET keeps the value, null clears it."""

Status = Literal["verified", "reserved"]


class UserCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    external_id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    locale: str | None = None
    email_address: list[str] | None = None
    email_address_identification_status: list[Status] | None = None
    phone_number: list[str] | None = None
    phone_number_identification_status: list[Status] | None = None
    web3_wallet: list[str] | None = None
    username: str | None = None
    password: str | None = None
    password_digest: str | None = None
    password_hasher: str | None = None
    skip_password_checks: bool | None = None
    skip_password_requirement: bool | None = None
    totp_secret: str | None = None
    backup_codes: list[str] | None = None
    public_metadata: JsonObject | None = None
    private_metadata: JsonObject | None = None
    unsafe_metadata: JsonObject | None = None
    delete_self_enabled: bool | None = None
    legal_accepted_at: Moment | None = None
    skip_legal_checks: bool | None = None
    skip_user_requirement: bool | None = None
    create_organization_enabled: bool | None = None
    create_organizations_limit: int | None = None
    created_at: Moment | None = None
    bypass_client_trust: bool | None = None
    banned: bool | None = None
    locked: bool | None = None

    def new_user(self) -> NewUser:
        """Raises: FeatureOff for factors that are not implemented."""
        _refuse_off(web3_wallet=self.web3_wallet, totp_secret=self.totp_secret, backup_codes=self.backup_codes)
        return NewUser(
            email_addresses=self.email_address or (),
            email_address_statuses=self.email_address_identification_status or (),
            phone_numbers=self.phone_number or (),
            phone_number_statuses=self.phone_number_identification_status or (),
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            external_id=self.external_id,
            locale=self.locale,
            password=self.password,
            password_digest=self.password_digest,
            password_hasher=self.password_hasher,
            skip_password_checks=bool(self.skip_password_checks),
            skip_password_requirement=bool(self.skip_password_requirement),
            skip_user_requirement=bool(self.skip_user_requirement),
            public_metadata=self.public_metadata or {},
            private_metadata=self.private_metadata or {},
            unsafe_metadata=self.unsafe_metadata or {},
            delete_self_enabled=self.delete_self_enabled is not False,
            create_organization_enabled=self.create_organization_enabled is not False,
            create_organizations_limit=self.create_organizations_limit,
            bypass_client_trust=bool(self.bypass_client_trust),
            legal_accepted_at=instant(self.legal_accepted_at),
            created_at=instant(self.created_at),
            banned=bool(self.banned),
            locked=bool(self.locked),
        )


class UserPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Metadata is here for SDKs of older API versions, which replace it whole."""

    external_id: Named = UNSET
    first_name: Named = UNSET
    last_name: Named = UNSET
    locale: Named = UNSET
    username: Named = UNSET
    primary_email_address_id: str | None = None
    notify_primary_email_address_changed: bool | None = None
    primary_phone_number_id: str | None = None
    primary_web3_wallet_id: str | None = None
    profile_image_id: str | None = None
    password: str | None = None
    password_digest: str | None = None
    password_hasher: str | None = None
    skip_password_checks: bool | None = None
    sign_out_of_other_sessions: bool | None = None
    totp_secret: str | None = None
    backup_codes: list[str] | None = None
    public_metadata: JsonObject | None = None
    private_metadata: JsonObject | None = None
    unsafe_metadata: JsonObject | None = None
    delete_self_enabled: bool | None = None
    create_organization_enabled: bool | None = None
    legal_accepted_at: Moment | None | UnsetType = UNSET
    skip_legal_checks: bool | None = None
    create_organizations_limit: int | None | UnsetType = UNSET
    created_at: Moment | None = None
    bypass_client_trust: bool | None = None

    def named_metadata(self) -> str | None:
        """The first given kind of metadata."""
        kinds = ("public_metadata", "private_metadata", "unsafe_metadata")
        return next((name for name in kinds if getattr(self, name) is not None), None)

    def changes(self) -> UserChanges:
        """Raises: FeatureOff for fields of features that are not implemented."""
        _refuse_off(
            primary_web3_wallet_id=self.primary_web3_wallet_id,
            profile_image_id=self.profile_image_id,
            totp_secret=self.totp_secret,
            backup_codes=self.backup_codes,
        )
        return UserChanges(
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            external_id=self.external_id,
            locale=self.locale,
            primary_email_address_id=self.primary_email_address_id or UNSET,
            primary_phone_number_id=self.primary_phone_number_id or UNSET,
            password=given(self.password),
            password_digest=given(self.password_digest),
            password_hasher=given(self.password_hasher),
            skip_password_checks=bool(self.skip_password_checks),
            sign_out_of_other_sessions=self.sign_out_of_other_sessions is not False,
            public_metadata=given(self.public_metadata),
            private_metadata=given(self.private_metadata),
            unsafe_metadata=given(self.unsafe_metadata),
            delete_self_enabled=given(self.delete_self_enabled),
            create_organization_enabled=given(self.create_organization_enabled),
            create_organizations_limit=self.create_organizations_limit,
            bypass_client_trust=given(self.bypass_client_trust),
            legal_accepted_at=UNSET
            if isinstance(self.legal_accepted_at, UnsetType)
            else instant(self.legal_accepted_at),
            created_at=UNSET if self.created_at is None else given(instant(self.created_at)),
        )


class Metadata(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Omitted and null kinds are kept."""

    public_metadata: JsonObject | None = None
    private_metadata: JsonObject | None = None
    unsafe_metadata: JsonObject | None = None


def _refuse_off(**wanted: object) -> None:
    for param, value in wanted.items():
        if value:
            raise FeatureOff(f"{param} is not supported here.", param=param)
