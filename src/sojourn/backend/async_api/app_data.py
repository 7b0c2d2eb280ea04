"""The Backend API's app data, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any
from urllib.parse import quote

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.transport import BackendCall, Given


class AsyncAppData:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def read(self, key: str) -> dict[str, Any]:
        """`GET /v1/sojourn/app_data/{key}` (ReadAppData)."""
        return await self._http.send(BackendCall("GET", f"/v1/sojourn/app_data/{quote(key, safe='')}"), dict[str, Any])

    async def write(self, key: str, *, data: Given) -> dict[str, Any]:
        """`PUT /v1/sojourn/app_data/{key}` (WriteAppData)."""
        return await self._http.send(
            BackendCall("PUT", f"/v1/sojourn/app_data/{quote(key, safe='')}", body={"data": data}), dict[str, Any]
        )

    async def adopt(self, key: str, *, anonymous: str) -> dict[str, Any]:
        """`POST /v1/sojourn/app_data/{key}/adopt` (AdoptAppData)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/sojourn/app_data/{quote(key, safe='')}/adopt", body={"anonymous": anonymous}),
            dict[str, Any],
        )
