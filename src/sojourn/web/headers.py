"""Headers of every response, and CORS headers."""

import re
from collections.abc import Sequence

from sojourn.instances.instance import Instance
from sojourn.tokens.cookie_size import largest_token, too_large
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import Api
from sojourn.web.redirects import is_allowed_origin

Headers = list[tuple[bytes, bytes]]

JSON = (b"content-type", b"application/json")
"""Published SDKs compare this text exactly, so there is no charset parameter (R-HDR-03)."""

_COMMON: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (b"server", b""),  # otherwise the server process adds its own name (R-HDR-05)
]
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
PRIVATE: Headers = [(b"cache-control", b"no-store"), (b"vary", b"Cookie, Authorization, Origin")]
"""Headers of every response that sets a cookie or contains user data (R-CKI-07)."""

_API: Headers = [(b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"), *PRIVATE]

_ALLOWED_REQUEST_HEADERS = re.compile(r"(authorization|content-type|accept|x-mobile|(x-)?clerk-[a-z0-9-]{1,64})")
_EXPOSED = b"Authorization, Clerk-Db-Jwt, Clerk-Cookie, Retry-After, X-Country"
_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_PREFLIGHT_SECONDS = b"600"


def common(*, secure: bool) -> Headers:
    """Headers of every response (R-HDR-02)."""
    return [*_COMMON, _STRICT_TRANSPORT] if secure else list(_COMMON)


def of_api(*, secure: bool) -> Headers:
    """Headers of every JSON response: not cacheable, not framed, no scripts (R-HDR-03, R-CKI-07)."""
    return [*common(secure=secure), *_API]


def of_token(token: str | None, instance: Instance) -> Headers:
    """The header that reports a session token too large for a cookie; none if it fits."""
    size = len(token or "")
    if too_large(size, instance.publishable_key) is None:
        return []
    return [(b"sojourn-token-too-large", f"bytes={size}, most={largest_token(instance.publishable_key)}".encode())]


def cross_origin(request: HttpRequest, instance: Instance, api: Api) -> Headers:
    """CORS headers, with credentials, for allowed origins; none for others (R-WEB-04).

    Any page may read scripts, public keys, and pictures, which have unguessable addresses.
    """
    if api is Api.PUBLIC:
        return [(b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin")]
    origin = request.header(b"origin")
    if origin is None or not is_allowed_origin(instance, origin):
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", _EXPOSED),
    ]


def preflight(request: HttpRequest, instance: Instance, api: Api) -> Headers:
    """The response headers of a CORS preflight; empty for origins that are not allowed."""
    allowed = cross_origin(request, instance, api)
    if not allowed:
        return []
    wanted = (request.header(b"access-control-request-headers") or "").lower().split(",")
    granted = [name for name in map(str.strip, wanted) if _ALLOWED_REQUEST_HEADERS.fullmatch(name)]
    return [
        *allowed,
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", ", ".join(granted).encode()),
        (b"access-control-max-age", _PREFLIGHT_SECONDS),
    ]


def completed(present: Sequence[tuple[bytes, bytes]], extra: Headers) -> Headers:
    """`present` plus the headers of `extra` that are missing in it."""
    names = {name.lower() for name, _ in present}
    return [*present, *(pair for pair in extra if pair[0] not in names)]
