"""The Backend API's clients, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Client
from sojourn.backend.transport import BackendCall


class AsyncClients:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self, client_id: str) -> Client:
        """`GET /v1/clients/{client_id}` (GetClient)."""
        return await self._http.send(BackendCall("GET", f"/v1/clients/{quote(client_id, safe='')}"), Client)

    async def verify(self, *, token: str) -> Client:
        """`POST /v1/clients/verify` (VerifyClient)."""
        return await self._http.send(BackendCall("POST", "/v1/clients/verify", body={"token": token}), Client)

    async def handshake_payload(self, *, nonce: str | UnsetType = UNSET) -> dict[str, Any]:
        """`GET /v1/clients/handshake_payload` (GetHandshakePayload)."""
        return await self._http.send(
            BackendCall("GET", "/v1/clients/handshake_payload", {"nonce": nonce}), dict[str, Any]
        )

    def iterate(self) -> AsyncIterator[Client]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: Client | None) -> list[Client]:
            call = BackendCall("GET", "/v1/clients", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[Client])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[Client]:
        """`GET /v1/clients` (GetClientList)."""
        return await self._http.send(
            BackendCall("GET", "/v1/clients", {"limit": limit, "offset": offset}), list[Client]
        )
