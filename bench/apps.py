"""What is measured beside ours: the bare ASGI app."""

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
