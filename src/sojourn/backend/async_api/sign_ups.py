"""The Backend API's sign ups, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.transport import BackendCall


class AsyncSignUps:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self, sign_up_id: str) -> dict[str, Any]:
        """`GET /v1/sign_ups/{sign_up_id}` (GetSignUp)."""
        return await self._http.send(BackendCall("GET", f"/v1/sign_ups/{quote(sign_up_id, safe='')}"), dict[str, Any])

    async def update(
        self,
        sign_up_id: str,
        *,
        external_id: str | None | UnsetType = UNSET,
        custom_action: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/sign_ups/{sign_up_id}` (UpdateSignUp)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/sign_ups/{quote(sign_up_id, safe='')}",
                body={"external_id": external_id, "custom_action": custom_action},
            ),
            dict[str, Any],
        )
