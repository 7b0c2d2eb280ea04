"""`Backend` and `AsyncBackend`: the Backend API for apps, scripts and jobs."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from sojourn.backend.async_api import AsyncBackendGroups
from sojourn.backend.http_client import AsyncHttpClient, HttpClient
from sojourn.backend.sync_api import BackendGroups
from sojourn.backend.transport import RetryPolicy

if TYPE_CHECKING:
    import httpx

__all__ = ["AsyncBackend", "Backend"]


class Backend(BackendGroups):
    """`with Backend(url, secret_key) as backend: backend.users.create(…)`. Thread-safe. `timeout` is in seconds per
    attempt, `retries` the number of retries of repeatable calls. Raises: ConfigError for a URL that would send the key
    unencrypted.
    """

    def __init__(
        self,
        url: str,
        secret_key: str,
        *,
        timeout: float = 10.0,
        retries: int = 2,
        allow_http: bool = False,
        client: "httpx.Client | None" = None,
    ) -> None:
        """`client` is an optional HTTP client of your own, with the server's URL and the key as `Authorization`. Two processes must not
        share it: after a fork, give the child another.
        """
        self._asking = HttpClient(RetryPolicy.of(url, secret_key, timeout, retries, allow_http=allow_http), client)
        super().__init__(self._asking)

    def close(self) -> None:
        self._asking.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class AsyncBackend(AsyncBackendGroups):
    """`async with AsyncBackend(url, secret_key) as backend: await backend.users.create(…)`; as `Backend` otherwise."""

    def __init__(
        self,
        url: str,
        secret_key: str,
        *,
        timeout: float = 10.0,
        retries: int = 2,
        allow_http: bool = False,
        client: "httpx.AsyncClient | None" = None,
    ) -> None:
        self._asking = AsyncHttpClient(RetryPolicy.of(url, secret_key, timeout, retries, allow_http=allow_http), client)
        super().__init__(self._asking)

    async def close(self) -> None:
        await self._asking.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
