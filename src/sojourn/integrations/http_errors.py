"""Denials in Flask and Quart, which pass through the app's error handlers and `after_request` functions."""

from typing import Any

from werkzeug.exceptions import HTTPException, default_exceptions

from sojourn.integrations.denials import KEPT_NOWHERE, Denial, Headers

KEPT_IN_NO_CACHE = [(name.decode().title(), value.decode()) for name, value in KEPT_NOWHERE]


def is_preflight(asked: Any) -> bool:
    """True for a CORS preflight. It carries no token and runs no view; the app's own CORS functions respond to it."""
    return asked.method == "OPTIONS" and "origin" in asked.headers and "access-control-request-method" in asked.headers


def wear(response: Any, given: Headers) -> None:
    """Add the guard's headers to a response, which may be the app's own; its content headers are kept."""
    headers = response.headers
    for name, value in given:
        text = value.decode("latin-1")
        if name == b"set-cookie":
            if text not in headers.getlist("set-cookie"):
                headers.add("Set-Cookie", text)
        elif name == b"vary":
            response.vary.update(text.split(", "))
        elif not name.startswith(b"content-") and name != b"location":
            headers.setdefault(name.decode(), text)


def raise_as_http(status: int, response: Any) -> None:
    """Raise the HTTP error of a status with the complete response, which the app's handlers may replace; not for redirects."""
    if status >= 400:
        kind = default_exceptions.get(status, HTTPException)
        raise kind(response=response)


def become(response: Any, refused: Denial) -> None:
    """Replace status, headers and body of an existing Flask response."""
    response.status_code = refused.status
    for name, value in refused.headers:
        response.headers[name.decode()] = value.decode("latin-1")
    response.set_data(refused.body)
