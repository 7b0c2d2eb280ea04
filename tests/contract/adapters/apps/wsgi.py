"""Plain WSGI."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qs

from sojourn import SojournWsgiMiddleware
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.wsgi import DATA, SESSION, visit

from . import PUBLIC
from .asgi import GUARDED


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    return SojournWsgiMiddleware(app, sojourn, public=public, session_data=True, **options)


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path, method, session = environ["PATH_INFO"], environ["REQUEST_METHOD"], environ[SESSION]
    if path in GUARDED and (refused := visit(environ).refusal(GUARDED[path])) is not None:
        headers = [(name.decode(), value.decode()) for name, value in refused.headers]
        start_response(f"{refused.status} Refused", headers)
        return [refused.body]
    if path == "/broken":
        raise ZeroDivisionError
    if path == "/stream":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (f"{part}\n".encode() for part in range(3))
    if path == "/data":
        if method == "POST":
            environ[DATA]["name"] = parse_qs(environ["QUERY_STRING"])["name"][0]
        elif method == "DELETE":
            environ[DATA].clear()
        return _json(start_response, {"name": environ[DATA].get("name")})
    if path == "/me":
        user = visit(environ).user_now()
        assert user is not None
        return _json(start_response, {"email": user.email})
    if path == "/form" and method == "POST":
        return _json(start_response, {"done": True})
    if path in ("/", "/protected", *GUARDED):
        return _json(start_response, {"user": session.user_id if session else None})
    return _json(start_response, {"unknown": path}, "404 Not Found")


def _json(start_response: Any, content: object, status: str = "200 OK") -> list[bytes]:
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]
