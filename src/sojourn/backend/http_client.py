"""Sends a request to the server, sync and async, and reads lists page by page."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sojourn.backend.transport import BackendCall, RetryPolicy, answered
from sojourn.errors import ServerUnreachable

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
C = TypeVar("C")
_PAGE = 100


class _OfThisProcess(Generic[C]):
    """An HTTP client for each process. A forked process that used the connections of its parent would read the parent's responses,
    and the parent the child's. A client that was given is the caller's to replace.
    """

    def __init__(self, make: Callable[[], C], given: C | None) -> None:
        self._make = make
        self._given = given
        self._made = (os.getpid(), make()) if given is None else None

    def get(self) -> C:
        if self._given is not None:
            return self._given
        made, process = self._made, os.getpid()
        if made is None or made[0] != process:
            made = self._made = (process, self._make())
        return made[1]


class HttpClient:
    """Keeps connections open until `close`. In a forked process it opens its own."""

    def __init__(self, manner: RetryPolicy, client: "httpx.Client | None" = None) -> None:
        import httpx

        self._manner = manner
        self._client = _OfThisProcess(lambda: httpx.Client(timeout=manner.timeout, **manner.client_options), client)

    def send(self, call: BackendCall, kind: type[T]) -> T:
        """Raises: as `answered`, and ServerUnreachable without a response."""
        import httpx

        tries = 0
        while True:
            tries += 1
            try:
                answer = self._client.get().request(**self._manner.request(call))
            except httpx.HTTPError as error:
                pause = self._manner.pause_after(call, tries, error)
                if pause is None:
                    raise ServerUnreachable() from error
            else:
                pause = None if answer.is_success else self._manner.pause_after(call, tries, answer)
                if pause is None:
                    return answered(answer, kind)
            time.sleep(pause)

    def pages(self, page: "Callable[[int, Any], list[T]]") -> Iterator[T]:
        """`page` is given where it begins, as an offset and as the last that was seen."""
        seen, last = 0, None
        while found := page(seen, last):
            yield from found
            seen, last = seen + len(found), found[-1]
            if len(found) < _PAGE:
                return

    def close(self) -> None:
        self._client.get().close()


class AsyncHttpClient:
    """The same, while other tasks go on."""

    def __init__(self, manner: RetryPolicy, client: "httpx.AsyncClient | None" = None) -> None:
        import httpx

        self._manner = manner
        self._client = _OfThisProcess(
            lambda: httpx.AsyncClient(timeout=manner.timeout, **manner.client_options), client
        )

    async def send(self, call: BackendCall, kind: type[T]) -> T:
        """Raises: as `answered`, and ServerUnreachable without a response."""
        import httpx

        tries = 0
        while True:
            tries += 1
            try:
                answer = await self._client.get().request(**self._manner.request(call))
            except httpx.HTTPError as error:
                pause = self._manner.pause_after(call, tries, error)
                if pause is None:
                    raise ServerUnreachable() from error
            else:
                pause = None if answer.is_success else self._manner.pause_after(call, tries, answer)
                if pause is None:
                    return answered(answer, kind)
            await asyncio.sleep(pause)

    async def pages(self, page: Any) -> AsyncIterator[Any]:
        seen, last = 0, None
        while found := await page(seen, last):
            for item in found:
                yield item
            seen, last = seen + len(found), found[-1]
            if len(found) < _PAGE:
                return

    async def close(self) -> None:
        await self._client.get().aclose()
