"""The Backend API's phone numbers. Written by `python -m tools.backend_client`; change that, and not this."""

from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Deleted
from sojourn.backend.transport import BackendCall
from sojourn.backend.user import PhoneNumber


class PhoneNumbers:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(
        self,
        *,
        user_id: str,
        phone_number: str,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        reserved_for_second_factor: bool | None | UnsetType = UNSET,
    ) -> PhoneNumber:
        """`POST /v1/phone_numbers` (CreatePhoneNumber)."""
        return self._http.send(
            BackendCall(
                "POST",
                "/v1/phone_numbers",
                body={
                    "user_id": user_id,
                    "phone_number": phone_number,
                    "verified": verified,
                    "primary": primary,
                    "reserved_for_second_factor": reserved_for_second_factor,
                },
            ),
            PhoneNumber,
        )

    def get(self, phone_number_id: str) -> PhoneNumber:
        """`GET /v1/phone_numbers/{phone_number_id}` (GetPhoneNumber)."""
        return self._http.send(BackendCall("GET", f"/v1/phone_numbers/{quote(phone_number_id, safe='')}"), PhoneNumber)

    def update(
        self,
        phone_number_id: str,
        *,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        reserved_for_second_factor: bool | None | UnsetType = UNSET,
    ) -> PhoneNumber:
        """`PATCH /v1/phone_numbers/{phone_number_id}` (UpdatePhoneNumber)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/phone_numbers/{quote(phone_number_id, safe='')}",
                body={
                    "verified": verified,
                    "primary": primary,
                    "reserved_for_second_factor": reserved_for_second_factor,
                },
            ),
            PhoneNumber,
        )

    def delete(self, phone_number_id: str) -> Deleted:
        """`DELETE /v1/phone_numbers/{phone_number_id}` (DeletePhoneNumber)."""
        return self._http.send(BackendCall("DELETE", f"/v1/phone_numbers/{quote(phone_number_id, safe='')}"), Deleted)

    def replace(
        self, user_id: str, *, phone_number: str, identification_status: str | UnsetType = UNSET
    ) -> PhoneNumber:
        """`PUT /v1/users/{user_id}/phone_number` (ReplaceUserPhoneNumber)."""
        return self._http.send(
            BackendCall(
                "PUT",
                f"/v1/users/{quote(user_id, safe='')}/phone_number",
                body={"phone_number": phone_number, "identification_status": identification_status},
            ),
            PhoneNumber,
        )
