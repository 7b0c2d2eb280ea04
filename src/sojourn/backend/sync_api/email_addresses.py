"""The Backend API's email addresses. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Deleted
from sojourn.backend.transport import BackendCall
from sojourn.backend.user import EmailAddress


class EmailAddresses:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(
        self,
        *,
        user_id: str,
        email_address: str,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`POST /v1/email_addresses` (CreateEmailAddress)."""
        return self._http.send(
            BackendCall(
                "POST",
                "/v1/email_addresses",
                body={
                    "user_id": user_id,
                    "email_address": email_address,
                    "verified": verified,
                    "primary": primary,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    def get(self, email_address_id: str) -> EmailAddress:
        """`GET /v1/email_addresses/{email_address_id}` (GetEmailAddress)."""
        return self._http.send(
            BackendCall("GET", f"/v1/email_addresses/{quote(email_address_id, safe='')}"), EmailAddress
        )

    def update(
        self,
        email_address_id: str,
        *,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`PATCH /v1/email_addresses/{email_address_id}` (UpdateEmailAddress)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/email_addresses/{quote(email_address_id, safe='')}",
                body={
                    "verified": verified,
                    "primary": primary,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    def delete(self, email_address_id: str) -> Deleted:
        """`DELETE /v1/email_addresses/{email_address_id}` (DeleteEmailAddress)."""
        return self._http.send(
            BackendCall("DELETE", f"/v1/email_addresses/{quote(email_address_id, safe='')}"), Deleted
        )

    def replace(
        self,
        user_id: str,
        *,
        email_address: str,
        identification_status: str | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`PUT /v1/users/{user_id}/email_address` (ReplaceUserEmailAddress)."""
        return self._http.send(
            BackendCall(
                "PUT",
                f"/v1/users/{quote(user_id, safe='')}/email_address",
                body={
                    "email_address": email_address,
                    "identification_status": identification_status,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    def prepare_verification(self, email_address_id: str) -> dict[str, Any]:
        """`POST /v1/email_addresses/{email_address_id}/prepare_verification` (PrepareEmailAddressVerification)."""
        return self._http.send(
            BackendCall("POST", f"/v1/email_addresses/{quote(email_address_id, safe='')}/prepare_verification"),
            dict[str, Any],
        )

    def attempt_verification(self, email_address_id: str, *, verification_id: str, code: str) -> dict[str, Any]:
        """`POST /v1/email_addresses/{email_address_id}/attempt_verification` (AttemptEmailAddressVerification)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/email_addresses/{quote(email_address_id, safe='')}/attempt_verification",
                body={"verification_id": verification_id, "code": code},
            ),
            dict[str, Any],
        )
