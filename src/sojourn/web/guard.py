"""Checks before any handler runs: host, size, method, origin and rate.

Each check is a function of the request and the instance; `app.py` runs them for every request, with the sizes and
limits that the matched route declares (`operation.py`). No header, flag or path spelling disables one (R-WEB-08).
"""

from urllib.parse import quote

from sojourn.config import Config
from sojourn.errors import CookiesWithheld, OriginRefused
from sojourn.instances.instance import Instance
from sojourn.origin import host_of, is_loopback, name_of, port_of
from sojourn.web.cookies import CookieRules
from sojourn.web.errors import HeadersTooLarge, HostUnknown, MethodNotAllowed
from sojourn.web.http_request import HttpRequest
from sojourn.web.redirects import is_allowed_origin

_MAX_HEADERS = 16 * 1024

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OVERRIDES = frozenset({"PUT", "PATCH", "DELETE"})


def check_host(request: HttpRequest, config: Config) -> str:
    """The normalized Host, which must be one of this server's configured hosts (R-WEB-06). Raises: HostUnknown."""
    stated = request.header(b"host")
    host = None if stated is None or b"host" in request.repeated else host_of(stated, config.scheme)
    if host is None or not _is_known(host, config):
        raise HostUnknown()
    return host


def _is_known(host: str, config: Config) -> bool:
    name = name_of(host)
    if host == config.public_host or host in config.known_hosts or name in config.known_hosts:
        return True
    return config.is_development and is_loopback(name)


def page_elsewhere(request: HttpRequest, config: Config) -> str | None:
    """In development, the redirect target of a page that was requested by another name of this machine; None for all
    other requests. Cookies of `localhost` are not sent to `127.0.0.1`, so pages work at the public URL only. The APIs
    accept both names.
    """
    if (
        not config.is_development
        or request.method not in ("GET", "HEAD")
        or "text/html" not in (request.header(b"accept") or "")
    ):
        return None
    if f"{request.path}/".startswith(("/v1/", "/npm/", "/static/", "/.well-known/")):
        return None
    asked, own = host_of(request.header(b"host") or "", config.scheme) or "", config.public_host
    are_here = is_loopback(name_of(asked)) and is_loopback(name_of(own))
    if asked == own or not are_here or port_of(asked) != port_of(own):
        return None
    query = request.query_text.decode("latin-1")
    return f"{config.public_url}{quote(request.path)}{'?' if query else ''}{query}"


def check_headers(request: HttpRequest) -> None:
    """Raises: HeadersTooLarge (R-LIM-07)."""
    if request.header_size > _MAX_HEADERS:
        raise HeadersTooLarge()


def effective_method(request: HttpRequest) -> str:
    """The effective method: browser SDKs send POST with `_method` (R-WEB-02). Raises: MethodNotAllowed."""
    if b"_method" not in request.query_text:
        return request.sent_method
    named = request.query.get("_method")
    if named is None:
        return request.sent_method
    if request.sent_method != "POST" or named.upper() not in _OVERRIDES | {"POST"}:
        raise MethodNotAllowed("`_method` works on POST only, and names PUT, PATCH or DELETE.")
    return named.upper()


CLIENT_NAMED = frozenset({"__clerk_db_jwt", "__dev_session", "_is_native"})
"""Query parameters that replace the client cookie."""


def check_origin(request: HttpRequest, instance: Instance, rules: CookieRules) -> None:
    """Refuse cross-site writes from a browser (R-WEB-01), with and without a session.

    Browsers send their origin; a request with the client cookie but without an origin is denied. A caller without
    cookie and origin is not a browser, so it has no credentials to abuse. A page of another site could begin a sign-in
    but never finish it, because browsers do not send the cookie. Raises: OriginRefused, CookiesWithheld.
    """
    if request.method in SAFE:
        return
    origin = request.header(b"origin")
    site = request.header(b"sec-fetch-site")
    has_cookie = any(name in request.cookies for name in rules.client_names)
    if site == "same-origin":
        return
    if site is not None and has_cookie and site != "same-site":
        raise OriginRefused()
    claimed = origin if origin is not None else request.referring_origin
    if claimed is None:
        if has_cookie or site is not None:
            raise OriginRefused()
        return
    if not is_allowed_origin(instance, claimed):
        raise OriginRefused()
    if site == "cross-site" and request.path.startswith("/v1/client/") and not CLIENT_NAMED & request.query.keys():
        raise CookiesWithheld(claimed, instance.public_url)
