"""What is measured beside ours: the bare ASGI app, and a FastAPI route with and without the guard."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

_BODY = b'{"hello":"world"}'
_HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())],
}
_TAIL = {"type": "http.response.body", "body": _BODY}

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def hello(scope: Scope, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    """As little as ASGI allows: what the server itself costs."""
    if scope["type"] != "http":
        return
    await send(_HEAD)
    await send(_TAIL)


def open_app() -> Any:
    """`/hello` is open, `/guarded` is not; both return the same."""
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/hello")
    async def open_route() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return {"hello": "world"}

    return app


def guarded_app() -> Any:
    """The same application behind the middleware, as a remote server's app."""
    from sojourn import Sojourn, SojournMiddleware

    app = open_app()
    remote = Sojourn.remote(os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"])
    app.add_middleware(SojournMiddleware, sojourn=remote)
    return app
