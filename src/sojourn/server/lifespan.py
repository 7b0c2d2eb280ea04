"""An ASGI application whose engine opens with the process and closes with it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar, cast

from litestar.types import ASGIApp, Receive, Scope, Send

from sojourn.errors import SojournError

T = TypeVar("T")
Tell = Callable[[Mapping[str, str]], Awaitable[None]]


class Lifespan(Generic[T]):
    """Answers the lifespan protocol itself and passes every request to the application built on what was opened."""

    def __init__(self, opening: Callable[[], AbstractAsyncContextManager[T]], build: Callable[[T], ASGIApp]) -> None:
        self._opening = opening
        self._build = build
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) == "lifespan":
            await self._live(receive, cast("Tell", send))
            return
        if self._app is None:
            raise RuntimeError("the server sent a request before its start-up had finished")
        await self._app(scope, receive, send)

    async def _live(self, receive: Receive, send: Tell) -> None:
        await receive()
        try:
            async with self._opening() as opened:
                self._app = self._build(opened)
                await send({"type": "lifespan.startup.complete"})
                await receive()
        except SojournError as error:
            await send({"type": "lifespan.startup.failed", "message": error.long_message})
            return
        await send({"type": "lifespan.shutdown.complete"})
