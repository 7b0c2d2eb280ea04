"""Plain ASGI."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from sojourn import SojournMiddleware
from sojourn.integrations.asgi import visit
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.sojourn_client import SojournClient

from . import PUBLIC

GUARDED = {
    "/open/guarded": Requirement(),
    "/open/admin": Requirement(role="admin"),
    "/open/may": Requirement(permission="invoices:write"),
    "/open/team": Requirement(organization=True),
    "/open/fresh": Requirement(max_age=timedelta(minutes=10)),
}


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    return SojournMiddleware(app, sojourn, public=public, session_data=True, **options)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await _socket(scope, receive, send)
        return
    path, method = scope["path"].removeprefix(scope.get("root_path", "")), scope["method"]
    session = scope["state"]["session"]
    if path in GUARDED and (refused := visit(scope).refusal(GUARDED[path])) is not None:
        await send({"type": "http.response.start", "status": refused.status, "headers": refused.headers})
        await send({"type": "http.response.body", "body": refused.body})
    elif path == "/broken":
        raise ZeroDivisionError
    elif path == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"0\n", b"1\n", b"2\n"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    elif path == "/data":
        if method == "POST":
            scope["session"]["name"] = parse_qs(scope["query_string"].decode())["name"][0]
        elif method == "DELETE":
            scope["session"].clear()
        await _json(send, {"name": scope["session"].get("name")})
    elif path == "/me":
        user = await visit(scope).user()
        assert user is not None
        await _json(send, {"email": user.email})
    elif path == "/form" and method == "POST":
        await _json(send, {"done": True})
    elif path in ("/", "/protected", *GUARDED):
        await _json(send, {"user": session.user_id if session else None})
    else:
        await _json(send, {"unknown": path}, 404)


async def _json(send: Any, content: object, status: int = 200) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def _socket(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": scope["state"]["session"].user_id})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})
