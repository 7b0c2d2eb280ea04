"""The proxy that stands before everything in production: it ends TLS and hands on by host name.

Run by uvicorn with a certificate; `UPSTREAMS` is JSON, host name to address.
"""

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

UPSTREAMS: dict[str, str] = json.loads(os.environ["UPSTREAMS"])
_OF_THE_CONNECTION = {
    b"connection",
    b"keep-alive",
    b"transfer-encoding",
    b"content-length",
    b"content-encoding",
    b"accept-encoding",
}
# A connection is let go before the server behind closes it, after five seconds: a request that met the end would be lost.
_LIMITS = httpx.Limits(keepalive_expiry=2)
_client = httpx.AsyncClient(timeout=30, follow_redirects=False, limits=_LIMITS)

Message = MutableMapping[str, Any]


async def app(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    given = [(name, value) for name, value in scope["headers"] if name not in _OF_THE_CONNECTION]
    host = next(value for name, value in given if name == b"host").decode()
    given += [
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", host.encode()),
        (b"x-forwarded-for", b"192.0.2.7"),
    ]
    url = httpx.URL(UPSTREAMS[host.partition(":")[0]]).copy_with(
        raw_path=scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    )
    answer = await _client.request(scope["method"], url, headers=given, content=body)
    headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in _OF_THE_CONNECTION]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})
