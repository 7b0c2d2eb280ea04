"""The Backend API's blocklist, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Deleted, ListedIdentifier
from sojourn.backend.transport import BackendCall


class AsyncBlocklist:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, identifier: str) -> ListedIdentifier:
        """`POST /v1/blocklist_identifiers` (CreateBlocklistIdentifier)."""
        return await self._http.send(
            BackendCall("POST", "/v1/blocklist_identifiers", body={"identifier": identifier}), ListedIdentifier
        )

    async def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/blocklist_identifiers/{identifier_id}` (DeleteBlocklistIdentifier)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/blocklist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> dict[str, Any]:
        """`GET /v1/blocklist_identifiers` (ListBlocklistIdentifiers)."""
        return await self._http.send(
            BackendCall("GET", "/v1/blocklist_identifiers", {"limit": limit, "offset": offset}), dict[str, Any]
        )
