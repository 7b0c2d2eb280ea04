"""The Backend API's jwks. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any

from sojourn.backend.http_client import HttpClient
from sojourn.backend.transport import BackendCall


class Jwks:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def get(self) -> dict[str, Any]:
        """`GET /v1/jwks` (GetJWKS)."""
        return self._http.send(BackendCall("GET", "/v1/jwks"), dict[str, Any])
