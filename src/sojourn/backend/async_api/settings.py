"""The Backend API's settings, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.transport import BackendCall, Given


class AsyncSettings:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def read(self) -> dict[str, Any]:
        """`GET /v1/sojourn/settings` (ReadSettings)."""
        return await self._http.send(BackendCall("GET", "/v1/sojourn/settings"), dict[str, Any])

    async def update(
        self,
        *,
        application_name: str | None | UnsetType = UNSET,
        support_email: str | None | UnsetType = UNSET,
        allowed_origins: Sequence[str] | None | UnsetType = UNSET,
        sessions: Given | None | UnsetType = UNSET,
        sign_up: Given | None | UnsetType = UNSET,
        protection: Given | None | UnsetType = UNSET,
        paths: Given | None | UnsetType = UNSET,
        theme: Given | None | UnsetType = UNSET,
        test_mode: bool | None | UnsetType = UNSET,
        delete_self: bool | None | UnsetType = UNSET,
        delete_after_seconds: int | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/sojourn/settings` (UpdateSettings)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/sojourn/settings",
                body={
                    "application_name": application_name,
                    "support_email": support_email,
                    "allowed_origins": allowed_origins,
                    "sessions": sessions,
                    "sign_up": sign_up,
                    "protection": protection,
                    "paths": paths,
                    "theme": theme,
                    "test_mode": test_mode,
                    "delete_self": delete_self,
                    "delete_after_seconds": delete_after_seconds,
                },
            ),
            dict[str, Any],
        )
