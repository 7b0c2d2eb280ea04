"""The Backend API's instance. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.transport import BackendCall


class Instance:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def get(self) -> dict[str, Any]:
        """`GET /v1/instance` (GetInstance)."""
        return self._http.send(BackendCall("GET", "/v1/instance"), dict[str, Any])

    def update(
        self,
        *,
        test_mode: bool | None | UnsetType = UNSET,
        hibp: bool | None | UnsetType = UNSET,
        support_email: str | None | UnsetType = UNSET,
        clerk_js_version: str | None | UnsetType = UNSET,
        development_origin: str | None | UnsetType = UNSET,
        allowed_origins: Sequence[str] | None | UnsetType = UNSET,
        cookieless_dev: bool | None | UnsetType = UNSET,
        url_based_session_syncing: bool | None | UnsetType = UNSET,
        preferred_sign_in_strategy_when_password_required: str | None | UnsetType = UNSET,
    ) -> None:
        """`PATCH /v1/instance` (UpdateInstance)."""
        self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance",
                body={
                    "test_mode": test_mode,
                    "hibp": hibp,
                    "support_email": support_email,
                    "clerk_js_version": clerk_js_version,
                    "development_origin": development_origin,
                    "allowed_origins": allowed_origins,
                    "cookieless_dev": cookieless_dev,
                    "url_based_session_syncing": url_based_session_syncing,
                    "preferred_sign_in_strategy_when_password_required": preferred_sign_in_strategy_when_password_required,
                },
            ),
            dict[str, Any],
        )

    def update_restrictions(
        self,
        *,
        allowlist: bool | None | UnsetType = UNSET,
        blocklist: bool | None | UnsetType = UNSET,
        allowlist_blocklist_disabled_on_sign_in: bool | None | UnsetType = UNSET,
        block_email_subaddresses: bool | None | UnsetType = UNSET,
        block_disposable_email_domains: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/restrictions` (UpdateInstanceRestrictions)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/restrictions",
                body={
                    "allowlist": allowlist,
                    "blocklist": blocklist,
                    "allowlist_blocklist_disabled_on_sign_in": allowlist_blocklist_disabled_on_sign_in,
                    "block_email_subaddresses": block_email_subaddresses,
                    "block_disposable_email_domains": block_disposable_email_domains,
                },
            ),
            dict[str, Any],
        )

    def update_auth_config(
        self,
        *,
        restricted_to_allowlist: bool | None | UnsetType = UNSET,
        from_email_address: str | None | UnsetType = UNSET,
        progressive_sign_up: bool | None | UnsetType = UNSET,
        test_mode: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/beta_features/instance_settings` (UpdateInstanceAuthConfig)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                "/v1/beta_features/instance_settings",
                body={
                    "restricted_to_allowlist": restricted_to_allowlist,
                    "from_email_address": from_email_address,
                    "progressive_sign_up": progressive_sign_up,
                    "test_mode": test_mode,
                },
            ),
            dict[str, Any],
        )

    def update_organization_settings(
        self,
        *,
        enabled: bool | None | UnsetType = UNSET,
        max_allowed_memberships: int | None | UnsetType = UNSET,
        admin_delete_enabled: bool | None | UnsetType = UNSET,
        domains_enabled: bool | None | UnsetType = UNSET,
        slug_disabled: bool | None | UnsetType = UNSET,
        domains_enrollment_modes: Sequence[str] | None | UnsetType = UNSET,
        creator_role_id: str | None | UnsetType = UNSET,
        domains_default_role_id: str | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/organization_settings` (UpdateInstanceOrganizationSettings)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/organization_settings",
                body={
                    "enabled": enabled,
                    "max_allowed_memberships": max_allowed_memberships,
                    "admin_delete_enabled": admin_delete_enabled,
                    "domains_enabled": domains_enabled,
                    "slug_disabled": slug_disabled,
                    "domains_enrollment_modes": domains_enrollment_modes,
                    "creator_role_id": creator_role_id,
                    "domains_default_role_id": domains_default_role_id,
                },
            ),
            dict[str, Any],
        )

    def organization_settings(self) -> dict[str, Any]:
        """`GET /v1/instance/organization_settings` (GetInstanceOrganizationSettings)."""
        return self._http.send(BackendCall("GET", "/v1/instance/organization_settings"), dict[str, Any])

    def update_protect(
        self, *, rules_enabled: bool | None | UnsetType = UNSET, specter_enabled: bool | None | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/protect` (UpdateInstanceProtect)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/protect",
                body={"rules_enabled": rules_enabled, "specter_enabled": specter_enabled},
            ),
            dict[str, Any],
        )

    def protect(self) -> dict[str, Any]:
        """`GET /v1/instance/protect` (GetInstanceProtect)."""
        return self._http.send(BackendCall("GET", "/v1/instance/protect"), dict[str, Any])

    def update_communication(
        self, *, blocked_country_codes: Sequence[str] | None | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/communication` (UpdateInstanceCommunication)."""
        return self._http.send(
            BackendCall("PATCH", "/v1/instance/communication", body={"blocked_country_codes": blocked_country_codes}),
            dict[str, Any],
        )

    def communication(self) -> dict[str, Any]:
        """`GET /v1/instance/communication` (GetInstanceCommunication)."""
        return self._http.send(BackendCall("GET", "/v1/instance/communication"), dict[str, Any])

    def domains(self) -> dict[str, Any]:
        """`GET /v1/domains` (ListDomains)."""
        return self._http.send(BackendCall("GET", "/v1/domains"), dict[str, Any])
