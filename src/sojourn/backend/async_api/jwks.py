"""The Backend API's jwks, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.transport import BackendCall


class AsyncJwks:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self) -> dict[str, Any]:
        """`GET /v1/jwks` (GetJWKS)."""
        return await self._http.send(BackendCall("GET", "/v1/jwks"), dict[str, Any])
