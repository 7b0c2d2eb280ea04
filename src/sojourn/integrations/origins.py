"""CSRF protection: a request that changes state must come from the app's own origin (R-WEB-01)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from sojourn.integrations.authenticator import AuthState, SignedInState
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.session_data import DATA_COOKIES
from sojourn.origin import host_of, origin_of

_READS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_own(asked: RequestHead, trusted: Collection[str], *, is_socket: bool = False) -> bool:
    """True for reads. True for a write or a websocket if `Sec-Fetch-Site` says so, or if its `Origin`, or else its
    `Referer`, is the app's own or one of `trusted`. False if none of the three headers is present.
    """
    if asked.method in _READS and not is_socket:
        return True
    origin = asked.header(b"origin")
    site = asked.header(b"sec-fetch-site")
    if site and not is_socket:
        return site == "same-origin" or (site == "same-site" and _is_one_of(origin, trusted))
    claimed = origin or asked.header(b"referer")
    return _is_at(claimed, asked) or _is_one_of(claimed, trusted)


def may_be_used(asked: RequestHead, verdict: AuthState) -> bool:
    """True if the request carries credentials that a browser sends automatically; only those can be abused cross-site."""
    if isinstance(verdict, SignedInState) and verdict.by_cookie:
        return True
    return any(name in asked.cookies for name in DATA_COOKIES)


def _is_at(page: str, asked: RequestHead) -> bool:
    """Compares host and port as the framework sees them; a reverse proxy may have terminated TLS."""
    normal = origin_of(page)
    if normal is None:
        return False
    scheme, _, host = normal.partition("://")
    return bool(asked.header(b"host")) and host == host_of(urlsplit(asked.url).netloc, scheme)


def _is_one_of(page: str, trusted: Collection[str]) -> bool:
    normal = origin_of(page)
    return normal is not None and normal in map(origin_of, trusted)
