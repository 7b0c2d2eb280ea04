"""Conversions between Django requests and responses and those of the authenticator."""

from collections.abc import Callable
from functools import partial
from http.cookies import Morsel
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from sojourn.integrations import asgi, wsgi
from sojourn.integrations.auth_context import MISSING, AuthContext
from sojourn.integrations.denials import Denial, Headers
from sojourn.integrations.request_head import RequestHead

__all__ = ["SojournRequest", "visit"]


def asked_of(request: HttpRequest) -> RequestHead:
    """The request head for the authenticator, over WSGI and ASGI."""
    return asking(request)()


def asking(request: HttpRequest) -> Callable[[], RequestHead]:
    """As `asked_of`, but without a reference to the request: the request holds the result, and only the garbage
    collector would free such a cycle.
    """
    if isinstance(request, ASGIRequest):
        return partial(_read, asgi.read, request.scope, request.META, request.scope.get("scheme", "http"))
    environ = cast("Any", request).environ
    return partial(_read, wsgi.read, environ, request.META, environ.get("wsgi.url_scheme", "http"))


def _read(reader: Callable[[Any], RequestHead], raw: Any, meta: dict[str, Any], scheme: str) -> RequestHead:
    """Scheme and host are those that Django determines by `SECURE_PROXY_SSL_HEADER` and `USE_X_FORWARDED_HOST`."""
    seen = reader(raw)

    def url(_: str) -> str:
        address = SchemeAndHost(meta, scheme)
        parts = urlsplit(seen.url)
        return urlunsplit(parts._replace(scheme=address.scheme or scheme, netloc=address.get_host()))

    return seen.at(url)


class SchemeAndHost(HttpRequest):
    """Scheme and host as Django determines them, without a reference to the request."""

    def __init__(self, meta: dict[str, Any], scheme: str) -> None:
        self.META = meta
        self._raw_scheme = scheme

    def _get_scheme(self) -> str:
        return self._raw_scheme


class SojournRequest(HttpRequest):
    """The request type of views behind the middleware, for annotations: `def view(request: SojournRequest)`."""

    sojourn: AuthContext


def visit(request: HttpRequest) -> AuthContext:
    """The authentication context of the request. Raises: RuntimeError if the middleware is missing."""
    found = getattr(request, "sojourn", None)
    if not isinstance(found, AuthContext):
        raise RuntimeError(MISSING)
    return found


def answered(refused: Denial) -> HttpResponse:
    return dressed(HttpResponse(refused.body, status=refused.status), refused.headers)


def dressed(response: HttpResponseBase, headers: Headers) -> Any:
    """Add headers to the response; existing ones stay."""
    for name, value in headers:
        text = value.decode("latin-1")
        if name == b"set-cookie":
            keep_cookie(response, text)
        elif name != b"content-length":
            response[name.decode()] = text
    return response


def keep_cookie(response: HttpResponseBase, line: str) -> None:
    """Add a Set-Cookie value unchanged: Django would rewrite it and drop unknown attributes."""
    cookie = _Line(line)
    key = cookie.key if cookie.key not in response.cookies else f"{cookie.key} {len(response.cookies)}"
    cast("Any", dict).__setitem__(response.cookies, key, cookie)


class _Line(Morsel[str]):
    def __init__(self, line: str) -> None:
        super().__init__()
        name, _, rest = line.partition("=")
        value = rest.partition(";")[0]
        self.set(name, value, value)
        self._line = line

    def OutputString(self, attrs: object = None) -> str:  # noqa: N802
        return self._line

    def output(self, attrs: object = None, header: str = "Set-Cookie:") -> str:
        return f"{header} {self._line}" if header else self._line
