"""The Backend API's allowlist. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Iterator
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Deleted, ListedIdentifier
from sojourn.backend.transport import BackendCall


class Allowlist:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(self, *, identifier: str, notify: bool | None | UnsetType = UNSET) -> ListedIdentifier:
        """`POST /v1/allowlist_identifiers` (CreateAllowlistIdentifier)."""
        return self._http.send(
            BackendCall("POST", "/v1/allowlist_identifiers", body={"identifier": identifier, "notify": notify}),
            ListedIdentifier,
        )

    def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/allowlist_identifiers/{identifier_id}` (DeleteAllowlistIdentifier)."""
        return self._http.send(
            BackendCall("DELETE", f"/v1/allowlist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    def iterate(self) -> Iterator[ListedIdentifier]:
        """Every one of them, page by page, asked for as they are needed."""

        def page(seen: int, last: ListedIdentifier | None) -> list[ListedIdentifier]:
            call = BackendCall("GET", "/v1/allowlist_identifiers", {"limit": 100, "offset": seen})
            return self._http.send(call, list[ListedIdentifier])

        return self._http.pages(page)

    def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[ListedIdentifier]:
        """`GET /v1/allowlist_identifiers` (ListAllowlistIdentifiers)."""
        return self._http.send(
            BackendCall("GET", "/v1/allowlist_identifiers", {"limit": limit, "offset": offset}), list[ListedIdentifier]
        )
