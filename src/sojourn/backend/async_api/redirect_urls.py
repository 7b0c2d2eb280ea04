"""The Backend API's redirect urls, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Deleted, RedirectUrl
from sojourn.backend.transport import BackendCall


class AsyncRedirectUrls:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, url: str) -> RedirectUrl:
        """`POST /v1/redirect_urls` (CreateRedirectURL)."""
        return await self._http.send(BackendCall("POST", "/v1/redirect_urls", body={"url": url}), RedirectUrl)

    async def get(self, url_id: str) -> RedirectUrl:
        """`GET /v1/redirect_urls/{url_id}` (GetRedirectURL)."""
        return await self._http.send(BackendCall("GET", f"/v1/redirect_urls/{quote(url_id, safe='')}"), RedirectUrl)

    async def delete(self, url_id: str) -> Deleted:
        """`DELETE /v1/redirect_urls/{url_id}` (DeleteRedirectURL)."""
        return await self._http.send(BackendCall("DELETE", f"/v1/redirect_urls/{quote(url_id, safe='')}"), Deleted)

    def iterate(self) -> AsyncIterator[RedirectUrl]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: RedirectUrl | None) -> list[RedirectUrl]:
            call = BackendCall("GET", "/v1/redirect_urls", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[RedirectUrl])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[RedirectUrl]:
        """`GET /v1/redirect_urls` (ListRedirectURLs)."""
        return await self._http.send(
            BackendCall("GET", "/v1/redirect_urls", {"limit": limit, "offset": offset}), list[RedirectUrl]
        )
