"""The Backend API's blocklist. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Deleted, ListedIdentifier
from sojourn.backend.transport import BackendCall


class Blocklist:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(self, *, identifier: str) -> ListedIdentifier:
        """`POST /v1/blocklist_identifiers` (CreateBlocklistIdentifier)."""
        return self._http.send(
            BackendCall("POST", "/v1/blocklist_identifiers", body={"identifier": identifier}), ListedIdentifier
        )

    def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/blocklist_identifiers/{identifier_id}` (DeleteBlocklistIdentifier)."""
        return self._http.send(
            BackendCall("DELETE", f"/v1/blocklist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> dict[str, Any]:
        """`GET /v1/blocklist_identifiers` (ListBlocklistIdentifiers)."""
        return self._http.send(
            BackendCall("GET", "/v1/blocklist_identifiers", {"limit": limit, "offset": offset}), dict[str, Any]
        )
