"""Answers on their way out, kept for a look at them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from litestar.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    query: Mapping[str, list[str]]
    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass
class Recorder:
    """An application that behaves as `inner` does. The method is the one a request means."""

    inner: ASGIApp
    seen: list[Seen] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        method = query.get("_method", [str(scope.get("method"))])[0]
        path = scope["path"].rstrip("/") or "/"
        started: dict[str, Any] = {}
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                started["status"] = message["status"]
                started["headers"] = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            await send(message)

        await self.inner(scope, receive, keep)
        text = b"".join(parts)
        is_json = started["headers"].get("content-type") == "application/json"
        body = json.loads(text) if is_json and text else None
        self.seen.append(Seen(method, path, query, started["status"], started["headers"], body))
