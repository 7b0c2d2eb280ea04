"""Refusals as Flask and Quart answer them: through their own error handlers and their own functions after a request."""

from typing import Any

from werkzeug.exceptions import HTTPException, default_exceptions

from sojourn.integrations.denials import KEPT_NOWHERE, Denial, Headers

KEPT_IN_NO_CACHE = [(name.decode().title(), value.decode()) for name, value in KEPT_NOWHERE]


def is_preflight(asked: Any) -> bool:
    """A browser's question before a script's request. It carries no token, so it is answered without running any view: what
    the script may do is said by the app's own CORS functions.
    """
    return asked.method == "OPTIONS" and "origin" in asked.headers and "access-control-request-method" in asked.headers


def wear(response: Any, given: Headers) -> None:
    """Headers of the guard on an answer that may be the app's own: what it says of its body stays."""
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
    """Raise the error of a status, with the whole answer to send where no handler of the app has another; not for redirects."""
    if status >= 400:
        kind = default_exceptions.get(status, HTTPException)
        raise kind(response=response)


def become(response: Any, refused: Denial) -> None:
    """Another answer in the place of one that Flask holds already."""
    response.status_code = refused.status
    for name, value in refused.headers:
        response.headers[name.decode()] = value.decode("latin-1")
    response.set_data(refused.body)
