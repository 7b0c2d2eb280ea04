"""The Backend API's allowlist, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Deleted, ListedIdentifier
from sojourn.backend.transport import BackendCall


class AsyncAllowlist:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, identifier: str, notify: bool | None | UnsetType = UNSET) -> ListedIdentifier:
        """`POST /v1/allowlist_identifiers` (CreateAllowlistIdentifier)."""
        return await self._http.send(
            BackendCall("POST", "/v1/allowlist_identifiers", body={"identifier": identifier, "notify": notify}),
            ListedIdentifier,
        )

    async def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/allowlist_identifiers/{identifier_id}` (DeleteAllowlistIdentifier)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/allowlist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    def iterate(self) -> AsyncIterator[ListedIdentifier]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: ListedIdentifier | None) -> list[ListedIdentifier]:
            call = BackendCall("GET", "/v1/allowlist_identifiers", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[ListedIdentifier])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[ListedIdentifier]:
        """`GET /v1/allowlist_identifiers` (ListAllowlistIdentifiers)."""
        return await self._http.send(
            BackendCall("GET", "/v1/allowlist_identifiers", {"limit": limit, "offset": offset}), list[ListedIdentifier]
        )
