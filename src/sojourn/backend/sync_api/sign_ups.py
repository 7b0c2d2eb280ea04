"""The Backend API's sign ups. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.transport import BackendCall


class SignUps:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def get(self, sign_up_id: str) -> dict[str, Any]:
        """`GET /v1/sign_ups/{sign_up_id}` (GetSignUp)."""
        return self._http.send(BackendCall("GET", f"/v1/sign_ups/{quote(sign_up_id, safe='')}"), dict[str, Any])

    def update(
        self,
        sign_up_id: str,
        *,
        external_id: str | None | UnsetType = UNSET,
        custom_action: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/sign_ups/{sign_up_id}` (UpdateSignUp)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/sign_ups/{quote(sign_up_id, safe='')}",
                body={"external_id": external_id, "custom_action": custom_action},
            ),
            dict[str, Any],
        )
